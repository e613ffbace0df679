import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DeadLetter } from '@beilun/shared/protocol/sensors.ts';
import { migrate, type OpenDatabase, openDatabase } from '@beilun/shared/runtime/database.ts';
import { newId } from '@beilun/shared/runtime/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countDeadLetters, pruneDeadLetters, readDeadLetters } from '../dead-letters/table.ts';
import { times } from '../testing/ingest-system.ts';
import { commitEntry } from './store.ts';
import { deleteObservationsBefore, type NewObservation, readAfter, readLatest, readSeries } from './table.ts';

const serverUrl = process.env.TEST_DATABASE_URL;
const nothing = { observations: [], positions: [], deadLetters: [] };

function reading(time: string, value: number, property = 'waterLevel'): NewObservation {
	return { datastreamId: `gauge-1.${property}`, sensorId: 'gauge-1', property, phenomenonTime: time, resultTime: new Date().toISOString(), value };
}

function letter(receivedAt: string, original = 'x'): DeadLetter {
	const id = newId();
	return { id, receivedAt, source: 'mqtt', topic: 't', client: 'c', reason: 'schema', detail: 'd', original, encoding: 'utf8' };
}

describe.each([{ kind: 'PGlite', url: undefined }, ...(serverUrl === undefined ? [] : [{ kind: 'PostgreSQL', url: serverUrl }])])(
	'the store on $kind',
	({ url }) => {
		const name = `ingest_test_${randomBytes(6).toString('hex')}`;
		let server: OpenDatabase | undefined;
		let opened: OpenDatabase;

		beforeAll(async () => {
			if (url === undefined) opened = await openDatabase({ dataDir: '' }, true);
			else {
				server = await openDatabase({ databaseUrl: url, dataDir: '' });
				await sql`create database ${sql.id(name)}`.execute(server.database);
				const own = new URL(url);
				own.pathname = `/${name}`;
				opened = await openDatabase({ databaseUrl: own.toString(), dataDir: '' });
			}
			await migrate(opened.database, 'ingest', fileURLToPath(new URL('../migrations', import.meta.url)));
		});
		beforeEach(async () => {
			await sql`truncate ingest.observation, ingest.latest, ingest.correction, ingest.position, ingest.dead_letter`.execute(opened.database);
		});
		afterAll(async () => {
			await opened.close();
			if (server === undefined) return;
			await sql`drop database ${sql.id(name)} with (force)`.execute(server.database);
			await server.close();
		});
		const store = (observations: NewObservation[]) => commitEntry(opened.database, { ...nothing, observations });

		test('numbers readings in the order they came, and a consumer that remembers a number misses none', async () => {
			const [a, b, c] = times(3) as [string, string, string];
			const first = await store([reading(c, 1), reading(a, 0.1)]);
			expect(first.map((each) => each.value)).toEqual([1, 0.1]);
			const second = await store([reading(b, -1e-300)]);
			expect(second[0]?.seq).toBeGreaterThan(first[1]?.seq ?? 0);
			const after = await readAfter(opened.database, first[0]?.seq ?? 0, 10);
			expect(after).toEqual({ items: [first[1], second[0]], head: second[0]?.seq });
			expect((await readAfter(opened.database, 0, 2)).items).toHaveLength(2);
		});

		test('a repeated reading is stored once and not told again', async () => {
			const all = times(3).map((time, value) => reading(time, value));
			await store(all.slice(0, 2));
			const again = await store(all);
			expect(again.map((each) => each.value)).toEqual([2]);
			expect((await readAfter(opened.database, 0, 10)).items).toHaveLength(3);
		});

		test('another value for the same time is a correction with a new number, and the former value is kept', async () => {
			const [time, later] = times(2) as [string, string];
			const [former] = await store([reading(time, 1)]);
			const stored = await store([reading(later, 5), reading(time, 2)]);
			expect(stored.map((each) => each.value)).toEqual([5, 2]);
			const { items } = await readAfter(opened.database, former?.seq ?? 0, 10);
			expect(items).toEqual(stored);
			const kept = await sql`select former_seq as seq, former_value as value from ingest.correction`.execute(opened.database);
			expect(kept.rows).toEqual([{ seq: former?.seq, value: 1 }]);
		});

		test('the latest reading is the newest by phenomenon time, corrections included', async () => {
			const [a, b] = times(2) as [string, string];
			await store([reading(b, 2), reading(b, 20, 'rain')]);
			await store([reading(a, 1)]);
			expect((await readLatest(opened.database)).map((each) => each.value)).toEqual([20, 2]);
			await store([reading(b, 3)]);
			expect((await readLatest(opened.database)).map((each) => each.value)).toEqual([20, 3]);
		});

		test('a failing part takes the whole transaction back', async () => {
			const [time] = times(1) as [string];
			const bad = { ...letter(time), original: 'a\0b' };
			await expect(commitEntry(opened.database, { ...nothing, observations: [reading(time, 1)], deadLetters: [bad] })).rejects.toThrow();
			expect((await readAfter(opened.database, 0, 10)).items).toEqual([]);
			expect(await readLatest(opened.database)).toEqual([]);
		});

		test('a series has extremes, mean and last of each bucket and leaves empty ones out', async () => {
			const all = times(120);
			await store([...all.slice(0, 60).map((time, index) => reading(time, index)), ...all.slice(110).map((time) => reading(time, 7))]);
			const from = new Date(all[0] as string);
			const series = await readSeries(opened.database, {
				datastreamId: 'gauge-1.waterLevel',
				from,
				to: new Date(from.getTime() + 120_000),
				bucketSeconds: 60,
			});
			expect(series).toEqual([
				{ time: all[0], min: 0, max: 59, mean: 29.5, last: 59, count: 60 },
				{ time: all[60], min: 7, max: 7, mean: 7, last: 7, count: 10 },
			]);
		});

		test('positions without speed are taken, repeated ones once', async () => {
			const [time] = times(1) as [string];
			const position = {
				unitId: 'boat-1',
				agency: 'water' as const,
				time,
				lon: 121.8,
				lat: 29.9,
				speed: null,
				heading: 90,
				accuracy: null,
				receivedAt: time,
			};
			await commitEntry(opened.database, { ...nothing, positions: [position] });
			await commitEntry(opened.database, { ...nothing, positions: [position] });
			const rows = await sql`select speed, heading from ingest.position`.execute(opened.database);
			expect(rows.rows).toEqual([{ speed: null, heading: 90 }]);
		});

		test('dead letters come newest first by pages, and only the newest are kept, by number and by size', async () => {
			const letters = times(5).map((time) => letter(time, 'x'.repeat(100)));
			await commitEntry(opened.database, { ...nothing, deadLetters: letters });
			const newest = letters.toReversed();
			const first = await readDeadLetters(opened.database, { limit: 2 });
			expect(first).toEqual(newest.slice(0, 2));
			expect(await readDeadLetters(opened.database, { limit: 9, before: first[1]?.id })).toEqual(newest.slice(2));
			await pruneDeadLetters(opened.database, 4);
			expect(await countDeadLetters(opened.database)).toEqual({ total: 4, lastAt: newest[0]?.receivedAt, lastReason: 'schema' });
			await pruneDeadLetters(opened.database, 4, 250);
			expect(await readDeadLetters(opened.database, { limit: 9 })).toEqual(newest.slice(0, 2));
		});

		test('old readings are deleted a step at a time', async () => {
			const all = times(5);
			await store(all.map((time, value) => reading(time, value)));
			const before = new Date(all[3] as string);
			expect(await deleteObservationsBefore(opened.database, before, 2)).toBe(2);
			expect(await deleteObservationsBefore(opened.database, before, 2)).toBe(1);
			expect((await readAfter(opened.database, 0, 10)).items.map((each) => each.value)).toEqual([3, 4]);
		});
	},
);
