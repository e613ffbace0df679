import type { Principal } from '@beilun/shared/protocol/people.ts';
import type { Agency, Role } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

export interface NewSession {
	id: string;
	tokenHash: string;
	personId: string;
	address: string;
	expiresAt: Date;
}

export async function insertSession(database: Database, session: NewSession): Promise<void> {
	await sql`
		insert into command.session (id, token_hash, person_id, address, expires_at)
		values (${session.id}, ${session.tokenHash}, ${session.personId}, ${session.address}, ${session.expiresAt})`.execute(database);
}

interface PrincipalRow {
	session_id: string;
	expires_at: Date;
	id: string;
	name: string;
	display_name: string;
	role: Role;
	agency: Agency | null;
	unit_id: string | null;
}

/** Whom an unexpired session belongs to, unless the person is disabled. */
export async function findPrincipal(database: Database, tokenHash: string, now: Date): Promise<Principal | null> {
	const result = await sql<PrincipalRow>`
		select s.id as session_id, s.expires_at, p.id, p.name, p.display_name, p.role, p.agency, p.unit_id
		from command.session s join command.person p on p.id = s.person_id
		where s.token_hash = ${tokenHash} and s.expires_at > ${now} and not p.disabled`.execute(database);
	const row = result.rows[0];
	if (row === undefined) return null;
	return {
		kind: 'person',
		id: row.id,
		name: row.name,
		displayName: row.display_name,
		role: row.role,
		agency: row.agency,
		unitId: row.unit_id,
		sessionId: row.session_id,
		expiresAt: row.expires_at.getTime(),
	};
}

export async function deleteSession(database: Database, id: string): Promise<void> {
	await sql`delete from command.session where id = ${id}`.execute(database);
}

/** Answers the ids of the sessions that ended. */
export async function deleteSessionsOf(database: Database, personId: string): Promise<string[]> {
	const result = await sql<{ id: string }>`delete from command.session where person_id = ${personId} returning id`.execute(database);
	return result.rows.map((row) => row.id);
}

export async function deleteExpiredSessions(database: Database, now: Date): Promise<string[]> {
	const result = await sql<{ id: string }>`delete from command.session where expires_at <= ${now} returning id`.execute(database);
	return result.rows.map((row) => row.id);
}
