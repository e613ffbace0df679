import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

/** A newer link makes the one before worthless. */
export async function putSetupToken(database: Database, tokenHash: string): Promise<void> {
	await sql`
		insert into command.setup (id, token_hash) values (true, ${tokenHash})
		on conflict (id) do update set token_hash = excluded.token_hash, created_at = now()`.execute(database);
}

export async function isSetupToken(database: Database, tokenHash: string): Promise<boolean> {
	const result = await sql`select 1 from command.setup where token_hash = ${tokenHash}`.execute(database);
	return result.rows.length > 0;
}

export async function dropSetupToken(database: Database): Promise<void> {
	await sql`delete from command.setup`.execute(database);
}
