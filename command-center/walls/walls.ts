import type { Wall } from '@beilun/shared/protocol/walls.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

export async function listWalls(database: Database): Promise<Wall[]> {
	const result = await sql<{ content: Wall }>`select content from command.wall order by id`.execute(database);
	return result.rows.map((row) => row.content);
}

export async function findWall(database: Database, id: string): Promise<Wall | null> {
	const result = await sql<{ content: Wall }>`select content from command.wall where id = ${id}`.execute(database);
	return result.rows[0]?.content ?? null;
}

export async function putWall(database: Database, wall: Wall): Promise<void> {
	await sql`
		insert into command.wall (id, content) values (${wall.id}, ${JSON.stringify(wall)}::jsonb)
		on conflict (id) do update set content = excluded.content, updated_at = now()`.execute(database);
}

/** Answers whether there was one. */
export async function deleteWall(database: Database, id: string): Promise<boolean> {
	const result = await sql`delete from command.wall where id = ${id} returning id`.execute(database);
	return result.rows.length > 0;
}
