import { afterEach, expect, test, vi } from 'vitest';
import { parseRtp } from '../rtp/packet.ts';
import { GstreamerCamera, type GstreamerCameraOptions } from '../rtsp/testing/gstreamer-camera.ts';
import { answer, behave, pcmaFrame, ScriptedCamera } from '../rtsp/testing/scripted-camera.ts';
import { soon } from '../testing/gateway.ts';
import { TestStreams } from '../testing/streams.ts';
import { TransportChoice } from './transport-choice.ts';

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

test('UDP goes from the camera into the media worker, and is counted, timed and shown all the same', async () => {
	const camera = await startCamera({ transport: 'udp', keyInterval: 10 });
	streams = await TestStreams.start();
	const stream = streams.put('cam', camera.url(), { transport: 'udp' });
	stream.acquire('main', 'viewer');
	await streams.until('cam', 'live', { video: expect.objectContaining({ codec: 'H264', width: 640, height: 360 }) });
	await vi.waitFor(async () => {
		const feed = await streams.feed('cam');
		expect(feed).toMatchObject({ transport: 'udp-direct', worker: 0, clock: 'synchronised', withinGbt28181: true });
		expect(feed.tracks.map(({ kind }) => kind)).toEqual(['video', 'audio']);
		for (const track of feed.tracks) expect(track.packets).toBeGreaterThan(20);
		expect(stream.measures.keyFrameIntervalMs).toBeGreaterThan(200);
		expect(await stream.preview('main')).toMatchObject({ width: 640, height: 360, frames: [{ key: true }] });
	}, soon);
	expect(streams.events.map(({ name }) => name)).toEqual(['producers']);
	const [clock] = stream.clocks('main');
	const packet = parseRtp((await streams.keyFrame('cam'))[0] as Buffer);
	const captured = (clock?.captureTime ?? 0) + (((packet?.timestamp ?? 0) - (clock?.rtpTimestamp ?? 0)) | 0) / 90;
	expect(clock?.basis).toBe('sender');
	expect(Math.abs(Date.now() - captured)).toBeLessThan(1_000);
});

test('a camera that only describes its parameter sets comes by UDP through this process', async () => {
	// GStreamer sends them for once when RTCP asks for a key frame; most cameras do not.
	const camera = await startCamera({ transport: 'udp', parameterSets: 'sdp-only', senderReports: false, keyInterval: 10, audio: 'none' });
	streams = await TestStreams.start();
	streams.put('cam', camera.url(), { transport: 'udp' }).acquire('main', 'viewer');
	await vi.waitFor(async () => expect(await streams.feed('cam')).toMatchObject({ transport: 'udp', status: { state: 'live' } }), soon);
	expect(await streams.keyFrame('cam')).not.toEqual([]);
});

test('a camera that refuses TCP is taken by UDP, one that refuses UDP by TCP', async () => {
	const [udp, tcp] = [await startCamera({ transport: 'udp', audio: 'none' }), await startCamera({ transport: 'tcp', audio: 'none' })];
	streams = await TestStreams.start();
	streams.put('udp', udp.url(), { transport: 'auto' }).acquire('main', 'viewer');
	streams.put('tcp', tcp.url(), { transport: 'udp' }).acquire('main', 'viewer');
	await streams.until('udp', 'live');
	await streams.until('tcp', 'live');
	expect((await streams.feed('udp')).transport).toBe('udp-direct');
	expect((await streams.feed('tcp')).transport).toBe('tcp');
});

test('where UDP is lost on the way TCP is taken, and kept', async () => {
	let plays = 0;
	const camera = await ScriptedCamera.start((request, socket) => {
		const ports = /client_port=(\d+-\d+)/.exec(request)?.[1];
		if (request.startsWith('SETUP') && ports !== undefined) {
			const transport = `RTP/AVP;unicast;client_port=${ports};server_port=9-10;ssrc=00001234`;
			return answer(request, '200 OK', { Transport: transport, Session: 'abc;timeout=60' });
		}
		if (request.startsWith('PLAY')) {
			plays += 1;
			let sequence = 0;
			const timer = setInterval(() => {
				sequence += 1;
				// Nothing is ever sent by UDP.
				if (plays > 2 && !socket.destroyed) socket.write(pcmaFrame(sequence));
			}, 20);
			socket.on('close', () => clearInterval(timer));
		}
		return behave(request);
	});
	streams = await TestStreams.start();
	streams.put('cam', camera.url, { transport: 'udp' }).acquire('main', 'viewer');
	await streams.until('cam', 'live');
	expect((await streams.feed('cam')).transport).toBe('tcp');
	expect(plays).toBe(3);
	await camera.stop();
});

test('a camera that is to be asked for TCP only stays with what it answers', async () => {
	const camera = await startCamera({ transport: 'udp', audio: 'none' });
	streams = await TestStreams.start();
	streams.put('cam', camera.url(), { transport: 'tcp' }).acquire('main', 'viewer');
	await streams.until('cam', 'failed', { reason: 'protocol-error', detail: expect.stringContaining('461') });
});

test('what turned out not to work is not tried again, and no two are tried for ever', () => {
	const udp = new TransportChoice('udp');
	expect(udp.choose(false)).toBe('udp');
	expect([udp.choose(true), udp.useless('udp-direct'), udp.choose(true), udp.useless('udp'), udp.choose(true)]).toEqual([
		'udp-direct',
		true,
		'udp',
		true,
		'tcp',
	]);
	expect([udp.refused('tcp'), udp.choose(true)]).toEqual([false, 'tcp']);
	const auto = new TransportChoice('auto');
	expect([auto.choose(true), auto.refused('tcp'), auto.choose(true), auto.refused('udp-direct'), auto.choose(true)]).toEqual([
		'tcp',
		true,
		'udp-direct',
		false,
		'tcp',
	]);
});
