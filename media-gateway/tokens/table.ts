import type { StreamToken, StreamTokenInput } from '@beilun/shared/protocol/media.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

interface TokenRow {
	id: string;
	stream_id: string;
	action: StreamToken['action'];
	expires_at: Date;
	created_by: string;
	created_at: Date;
	last_used_at: Date | null;
}

const columns = sql`id, stream_id, action, expires_at, created_by, created_at, last_used_at`;

export async function listTokens(database: Database): Promise<StreamToken[]> {
	const { rows } = await sql<TokenRow>`select ${columns} from media.stream_token order by id`.execute(database);
	return rows.map(toToken);
}

/** How many there are beside the one of this id. */
export async function countOtherTokens(database: Database, id: string): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*)::int as count from media.stream_token where id <> ${id}`.execute(database);
	return rows[0]?.count ?? 0;
}

export async function findToken(database: Database, id: string): Promise<StreamToken | null> {
	const { rows } = await sql<TokenRow>`select ${columns} from media.stream_token where id = ${id}`.execute(database);
	return rows[0] === undefined ? null : toToken(rows[0]);
}

export async function findTokenByHash(database: Database, hash: string): Promise<StreamToken | null> {
	const { rows } = await sql<TokenRow>`select ${columns} from media.stream_token where token_hash = ${hash}`.execute(database);
	return rows[0] === undefined ? null : toToken(rows[0]);
}

/** A token of the same id is replaced, its secret with it. */
export async function saveToken(
	database: Database,
	input: StreamTokenInput,
	{ hash, createdBy }: { hash: string; createdBy: string },
): Promise<StreamToken> {
	const { rows } = await sql<TokenRow>`
		insert into media.stream_token (id, token_hash, stream_id, action, expires_at, created_by)
		values (${input.id}, ${hash}, ${input.streamId}, ${input.action}, ${new Date(input.expiresAt)}, ${createdBy})
		on conflict (id) do update set
			token_hash = excluded.token_hash, stream_id = excluded.stream_id, action = excluded.action, expires_at = excluded.expires_at,
			created_by = excluded.created_by, created_at = now(), last_used_at = null
		returning ${columns}`.execute(database);
	if (rows[0] === undefined) throw new Error('expected the token that was stored');
	return toToken(rows[0]);
}

/** False when there was none. */
export async function deleteToken(database: Database, id: string): Promise<boolean> {
	const { rows } = await sql`delete from media.stream_token where id = ${id} returning id`.execute(database);
	return rows.length > 0;
}

/** At most one write a minute for each token, however often it is used. */
export async function noteTokenUse(database: Database, id: string, now: Date): Promise<void> {
	await sql`
		update media.stream_token set last_used_at = ${now}
		where id = ${id} and (last_used_at is null or last_used_at < ${new Date(now.getTime() - 60_000)})`.execute(database);
}

function toToken(row: TokenRow): StreamToken {
	return {
		id: row.id,
		streamId: row.stream_id,
		action: row.action,
		expiresAt: row.expires_at.toISOString(),
		createdBy: row.created_by,
		createdAt: row.created_at.toISOString(),
		lastUsedAt: row.last_used_at?.toISOString() ?? null,
	};
}
