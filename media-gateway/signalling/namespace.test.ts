import type { MediaReply, MediaRequest } from '@beilun/shared/protocol/media.ts';
import { mediaRequests } from '@beilun/shared/protocol/media.ts';
import fc from 'fast-check';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answer, behave, pcmaFrame, pcmaSdp, ScriptedCamera } from '../rtsp/testing/scripted-camera.ts';
import { soon, TestGateway } from '../testing/gateway.ts';
import { limits } from './limits.ts';

let gateway: TestGateway;
let camera: ScriptedCamera;
const sockets: Socket[] = [];
const timers: NodeJS.Timeout[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start();
	camera = await ScriptedCamera.start((request, socket) => {
		if (request.startsWith('PLAY')) {
			let sequence = 0;
			timers.push(setInterval(() => socket.destroyed || socket.write(pcmaFrame(sequence++)), 20));
		}
		return behave(request);
	});
	await gateway.register('cam-police', camera.url, { agency: 'police' });
});
afterEach(() => {
	for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
	for (const timer of timers) clearInterval(timer);
	await gateway?.system.stop();
	await camera?.stop();
});

function connect(name?: string): Socket {
	const headers = name === undefined ? {} : { authorization: `Bearer ${name}` };
	const socket = io(`${gateway.system.url}/media`, { transports: ['websocket'], extraHeaders: headers, reconnection: false, forceNew: true });
	sockets.push(socket);
	return socket;
}

async function ask(
	socket: Socket,
	name: string,
	body: unknown = {},
): Promise<MediaReply<{ id: string; consumers: { id: string }[]; rtpCapabilities: object }>> {
	return socket.timeout(5_000).emitWithAck(name, body);
}

async function receiver(socket: Socket): Promise<string> {
	const made = await ask(socket, 'createTransport', { direction: 'receive' });
	if (!made.ok) throw new Error(made.detail);
	return made.id;
}

type Watched = Extract<Awaited<ReturnType<typeof ask>>, { ok: true }>;

async function watchOnce(socket: Socket, streamId: string, transportId: string) {
	const capabilities = await ask(socket, 'capabilities');
	if (!capabilities.ok) throw new Error(capabilities.detail);
	return ask(socket, 'watch', { streamId, transportId, rtpCapabilities: capabilities.rtpCapabilities });
}

async function watch(socket: Socket, streamId: string) {
	return watchOnce(socket, streamId, await receiver(socket));
}

/** Asks until there is something to see or hear, as often as the gateway says that there may be. */
async function untilLive(socket: Socket, streamId: string, transportId?: string): Promise<Watched> {
	const transport = transportId ?? (await receiver(socket));
	for (;;) {
		const changed = new Promise((resolve) => socket.once('streamChanged', resolve));
		const answered = await watchOnce(socket, streamId, transport);
		if (!answered.ok) throw new Error(answered.detail);
		if (answered.consumers.length > 0) return answered;
		await changed;
	}
}

async function viewers(): Promise<number | undefined> {
	return (await gateway.stream('cam-police'))?.viewers;
}

test('nobody without a session comes in', async () => {
	const error = await new Promise<Error>((resolve) => connect().on('connect_error', resolve));
	expect(error.message).toBe('unauthenticated');
});

test('a viewer of the own agency watches; one of another agency and a field unit are refused everything', async () => {
	expect(await untilLive(connect('police'), 'cam-police')).toMatchObject({ ok: true, quality: 'main', consumers: [{ kind: 'audio' }] });
	for (const name of ['water', 'field']) {
		const socket = connect(name);
		expect(await watch(socket, 'cam-police')).toMatchObject({ ok: false, reason: 'forbidden' });
		expect(await ask(socket, 'preview', { streamId: 'cam-police' })).toMatchObject({ ok: false, reason: 'forbidden' });
		expect(await ask(socket, 'talk', { streamId: 'cam-police' })).toMatchObject({ ok: false, reason: 'forbidden' });
		expect(await ask(socket, 'prefer', { streamId: 'cam-police', size: { width: 1, height: 1 } })).toMatchObject({ ok: false, reason: 'not-found' });
		expect(await ask(socket, 'report', { pictures: [{ streamId: 'cam-police', age: 10 ** 9 }] })).toEqual({ ok: true });
	}
	expect(await watch(connect('officer'), 'cam-nowhere')).toMatchObject({ ok: false, reason: 'not-found' });
	const detail = await gateway.request('GET', '/api/v1/streams/cam-police');
	expect(await detail.json()).toMatchObject({ oldestShownMs: null });
});

test('what a watched picture is said to be old is told', async () => {
	const socket = connect('police');
	await untilLive(socket, 'cam-police');
	expect(await ask(socket, 'report', { pictures: [{ streamId: 'cam-police', age: 1234 }] })).toEqual({ ok: true });
	const detail = await gateway.request('GET', '/api/v1/streams/cam-police');
	expect(await detail.json()).toMatchObject({ oldestShownMs: 1234 });
});

