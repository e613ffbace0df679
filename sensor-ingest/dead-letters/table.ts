import type { DeadLetter } from '@beilun/shared/protocol/sensors.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

const maxKept = 100_000;
const maxKeptBytes = 1024 ** 3;

export async function insertDeadLetters(database: Database, letters: readonly DeadLetter[]): Promise<void> {
	await sql`
		insert into ingest.dead_letter (id, received_at, source, topic, client, reason, detail, original, encoding)
		select * from unnest(
			${letters.map((letter) => letter.id)}::uuid[],
			${letters.map((letter) => letter.receivedAt)}::timestamptz[],
			${letters.map((letter) => letter.source)}::text[],
			${letters.map((letter) => letter.topic)}::text[],
			${letters.map((letter) => letter.client)}::text[],
			${letters.map((letter) => letter.reason)}::text[],
			${letters.map((letter) => letter.detail)}::text[],
			${letters.map((letter) => letter.original)}::text[],
			${letters.map((letter) => letter.encoding)}::text[]
		)
		on conflict (id) do nothing`.execute(database);
}

interface Row extends Omit<DeadLetter, 'receivedAt'> {
	receivedAt: Date;
}

/** Newest first; `before` is the id of the last one seen. */
export async function readDeadLetters(database: Database, { limit, before }: { limit: number; before?: string | undefined }): Promise<DeadLetter[]> {
	const older =
		before === undefined ? sql`true` : sql`(received_at, id) < (select received_at, id from ingest.dead_letter where id = ${before}::uuid)`;
	const result = await sql<Row>`
		select id, received_at as "receivedAt", source, topic, client, reason, detail, original, encoding
		from ingest.dead_letter where ${older}
		order by received_at desc, id desc limit ${limit}`.execute(database);
	return result.rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }));
}

export async function countDeadLetters(database: Database): Promise<{ total: number; lastAt: string | null; lastReason: string | null }> {
	const result = await sql<{ total: number; lastAt: Date | null; lastReason: string | null }>`
		select count.total, last.received_at as "lastAt", last.reason as "lastReason"
		from (select count(*) as total from ingest.dead_letter) count
		left join (select received_at, reason from ingest.dead_letter order by received_at desc, id desc limit 1) last on true`.execute(database);
	const row = result.rows[0];
	return { total: row?.total ?? 0, lastAt: row?.lastAt?.toISOString() ?? null, lastReason: row?.lastReason ?? null };
}

/** Keeps the newest, by number and by size. */
export async function pruneDeadLetters(database: Database, keep = maxKept, keepBytes = maxKeptBytes): Promise<void> {
	await sql`
		delete from ingest.dead_letter where id in (
			select id from (
				select id, row_number() over newest as place, sum(octet_length(original)) over newest as bytes
				from ingest.dead_letter window newest as (order by received_at desc, id desc)
			) ranked where place > ${keep} or bytes > ${keepBytes}
		)`.execute(database);
}
