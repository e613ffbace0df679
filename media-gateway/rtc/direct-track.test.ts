import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type CameraAddress, parseCameraAddress } from '../rtsp/address.ts';
import { RtspSession, type TrackSetup } from '../rtsp/session.ts';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { relayable, type TrackFormat } from './codecs.ts';
import { DirectTrack, type DirectTrackOptions } from './direct-track.ts';
import type { RtcEngine } from './engine.ts';
import type { RtcNode } from './node.ts';
import { receive, testEngine } from './testing/engine.ts';
import { lastByte, Pictures } from './testing/h264.ts';
import { senderReport } from './testing/sender-report.ts';

const video = { kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 } as const;
const soon = { timeout: 10_000, interval: 20 };

let engine: RtcEngine;
let camera: Camera;

/** A camera's two UDP ports. */
class Camera {
	readonly rtp: Socket;
	readonly rtcp: Socket;
	readonly reports: Buffer[] = [];

	private constructor(rtp: Socket, rtcp: Socket) {
		this.rtp = rtp;
		this.rtcp = rtcp;
		rtcp.on('message', (packet) => this.reports.push(packet));
	}

	static async open(address = '127.0.0.1'): Promise<Camera> {
		const type = address.includes(':') ? 'udp6' : 'udp4';
		const [rtp, rtcp] = [createSocket(type), createSocket(type)];
		for (const socket of [rtp, rtcp]) {
			socket.bind(0, address);
			await once(socket, 'listening');
		}
		return new Camera(rtp, rtcp);
	}

	get setup() {
		const { address, port } = this.rtp.address();
		return { serverIp: address, serverRtpPort: port, serverRtcpPort: this.rtcp.address().port };
	}

	send(to: DirectTrack, packets: Buffer[]): void {
		for (const packet of packets) this.rtp.send(packet, to.rtpPort, this.setup.serverIp);
	}

	sendRtcp(to: DirectTrack, packet: Buffer): void {
		this.rtcp.send(packet, to.rtcpPort, this.setup.serverIp);
	}

	close(): void {
		this.rtp.close();
		this.rtcp.close();
	}
}

beforeEach(async () => {
	engine = testEngine({ workers: 2 });
	await engine.start();
	camera = await Camera.open();
});
afterEach(async () => {
	camera.close();
	await engine.stop();
});

function open(options: Partial<DirectTrackOptions> = {}): Promise<DirectTrack> {
	return DirectTrack.open(engine, {
		cameraIp: '127.0.0.1',
		format: video,
		payloadType: 99,
		cname: 'camera-1',
		onLost: () => {},
		onSenderReport: () => {},
		onKeyFrame: () => {},
		...options,
	});
}

test("a camera's packets reach viewers on both workers and are counted", async () => {
	const onKeyFrame = vi.fn();
	const track = await open({ onKeyFrame });
	expect([track.rtpPort % 2, track.rtcpPort - track.rtpPort]).toEqual([0, 1]);
	expect(await track.stats()).toEqual({ packets: 0, bytes: 0, lost: 0, jitterMs: 0, bitrate: 0 });
	const producer = await track.start({ ...camera.setup, ssrc: 42 });
	const viewers = await Promise.all(engine.nodes.map((node) => receive(engine, node, producer)));
	const pictures = new Pictures({ ssrc: 42, payloadType: 99 });
	camera.send(track, [...pictures.key(1), ...pictures.delta(1)]);
	for (const { packets } of viewers) await vi.waitFor(() => expect(packets.map(lastByte).slice(1)).toEqual([1, 1, 1, 1]), soon);
	expect(onKeyFrame).toHaveBeenCalledOnce();
	pictures.sequence += 2;
	camera.send(track, pictures.delta(2));
	await vi.waitFor(async () => expect(await track.stats()).toMatchObject({ packets: 6, lost: 2, jitterMs: expect.any(Number) }), soon);
	expect((await track.stats()).bytes).toBeGreaterThan(6 * 12);
	track.close();
	expect(producer.closed).toBe(true);
	expect((await track.stats()).packets).toBe(0);
});