test('the time of the gateway is told', async () => {
	const before = Date.now();
	const told = (await ask(connect('field'), 'time')) as unknown as { ok: true; now: number };
	expect(told.now).toBeGreaterThanOrEqual(before);
	expect(told.now).toBeLessThanOrEqual(Date.now());
});

test('only a registered field unit may publish', async () => {
	const publish = { transportId: 'x', kind: 'audio', rtpParameters: {} };
	for (const name of ['officer', 'police', 'service'])
		expect(await ask(connect(name), 'publish', publish)).toMatchObject({ ok: false, reason: 'forbidden' });
	expect(await ask(connect('police'), 'createTransport', { direction: 'send' })).toMatchObject({ ok: false, reason: 'forbidden' });
	const stranger = connect('stranger');
	const made = await ask(stranger, 'createTransport', { direction: 'send' });
	if (!made.ok) throw new Error(made.detail);
	expect(await ask(stranger, 'publish', { ...publish, transportId: made.id })).toMatchObject({ ok: false, reason: 'not-found' });
	const unit = connect('field');
	const own = await ask(unit, 'createTransport', { direction: 'send' });
	if (!own.ok) throw new Error(own.detail);
	expect(await ask(unit, 'publish', { ...publish, transportId: own.id })).toMatchObject({ ok: false, reason: 'invalid' });
	expect(await gateway.stream('unit-1')).not.toMatchObject({ status: { state: 'live' } });
});

test('consumers are gone when the session ends or the socket goes', async () => {
	gateway.system.identity.add('leaver', 'agency-viewer', { agency: 'police' });
	const socket = connect('leaver');
	const watched = await untilLive(socket, 'cam-police');
	expect(await ask(socket, 'resume', { consumerId: watched.consumers[0]?.id })).toEqual({ ok: true });
	expect(await viewers()).toBe(1);
	const ended = new Promise((resolve) => socket.on('ended', resolve));
	const gone = new Promise((resolve) => socket.on('disconnect', resolve));
	gateway.system.identity.ends.emit('ended', 'leaver', 'logged-out');
	expect(await ended).toEqual({ reason: 'logged-out' });
	await gone;
	await vi.waitFor(async () => expect(await viewers()).toBe(0), soon);

	const other = connect('police');
	await untilLive(other, 'cam-police');
	expect(await viewers()).toBe(1);
	other.disconnect();
	await vi.waitFor(async () => expect(await viewers()).toBe(0), soon);
});

test('a consumer that plays goes on when the stream is watched again, one never resumed is replaced', async () => {
	const socket = connect('officer');
	const transportId = await receiver(socket);
	const again = async () => (await untilLive(socket, 'cam-police', transportId)).consumers[0]?.id;
	const first = await again();
	const second = await again();
	expect(second).not.toBe(first);
	expect(await ask(socket, 'resume', { consumerId: first })).toMatchObject({ ok: false, reason: 'not-found' });
	await ask(socket, 'resume', { consumerId: second });
	expect(await again()).toBe(second);
	expect(await viewers()).toBe(1);
	expect(await ask(socket, 'unwatch', { streamId: 'cam-police' })).toEqual({ ok: true });
	expect(await viewers()).toBe(0);
});

test('who watches is still counted when the camera gets a new address', async () => {
	const socket = connect('officer');
	const transportId = await receiver(socket);
	await untilLive(socket, 'cam-police', transportId);
	await gateway.register('cam-police', `${camera.url}?profile=2`, { agency: 'police' });
	await vi.waitFor(() => expect(camera.requests.some((request) => request.startsWith('PLAY') && request.includes('profile=2'))).toBe(true), soon);
	expect(await untilLive(socket, 'cam-police', transportId)).toMatchObject({ consumers: [{ kind: 'audio' }] });
	expect(await viewers()).toBe(1);
});

test('a camera that gives both tracks the same number is relayed all the same', async () => {
	const sdp = `${pcmaSdp}m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track2\r\n`;
	const twins = await ScriptedCamera.start((request, socket) => {
		if (request.startsWith('PLAY')) {
			let sequence = 0;
			timers.push(
				setInterval(() => {
					sequence += 1;
					if (!socket.destroyed) socket.write(Buffer.concat([pcmaFrame(sequence, 2), pcmaFrame(sequence, 0, 96)]));
				}, 20),
			);
		}
		const channels = request.includes('track2') ? '0-1' : '2-3';
		if (!request.startsWith('SETUP')) return behave(request, sdp);
		return answer(request, '200 OK', { Transport: `RTP/AVP/TCP;unicast;interleaved=${channels}`, Session: 'abc' });
	});
	await gateway.register('cam-twins', twins.url);
	await untilLive(connect('officer'), 'cam-twins');
	await gateway.untilState('cam-twins', { state: 'live', video: { codec: 'H264' }, audio: { codec: 'PCMA' } });
	await gateway.request('DELETE', '/api/v1/cameras/cam-twins');
	await twins.stop();
});

