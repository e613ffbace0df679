import type { Position, Unit, UnitInput, UnitStatus } from '@beilun/shared/protocol/people.ts';
import type { Agency, Text } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

interface UnitRow {
	id: string;
	name: Text;
	agency: Agency;
	kind: string;
	demo: boolean;
	status: UnitStatus;
	status_at: Date | null;
	position: Position | null;
}

function toUnit({ status_at, ...row }: UnitRow): Unit {
	return { ...row, statusAt: status_at?.toISOString() ?? null };
}

export async function listUnits(database: Database): Promise<Unit[]> {
	const result = await sql<UnitRow>`select * from command.unit order by id`.execute(database);
	return result.rows.map(toUnit);
}

/** Keeps status and position of a unit that exists. */
export async function putUnit(database: Database, unit: UnitInput): Promise<void> {
	await sql`
		insert into command.unit (id, name, agency, kind, demo)
		values (${unit.id}, ${JSON.stringify(unit.name)}::jsonb, ${unit.agency}, ${unit.kind}, ${unit.demo})
		on conflict (id) do update set name = excluded.name, agency = excluded.agency, kind = excluded.kind, demo = excluded.demo`.execute(database);
}

export async function deleteUnit(database: Database, id: string): Promise<void> {
	await sql`delete from command.unit where id = ${id}`.execute(database);
}

export async function setUnitStatus(database: Database, id: string, status: UnitStatus, at: Date): Promise<void> {
	await sql`update command.unit set status = ${status}, status_at = ${at} where id = ${id}`.execute(database);
}

/** Last positions of many units at once, each also a point of its track. A unit that is gone meanwhile is passed over. */
export async function savePositions(database: Database, positions: { unitId: string; position: Position }[]): Promise<void> {
	const rows = JSON.stringify(positions.map(({ unitId, position }) => ({ unit_id: unitId, position })));
	await sql`
		with moved as (
			update command.unit u set position = m.position
			from jsonb_to_recordset(${rows}::jsonb) as m (unit_id text, position jsonb)
			where u.id = m.unit_id returning u.id, u.position
		)
		insert into command.unit_track (unit_id, time, position)
		select id, (position ->> 'time')::timestamptz, position from moved
		on conflict do nothing`.execute(database);
}

export async function deleteTrackBefore(database: Database, time: Date): Promise<void> {
	await sql`delete from command.unit_track where time < ${time}`.execute(database);
}
