import type { User, UserInput } from '@beilun/shared/protocol/people.ts';
import type { Agency, Role } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

interface PersonRow {
	id: string;
	name: string;
	display_name: string;
	role: Role;
	agency: Agency | null;
	unit_id: string | null;
	disabled: boolean;
	created_at: Date;
}

const columns = sql.raw('id, name, display_name, role, agency, unit_id, disabled, created_at');

function toUser(row: PersonRow): User {
	return {
		id: row.id,
		name: row.name,
		displayName: row.display_name,
		role: row.role,
		agency: row.agency,
		unitId: row.unit_id,
		disabled: row.disabled,
		createdAt: row.created_at.toISOString(),
	};
}

export async function listUsers(database: Database): Promise<User[]> {
	const result = await sql<PersonRow>`select ${columns} from command.person order by name`.execute(database);
	return result.rows.map(toUser);
}

export async function findUser(database: Database, name: string): Promise<User | null> {
	const result = await sql<PersonRow>`select ${columns} from command.person where name = ${name}`.execute(database);
	const row = result.rows[0];
	return row === undefined ? null : toUser(row);
}

/** For checking a password, and nothing else. */
export async function findCredentials(database: Database, name: string): Promise<{ id: string; hash: string; disabled: boolean } | null> {
	const result = await sql<{ id: string; hash: string; disabled: boolean }>`
		select id, password_hash as hash, disabled from command.person where name = ${name}`.execute(database);
	return result.rows[0] ?? null;
}

export async function anyUser(database: Database): Promise<boolean> {
	const result = await sql`select 1 from command.person limit 1`.execute(database);
	return result.rows.length > 0;
}

export async function countAdmins(database: Database): Promise<number> {
	const result = await sql<{ n: number }>`select count(*)::int as n from command.person where role = 'admin' and not disabled`.execute(database);
	return result.rows[0]?.n ?? 0;
}

/** Changes to people wait for each other, so that two of them cannot each remove the other last admin. */
export async function lockUsers(transaction: Database): Promise<void> {
	await sql`lock table command.person in share row exclusive mode`.execute(transaction);
}

export type NewUser = UserInput & { id: string; passwordHash: string; disabled: boolean };

export async function insertUser(database: Database, user: NewUser): Promise<User> {
	const result = await sql<PersonRow>`
		insert into command.person (id, name, display_name, role, agency, unit_id, password_hash, disabled)
		values (${user.id}, ${user.name}, ${user.displayName}, ${user.role}, ${user.agency}, ${user.unitId}, ${user.passwordHash}, ${user.disabled})
		returning ${columns}`.execute(database);
	return toUser(result.rows[0] as PersonRow);
}

/** `passwordHash` null keeps the password. */
export async function updateUser(database: Database, user: UserInput & { passwordHash: string | null; disabled: boolean }): Promise<User> {
	const result = await sql<PersonRow>`
		update command.person set display_name = ${user.displayName}, role = ${user.role}, agency = ${user.agency}, unit_id = ${user.unitId},
			disabled = ${user.disabled}, password_hash = coalesce(${user.passwordHash}::text, password_hash)
		where name = ${user.name} returning ${columns}`.execute(database);
	return toUser(result.rows[0] as PersonRow);
}

export async function deleteUser(database: Database, name: string): Promise<void> {
	await sql`delete from command.person where name = ${name}`.execute(database);
}
