import { createLog } from '@beilun/shared/runtime/log.ts';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { inspectH264 } from '../rtp/h264.ts';
import { buildRtp, parseRtp, type RtpHeader } from '../rtp/packet.ts';
import { parseCameraAddress } from '../rtsp/address.ts';
import type { SourceError } from '../rtsp/failure.ts';
import { parseSdp } from '../rtsp/sdp.ts';
import { RtspSession } from '../rtsp/session.ts';
import { GstreamerCamera, type GstreamerCameraOptions } from '../rtsp/testing/gstreamer-camera.ts';
import { TrackClock } from './clock.ts';
import { describeTracks, mayBegin } from './codecs.ts';
import { Flicker, ticksPerPicture } from './testing/flicker.ts';
import { Pictures } from './testing/pictures.ts';
import { linearSound } from './testing/sound.ts';
import { TranscodedTrack } from './track.ts';
import { Transcoders } from './transcoders.ts';

const patient = { timeout: 20_000, interval: 50 };
const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
	for (const each of started.splice(0).reverse()) await each.stop();
});

function transcoders(): Transcoders {
	const made = new Transcoders({ log: createLog('silent'), limit: 1 });
	started.push({ stop: () => made.close() });
	return made;
}

/** What the gateway does with a camera: describe, set up every track, play, and send all packets through one transcoder. */
async function transcode(options: GstreamerCameraOptions) {
	const camera = await GstreamerCamera.start(options);
	started.push({ stop: () => camera.kill() });
	const address = parseCameraAddress(camera.url());
	if (address === null) throw new Error('no address');
	const ended: SourceError[] = [];
	let take = (_track: number, _packet: Buffer) => {};
	const session = new RtspSession({
		address,
		resolve: async (host) => host,
		certificate: null,
		onPacket: (track, rtcp, packet) => rtcp || take(track, packet),
		onClosed: (error) => ended.push(error),
	});
	started.push({ stop: async () => session.close() });
	const media = await session.describe();
	const pictures = new Pictures();
	const packets = { video: [] as { packet: Buffer; header: RtpHeader }[], audio: [] as { packet: Buffer; header: RtpHeader }[] };
	const transcoder = await transcoders().open({
		video: media.find(({ kind }) => kind === 'video') ?? null,
		audio: media.find(({ kind }) => kind === 'audio') ?? null,
		onPacket: (kind, packet, header) => {
			packets[kind].push({ packet, header });
			if (kind === 'video') pictures.take(packet, header);
		},
		onEnded: (error) => ended.push(error),
	});
	const sent = { video: new Set<number>(), audio: new Set<number>() };
	take = (track, packet) => {
		const kind = media[track]?.kind ?? 'video';
		sent[kind].add(parseRtp(packet)?.timestamp ?? -1);
		transcoder.send(kind, packet);
	};
	await session.setup(media.map((each) => ({ media: each, delivery: { kind: 'tcp' } })));
	await session.play();
	return { transcoder, pictures, packets, sent, ended };
}

test.each([
	{ video: 'h265', fps: 15 },
	{ video: 'mjpeg', fps: 15 },
	{ video: 'mpeg4', fps: 15 },
] as const)('$video becomes H.264 that decodes without complaint, and each picture keeps its time', async (camera) => {
	const { transcoder, pictures, packets, sent, ended } = await transcode({ ...camera, audio: 'none' });
	await vi.waitFor(() => expect(pictures.list.length, ended[0]?.message).toBeGreaterThan(40), patient);
	transcoder.close();
	const first = packets.video[0];
	if (first === undefined) throw new Error('nothing came out');
	expect(inspectH264(first.packet, first.header).sps, 'the parameter sets come first').not.toBeNull();
	expect(Math.max(...packets.video.map(({ packet }) => packet.length))).toBeLessThanOrEqual(1200);
	const sources = pictures.list.map(({ timestamp }) => transcoder.sourceTimestamp('video', timestamp));
	// GStreamer puts two small MPEG-4 pictures into one packet, of which the second has no time of its own: it follows by one frame's.
	const known = (time: number) => sent.video.has(time) || (camera.video === 'mpeg4' && sent.video.has((time - 90_000 / camera.fps) >>> 0));
	expect(sources.filter((time) => time === null || !known(time))).toEqual([]);
	// Constant difference: what lies between two pictures is what lay between them at the source.
	const difference = (index: number) => ((pictures.list[index]?.timestamp ?? 0) - (sources[index] ?? 0)) >>> 0;
	expect(new Set(sources.map((_, index) => difference(index))).size).toBe(1);
	// The last one may not have come in all its packets.
	pictures.list.pop();
	expect(await pictures.decode()).toHaveLength(pictures.list.length);
});

test('AAC becomes Opus beside H.265 that becomes H.264, in one process', async () => {
	const { transcoder, pictures, packets, sent } = await transcode({ video: 'h265', audio: 'aac' });
	await vi.waitFor(() => {
		expect(pictures.list.length).toBeGreaterThan(5);
		expect(packets.audio.length).toBeGreaterThan(50);
	}, patient);
	const times = packets.audio.map(({ header }) => transcoder.sourceTimestamp('audio', header.timestamp) ?? 0);
	const [first = 0] = times;
	// 20 ms at the 44.1 kHz of the source; the encoder looks ahead 2.5 ms, which is 110 samples.
	expect(times.every((time, index) => Math.abs(((time - first) | 0) - index * 882) <= 1)).toBe(true);
	expect([...sent.audio].some((time) => Math.abs((time - first) | 0) <= 111)).toBe(true);
});

