import type { OpenDatabase } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

/** As before the first start, but migrated. */
export async function emptyDatabase({ database }: OpenDatabase): Promise<void> {
	const exists = await sql`select 1 from information_schema.schemata where schema_name = 'command'`.execute(database);
	if (exists.rows.length === 0) return;
	await sql`truncate command.person, command.session, command.setup, command.login_attempt, command.audit, command.unit, command.unit_track, command.wall`.execute(
		database,
	);
}
