import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type OpenDatabase, openDatabase } from '../runtime/database.ts';

/** PGlite in memory, or a database of its own on the PostgreSQL that `TEST_DATABASE_URL` names, dropped when it is closed. */
export async function openTestDatabase(): Promise<OpenDatabase> {
	const server = process.env.TEST_DATABASE_URL;
	if (server === undefined) return openDatabase({ dataDir: '', databaseUrl: undefined }, true);
	const name = `beilun_test_${randomBytes(6).toString('hex')}`;
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