test('what does not fit the schema, and too much of anything, is refused with a reason', async () => {
	const socket = connect('officer');
	expect(await ask(socket, 'watch', { streamId: 'Not A Slug', transportId: '', rtpCapabilities: 1 })).toMatchObject({
		ok: false,
		reason: 'invalid',
		detail: expect.stringContaining('streamId'),
	});
	expect(await ask(socket, 'createTransport', null)).toMatchObject({ ok: false, reason: 'invalid' });
	expect(await ask(socket, 'resume', { consumerId: 'x' })).toMatchObject({ ok: false, reason: 'not-found' });
	const transportId = await receiver(socket);
	expect(await ask(socket, 'connectTransport', { transportId, dtlsParameters: { role: 'nonsense' } })).toMatchObject({
		ok: false,
		reason: 'invalid',
	});
	expect(await ask(socket, 'watch', { streamId: 'cam-police', transportId, rtpCapabilities: { codecs: 'none' } })).toMatchObject({
		reason: 'invalid',
	});
	for (let i = 0; i < 3; i += 1) await receiver(socket);
	expect(await ask(socket, 'createTransport', { direction: 'receive' })).toMatchObject({ ok: false, reason: 'limit' });
	const flood = await Promise.all(Array.from({ length: limits.requestBurst * 2 }, () => ask(socket, 'capabilities')));
	expect(flood.some((each) => !each.ok && each.reason === 'limit')).toBe(true);
	socket.emit('watch');
	expect(await untilLive(connect('officer'), 'cam-police')).toMatchObject({ ok: true });
});

test('no request body, however wrong, ends the socket or is called a fault of the gateway', async () => {
	const ids = fc.constantFrom('cam-police', 'unit-1', 'x', '');
	const opaque = fc.oneof(fc.anything(), fc.record({ codecs: fc.anything(), headerExtensions: fc.anything(), encodings: fc.anything() }));
	const near = fc.record(
		{
			streamId: ids,
			transportId: ids,
			consumerId: ids,
			kind: fc.constantFrom('audio', 'video', 'text'),
			direction: fc.constantFrom('send', 'receive', 'both'),
			rtpParameters: opaque,
			rtpCapabilities: opaque,
			dtlsParameters: opaque,
			size: fc.oneof(fc.anything(), fc.record({ width: fc.integer(), height: fc.integer() })),
			pictures: fc.array(fc.record({ streamId: ids, age: fc.double() })),
		},
		{ requiredKeys: [] },
	);
	const names = Object.keys(mediaRequests) as MediaRequest[];
	let socket = connect('officer');
	let asked = 0;
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...names), fc.oneof(fc.anything(), near), async (name, body) => {
			if (asked % 300 === 0) socket = connect(asked % 600 === 0 ? 'officer' : 'field');
			asked += 1;
			// What JSON cannot carry does not arrive as it was.
			let plain: unknown;
			try {
				plain = JSON.parse(JSON.stringify(body ?? null));
			} catch {
				return;
			}
			const answered = await ask(socket, name, plain);
			if (!answered.ok) expect(answered.detail).not.toBe('the media gateway failed');
			expect(socket.connected).toBe(true);
		}),
		{ numRuns: 1_200 },
	);
	expect(await ask(socket, 'time')).toMatchObject({ ok: true });
});

test('cameras that send garbage, close at once or stay silent say so, and harm no other', async () => {
	const wrong = await Promise.all([
		ScriptedCamera.start(
			() => null,
			(socket) => socket.write('\x00\x01\x02 garbage'),
		),
		ScriptedCamera.start(
			() => null,
			(socket) => socket.end(),
		),
		ScriptedCamera.start((request) => behave(request)),
		ScriptedCamera.start((request) => answer(request, '404 Not Found')),
	]);
	const socket = connect('officer');
	const transportId = await receiver(socket);
	await untilLive(socket, 'cam-police', transportId);
	await gateway.untilState('cam-police', { state: 'live' });
	const live = (await gateway.stream('cam-police'))?.status;
	for (const [i, each] of wrong.entries()) {
		await gateway.register(`cam-wrong-${i}`, each.url);
		expect(await watchOnce(socket, `cam-wrong-${i}`, transportId)).toMatchObject({ ok: true, consumers: [] });
	}
	await gateway.untilState('cam-wrong-0', { state: 'failed', reason: 'protocol-error' });
	await gateway.untilState('cam-wrong-1', { state: 'failed', reason: 'closed-by-peer' });
	await gateway.untilState('cam-wrong-2', { state: 'failed', reason: 'silent', detail: expect.stringContaining('since PLAY') });
	await gateway.untilState('cam-wrong-3', { state: 'failed', reason: 'not-found' });
	if (live?.state !== 'live') throw new Error('expected a live camera');
	expect((await gateway.stream('cam-police'))?.status).toMatchObject({ state: 'live', since: live.since });
	for (const i of wrong.keys()) expect((await gateway.request('DELETE', `/api/v1/cameras/cam-wrong-${i}`)).status).toBe(204);
	expect(await gateway.stream('cam-wrong-0')).toBeUndefined();
	await Promise.all(wrong.map((each) => each.stop()));
});
