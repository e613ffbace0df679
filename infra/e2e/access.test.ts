import { createConnection } from 'node:net';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Launched, launch, type Person } from '../harness/launcher.ts';
import { mosquittoPublish, registerGasSensor } from '../harness/sensors.ts';

let system: Launched;
beforeAll(async () => {
	// A session of about 11 s, so that its end can be waited for.
	system = await launch({ environment: { BEILUN_SESSION_HOURS: '0.003' } });
});
afterAll(() => system.stop());

const camera = (id: string, agency: string) => ({
	id,
	name: { zh: '摄像机', en: 'Camera' },
	agency,
	place: { lon: 121.84, lat: 29.9, name: '', nameEn: '' },
	url: 'rtsp://127.0.0.1:9/none',
});

/** The reason a namespace gives for not letting this person in, or `connected`. */
function knock(namespace: string, person: Person | null): Promise<string> {
	const socket = io(`${system.url}${namespace}`, {
		transports: ['websocket'],
		reconnection: false,
		forceNew: true,
		...(person === null ? {} : { extraHeaders: { cookie: person.cookie } }),
	});
	return new Promise((resolve) => {
		socket.on('connect', () => resolve('connected'));
		socket.on('connect_error', (error) => resolve(error.message));
	}).finally(() => socket.close()) as Promise<string>;
}

test('the first administrator is made by the setup link, which then opens nothing', async () => {
	const token = system.setupToken;
	expect(token).toBeDefined();
	const admin = { token, name: 'chief', displayName: 'Chief', password: 'the chief has a password' };
	expect((await system.request('POST', '/api/v1/setup', { ...admin, token: 'wrong' }, null)).status).toBe(403);
	expect((await system.request('POST', '/api/v1/setup', admin, null)).ok).toBe(true);
	expect((await system.request('POST', '/api/v1/setup', { ...admin, name: 'second' }, null)).ok).toBe(false);
	expect(await system.call('GET', '/api/v1/me', undefined, await system.login('chief', admin.password))).toMatchObject({ role: 'admin' });
});

test('a wrong password is refused and, tried again and again, locks the name', async () => {
	await system.person('clerk', 'duty-officer');
	const attempt = (password: string) => system.request('POST', '/api/v1/login', { name: 'clerk', password }, null);
	const first = await attempt('not the password');
	expect(first.status).toBe(401);
	for (let n = 0; n < 5; n += 1) await attempt('not the password');
	const locked = await attempt('clerk is a long password');
	expect(locked.status).toBe(429);
});

test('without a session nothing is had from HTTP, the console or the media', async () => {
	for (const path of [
		'/api/v1/alerts',
		'/api/v1/sensors',
		'/api/v1/cameras',
		'/api/v1/streams',
		'/api/v1/units',
		'/api/v1/audit',
		'/api/v1/dead-letters',
	]) {
		expect([path, (await system.request('GET', path, undefined, null)).status]).toEqual([path, 401]);
	}
	expect(await knock('/console', null)).toBe('unauthenticated');
	expect(await knock('/media', null)).toBe('unauthenticated');
});

test('a foreign agency sees nothing of others on HTTP, the console or the media', async () => {
	await system.call('PUT', '/api/v1/cameras/cam-fire', camera('cam-fire', 'fire'));
	await system.call('PUT', '/api/v1/cameras/cam-water', camera('cam-water', 'water'));
	const viewer = await system.person('water-viewer', 'agency-viewer', { agency: 'water' });
	const { items } = await system.call<{ items: { id: string }[] }>('GET', '/api/v1/cameras', undefined, viewer);
	expect(items.map((each) => each.id)).toEqual(['cam-water']);
	expect((await system.request('GET', '/api/v1/cameras/cam-fire', undefined, viewer)).status).toBeGreaterThanOrEqual(403);
	expect((await system.request('PUT', '/api/v1/cameras/cam-water', camera('cam-water', 'water'), viewer)).status).toBe(403);
	expect((await system.request('GET', '/api/v1/audit', undefined, viewer)).status).toBe(403);

	const desk = io(`${system.url}/console`, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie: viewer.cookie } });
	const cameras: string[] = [];
	desk.on('changes', (changes: { topic: string; upserts: { id: string }[] }) => {
		if (changes.topic === 'cameras') cameras.push(...changes.upserts.map((each) => each.id));
	});
	await new Promise<void>((resolve) =>
		desk.on('connect', () => desk.emit('subscribe', { protocol: 1, epoch: null, topics: { cameras: 0 } }, () => resolve())),
	);
	await vi.waitFor(() => expect(cameras).toContain('cam-water'), 5_000);
	expect(cameras).not.toContain('cam-fire');
	desk.close();

	const media = io(`${system.url}/media`, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie: viewer.cookie } });
	await new Promise<void>((resolve) => media.on('connect', () => resolve()));
	const { rtpCapabilities } = await media.emitWithAck('capabilities', {});
	const transport = await media.emitWithAck('createTransport', { direction: 'receive' });
	expect(transport).toMatchObject({ ok: true });
	const refused = await media.emitWithAck('watch', { streamId: 'cam-fire', transportId: transport.id, rtpCapabilities: rtpCapabilities ?? {} });
	expect(refused).toMatchObject({ ok: false });
	expect(['forbidden', 'not-found']).toContain(refused.reason);
	expect(await media.emitWithAck('publish', { transportId: transport.id, kind: 'video', rtpParameters: {} })).toMatchObject({ ok: false });
	media.close();
});

