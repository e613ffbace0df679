import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

/** Where a unit's tracker says it is. Times in UTC ISO 8601; km/h, degrees from north, metres. */
export interface TrackedPosition {
	unitId: string;
	agency: Agency;
	time: string;
	lon: number;
	lat: number;
	speed: number | null;
	heading: number | null;
	accuracy: number | null;
	receivedAt: string;
}

/** A position of the same unit and time is a repetition. */
export async function insertPositions(database: Database, positions: readonly TrackedPosition[]): Promise<void> {
	await sql`
		insert into ingest.position (unit_id, time, agency, lon, lat, speed, heading, accuracy, received_at)
		select * from unnest(
			${positions.map((each) => each.unitId)}::text[],
			${positions.map((each) => each.time)}::timestamptz[],
			${positions.map((each) => each.agency)}::text[],
			${positions.map((each) => each.lon)}::float8[],
			${positions.map((each) => each.lat)}::float8[],
			${positions.map((each) => each.speed)}::float8[],
			${positions.map((each) => each.heading)}::float8[],
			${positions.map((each) => each.accuracy)}::float8[],
			${positions.map((each) => each.receivedAt)}::timestamptz[]
		)
		on conflict (unit_id, time) do nothing`.execute(database);
}

export async function deletePositionsBefore(database: Database, before: Date, limit: number): Promise<number> {
	const result = await sql`
		delete from ingest.position where ctid = any(array(
			select ctid from ingest.position where time < ${before.toISOString()}::timestamptz limit ${limit}
		))`.execute(database);
	return Number(result.numAffectedRows ?? 0);
}
