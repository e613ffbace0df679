import type { Observation } from '@beilun/shared/protocol/sensors.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

/** A reading on its way in; the commit gives it its `seq`. */
export type NewObservation = Omit<Observation, 'seq'>;

interface Row extends Omit<Observation, 'phenomenonTime' | 'resultTime'> {
	phenomenonTime: Date;
	resultTime: Date;
}

/** Names one reading: there is one value for a datastream at a time. */
export function readingKey(datastreamId: string, phenomenonTime: string): string {
	return `${datastreamId} ${phenomenonTime}`;
}

/**
 * Stores readings with distinct keys, in their order, and answers those that are new or corrected. Call it inside a transaction, one
 * at a time: then `seq` rises in commit order. A reading that is there with the same value is a repetition; with another value it
 * is a correction, which takes a new `seq` and leaves the former value in `ingest.correction`.
 */
export async function insertObservations(transaction: Database, incoming: readonly NewObservation[]): Promise<Observation[]> {
	const inserted = await sql<{ seq: number; datastreamId: string; phenomenonTime: Date }>`
		insert into ingest.observation (datastream_id, sensor_id, property, phenomenon_time, result_time, value)
		select * from unnest(${incoming.map((each) => each.datastreamId)}::text[],
			${incoming.map((each) => each.sensorId)}::text[],
			${incoming.map((each) => each.property)}::text[],
			${incoming.map((each) => each.phenomenonTime)}::timestamptz[],
			${incoming.map((each) => each.resultTime)}::timestamptz[],
			${incoming.map((each) => each.value)}::float8[])
		on conflict (datastream_id, phenomenon_time) do nothing
		returning seq, datastream_id as "datastreamId", phenomenon_time as "phenomenonTime"`.execute(transaction);
	const rows = [...inserted.rows];
	const byKey = new Map(incoming.map((each) => [readingKey(each.datastreamId, each.phenomenonTime), each]));
	if (rows.length < incoming.length) {
		const isNew = new Set(rows.map((row) => readingKey(row.datastreamId, row.phenomenonTime.toISOString())));
		rows.push(
			...(await correctObservations(
				transaction,
				[...byKey].filter(([key]) => !isNew.has(key)).map(([, each]) => each),
			)),
		);
	}
	const stored: Observation[] = [];
	for (const row of rows) {
		const reading = byKey.get(readingKey(row.datastreamId, row.phenomenonTime.toISOString()));
		if (reading !== undefined) stored.push({ ...reading, seq: row.seq });
	}
	return stored.sort((a, b) => a.seq - b.seq);
}

async function correctObservations(transaction: Database, known: readonly NewObservation[]) {
	const result = await sql<{ seq: number; datastreamId: string; phenomenonTime: Date }>`
		with correction as (
			select former.datastream_id, former.phenomenon_time, former.seq, former.value, former.result_time,
				again.value as new_value, again.result_time as new_result_time
			from unnest(${known.map((each) => each.datastreamId)}::text[],
				${known.map((each) => each.phenomenonTime)}::timestamptz[],
				${known.map((each) => each.resultTime)}::timestamptz[],
				${known.map((each) => each.value)}::float8[]) as again (datastream_id, phenomenon_time, result_time, value)
			join ingest.observation former using (datastream_id, phenomenon_time)
			where former.value <> again.value
		), kept as (
			insert into ingest.correction (datastream_id, phenomenon_time, former_seq, former_value, former_result_time)
			select datastream_id, phenomenon_time, seq, value, result_time from correction
		)
		update ingest.observation as o
		set value = correction.new_value, result_time = correction.new_result_time, seq = default
		from correction
		where o.datastream_id = correction.datastream_id and o.phenomenon_time = correction.phenomenon_time
		returning o.seq, o.datastream_id as "datastreamId", o.phenomenon_time as "phenomenonTime"`.execute(transaction);
	return result.rows;
}

