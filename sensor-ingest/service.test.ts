import type { BusEvents } from '@beilun/shared/protocol/events.ts';
import type { DeadLetterCounts } from '@beilun/shared/protocol/realtime.ts';
import type { Observation, Sensor, Series } from '@beilun/shared/protocol/sensors.ts';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectDevice, gauge, type IngestSystem, startIngest, times } from './testing/ingest-system.ts';

let system: IngestSystem;
beforeAll(async () => {
	system = await startIngest();
	system.identity.add('officer', 'duty-officer');
	system.identity.add('water', 'agency-viewer', { agency: 'water' });
	system.identity.add('fire', 'agency-viewer', { agency: 'fire' });
	system.identity.add('patrol', 'field-unit', { unitId: 'boat-1' });
});
beforeEach(() => system.putSensor());
afterAll(() => system.stop());

async function send(values: [string, number][]) {
	const device = await connectDevice(system.ingest.mqttPort, await system.putDevice());
	const message = values.map(([time, waterLevel]) => ({ time, values: { waterLevel } }));
	await device.publishAsync('v1/water/gauge-1/observations', JSON.stringify(message), { qos: 1 });
	await device.endAsync();
}

test('a sensor is put, read, replaced and removed, and each change is announced', async () => {
	const changed: BusEvents['sensor.changed'][] = [];
	const removed: BusEvents['sensor.removed'][] = [];
	await system.context.bus.subscribe('sensor.changed', 'test', (event) => void changed.push(event));
	await system.context.bus.subscribe('sensor.removed', 'test', (event) => void removed.push(event));
	const input = { ...gauge, id: 'gauge-9' };
	const put = await system.call<Sensor>('PUT', '/sensors/gauge-9', input, 'officer');
	expect(put).toEqual({ status: 200, body: { ...input, status: 'unknown', statusSince: null } });
	expect((await system.call('PUT', '/sensors/gauge-9', { ...input, kind: 'tide' }, 'officer')).body).toMatchObject({ kind: 'tide' });
	expect((await system.call('GET', '/sensors/gauge-9', undefined, 'water')).body).toMatchObject({ kind: 'tide' });
	expect((await system.call('DELETE', '/sensors/gauge-9', undefined, 'officer')).status).toBe(204);
	expect((await system.call('DELETE', '/sensors/gauge-9', undefined, 'officer')).status).toBe(404);
	await vi.waitFor(() => expect(removed).toEqual([{ sensorId: 'gauge-9' }]));
	expect(changed.map((event) => event.sensor.kind)).toEqual(['water-level', 'tide']);
});

test('a bad sensor is refused by field', async () => {
	const twice = { ...gauge, datastreams: [gauge.datastreams[0], gauge.datastreams[0]] };
	expect(await system.call('PUT', '/sensors/gauge-1', twice)).toMatchObject({ status: 400, body: { errors: [{ field: 'datastreams.1.property' }] } });
	expect(await system.call('PUT', '/sensors/gauge-2', gauge)).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
	expect((await system.call('PUT', '/sensors/gauge-1', { ...gauge, agency: 'army' })).status).toBe(400);
});

test('another agency and a field unit see nothing, and a viewer changes nothing', async () => {
	await send([[times(1)[0] as string, 1]]);
	for (const path of ['/sensors', '/readings']) {
		const items = async (as: string) => (await system.call<{ items: unknown[] }>('GET', path, undefined, as)).body.items.length;
		expect(await items('water')).toBeGreaterThan(0);
		expect(await items('fire')).toBe(0);
		expect((await system.call('GET', path, undefined, 'patrol')).status).toBe(403);
	}
	expect((await system.call('GET', '/sensors/gauge-1', undefined, 'fire')).status).toBe(404);
	expect((await system.call('GET', '/sensors/gauge-1/series?property=waterLevel', undefined, 'fire')).status).toBe(404);
	expect((await system.call('PUT', '/sensors/gauge-1', gauge, 'water')).status).toBe(403);
	for (const path of ['/dead-letters', '/dead-letters/counts', '/devices', '/observations/after']) {
		expect((await system.call('GET', path, undefined, 'water')).status).toBe(403);
	}
	expect((await system.call('GET', '/observations/after', undefined, 'officer')).status).toBe(403);
	expect((await system.call('PUT', '/devices/logger-1', { id: 'logger-1', agency: 'water' }, 'officer')).status).toBe(403);
});