test('sender reports are told with both clocks, and the camera gets receiver reports and key frame requests', async () => {
	const onSenderReport = vi.fn();
	const track = await open({ onSenderReport });
	const producer = await track.start({ ...camera.setup, ssrc: 42 });
	const pictures = new Pictures({ ssrc: 42, payloadType: 99 });
	camera.send(track, pictures.key(1));
	await vi.waitFor(async () => expect((await track.stats()).packets).toBe(4), soon);
	const before = Date.now();
	camera.sendRtcp(track, senderReport({ ssrc: 42, rtpTimestamp: 4_000_000_000, ntpMs: 1_700_000_000_250 }));
	await vi.waitFor(() => expect(onSenderReport).toHaveBeenCalledOnce(), soon);
	const [report] = onSenderReport.mock.calls[0] as [Parameters<DirectTrackOptions['onSenderReport']>[0]];
	expect(report.rtpTimestamp).toBe(4_000_000_000);
	expect(report.ntpMs).toBeCloseTo(1_700_000_000_250, 0);
	// The worker counts whole milliseconds of its own clock.
	expect(report.arrivedAt).toBeGreaterThanOrEqual(before - 2);
	expect(report.arrivedAt).toBeLessThanOrEqual(Date.now());
	await receive(engine, track.node, producer);
	const types = () => camera.reports.flatMap(packetTypes);
	await vi.waitFor(() => expect(types()).toEqual(expect.arrayContaining(['201 of 42', '206 of 42'])), soon);
});

test('picture and sound of a camera can stand on one worker', async () => {
	const picture = await open();
	expect((await open({ node: picture.node })).node).toBe(picture.node);
	expect((await open()).node).not.toBe(picture.node);
});

test('a stream that begins with number 0 has lost nothing yet', async () => {
	const track = await open();
	await track.start({ ...camera.setup, ssrc: 42 });
	const pictures = new Pictures({ ssrc: 42, payloadType: 99, sequence: 0 });
	camera.send(track, pictures.key(1));
	await vi.waitFor(async () => expect(await track.stats()).toMatchObject({ packets: 4, lost: 0 }), soon);
	pictures.sequence += 1;
	camera.send(track, pictures.delta(1));
	await vi.waitFor(async () => expect(await track.stats()).toMatchObject({ packets: 5, lost: 1 }), soon);
});

test("a stranger's packets are ignored, by address or port or SSRC", async () => {
	const onSenderReport = vi.fn();
	const track = await open({ onSenderReport });
	const producer = await track.start({ ...camera.setup, ssrc: 42 });
	const { packets } = await receive(engine, track.node, producer);
	const stranger = await Camera.open();
	const [theirs, ours] = [new Pictures({ ssrc: 42, payloadType: 99 }), new Pictures({ ssrc: 42, payloadType: 99 })];
	stranger.send(track, theirs.key(6));
	stranger.sendRtcp(track, senderReport({ ssrc: 42, rtpTimestamp: 1, ntpMs: 1 }));
	camera.send(track, new Pictures({ ssrc: 43, payloadType: 99 }).key(7));
	camera.send(track, [...ours.key(8), ...ours.delta(8)]);
	camera.sendRtcp(track, senderReport({ ssrc: 42, rtpTimestamp: 2, ntpMs: 1 }));
	await vi.waitFor(() => expect(packets.map(lastByte).slice(1)).toEqual([8, 8, 8, 8]), soon);
	await vi.waitFor(() => expect(onSenderReport.mock.calls.map(([report]) => report.rtpTimestamp)).toEqual([2]), soon);
	stranger.close();
});

test('a camera on IPv6 is heard', async () => {
	const six = await Camera.open('::1');
	const track = await open({ cameraIp: '::1' });
	const producer = await track.start({ ...six.setup, ssrc: 42 });
	const { packets } = await receive(engine, track.node, producer);
	six.send(track, new Pictures({ ssrc: 42, payloadType: 99 }).key(5));
	await vi.waitFor(() => expect(packets).toHaveLength(4), soon);
	six.close();
});

test('the loss of the worker is told once; a track that was closed says nothing', async () => {
	const [lost, quiet] = [vi.fn(), vi.fn()];
	const track = await open({ onLost: lost });
	await open({ onLost: quiet }).then((closed) => closed.close());
	process.kill(track.node.pid, 'SIGKILL');
	await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), soon);
	await expect(track.start({ ...camera.setup, ssrc: 1 })).rejects.toMatchObject({ reason: 'gateway-error' });
	expect([lost.mock.calls.length, quiet.mock.calls.length]).toEqual([1, 0]);
	// Where it was wanted there is nothing; another worker takes it.
	expect((await open({ node: track.node })).node).not.toBe(track.node);
});