test.each(['libx265', 'mpeg4'] as const)(
	'the picture that comes out of %s is the one whose time it bears, its parameter sets being in the SDP alone',
	async (codec) => {
		const { flicker, onPacket } = await Flicker.start(codec);
		started.push(flicker);
		const pictures = new Pictures();
		const ended: SourceError[] = [];
		const transcoder = await transcoders().open({
			video: flicker.media,
			audio: null,
			onPacket: (_kind, packet, header) => pictures.take(packet, header),
			onEnded: (error) => ended.push(error),
		});
		let first: number | null = null;
		onPacket((packet) => {
			first ??= parseRtp(packet)?.timestamp ?? null;
			transcoder.send('video', packet);
		});
		await vi.waitFor(() => expect(pictures.list.length, ended[0]?.message).toBeGreaterThan(40), patient);
		const numbers = pictures.list
			.slice(0, 40)
			.map(({ timestamp }) => (((transcoder.sourceTimestamp('video', timestamp) ?? 0) - (first ?? 0)) | 0) / ticksPerPicture);
		expect(numbers.slice(0, 4)).toEqual([0, 1, 2, 3]);
		const shown = (await pictures.decode()).slice(0, 40).map((grey) => Math.round(grey.reduce((sum, each) => sum + each, 0) / grey.length / 32.6));
		expect(shown).toEqual(numbers.map((number) => number % 8));
	},
);

test('the times of a track come back exact, over wraps and jumps, whatever the random offset', () => {
	const start = 1_700_000_000_000;
	fc.assert(
		fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 1000 }), (first, offset, other, step) => {
			const clock = new TrackClock({ payloadType: 96, inputRate: 90_000, outputRate: 90_000, startTime: start });
			const report = Buffer.alloc(28);
			report.writeUInt16BE(0x80c8, 0);
			report.writeUInt32BE(Math.floor((start + 250) / 1000) + 2_208_988_800, 8);
			report.writeUInt32BE(Math.floor((((start + 250) % 1000) / 1000) * 2 ** 32), 12);
			report.writeUInt32BE((offset + 250 * 90) >>> 0, 16);
			expect(clock.toSource(offset)).toBeNull();
			clock.takeReport(report);
			let now = 0;
			for (let index = 0; index < 60; index += 1) {
				now += step;
				const timestamp = (index < 30 ? first + index * step * 90 : other + index * step * 90) >>> 0;
				const packet = buildRtp({ marker: true, payloadType: 33, sequence: index, timestamp, ssrc: index < 30 ? 1 : 2 }, Buffer.from([1]));
				const elapsed = clock.enter(packet, parseRtp(packet) as RtpHeader, now) as number;
				expect(clock.toSource((offset + Math.round(elapsed * 90_000)) >>> 0)).toBe(timestamp);
			}
		}),
	);
});

test('a track that stays behind leaves out packets until it has caught up, and goes on at a key frame; a gap of the source is no lag', () => {
	const track = new TranscodedTrack({ ...linearSound, kind: 'video', codec: 'H265', payloadType: 97, clockRate: 90_000 }, 0, 0);
	track.clock.takeReport(Buffer.concat([Buffer.from([0x80, 200, 0, 6]), Buffer.alloc(4), Buffer.from([0x83, 0xaa, 0x7e, 0x80]), Buffer.alloc(16)]));
	let sequence = 0;
	/** The picture at this second of the source; key pictures are IDR_W_RADL, others TRAIL_R. */
	const enter = (second: number, key = false) => {
		const payload = Buffer.from([key ? 0x26 : 0x02, 0x01, 0, 0]);
		sequence += 1;
		const packet = buildRtp({ marker: true, payloadType: 97, sequence, timestamp: second * 90_000, ssrc: 1 }, payload);
		return track.enter(packet, second * 1000) !== null;
	};
	const leave = (second: number) => track.leave(second * 90_000);
	expect(enter(0), 'nothing is decoded before a key picture').toBe(false);
	expect(enter(1, true)).toBe(true);
	for (const second of [1.1, 1.2, 1.3]) expect(enter(second)).toBe(true);
	leave(0.2);
	expect(enter(8), 'after a gap').toBe(true);
	expect(enter(8.1)).toBe(true);
	leave(7.1);
	for (const second of [8.5, 8.9, 9.3, 9.7, 10.1, 10.5]) expect(enter(second), `${second}`).toBe(true);
	expect(enter(10.9), 'late for more than a second').toBe(true);
	expect(enter(11)).toBe(false);
	expect(enter(11.1, true), 'a key picture while it is still behind').toBe(false);
	leave(9.8);
	expect(enter(11.2), 'no key picture').toBe(false);
	expect(enter(11.3, true)).toBe(true);
	expect(enter(11.4)).toBe(true);
});

test('nothing a camera writes adds a line to the SDP', () => {
	const lines = (text: string) => describeTracks([{ ...linearSound, formatText: text }]).split(/\r\n|\r|\n/).length;
	expect(parseSdp(describeTracks([{ ...linearSound, formatText: 'a=b' }])).media[0]).toMatchObject({ codec: 'L16', clockRate: 48_000 });
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
			expect(lines(`x${a}\r\nm=${b}`)).toBe(lines('x'));
		}),
	);
});

test('any bytes are a packet of a track or none', () => {
	const track = new TranscodedTrack({ ...linearSound, kind: 'video', codec: 'H265' }, 0, 0);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
			const packet = Buffer.from(bytes);
			packet.set([0x80, linearSound.payloadType].slice(0, packet.length));
			const frame = track.enter(packet, 0);
			if (frame !== null) expect(frame.length).toBe(packet.length + 4);
			mayBegin('H265', packet, 0, packet.length);
		}),
		{ numRuns: 1000 },
	);
});
