import { randomBytes } from 'node:crypto';
import { type OpenDatabase, openDatabase } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

/** PGlite in memory, or a database of its own on the PostgreSQL that `TEST_DATABASE_URL` names, dropped at the end. */
export async function openTestDatabase(): Promise<OpenDatabase> {
	const server = process.env.TEST_DATABASE_URL;
	if (server === undefined) return openDatabase({ dataDir: '', databaseUrl: undefined }, true);
	const name = `beilun_command_${randomBytes(6).toString('hex')}`;
	const admin = await openDatabase({ databaseUrl: server, dataDir: '' });
	await sql`create database ${sql.id(name)}`.execute(admin.database);
	const address = new URL(server);
	address.pathname = `/${name}`;
	const opened = await openDatabase({ databaseUrl: address.toString(), dataDir: '' });
	return {
		...opened,
		close: async () => {
			await opened.close();
			await sql`drop database ${sql.id(name)} with (force)`.execute(admin.database);
			await admin.close();
		},
	};
}

/** As before the first start, but migrated. */
export async function emptyDatabase({ database }: OpenDatabase): Promise<void> {
	const exists = await sql`select 1 from information_schema.schemata where schema_name = 'command'`.execute(database);
	if (exists.rows.length === 0) return;
	await sql`truncate command.person, command.session, command.setup, command.login_attempt, command.audit, command.unit, command.unit_track, command.wall`.execute(
		database,
	);
}