test("the media of GStreamer's RTSP server goes into the worker without passing here", async () => {
	const gstreamer = await GstreamerCamera.start({ transport: 'udp', audio: 'pcma', keyInterval: 10 });
	onTestFinished(() => gstreamer.kill());
	const passed = vi.fn();
	const session = new RtspSession({
		address: parseCameraAddress(gstreamer.url()) as CameraAddress,
		resolve: async () => '127.0.0.1',
		certificate: null,
		onPacket: passed,
		onClosed: () => {},
	});
	const [onSenderReport, onKeyFrame] = [vi.fn(), vi.fn()];
	const tracks = [];
	const wanted = [];
	for (const media of await session.describe()) {
		const track = await open({
			cameraIp: session.cameraIp,
			format: relayable(media) as TrackFormat,
			payloadType: media.payloadType,
			onSenderReport,
			onKeyFrame,
		});
		tracks.push(track);
		wanted.push({ media, delivery: { kind: 'udp-to', rtpPort: track.rtpPort, rtcpPort: track.rtcpPort } as const });
	}
	const setups = await session.setup(wanted);
	const viewers: Awaited<ReturnType<typeof receive>>[] = [];
	for (const [index, track] of tracks.entries()) {
		const { serverIp, serverRtpPort, serverRtcpPort, ssrc } = setups[index] as TrackSetup;
		const producer = await track.start({
			serverIp: serverIp ?? '',
			serverRtpPort: serverRtpPort ?? 0,
			serverRtcpPort: serverRtcpPort ?? 0,
			ssrc: ssrc ?? 0,
		});
		viewers.push(await receive(engine, engine.nodes[1] as RtcNode, producer));
	}
	await session.play();
	await vi.waitFor(() => expect(viewers.map(({ packets }) => packets.length > 20)).toEqual([true, true]), { timeout: 20_000, interval: 50 });
	await vi.waitFor(() => expect([onSenderReport.mock.calls.length >= 2, onKeyFrame.mock.calls.length >= 2]).toEqual([true, true]), {
		timeout: 20_000,
		interval: 50,
	});
	const [report] = onSenderReport.mock.calls[0] as [Parameters<DirectTrackOptions['onSenderReport']>[0]];
	// Both clocks are this machine's, whatever else it has to do.
	expect(Math.abs(report.ntpMs - report.arrivedAt)).toBeLessThan(10_000);
	expect(passed).not.toHaveBeenCalled();
	session.close();
});

test('ports that something else has are passed over, and when none is left it is said', async () => {
	const { first, sockets } = await occupied();
	const narrow = testEngine({ config: { cameraPorts: { first: first - 1, last: first + 3 } } });
	await narrow.start();
	const options = {
		cameraIp: '127.0.0.1',
		format: video,
		payloadType: 99,
		cname: 'c',
		onLost: () => {},
		onSenderReport: () => {},
		onKeyFrame: () => {},
	};
	const track = await DirectTrack.open(narrow, options);
	expect(track.rtpPort).toBe(first + 2);
	await expect(DirectTrack.open(narrow, options)).rejects.toMatchObject({
		reason: 'gateway-error',
		message: 'no UDP port is free for another camera',
	});
	track.close();
	const again = await vi.waitFor(() => DirectTrack.open(narrow, options), soon);
	expect(again.rtpPort).toBe(first + 2);
	await narrow.stop();
	for (const socket of sockets) socket.close();
});

/** An even port of which the odd one behind it is taken, with two free ones above. */
async function occupied(): Promise<{ first: number; sockets: Socket[] }> {
	for (;;) {
		const socket = createSocket('udp4').bind(0, '0.0.0.0');
		await once(socket, 'listening');
		const { port } = socket.address();
		if (port % 2 === 1 && (await free(port + 1)) && (await free(port + 2))) return { first: port - 1, sockets: [socket] };
		socket.close();
	}
}

async function free(port: number): Promise<boolean> {
	const socket = createSocket('udp4').bind(port, '0.0.0.0');
	const event = await Promise.race([once(socket, 'listening').then(() => true), once(socket, 'error').then(() => false)]);
	socket.close();
	return event;
}

/** `type of SSRC` of each packet in a compound one that speaks of a source. */
function packetTypes(compound: Buffer): string[] {
	const types: string[] = [];
	for (let at = 0; at + 4 <= compound.length; at += 4 + compound.readUInt16BE(at + 2) * 4) {
		if (at + 12 <= compound.length) types.push(`${compound.readUInt8(at + 1)} of ${compound.readUInt32BE(at + 8)}`);
	}
	return types;
}
