import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { type Config, databaseDir } from './config.ts';
import { DurableFiles, durableStartParams } from './durable-files.ts';

/**
 * One database for all services, a schema each. Services narrow it: `database.withTables<IngestTables>()`.
 * `bigint` columns come back as numbers (they hold sequence numbers, far below 2^53), `timestamptz` as `Date`.
 */
// biome-ignore lint/complexity/noBannedTypes: no tables known here
export type Database = Kysely<{}>;

export interface OpenDatabase {
	database: Database;
	kind: 'pglite' | 'postgres';
	close: () => Promise<void>;
}

const int8 = 20;

/** PGlite under `dataDir`, or PostgreSQL/TimescaleDB where `databaseUrl` is set. `memory` is for tests. */
export async function openDatabase(config: Pick<Config, 'databaseUrl' | 'dataDir'>, memory = false): Promise<OpenDatabase> {
	if (config.databaseUrl !== undefined) {
		const types = { getTypeParser: (id: number, format?: 'text' | 'binary') => (id === int8 ? Number : pg.types.getTypeParser(id, format)) };
		const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 10, types: types as pg.CustomTypesConfig });
		// An idle connection that breaks (the server restarts) must not end the process; the next query reports the trouble.
		pool.on('error', () => undefined);
		// biome-ignore lint/complexity/noBannedTypes: no tables known here
		const database = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) });
		await sql`select 1`.execute(database);
		return { database, kind: 'postgres', close: () => database.destroy() };
	}
	const directory = databaseDir(config as Config);
	if (!memory) await mkdir(directory, { recursive: true });
	const parsers = { [int8]: Number };
	const files = memory ? undefined : new DurableFiles(directory);
	const client = await PGlite.create(
		files === undefined ? { dataDir: 'memory://', parsers } : { fs: files, startParams: durableStartParams(PGlite.defaultStartParams), parsers },
	);
	files?.syncAll();
	// biome-ignore lint/complexity/noBannedTypes: no tables known here
	const database = new Kysely<{}>({ dialect: new PGliteDialect({ pglite: client }) });
	return {
		database,
		kind: 'pglite',
		close: async () => {
			await files?.settle();
			await database.destroy();
			if (!client.closed) await client.close();
		},
	};
}

/** Runs the `*.sql` files of a folder that the schema has not seen, in the order of their names, each in a transaction. */
export async function migrate(database: Database, schema: string, folder: string): Promise<void> {
	await sql`create schema if not exists ${sql.id(schema)}`.execute(database);
	const table = sql.id(schema, 'migration');
	await sql`create table if not exists ${table} (name text primary key, applied_at timestamptz not null default now())`.execute(database);
	const done = await sql<{ name: string }>`select name from ${table}`.execute(database);
	const applied = new Set(done.rows.map((row) => row.name));
	const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
	for (const name of files) {
		if (applied.has(name)) continue;
		const statements = splitStatements(await readFile(join(folder, name), 'utf8'));
		await database.transaction().execute(async (transaction) => {
			for (const statement of statements) await sql.raw(statement).execute(transaction);
			await sql`insert into ${table} (name) values (${name})`.execute(transaction);
		});
	}
}

/** A migration's statements each end with a semicolon at the end of a line; function bodies are not used. */
function splitStatements(text: string): string[] {
	return text
		.split(/;\s*$/m)
		.map((statement) => statement.trim())
		.filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
}
