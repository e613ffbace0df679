import { afterEach, expect, test, vi } from 'vitest';
import { GstreamerCamera, type GstreamerCameraOptions } from '../rtsp/testing/gstreamer-camera.ts';
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

test('a camera answers a probe, is opened for the first lease and closed after the last, and keeps its picture', async () => {
	streams = await TestStreams.start();
	const camera = await startCamera();
	const stream = streams.put('cam', camera.url());
	await streams.until('cam', 'idle', { checkedAt: expect.any(String) });
	expect(stream.producers('main')).toEqual([]);
	expect(await stream.preview('main')).toBeNull();
	const [first, second] = [stream.acquire('main', 'viewer'), stream.acquire('sub', 'service')];
	expect([first.quality, second.quality, stream.stream.viewers]).toEqual(['main', 'main', 1]);
	const live = await streams.until('cam', 'live', { audio: { codec: 'PCMA', transcodedFrom: null } });
	expect(live.video).toMatchObject({ codec: 'H264', width: 640, height: 360, transcodedFrom: null });
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	const preview = await vi.waitFor(async () => {
		const found = await stream.preview('main');
		expect(found?.frames.length).toBeGreaterThan(3);
		return found;
	}, soon);
	expect(preview).toMatchObject({ codec: expect.stringMatching(/^avc1\.[0-9a-f]{6}$/), width: 640, height: 360 });
	expect(preview?.frames.map((frame) => frame.key)).toEqual([true, ...(preview?.frames.slice(1).map(() => false) ?? [])]);
	const detail = await vi.waitFor(async () => {
		const found = await streams.feed('cam');
		// With the first sender report.
		expect(found.clock).toBe('synchronised');
		return found;
	}, soon);
	expect(detail).toMatchObject({ transport: 'tcp', worker: 0, viewers: 1, withinGbt28181: true, reconnects: 0 });
	expect(detail.tracks.map((track) => track.codec)).toEqual(['H264', 'PCMA']);
	first.release();
	first.release();
	expect(stream.stream).toMatchObject({ viewers: 0, status: { state: 'live' } });
	second.release();
	await streams.until('cam', 'idle');
	expect(stream.producers('main')).toEqual([]);
	expect(streams.events.map(({ name }) => name)).toEqual(['producers', 'lost']);
	expect((await stream.preview('main'))?.frames.map((frame) => frame.key)).toEqual([true]);
	expect(stream.counters.packets).toBeGreaterThan(20);
});

test('a camera that is away is known before anyone watches, and when it is back', async () => {
	const first = await startCamera({ audio: 'none' });
	const { port } = first;
	const url = first.url();
	await first.kill();
	streams = await TestStreams.start({ times: { probe: 400 } });
	const stream = streams.put('cam', url);
	const failed = await streams.until('cam', 'failed', { reason: 'unreachable' });
	expect(Date.parse(failed.nextTryAt)).toBeGreaterThan(Date.parse(failed.since));
	expect(stream.qualityFor(null)).toBe('main');
	const second = await startCamera({ audio: 'none', port });
	await streams.until('cam', 'idle', { checkedAt: expect.any(String) });
	await second.kill();
	await streams.until('cam', 'failed', { reason: 'unreachable' });
	expect((await streams.feed('cam')).history.map(({ state, reason }) => [state, reason])).toEqual([
		['failed', 'unreachable'],
		['idle', null],
		['failed', 'unreachable'],
	]);
});

test('a wrong password is not tried again before its time, whoever wants to watch; another one is tried at once', async () => {
	const camera = await startCamera({ auth: 'digest', password: 'right', audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url('viewer:wrong'));
	const failed = await streams.until('cam', 'failed', { reason: 'unauthorized' });
	expect(Date.parse(failed.nextTryAt) - Date.parse(failed.since)).toBeGreaterThanOrEqual(29_000);
	stream.acquire('main', 'viewer');
	expect(stream.stream.status).toEqual(failed);
	streams.put('cam', camera.url('viewer:right'));
	await streams.until('cam', 'live');
	expect(stream.stream.viewers).toBe(1);
});

test('a small tile takes the sub stream, a large one the full picture, and the full one while the sub stream is away', async () => {
	const camera = await startCamera({ sub: true, audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url(), { subUrl: camera.subUrl() });
	await vi.waitFor(
		async () => expect((await streams.feed('cam', 'sub')).status).toMatchObject({ state: 'idle', checkedAt: expect.any(String) }),
		soon,
	);
	expect(stream.qualityFor({ width: 320, height: 180 })).toBe('sub');
	expect(stream.qualityFor({ width: 400, height: 600 })).toBe('sub');
	expect(stream.qualityFor({ width: 640, height: 360 })).toBe('main');
	expect(stream.qualityFor(null)).toBe('main');
	const lease = stream.acquire('sub', 'viewer');
	expect(lease.quality).toBe('sub');
	await streams.until('cam', 'live', { video: expect.objectContaining({ width: 320, height: 180 }) });
	expect(stream.producers('main')).toEqual([]);
	expect((await stream.preview('sub'))?.width ?? 320).toBe(320);
	streams.put('cam', camera.url(), { subUrl: camera.url().replace('/live', '/gone') });
	await vi.waitFor(async () => expect((await streams.feed('cam', 'sub')).status).toMatchObject({ state: 'failed', reason: 'not-found' }), soon);
	expect(stream.qualityFor({ width: 320, height: 180 })).toBe('main');
	expect(streams.events).toContainEqual({ name: 'producers', streamId: 'cam', quality: 'sub' });
	streams.put('cam', camera.url());
	expect(stream.acquire('sub', 'viewer').quality).toBe('main');
});

test('who comes between two key frames is given the pictures since the last one', async () => {
	const camera = await startCamera({ keyInterval: 105, audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url());
	stream.acquire('main', 'service');
	await vi.waitFor(async () => expect((await stream.preview('main'))?.frames.length).toBeGreaterThan(10), soon);
	stream.acquire('main', 'viewer');
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	// The camera itself has sent no other one meanwhile.
	expect(stream.measures.keyFrameIntervalMs).toBeNull();
});
