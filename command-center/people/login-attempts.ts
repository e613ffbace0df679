import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

export const allowedFailures = 5;
const windowMs = 15 * 60_000;
const lockMs = 15 * 60_000;

/**
 * Counts an attempt before its password is looked at, so that attempts side by side cannot outrun the limit. Known and unknown
 * names are treated alike. Answers until when the name is locked, or null when the attempt may go on.
 */
export async function beginAttempt(database: Database, name: string, now: Date): Promise<{ lockedUntil: Date | null; failures: number }> {
	const windowStart = new Date(now.getTime() - windowMs);
	const result = await sql<{ failures: number; locked_until: Date | null }>`
		insert into command.login_attempt as a (name, failures, since) values (${name}, 1, ${now})
		on conflict (name) do update set
			failures = case when a.locked_until > ${now} then a.failures when a.locked_until is not null or a.since < ${windowStart} then 1 else a.failures + 1 end,
			since = case when a.locked_until > ${now} then a.since when a.locked_until is not null or a.since < ${windowStart} then ${now} else a.since end,
			locked_until = case when a.locked_until > ${now} then a.locked_until end
		returning failures, locked_until`.execute(database);
	const row = result.rows[0];
	if (row === undefined) throw new Error('the login attempt was not counted');
	if (row.locked_until !== null) return { lockedUntil: row.locked_until, failures: row.failures };
	if (row.failures > allowedFailures) return { lockedUntil: await lock(database, name, now), failures: row.failures };
	return { lockedUntil: null, failures: row.failures };
}

export async function lock(database: Database, name: string, now: Date): Promise<Date> {
	const until = new Date(now.getTime() + lockMs);
	await sql`update command.login_attempt set locked_until = ${until} where name = ${name}`.execute(database);
	return until;
}

export async function forgetAttempts(database: Database, name: string): Promise<void> {
	await sql`delete from command.login_attempt where name = ${name}`.execute(database);
}

/** Keeps the table small: names tried long ago no longer matter. */
export async function pruneAttempts(database: Database, now: Date): Promise<void> {
	const windowStart = new Date(now.getTime() - windowMs);
	await sql`delete from command.login_attempt where since < ${windowStart} and (locked_until is null or locked_until < ${now})`.execute(database);
}
