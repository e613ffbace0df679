import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Observation } from '@beilun/shared/protocol/sensors.ts';
import { openDatabase } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDevice } from './testing/ingest-system.ts';
import { mosquittoPub } from './testing/mosquitto.ts';

interface Place {
	url: string;
	port: number;
	username: string;
	password: string;
}

const topic = 'v1/water/gauge-1/observations';
const script = fileURLToPath(new URL('testing/on-disk.ts', import.meta.url));
let dataDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'beilun-durability-'));
});
afterEach(async () => {
	await kill();
	await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<Place> {
	const started = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
	child = started;
	for await (const line of createInterface({ input: started.stdout })) if (line.startsWith('{"url"')) return JSON.parse(line) as Place;
	throw new Error('the child ended before it was ready');
}

async function kill(): Promise<void> {
	if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
	child.kill('SIGKILL');
	await once(child, 'exit');
}

async function stored({ url }: Place): Promise<Map<string, number>> {
	const values = new Map<string, number>();
	for (let seq = 0; ; ) {
		const response = await fetch(`${url}/api/v1/observations/after?seq=${seq}&limit=10000`, { headers: { authorization: 'Bearer service' } });
		const { items, head } = (await response.json()) as { items: Observation[]; head: number };
		for (const each of items) values.set(each.phenomenonTime, each.value);
		seq = items.at(-1)?.seq ?? head;
		if (seq >= head) return values;
	}
}

test('kill -9 in the middle of a stream loses no acknowledged observation, however often', async () => {
	const acknowledged = new Map<string, number>();
	const begin = Date.now() - 86_400_000;
	let sent = 0;
	for (const round of [1, 2]) {
		const place = await start();
		const before = await stored(place);
		for (const [time, value] of acknowledged) expect(before.get(time), `round ${round}, ${time}`).toBe(value);
		const device = await connectDevice(place.port, { username: place.username, password: place.password, reconnectPeriod: 0 });
		device.on('error', () => undefined);
		const target = acknowledged.size + 300;
		const gone = new Promise<void>((resolve) => device.once('close', () => resolve()));
		const publish = () => {
			sent += 1;
			const [time, value] = [new Date(begin + sent).toISOString(), sent];
			device.publish(topic, JSON.stringify({ time, values: { waterLevel: value } }), { qos: 1 }, (error) => {
				if (error) return;
				acknowledged.set(time, value);
				if (acknowledged.size === target) child?.kill('SIGKILL');
				else if (device.connected) publish();
			});
		};
		for (let parallel = 0; parallel < 50; parallel += 1) publish();
		await gone;
		await kill();
		await device.endAsync(true);
		expect(acknowledged.size).toBeGreaterThanOrEqual(target);
	}
	const place = await start();
	const values = await stored(place);
	expect([...acknowledged].filter(([time, value]) => values.get(time) !== value)).toEqual([]);
}, 180_000);

test('what mosquitto_pub was told is taken is there after kill -9', async () => {
	const place = await start();
	const time = new Date(Date.now() - 1000).toISOString();
	const args = ['-u', place.username, '-P', place.password, '-q', '1', '-t', topic, '-m', JSON.stringify({ time, values: { waterLevel: 4 } })];
	expect(await mosquittoPub(place.port, args)).toMatchObject({ code: 0 });
	await kill();
	expect((await stored(await start())).get(time)).toBe(4);
}, 180_000);

test('the database on disk syncs its log', async () => {
	const opened = await openDatabase({ dataDir });
	const settings = await sql<{ name: string; setting: string }>`
		select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'wal_sync_method') order by name`.execute(opened.database);
	expect(settings.rows.map((row) => row.setting)).toEqual(['on', 'on', 'fsync']);
	await opened.close();
}, 120_000);