test('an expired session is put out of the console and the media and refused on HTTP', async () => {
	const officer = await system.person('tired', 'duty-officer');
	const ended: string[] = [];
	const sockets = ['/console', '/media'].map((namespace) => {
		const socket = io(`${system.url}${namespace}`, {
			transports: ['websocket'],
			reconnection: false,
			forceNew: true,
			extraHeaders: { cookie: officer.cookie },
		});
		socket.on('ended', ({ reason }: { reason: string }) => ended.push(`${namespace} ${reason}`));
		return socket;
	});
	expect((await system.request('GET', '/api/v1/me', undefined, officer)).status).toBe(200);
	await vi.waitFor(() => expect(ended.sort()).toEqual(['/console expired', '/media expired']), 20_000);
	await vi.waitFor(() => expect(sockets.every((socket) => socket.disconnected)).toBe(true));
	expect((await system.request('GET', '/api/v1/me', undefined, officer)).status).toBe(401);
	expect(await knock('/console', officer)).toBe('unauthenticated');
});

test('malformed MQTT and HTTP get a clear answer and disturb nothing else', async () => {
	const device = await registerGasSensor(system, 'gas-odd');
	const before = await system.call<{ total: number }>('GET', '/api/v1/dead-letters/counts');
	await mosquittoPublish(system, device, 'v1/work-safety/gas-odd/observations', '{"time": "yesterday", "values": {"gasConcentration": 1}}');
	await mosquittoPublish(system, device, 'v1/work-safety/gas-odd/observations', '{{{');
	await mosquittoPublish(
		system,
		device,
		'v1/work-safety/gas-odd/observations',
		JSON.stringify({ time: new Date().toISOString(), values: { humidity: 3 } }),
	);
	const letters = await system.call<{ items: { reason: string; detail: string; original: string }[] }>('GET', '/api/v1/dead-letters?limit=3');
	expect(letters.items.map((letter) => letter.reason)).toEqual(['unknown-datastream', 'malformed', 'schema']);
	expect(letters.items[2]?.detail).toContain('time');
	expect(letters.items[1]?.original).toBe('{{{');
	expect((await system.call<{ total: number }>('GET', '/api/v1/dead-letters/counts')).total).toBe(before.total + 3);

	// Bytes that are no MQTT at all, and no HTTP at all.
	for (const port of [system.mqttPort, Number(new URL(system.url).port)]) {
		await new Promise<void>((resolve) => {
			const socket = createConnection(port, '127.0.0.1', () => socket.write(Buffer.from('ff00ff00ffffffff0000', 'hex')));
			socket.on('close', () => resolve());
			socket.on('error', () => undefined);
			socket.resume();
		});
	}
	const bad = await system.request('PUT', '/api/v1/cameras/cam-bad', { ...camera('cam-bad', 'martian'), url: 'ftp://x' });
	expect(bad.status).toBe(400);
	const problem = (await bad.json()) as { errors: { field: string }[] };
	expect(problem.errors.map((each) => each.field).sort()).toEqual(['agency', 'url']);

	await mosquittoPublish(
		system,
		device,
		'v1/work-safety/gas-odd/observations',
		JSON.stringify({ time: new Date().toISOString(), values: { gasConcentration: 2.5 } }),
	);
	const { items } = await system.call<{ items: { sensorId: string; value: number }[] }>('GET', '/api/v1/readings');
	expect(items.find((each) => each.sensorId === 'gas-odd')?.value).toBe(2.5);
	expect((await system.request('GET', '/readyz', undefined, null)).status).toBe(200);
});