test('a series answers at most the points asked for', async () => {
	const all = times(300);
	await send(all.map((time, index) => [time, index]));
	const from = all[0] as string;
	const to = new Date(Date.parse(from) + 300_000).toISOString();
	const { status, body } = await system.call<Series>(
		'GET',
		`/sensors/gauge-1/series?property=waterLevel&from=${from}&to=${to}&points=7`,
		undefined,
		'water',
	);
	expect(status).toBe(200);
	expect(body).toMatchObject({ datastreamId: 'gauge-1.waterLevel', unit: 'm', from, to, bucketSeconds: 43 });
	expect(body.points).toHaveLength(7);
	expect(body.points[0]).toEqual({ time: from, min: 0, max: 42, mean: 21, last: 42, count: 43 });
	for (const query of ['property=wind', 'property=waterLevel&points=2001', `property=waterLevel&from=${to}&to=${from}`]) {
		expect((await system.call('GET', `/sensors/gauge-1/series?${query}`)).status).toBeGreaterThanOrEqual(400);
	}
});

test('large batches are announced by the thousand and read again by number', async () => {
	const announced: Observation[][] = [];
	await system.context.bus.subscribe('observations.stored', 'large', (event) => void announced.push(event.observations));
	const all = times(600);
	const device = await connectDevice(system.ingest.mqttPort, await system.putDevice());
	const message = all.map((time, value) => ({ time: time.replace('.000Z', '.5Z'), values: { waterLevel: value, rain: value } }));
	await device.publishAsync('v1/water/gauge-1/observations', JSON.stringify(message), { qos: 1 });
	await device.endAsync();
	await vi.waitFor(() => expect(announced.flat()).toHaveLength(1200));
	expect(announced.map((each) => each.length)).toEqual([1000, 200]);
	const first = announced[0]?.[0]?.seq ?? 0;
	const { body } = await system.call<{ items: Observation[]; head: number }>('GET', `/observations/after?seq=${first - 1}&limit=10000`);
	expect(body.items).toEqual(announced.flat());
	expect(body.head).toBe(announced.flat().at(-1)?.seq);
});

test('silence for three periods makes a sensor offline, an observation makes it online again', async () => {
	await system.putSensor({ id: 'gauge-1', period: 0.1 });
	const seen: string[] = [];
	await system.context.bus.subscribe('sensor.changed', 'liveness', (event) => void seen.push(event.sensor.status));
	const [a, b] = times(2) as [string, string];
	await send([[a, 1001]]);
	await vi.waitFor(() => expect(seen.at(-1)).toBe('offline'), { timeout: 10_000 });
	seen.length = 0;
	await send([[b, 1002]]);
	await vi.waitFor(() => expect(seen).toEqual(['online', 'offline']), { timeout: 10_000 });
});

test('counts tell how many dead letters there are, and starting or stopping twice does nothing', async () => {
	const { body } = await system.call<DeadLetterCounts>('GET', '/dead-letters/counts', undefined, 'officer');
	expect(body).toEqual({ total: 0, lastAt: null, lastReason: null });
	await Promise.all([system.ingest.start(), system.ingest.start()]);
	expect(await system.ingest.ready()).toEqual({ database: 'ok', mqtt: 'ok' });
	await Promise.all([system.ingest.stop(), system.ingest.stop()]);
	expect((await system.ingest.ready()).mqtt).toBe('not started');
	await system.ingest.start();
	expect(await system.ingest.ready()).toEqual({ database: 'ok', mqtt: 'ok' });
});
