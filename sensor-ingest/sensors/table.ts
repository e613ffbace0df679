import { Sensor, type SensorInput, type SensorStatus } from '@beilun/shared/protocol/sensors.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

interface Row {
	input: SensorInput;
	status: SensorStatus;
	statusSince: Date | null;
}

export async function readSensors(database: Database): Promise<Sensor[]> {
	const result = await sql<Row>`select input, status, status_since as "statusSince" from ingest.sensor order by id`.execute(database);
	return result.rows.map((row) => Sensor.parse({ ...row.input, status: row.status, statusSince: row.statusSince?.toISOString() ?? null }));
}

/** Creates or replaces; a sensor that is there keeps its status. */
export async function upsertSensor(database: Database, input: SensorInput): Promise<void> {
	await sql`
		insert into ingest.sensor (id, agency, input) values (${input.id}, ${input.agency}, ${JSON.stringify(input)}::text::jsonb)
		on conflict (id) do update set agency = excluded.agency, input = excluded.input`.execute(database);
}

export async function updateStatus(database: Database, id: string, status: SensorStatus, since: string): Promise<void> {
	await sql`update ingest.sensor set status = ${status}, status_since = ${since}::timestamptz where id = ${id}`.execute(database);
}

export async function deleteSensor(database: Database, id: string): Promise<void> {
	await sql`delete from ingest.sensor where id = ${id}`.execute(database);
}
