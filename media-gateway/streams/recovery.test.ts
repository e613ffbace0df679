import { afterEach, expect, test, vi } from 'vitest';
import { GstreamerCamera, type GstreamerCameraOptions } from '../rtsp/testing/gstreamer-camera.ts';
import { answer, behave, pcmaFrame, ScriptedCamera } from '../rtsp/testing/scripted-camera.ts';
import { soon } from '../testing/gateway.ts';
import { TestStreams } from '../testing/streams.ts';

let streams: TestStreams;
const cameras: GstreamerCamera[] = [];

afterEach(async () => {
	await streams?.stop();
	await Promise.all(cameras.splice(0).map((camera) => camera.kill()));
});

async function startCamera(options: GstreamerCameraOptions = {}): Promise<GstreamerCamera> {
	const camera = await GstreamerCamera.start(options);
	cameras.push(camera);
	return camera;
}

const names = () => streams.events.map(({ name }) => name);

test('a camera that was cut off keeps its producers, and comes back with another size under them', async () => {
	const first = await startCamera();
	streams = await TestStreams.start();
	const stream = streams.put('cam', first.url());
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live');
	await vi.waitFor(async () => expect(await stream.preview('main')).not.toBeNull(), soon);
	const producers = stream.producers('main').map(({ id }) => id);
	await first.kill();
	await streams.until('cam', 'failed');
	expect((await stream.preview('main'))?.frames).toHaveLength(1);
	await startCamera({ port: first.port, width: 480, height: 272 });
	await streams.until('cam', 'live', { video: expect.objectContaining({ width: 480, height: 272 }) });
	expect(stream.producers('main').map(({ id }) => id)).toEqual(producers);
	expect(names()).toEqual(['producers']);
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	expect(stream.counters.reconnects).toBeGreaterThan(0);
	const { history } = await streams.feed('cam');
	expect(history[0]?.state).toBe('live');
	expect(history.length).toBeLessThan(10);
});

test('a camera that comes back with another codec has other producers for it', async () => {
	const first = await startCamera({ audio: 'pcma' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', first.url());
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live', { audio: { codec: 'PCMA', transcodedFrom: null } });
	const [video, audio] = stream.producers('main');
	await first.kill();
	await streams.until('cam', 'failed');
	await startCamera({ port: first.port, audio: 'pcmu' });
	await streams.until('cam', 'live', { audio: { codec: 'PCMU', transcodedFrom: null } });
	const now = stream.producers('main');
	expect(now.find((each) => each.kind === 'video')).toBe(video);
	expect(now.find((each) => each.kind === 'audio')?.id).not.toBe(audio?.id);
	expect(audio?.closed).toBe(true);
	expect(names()).toEqual(['producers', 'producers']);
});

test('a connection over which nothing comes any more is given up, and made again', async () => {
	let connections = 0;
	const camera = await ScriptedCamera.start((request, socket) => {
		if (request.startsWith('PLAY')) {
			connections += 1;
			// The first one sends for a moment only; its connection stays open.
			let sequence = 0;
			const timer = setInterval(() => {
				sequence += 1;
				if (connections === 1 && sequence > 20) clearInterval(timer);
				else if (!socket.destroyed) socket.write(pcmaFrame(sequence));
			}, 20);
			socket.on('close', () => clearInterval(timer));
		}
		return behave(request);
	});
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url);
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live');
	const [producer] = stream.producers('main');
	await streams.until('cam', 'failed', { reason: 'silent' });
	await streams.until('cam', 'live');
	expect(connections).toBe(2);
	expect(stream.producers('main')).toEqual([producer]);
	await camera.stop();
});

test('another SSRC, and jumps of numbers and clock, cost neither connection nor producer', async () => {
	const camera = await ScriptedCamera.start((request, socket) => {
		if (request.startsWith('PLAY')) {
			let sent = 0;
			const timer = setInterval(() => {
				sent += 1;
				const frame = pcmaFrame(sent + 20_000 * Math.floor(sent / 20));
				frame.writeUInt32BE(sent < 60 ? 1 : 2, 12);
				if (!socket.destroyed) socket.write(frame);
			}, 10);
			socket.on('close', () => clearInterval(timer));
		}
		return behave(request);
	});
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url);
	stream.acquire('main', 'viewer');
	const { since } = await streams.until('cam', 'live');
	const [producer] = stream.producers('main');
	await vi.waitFor(() => expect(stream.counters.packets).toBeGreaterThan(120), soon);
	expect(stream.stream.status).toMatchObject({ state: 'live', since });
	expect(stream.producers('main')).toEqual([producer]);
	expect(stream.counters).toMatchObject({ lost: 0, reordered: 0, reconnects: 0 });
	const [stats] = (await producer?.getStats()) ?? [];
	expect(stats).toMatchObject({ packetsLost: 0 });
	expect(stats?.packetCount).toBeGreaterThan(100);
	await camera.stop();
});

test('errors of RTSP are told, and tried again for ever', async () => {
	let refused = 0;
	const camera = await ScriptedCamera.start((request, socket) => {
		if (request.startsWith('SETUP') && refused < 3) {
			refused += 1;
			return answer(request, '503 Service Unavailable');
		}
		if (request.startsWith('PLAY')) {
			let sequence = 0;
			const timer = setInterval(() => {
				sequence += 1;
				if (!socket.destroyed) socket.write(pcmaFrame(sequence));
			}, 20);
			socket.on('close', () => clearInterval(timer));
		}
		return behave(request);
	});
	streams = await TestStreams.start();
	streams.put('cam', camera.url).acquire('main', 'service');
	await streams.until('cam', 'failed', { reason: 'protocol-error', detail: expect.stringContaining('503') });
	await streams.until('cam', 'live');
	await camera.stop();
});

test('a killed media worker costs neither the RTSP session nor the picture', async () => {
	const camera = await startCamera({ keyInterval: 600 });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url());
	stream.acquire('main', 'viewer');
	const { since } = await streams.until('cam', 'live');
	await vi.waitFor(async () => expect((await stream.preview('main'))?.frames.length).toBeGreaterThan(5), soon);
	const before = stream.producers('main').map(({ id }) => id);
	process.kill(streams.engine.nodes[0]?.pid ?? 0, 'SIGKILL');
	await vi.waitFor(() => expect(names()).toEqual(['producers', 'lost', 'producers']), soon);
	for (const { id } of stream.producers('main')) expect(before).not.toContain(id);
	// The next key frame of the camera is far: what is shown now was kept.
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	expect(stream.stream.status).toMatchObject({ state: 'live', since });
	expect(stream.counters.reconnects).toBe(0);
});

test('a camera that sent by UDP into a worker that was killed is asked again', async () => {
	const camera = await startCamera({ transport: 'udp', keyInterval: 10, audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url(), { transport: 'udp' });
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live');
	process.kill(streams.engine.nodes[0]?.pid ?? 0, 'SIGKILL');
	await vi.waitFor(() => expect(names()).toEqual(['producers', 'lost', 'producers']), soon);
	await streams.until('cam', 'live');
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	expect((await streams.feed('cam')).transport).toBe('udp-direct');
});
