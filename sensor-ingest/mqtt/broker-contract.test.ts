import type { BusEvents } from '@beilun/shared/protocol/events.ts';
import type { DeadLetter, Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import { sql } from 'kysely';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Credentials, connectDevice, freePort, type IngestSystem, startIngest, times } from '../testing/ingest-system.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';

const observations = 'v1/water/gauge-1/observations';
const json = (value: unknown) => JSON.stringify(value);
const patiently = { timeout: 10_000, interval: 20 };

describe.each(['embedded', 'mosquitto'] as const)('the %s broker', (kind) => {
	let system: IngestSystem;
	let mosquitto: Mosquitto | undefined;
	let credentials: Credentials;
	let device: MqttClient;
	let port: number;

	beforeEach(async () => {
		if (kind === 'mosquitto') {
			mosquitto = await startMosquitto();
			port = mosquitto.port;
			system = await startIngest({ mqttUrl: mosquitto.url });
		} else {
			port = await freePort();
			system = await startIngest({ mqttPort: port });
		}
		await vi.waitFor(async () => expect(await system.ingest.ready()).toEqual({ database: 'ok', mqtt: 'ok' }), patiently);
		await system.putSensor();
		credentials = await system.putDevice();
		device = await connectDevice(port, credentials);
	});
	afterEach(async () => {
		await device.endAsync(true);
		await system.stop();
		await mosquitto?.stop();
		mosquitto = undefined;
	});

	const readings = async () => (await system.call<{ items: Observation[] }>('GET', '/readings')).body.items;
	const letters = async () => (await system.call<{ items: DeadLetter[] }>('GET', '/dead-letters')).body.items;
	const stored = async () => (await system.call<{ items: Observation[] }>('GET', '/observations/after?limit=10000')).body.items;
	const block = () => sql`alter table ingest.observation rename to observation_away`.execute(system.context.database);
	const unblock = () => sql`alter table ingest.observation_away rename to observation`.execute(system.context.database);

	test('stores what it is sent, announces it, and the sensor is online', async () => {
		const announced: Observation[] = [];
		await system.context.bus.subscribe('observations.stored', 'test', (event) => void announced.push(...event.observations));
		const [first, second] = times(2) as [string, string];
		await device.publishAsync(observations, json({ time: first, values: { waterLevel: 3.25, rain: 0 } }), { qos: 1 });
		await device.publishAsync(observations, json([{ time: second, values: { waterLevel: 3.5 } }]), { qos: 1 });
		await vi.waitFor(() => expect(announced).toHaveLength(3), patiently);
		expect(await readings()).toMatchObject([
			{ datastreamId: 'gauge-1.rain', value: 0, phenomenonTime: first },
			{ datastreamId: 'gauge-1.waterLevel', value: 3.5, phenomenonTime: second },
		]);
		expect(await stored()).toEqual(announced);
		const sensor = await vi.waitFor(async () => {
			const { body } = await system.call<Sensor>('GET', '/sensors/gauge-1');
			expect(body.status).toBe('online');
			return body;
		}, patiently);
		expect(sensor.statusSince).not.toBeNull();
	});

	test('keeps what does not validate with its original and reason, and takes the good values beside it', async () => {
		const announced: BusEvents['deadletter.stored'][] = [];
		await system.context.bus.subscribe('deadletter.stored', 'test', (event) => void announced.push(event));
		const [time] = times(1) as [string];
		await device.publishAsync(observations, json({ time, values: { waterLevel: 3, rain: 'much', wind: 4 } }), { qos: 1 });
		await device.publishAsync(observations, '{"time": ', { qos: 1 });
		await vi.waitFor(() => expect(announced).toHaveLength(3), patiently);
		const kept = await letters();
		expect(kept.map((letter) => letter.reason).sort()).toEqual(['malformed', 'schema', 'unknown-datastream']);
		const schema = kept.find((letter) => letter.reason === 'schema');
		expect(schema).toMatchObject({ topic: observations, detail: 'values.rain: "much"; expected a finite number' });
		expect(schema?.original).toContain('much');
		expect(kept.find((letter) => letter.reason === 'malformed')?.original).toBe('{"time": ');
		expect(announced.every(({ deadLetter }) => !('original' in deadLetter))).toBe(true);
		expect((await stored()).map((each) => each.property)).toEqual(['waterLevel']);
	});

	test('a message that was not committed is delivered again after a restart', async () => {
		await block();
		const [time] = times(1) as [string];
		const sent = device.publishAsync(observations, json({ time, values: { waterLevel: 7 } }), { qos: 1 });
		await vi.waitFor(async () => expect((await system.ingest.ready()).database).not.toBe('ok'), patiently);
		await system.ingest.stop();
		await unblock();
		expect(await stored()).toEqual([]);
		await system.ingest.start();
		await vi.waitFor(async () => expect(await stored()).toMatchObject([{ value: 7, phenomenonTime: time }]), patiently);
		await sent;
	});

	test('a commit that fails is tried again and nothing is lost or doubled', async () => {
		await block();
		const all = times(50);
		const sent = Promise.all(all.map((time, value) => device.publishAsync(observations, json({ time, values: { waterLevel: value } }), { qos: 1 })));
		await vi.waitFor(async () => expect((await system.ingest.ready()).database).not.toBe('ok'), patiently);
		await unblock();
		await sent;
		await vi.waitFor(async () => expect((await stored()).map((each) => each.value)).toEqual(all.map((_, value) => value)), patiently);
	});

	test('a last will makes the sensor offline', async () => {
		const will = { topic: 'v1/water/gauge-1/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
		const other = await connectDevice(port, { ...credentials, will });
		await other.publishAsync('v1/water/gauge-1/status', 'online', { qos: 1, retain: true });
		const status = async () => (await system.call<Sensor>('GET', '/sensors/gauge-1')).body.status;
		await vi.waitFor(async () => expect(await status()).toBe('online'), patiently);
		other.stream.destroy();
		await vi.waitFor(async () => expect(await status()).toBe('offline'), patiently);
		await other.endAsync(true);
	});

	test('a position is stored, then announced', async () => {
		const moved: BusEvents['unit.moved'][] = [];
		await system.context.bus.subscribe('unit.moved', 'test', (event) => void moved.push(event));
		const [time] = times(1) as [string];
		await device.publishAsync('v1/water/boat-1/position', json({ time, lon: 121.8, lat: 29.9, speed: 12 }), { qos: 1 });
		await vi.waitFor(() => expect(moved).toHaveLength(1), patiently);
		expect(moved[0]).toEqual({
			unitId: 'boat-1',
			position: { time, lon: 121.8, lat: 29.9, speed: 12, heading: null, accuracy: null, source: 'tracker' },
		});
		const rows = await sql<{ unit_id: string }>`select unit_id from ingest.position`.execute(system.context.database);
		expect(rows.rows).toEqual([{ unit_id: 'boat-1' }]);
	});
});