/** Keeps the newest reading of each datastream, in the transaction that stored it. */
export async function upsertLatest(transaction: Database, stored: readonly Observation[]): Promise<void> {
	const newest = new Map<string, Observation>();
	for (const each of stored) {
		const known = newest.get(each.datastreamId);
		if (known === undefined || each.phenomenonTime >= known.phenomenonTime) newest.set(each.datastreamId, each);
	}
	const rows = [...newest.values()];
	await sql`
		insert into ingest.latest as known (datastream_id, sensor_id, property, seq, phenomenon_time, result_time, value)
		select * from unnest(${rows.map((each) => each.datastreamId)}::text[],
			${rows.map((each) => each.sensorId)}::text[],
			${rows.map((each) => each.property)}::text[],
			${rows.map((each) => each.seq)}::int8[],
			${rows.map((each) => each.phenomenonTime)}::timestamptz[],
			${rows.map((each) => each.resultTime)}::timestamptz[],
			${rows.map((each) => each.value)}::float8[])
		on conflict (datastream_id) do update
		set seq = excluded.seq, phenomenon_time = excluded.phenomenon_time, result_time = excluded.result_time, value = excluded.value
		where excluded.phenomenon_time >= known.phenomenon_time`.execute(transaction);
}

const columns = sql`seq, datastream_id as "datastreamId", sensor_id as "sensorId", property,
	phenomenon_time as "phenomenonTime", result_time as "resultTime", value`;

function toObservation(row: Row): Observation {
	return { ...row, phenomenonTime: row.phenomenonTime.toISOString(), resultTime: row.resultTime.toISOString() };
}

export async function readLatest(database: Database): Promise<Observation[]> {
	const result = await sql<Row>`select ${columns} from ingest.latest order by datastream_id`.execute(database);
	return result.rows.map(toObservation);
}

/** In the order of `seq`. `head` is the highest number there is. */
export async function readAfter(database: Database, seq: number, limit: number): Promise<{ items: Observation[]; head: number }> {
	const items = await sql<Row>`select ${columns} from ingest.observation where seq > ${seq} order by seq limit ${limit}`.execute(database);
	const head = await sql<{ head: number | null }>`select max(seq) as head from ingest.observation`.execute(database);
	return { items: items.rows.map(toObservation), head: head.rows[0]?.head ?? 0 };
}

export interface SeriesQuery {
	datastreamId: string;
	from: Date;
	/** Not included. */
	to: Date;
	bucketSeconds: number;
}

export interface Bucket {
	time: string;
	min: number;
	max: number;
	mean: number;
	last: number;
	count: number;
}

/** Buckets begin at `from`; an empty one is left out. */
export async function readSeries(database: Database, { datastreamId, from, to, bucketSeconds }: SeriesQuery): Promise<Bucket[]> {
	const start = from.toISOString();
	const result = await sql<Omit<Bucket, 'time'> & { time: Date }>`
		select date_bin(make_interval(secs => ${bucketSeconds}::float8), phenomenon_time, ${start}::timestamptz) as time,
			min(value) as min, max(value) as max, avg(value) as mean,
			(array_agg(value order by phenomenon_time desc))[1] as last, count(*) as count
		from ingest.observation
		where datastream_id = ${datastreamId} and phenomenon_time >= ${start}::timestamptz and phenomenon_time < ${to.toISOString()}::timestamptz
		group by 1 order by 1`.execute(database);
	return result.rows.map((row) => ({ ...row, time: row.time.toISOString() }));
}

/** Deletes at most `limit` of the oldest; answers how many. */
export async function deleteObservationsBefore(database: Database, before: Date, limit: number): Promise<number> {
	const result = await sql`
		delete from ingest.observation where ctid = any(array(
			select ctid from ingest.observation where phenomenon_time < ${before.toISOString()}::timestamptz limit ${limit}
		))`.execute(database);
	return Number(result.numAffectedRows ?? 0);
}
