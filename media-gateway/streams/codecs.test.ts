import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { parseRtp } from '../rtp/packet.ts';
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

test.each(['h265', 'mjpeg'] as const)('%s is transcoded, previewed, and timed by the camera’s clock', async (video) => {
	const camera = await startCamera({ video, audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url());
	stream.acquire('main', 'viewer');
	const transcodedFrom = { h265: 'H265', mjpeg: 'MJPEG' }[video];
	await streams.until('cam', 'live', { video: expect.objectContaining({ codec: 'H264', transcodedFrom, width: expect.any(Number) }) });
	expect(streams.transcoders.running).toBe(1);
	const packet = parseRtp((await streams.keyFrame('cam'))[0] as Buffer);
	expect((await stream.preview('main'))?.frames[0]?.key).toBe(true);
	await vi.waitFor(() => {
		const [clock] = stream.clocks('main');
		expect(clock?.basis).toBe('sender');
		const captured = (clock?.captureTime ?? 0) + (((packet?.timestamp ?? 0) - (clock?.rtpTimestamp ?? 0)) | 0) / 90;
		expect(Math.abs(Date.now() - captured)).toBeLessThan(10_000);
	}, soon);
	expect((await streams.feed('cam')).tracks[0]?.codec).toBe(transcodedFrom);
});

test('AAC is transcoded while the picture goes on as it comes', async () => {
	const camera = await startCamera({ audio: 'aac' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url());
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live', {
		video: expect.objectContaining({ transcodedFrom: null }),
		audio: { codec: 'opus', transcodedFrom: 'AAC' },
	});
	expect(stream.producers('main').map((each) => each.kind)).toEqual(['video', 'audio']);
});

test('without ffmpeg a picture that needs it fails with that reason, and one that does not goes on without its sound', async () => {
	const [picture, sound] = [await startCamera({ video: 'h265', audio: 'none' }), await startCamera({ audio: 'aac' })];
	streams = await TestStreams.start({ transcoders: { ffmpeg: '/nowhere/ffmpeg' } });
	streams.put('picture', picture.url()).acquire('main', 'viewer');
	streams.put('sound', sound.url()).acquire('main', 'viewer');
	await streams.until('picture', 'failed', { reason: 'no-transcoder' });
	const { audio } = await streams.until('sound', 'live');
	expect(audio).toBeNull();
	expect((await streams.feed('sound')).history).toContainEqual(expect.objectContaining({ reason: 'no-transcoder' }));
});

test('no more sources are transcoded than may be', async () => {
	const camera = await startCamera({ video: 'mjpeg', audio: 'none' });
	streams = await TestStreams.start({ transcoders: { limit: 1 } });
	const first = streams.put('first', camera.url());
	const lease = first.acquire('main', 'viewer');
	await streams.until('first', 'live');
	streams.put('second', camera.url()).acquire('main', 'viewer');
	await streams.until('second', 'failed', { reason: 'transcoder-busy' });
	lease.release();
	await streams.until('second', 'live');
});

/** Processes that this one has started. */
function children(name: string): number[] {
	return readdirSync('/proc')
		.filter((entry) => /^\d+$/.test(entry))
		.flatMap((pid) => {
			try {
				const [, command, , parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
				return command === name && Number(parent) === process.pid ? [Number(pid)] : [];
			} catch {
				return [];
			}
		});
}

test('a transcoder that ends is started again under the same connection and producer', async () => {
	const camera = await startCamera({ video: 'mjpeg', audio: 'none' });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url());
	stream.acquire('main', 'viewer');
	const { since } = await streams.until('cam', 'live');
	const [producer] = stream.producers('main');
	const [first] = children('ffmpeg');
	process.kill(first ?? 0, 'SIGKILL');
	await vi.waitFor(() => {
		expect(children('ffmpeg')).toEqual([expect.any(Number)]);
		expect(children('ffmpeg')).not.toContain(first);
	}, soon);
	expect(await streams.keyFrame('cam')).not.toEqual([]);
	expect(stream.producers('main')).toEqual([producer]);
	expect(stream.stream.status).toMatchObject({ state: 'live', since });
});

test('a transcoder that ends again and again is said to fail', async () => {
	const camera = await startCamera({ video: 'mjpeg', audio: 'none' });
	streams = await TestStreams.start({ transcoders: { ffmpeg: '/bin/false' } });
	streams.put('cam', camera.url()).acquire('main', 'viewer');
	await streams.until('cam', 'failed', { reason: 'transcoder-failed' });
	expect((await streams.feed('cam')).history.map(({ state }) => state)).not.toContain('live');
});
