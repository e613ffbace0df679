import { randomUUID } from 'node:crypto';
import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Changes, ConsoleClientEvents, ConsoleServerEvents, Heartbeat, Topic } from '@beilun/shared/protocol/realtime.ts';
import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { OpenDatabase } from '@beilun/shared/runtime/database.ts';
import { openTestDatabase } from '@beilun/shared/testing/database.ts';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { emptyDatabase } from '../testing/database.ts';
import { type CommandSystem, type CommandSystemOptions, password, startCommandCenter } from '../testing/system.ts';

let opened: OpenDatabase;
const running: CommandSystem[] = [];
let system: CommandSystem;
async function start(options: CommandSystemOptions = {}): Promise<CommandSystem> {
	const started = await startCommandCenter({ opened, ...options });
	running.push(started);
	return started;
}
beforeAll(async () => {
	opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(async () => {
	await emptyDatabase(opened);
	system = await start();
});
afterEach(async () => {
	for (const each of running.splice(0)) await each.stop();
});

/** What lies in engine.io's and in the web socket's buffer. */
interface ServerSideConnection {
	writeBuffer: unknown[];
	transport: { socket: { bufferedAmount: number } };
}

type ConsoleSocket = Socket<ConsoleServerEvents, ConsoleClientEvents>;

/** Does what the protocol asks of a client, and notes every breach of it. */
class TestConsole {
	readonly socket: ConsoleSocket;
	readonly held = new Map<Topic, Map<string, unknown>>();
	readonly last = new Map<Topic, number>();
	readonly breaches: string[] = [];
	readonly messages: Changes[] = [];
	readonly heartbeats: Heartbeat[] = [];
	ended: string | undefined;
	epoch: string | null = null;

	constructor(socket: ConsoleSocket) {
		this.socket = socket;
		socket.on('changes', (changes) => this.#apply(changes));
		socket.on('heartbeat', (heartbeat) => this.heartbeats.push(heartbeat));
		socket.on('ended', ({ reason }) => {
			this.ended = reason;
		});
	}

	async connected(): Promise<this> {
		if (!this.socket.connected) {
			await new Promise<void>((resolve, reject) => {
				this.socket.once('connect', resolve);
				this.socket.once('connect_error', reject);
			});
		}
		return this;
	}

	subscribe(...topics: Topic[]): Promise<{ ok: boolean }> {
		const wanted = Object.fromEntries(topics.map((topic) => [topic, this.last.get(topic) ?? 0]));
		return this.socket.emitWithAck('subscribe', { protocol: 1, epoch: this.epoch, topics: wanted });
	}

	ids(topic: Topic): string[] {
		return [...(this.held.get(topic)?.keys() ?? [])].sort();
	}

	#apply(changes: Changes): void {
		const { topic, from, to, reset } = changes;
		this.messages.push(changes);
		this.epoch = changes.epoch;
		if (reset) this.held.set(topic, new Map());
		else if (this.last.get(topic) !== from) this.breaches.push(`${topic}: held ${this.last.get(topic)}, was sent changes from ${from}`);
		let previous = from;
		const held = this.held.get(topic) ?? new Map();
		for (const each of [...changes.upserts, ...changes.removes].sort((a, b) => a.seq - b.seq)) {
			if (each.seq <= previous || each.seq > to) this.breaches.push(`${topic}: ${each.seq} does not lie between ${previous} and ${to}`);
			previous = each.seq;
			if ('entity' in each) held.set(each.id, each.entity);
			else held.delete(each.id);
		}
		this.last.set(topic, to);
	}
}

async function open(from: CommandSystem, cookie: string): Promise<TestConsole> {
	return new TestConsole(from.console(cookie)).connected();
}

function camera(id: string, agency: Agency = 'water'): Camera {
	const place = { lon: 121.8, lat: 29.9, name: '', nameEn: '' };
	return {
		id,
		name: { zh: id, en: '' },
		agency,
		place,
		bearing: null,
		fieldOfView: null,
		demo: false,
		address: 'rtsp://camera/',
		subAddress: null,
		transport: 'auto',
		certificate: null,
		speaker: false,
		hasPassword: false,
	};
}

function sensor(id: string, agency: Agency): Sensor {
	const { name, place, demo } = camera(id);
	const datastreams = [{ property: 'level', name: { zh: '水位', en: '' }, unit: 'm', decimals: 2 }];
	return { id, name, agency, kind: 'water-level', place, period: 60, datastreams, demo, status: 'online', statusSince: null };
}

function alert(id: string, more: Partial<Alert> = {}): Alert {
	const at = '2026-01-01T00:00:00.000Z';
	return {
		id,
		ruleId: 'rule',
		ruleVersion: 1,
		name: { zh: '高水位', en: '' },
		agency: 'water',
		sensorId: 's',
		sensorName: { zh: 's', en: '' },
		datastreamId: 's.level',
		propertyName: { zh: '水位', en: '' },
		place: { lon: 121.8, lat: 29.9, name: '', nameEn: '' },
		severity: 'red',
		peakSeverity: 'red',
		state: 'active',
		acknowledged: false,
		acknowledgedAt: null,
		acknowledgedBy: null,
		raisedAt: at,
		clearedAt: null,
		storedAt: at,
		updatedAt: at,
		value: 4,
		limit: 3,
		direction: 'above',
		unit: 'm',
		decimals: 2,
		revision: 1,
		demo: false,
		...more,
	};
}

function observe(sensorId: string, value: number, time: string) {
	const observation = { seq: 1, datastreamId: `${sensorId}.level`, sensorId, property: 'level', phenomenonTime: time, resultTime: time, value };
	return system.bus.publish('observations.stored', { observations: [observation] });
}

test('a console gets everything there is, then every change', async () => {
	await system.bus.publish('camera.changed', { camera: camera('cam-1') });
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	await client.subscribe('cameras', 'walls');
	await vi.waitFor(() => expect(client.ids('cameras')).toEqual(['cam-1']));
	expect(client.messages.find((each) => each.topic === 'walls')).toMatchObject({ reset: true, upserts: [] });
	await system.bus.publish('camera.changed', { camera: camera('cam-2') });
	await system.bus.publish('camera.removed', { cameraId: 'cam-1' });
	await vi.waitFor(() => expect(client.ids('cameras')).toEqual(['cam-2']));
	expect(client.breaches).toEqual([]);
});

test('what the other services hold is there from the start, and what the bus told meanwhile wins', async () => {
	const renamed = { ...camera('cam-2'), name: { zh: '新名', en: 'Renamed' } };
	const cameras = async (bus: Bus) => {
		// Asked after the bus is listened to: what happens now is newer than the answer that is under way.
		await bus.publish('camera.removed', { cameraId: 'cam-1' });
		await bus.publish('camera.changed', { camera: renamed });
		await new Promise((handled) => setImmediate(handled));
		return { items: [camera('cam-1'), camera('cam-2'), camera('cam-3')] };
	};
	const second = await start({ answers: { '/api/v1/cameras': cameras, '/api/v1/sensors': { items: [sensor('gauge', 'water')] } } });
	const client = await open(second, await second.addPerson('anna', 'duty-officer'));
	await client.subscribe('cameras', 'sensors');
	await vi.waitFor(() => expect(client.ids('cameras').sort()).toEqual(['cam-2', 'cam-3']));
	await vi.waitFor(() => expect(client.ids('sensors')).toEqual(['gauge']));
	const told = client.messages.flatMap((each) => each.upserts).filter((each) => each.id === 'cam-2');
	expect(told.map((each) => each.entity)).toEqual([renamed]);
});

test('a service that is not up yet holds up only its own topics and is asked again', async () => {
	const answers: Record<string, unknown> = { '/api/v1/cameras': new Error('not up') };
	const second = await start({ answers });
	expect(await second.center.ready()).toMatchObject({ database: 'ok', snapshot: expect.stringContaining('cameras') });
	const client = await open(second, await second.addPerson('anna', 'duty-officer'));
	await client.subscribe('cameras', 'alerts');
	await second.bus.publish('alert.changed', { alert: alert(randomUUID()) });
	await second.bus.publish('camera.changed', { camera: { ...camera('cam-1'), address: 'rtsp://newer/' } });
	await second.bus.publish('camera.removed', { cameraId: 'cam-gone' });
	await vi.waitFor(() => expect(client.ids('alerts')).toHaveLength(1));
	expect(client.held.has('cameras')).toBe(false);
	answers['/api/v1/cameras'] = { items: [camera('cam-1'), camera('cam-2'), camera('cam-gone')] };
	await vi.waitFor(() => expect(client.ids('cameras')).toEqual(['cam-1', 'cam-2']), { timeout: 5000 });
	expect(client.held.get('cameras')?.get('cam-1')).toMatchObject({ address: 'rtsp://newer/' });
	expect(await second.center.ready()).toMatchObject({ snapshot: 'ok' });
});

test('after a cut a console is sent exactly what it missed, nothing twice', async () => {
	const cookie = await system.addPerson('anna', 'duty-officer');
	for (let n = 0; n < 20; n++) await system.bus.publish('camera.changed', { camera: camera(`cam-${n}`) });
	const before = await open(system, cookie);
	await before.subscribe('cameras');
	await vi.waitFor(() => expect(before.ids('cameras')).toHaveLength(20));
	before.socket.io.engine.close();
	await system.bus.publish('camera.changed', { camera: camera('cam-3', 'fire') });
	await system.bus.publish('camera.changed', { camera: camera('cam-new') });
	await system.bus.publish('camera.removed', { cameraId: 'cam-7' });

	const after = new TestConsole(system.console(cookie));
	after.held.set('cameras', new Map(before.held.get('cameras')));
	after.last.set('cameras', before.last.get('cameras') as number);
	after.epoch = before.epoch;
	await after.connected();
	await after.subscribe('cameras');
	await vi.waitFor(() => expect(after.messages.length).toBeGreaterThan(0));
	expect(after.messages).toHaveLength(1);
	expect(after.messages[0]).toMatchObject({ reset: false, removes: [{ id: 'cam-7' }] });
	expect(after.messages[0]?.upserts.map((each) => each.id)).toEqual(['cam-3', 'cam-new']);
	expect(after.ids('cameras')).toHaveLength(20);
	expect(after.breaches).toEqual([]);
});

test('another epoch, as after a restart, begins anew', async () => {
	const cookie = await system.addPerson('anna', 'duty-officer');
	await system.bus.publish('camera.changed', { camera: camera('cam-old') });
	const client = await open(system, cookie);
	await client.subscribe('cameras');
	await vi.waitFor(() => expect(client.ids('cameras')).toEqual(['cam-old']));
	const second = await start({ answers: { '/api/v1/cameras': { items: [camera('cam-kept')] } } });
	const returned = new TestConsole(second.console(cookie));
	returned.epoch = client.epoch;
	returned.last.set('cameras', client.last.get('cameras') as number);
	returned.held.set('cameras', new Map(client.held.get('cameras')));
	await returned.connected();
	await returned.subscribe('cameras');
	await vi.waitFor(() => expect(returned.ids('cameras')).toEqual(['cam-kept']));
	expect(returned.messages[0]?.reset).toBe(true);
	expect(returned.epoch).not.toBe(client.epoch);
});

test('an agency viewer sees their own agency only, keeps count, and loses what moves to another agency', async () => {
	const client = await open(system, await system.addPerson('viewer', 'agency-viewer', { agency: 'water' }));
	await client.subscribe('sensors', 'readings', 'cameras', 'deadLetters');
	await system.bus.publish('sensor.changed', { sensor: sensor('gauge', 'water') });
	await system.bus.publish('sensor.changed', { sensor: sensor('hydrant', 'fire') });
	await vi.waitFor(() => expect(client.ids('sensors')).toEqual(['gauge']));
	await observe('gauge', 1, '2026-01-01T00:00:00.000Z');
	await observe('hydrant', 1, '2026-01-01T00:00:00.000Z');
	await observe('unheard-of', 1, '2026-01-01T00:00:00.000Z');
	await vi.waitFor(() => expect(client.ids('readings')).toEqual(['gauge.level']));
	await system.bus.publish('sensor.changed', { sensor: sensor('gauge', 'fire') });
	await vi.waitFor(() => expect(client.ids('sensors')).toEqual([]));
	await vi.waitFor(() => expect(client.ids('readings')).toEqual([]));
	await vi.waitFor(() => expect(client.last.get('sensors')).toBe(3));
	expect(JSON.stringify(client.messages)).not.toContain('hydrant');
	expect(JSON.stringify(client.messages)).not.toContain('unheard-of');
	expect(client.messages.find((each) => each.topic === 'deadLetters')?.upserts).toEqual([]);
	expect(client.breaches).toEqual([]);
});

test('a field unit sees its own unit and nothing else', async () => {
	for (const id of ['unit-1', 'unit-2']) {
		await system.call('PUT', `/api/v1/units/${id}`, { id, name: { zh: id }, agency: 'police', kind: 'patrol' });
	}
	await system.bus.publish('alert.changed', { alert: alert(randomUUID(), { agency: 'police' }) });
	const client = await open(system, await system.addPerson('unit', 'field-unit', { unitId: 'unit-1' }));
	await client.subscribe('units', 'alerts', 'walls', 'deadLetters');
	await vi.waitFor(() => expect(client.ids('units')).toEqual(['unit-1']));
	await vi.waitFor(() => expect(client.messages).toHaveLength(4));
	expect(client.messages.filter((each) => each.topic !== 'units').flatMap((each) => each.upserts)).toEqual([]);
});

test('an alert told twice or overtaken changes nothing', async () => {
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	await client.subscribe('alerts');
	const id = randomUUID();
	await system.bus.publish('alert.changed', { alert: alert(id, { revision: 2, acknowledged: true }) });
	await system.bus.publish('alert.changed', { alert: alert(id, { revision: 1 }) });
	await system.bus.publish('alert.changed', { alert: alert(id, { revision: 2, acknowledged: true }) });
	await system.bus.publish('alert.changed', { alert: alert(id, { revision: 3, acknowledged: true, state: 'cleared' }) });
	await vi.waitFor(() => expect(client.held.get('alerts')?.get(id)).toMatchObject({ revision: 3 }));
	expect(client.last.get('alerts')).toBe(2);
});

test('of finished alerts the newest 500 stay, of open ones all', async () => {
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	await client.subscribe('alerts');
	const openId = randomUUID();
	await system.bus.publish('alert.changed', { alert: alert(openId) });
	for (let n = 0; n < 520; n++) {
		const updatedAt = new Date(1_700_000_000_000 + n * 1000).toISOString();
		await system.bus.publish('alert.changed', { alert: alert(randomUUID(), { state: 'cleared', acknowledged: true, updatedAt }) });
	}
	await vi.waitFor(() => expect(client.last.get('alerts')).toBe(541));
	expect(client.ids('alerts')).toHaveLength(501);
	expect(client.ids('alerts')).toContain(openId);
	expect(client.breaches).toEqual([]);
});

test('a late reading does not replace a newer one', async () => {
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	await client.subscribe('readings');
	await observe('gauge', 2, '2026-01-01T00:01:00.000Z');
	await observe('gauge', 1, '2026-01-01T00:00:00.000Z');
	await vi.waitFor(() => expect(client.held.get('readings')?.get('gauge.level')).toMatchObject({ value: 2 }));
});

test('the heartbeat names what was sent, so that a gap is a loss', async () => {
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	await client.subscribe('cameras');
	await system.bus.publish('camera.changed', { camera: camera('cam-1') });
	await vi.waitFor(() => expect(client.heartbeats.length).toBeGreaterThan(0), { timeout: 5000 });
	const { epoch, heads } = client.heartbeats.at(-1) as Heartbeat;
	expect(epoch).toBe(client.epoch);
	expect(heads).toEqual({ cameras: client.last.get('cameras') });
});

test('without a session nobody gets in; a session that ends is put out with the reason', async () => {
	await expect(open(system, 'beilun_session=nothing')).rejects.toThrow('unauthenticated');
	const cookie = await system.addPerson('anna', 'duty-officer');
	const client = await open(system, cookie);
	await system.call('POST', '/api/v1/logout', undefined, cookie);
	await vi.waitFor(() => expect(client.socket.connected).toBe(false));
	expect(client.ended).toBe('logged-out');
	await system.call('PUT', '/api/v1/users/anna', { name: 'anna', displayName: 'Anna', role: 'duty-officer', password });
	const again = await open(system, await system.logIn('anna'));
	await system.call('PUT', '/api/v1/users/anna', { name: 'anna', displayName: 'Anna', role: 'duty-officer', disabled: true });
	await vi.waitFor(() => expect(again.ended).toBe('disabled'));
	const short = await start({ config: { sessionHours: 0.001 } });
	const shortLived = await open(short, await short.addPerson('berta', 'duty-officer'));
	await vi.waitFor(() => expect(shortLived.ended).toBe('expired'), { timeout: 10_000 });
});

test('a subscription that is no subscription is answered with what is wrong, and the socket lives on', async () => {
	const client = await open(system, await system.addPerson('anna', 'duty-officer'));
	const raw = client.socket as unknown as {
		emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
		emit(event: string, ...args: unknown[]): void;
	};
	raw.emit('subscribe');
	raw.emit('subscribe', null, 'no function');
	for (const bad of [null, 7, { protocol: 2, epoch: null, topics: {} }, { protocol: 1, epoch: null, topics: { weather: 0 } }]) {
		expect(await raw.emitWithAck('subscribe', bad)).toMatchObject({ ok: false, reason: 'invalid' });
	}
	expect(await client.subscribe('cameras')).toEqual({ ok: true });
});

test('a console that does not read holds nobody up, gathers nothing, and catches up', async () => {
	const cookie = await system.addPerson('anna', 'duty-officer');
	const slow = await open(system, cookie);
	const fast = await open(system, cookie);
	await slow.subscribe('cameras', 'alerts');
	await fast.subscribe('cameras', 'alerts');
	await vi.waitFor(() => expect(slow.messages.length).toBe(2));
	// Stops reading from the network, as a stalled phone would: the kernel's buffers fill, then the server's.
	const wire = (slow.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws._socket;
	wire.pause();
	const serverSide = system.io.of('/console').sockets.get(slow.socket.id as string)?.conn as unknown as ServerSideConnection;
	// Far more than the kernel takes for a reader that does not read.
	const ids = Array.from({ length: 20 }, () => randomUUID());
	const long = 'x'.repeat(30_000);
	let mostGathered = 0;
	for (let round = 1; round <= 1000; round++) {
		const id = ids[round % ids.length] as string;
		await system.bus.publish('alert.changed', { alert: alert(id, { revision: round, sensorId: long }) });
		await vi.waitFor(() => expect(fast.last.get('alerts')).toBe(round), { interval: 1 });
		mostGathered = Math.max(mostGathered, serverSide.writeBuffer.length * long.length + serverSide.transport.socket.bufferedAmount);
	}
	expect(slow.last.get('alerts')).toBe(0);
	expect(mostGathered).toBeGreaterThan(0);
	expect(mostGathered).toBeLessThan(2_000_000);
	wire.resume();
	await vi.waitFor(() => expect(slow.last.get('alerts')).toBe(1000), { timeout: 10_000 });
	expect(slow.held.get('alerts')).toEqual(fast.held.get('alerts'));
	expect(slow.breaches).toEqual([]);
	expect(fast.breaches).toEqual([]);
	// Caught up with the sum of what it missed, not by replaying every change.
	expect(slow.messages.length).toBeLessThan(fast.messages.length);
});
