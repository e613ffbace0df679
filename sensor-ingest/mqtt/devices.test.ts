import type { DeadLetter, Observation } from '@beilun/shared/protocol/sensors.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Credentials, connectDevice, type IngestSystem, startIngest, times } from '../testing/ingest-system.ts';
import { mosquittoPub } from '../testing/mosquitto.ts';

const topic = 'v1/water/gauge-1/observations';
const patiently = { timeout: 10_000, interval: 20 };
let system: IngestSystem;
let credentials: Credentials;
let port: number;

beforeAll(async () => {
	system = await startIngest();
	port = system.ingest.mqttPort;
	await system.putSensor();
	await system.putSensor({ id: 'gauge-2' });
});
beforeEach(async () => {
	credentials = await system.putDevice();
	await sql`delete from ingest.observation`.execute(system.context.database);
	await sql`delete from ingest.dead_letter`.execute(system.context.database);
});
afterAll(() => system.stop());

const login = () => ['-u', credentials.username, '-P', credentials.password];
const reading = (value: number) => JSON.stringify({ time: times(1)[0], values: { waterLevel: value } });
const letters = async () => (await system.call<{ items: DeadLetter[] }>('GET', '/dead-letters')).body.items;
const stored = async () => (await system.call<{ items: Observation[] }>('GET', '/observations/after')).body.items;

test('a device with its password is taken', async () => {
	expect(await mosquittoPub(port, [...login(), '-q', '1', '-t', topic, '-m', reading(1)])).toMatchObject({ code: 0 });
	expect(await stored()).toMatchObject([{ sensorId: 'gauge-1', value: 1 }]);
});

test('a wrong password, a former password and no password are refused', async () => {
	const former = login();
	credentials = await system.putDevice();
	for (const wrong of [['-u', 'logger-1', '-P', 'guess'], ['-u', 'nobody', '-P', 'guess'], former, []]) {
		const answer = await mosquittoPub(port, [...wrong, '-q', '1', '-t', topic, '-m', reading(2)]);
		expect(answer.code).not.toBe(0);
		expect(answer.stderr).toMatch(/not authori[sz]ed|bad user name or password/i);
	}
	expect(await stored()).toEqual([]);
	const row = await sql<{ text: string }>`select device::text as text from ingest.device device`.execute(system.context.database);
	expect(row.rows[0]?.text).not.toContain(credentials.password);
});

test('malformed JSON, foreign topics and another agency are acknowledged and kept as dead letters', async () => {
	for (const [where, what] of [
		[topic, '{'],
		['v1/water/gauge-2/observations', reading(3)],
		['v1/fire/gauge-1/observations', reading(4)],
		['home/kitchen', 'hello'],
	] as const) {
		expect(await mosquittoPub(port, [...login(), '-q', '1', '-t', where, '-m', what])).toMatchObject({ code: 0 });
	}
	expect((await letters()).map((letter) => letter.reason)).toEqual(['bad-topic', 'agency-mismatch', 'bad-topic', 'malformed']);
	expect(await stored()).toEqual([]);
	const metrics = await system.context.metrics.metrics();
	expect(metrics).toMatch(/beilun_ingest_dead_letters_total\{reason="agency-mismatch"\} 1/);
});

test('a payload above 256 KB is kept cut, a packet above the limit ends its connection and no other', async () => {
	const bystander = await connectDevice(port, { ...credentials, reconnectPeriod: 0 });
	const large = `"${'x'.repeat(300 * 1024)}"`;
	expect(await mosquittoPub(port, [...login(), '-q', '1', '-t', topic, '-s'], large)).toMatchObject({ code: 0 });
	const [letter] = await letters();
	expect(letter?.reason).toBe('too-large');
	expect(letter?.original).toHaveLength(256 * 1024);

	const sender = await connectDevice(port, { ...credentials, reconnectPeriod: 0 });
	sender.on('error', () => undefined);
	const closed = new Promise<void>((resolve) => sender.once('close', () => resolve()));
	sender.publish(topic, Buffer.alloc(1024 * 1024), { qos: 1 });
	await closed;
	await bystander.publishAsync(topic, reading(5), { qos: 1 });
	expect(await stored()).toMatchObject([{ value: 5 }]);
	await bystander.endAsync(true);
	await sender.endAsync(true);
});

test('a PUBLISH is not acknowledged while its commit is held up', async () => {
	const device = await connectDevice(port, credentials);
	let acknowledged = false;
	let sent: Promise<unknown> = Promise.resolve();
	await sql`alter table ingest.observation rename to observation_away`.execute(system.context.database);
	try {
		sent = device.publishAsync(topic, reading(6), { qos: 1 }).then(() => {
			acknowledged = true;
		});
		await vi.waitFor(async () => expect((await system.ingest.ready()).database).toContain('observation'), patiently);
		expect(acknowledged).toBe(false);
	} finally {
		await sql`alter table ingest.observation_away rename to observation`.execute(system.context.database);
	}
	await sent;
	expect(await stored()).toMatchObject([{ value: 6 }]);
	await device.endAsync(true);
});

test('a device may read along on its own topics only, and takes no other device off the line', async () => {
	const other = await system.putDevice({ id: 'logger-2', sensorIds: ['gauge-2'], unitIds: [] });
	const device = await connectDevice(port, { ...credentials, clientId: 'same', reconnectPeriod: 0 });
	const second = await connectDevice(port, { ...other, clientId: 'same', reconnectPeriod: 0 });
	const granted = await device.subscribeAsync(['v1/water/gauge-1/#', 'v1/water/gauge-2/#', '#', '$SYS/#'], { qos: 1 }).catch((error) => error);
	expect(String(granted)).toMatch(/128|Unspecified/i);
	await second.publishAsync('v1/water/gauge-2/observations', reading(7), { qos: 1 });
	const heard: string[] = [];
	device.on('message', (from) => heard.push(from));
	await device.publishAsync(topic, reading(8), { qos: 1 });
	await vi.waitFor(() => expect(heard).toEqual([topic]), patiently);
	expect(device.connected && second.connected).toBe(true);
	await device.endAsync(true);
	await second.endAsync(true);
});

test('a device that is removed loses its connection', async () => {
	const device = await connectDevice(port, { ...credentials, reconnectPeriod: 0 });
	const closed = new Promise<void>((resolve) => device.once('close', () => resolve()));
	expect((await system.call('DELETE', '/devices/logger-1')).status).toBe(204);
	await closed;
	await device.endAsync(true);
});

test('bytes that are no MQTT harm nobody', async () => {
	const { connect } = await import('node:net');
	for (const bytes of [
		Buffer.from('GET / HTTP/1.1\r\n\r\n'),
		Buffer.alloc(4096, 0xff),
		Buffer.from([0x10, 0x02, 0x00, 0x04]),
		Buffer.from([0x30, 0]),
	]) {
		const socket = connect(port, '127.0.0.1');
		socket.on('error', () => undefined);
		socket.end(bytes);
		await new Promise((resolve) => socket.once('close', resolve));
	}
	expect(await mosquittoPub(port, [...login(), '-q', '1', '-t', topic, '-m', reading(9)])).toMatchObject({ code: 0 });
});
