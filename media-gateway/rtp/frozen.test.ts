import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { FrozenPicture } from './frozen.ts';
import { buildRtp, parseRtp } from './packet.ts';

const fps = 15;

type Codec = 'H264' | 'H265';
const constant = ['-b:v', '600k', '-maxrate', '600k', '-bufsize', '1200k'];

/** A picture that ffmpeg draws, as x264 or x265 encodes it: NAL unit by NAL unit for each frame. */
function encode(picture: string, seconds: number, rate = constant, codec: Codec = 'H264'): Buffer[][] {
	const source = ['-f', 'lavfi', '-i', `${picture},format=yuv420p`, '-t', String(seconds)];
	const program = codec === 'H264' ? ['libx264', '-threads', '1'] : ['libx265', '-x265-params', 'log-level=error:pools=1:scenecut=0'];
	const encoder = ['-c:v', ...program, '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(fps * 2), ...rate];
	const name = codec === 'H264' ? 'h264' : 'hevc';
	const output = ['-bsf:v', `${name}_metadata=aud=insert`, '-f', name, '-'];
	const stream = execFileSync('ffmpeg', ['-loglevel', 'error', ...source, ...encoder, ...output], { maxBuffer: 64 * 1024 * 1024 });
	const delimiter = (nal: Buffer) => (codec === 'H264' ? ((nal[0] ?? 0) & 0x1f) === 9 : (nal[0] ?? 0) >> 1 === 35);
	const frames: Buffer[][] = [];
	for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; ) {
		const next = stream.indexOf('000001', at + 3, 'hex');
		const nal = stream.subarray(at + 3, next < 0 ? stream.length : next - (stream[next - 1] === 0 ? 1 : 0));
		if (delimiter(nal)) frames.push([]);
		else frames.at(-1)?.push(nal);
		at = next;
	}
	return frames;
}

/** For each frame since when the picture counts as standing still, in seconds; null while it moves. */
function watch(frames: Buffer[][], codec: Codec = 'H264'): (number | null)[] {
	const frozen = new FrozenPicture(codec);
	return frames.map((nals, i) => {
		for (const nal of nals) {
			const packet = buildRtp({ marker: false, payloadType: 96, sequence: i, timestamp: i * 6_000, ssrc: 1 }, nal);
			const header = parseRtp(packet);
			if (header !== null) frozen.take(packet, header, (i * 1000) / fps);
		}
		const since = frozen.since((i * 1000) / fps);
		return since === null ? null : since / 1000;
	});
}

const still = `color=gray:size=640x360:rate=${fps}`;
const box = (x: string) => `${still}[a];color=white:size=60x60:rate=${fps}[b];[a][b]overlay=x='${x}':y=100`;
const moving = box('mod(t*150,500)');
const stopsAfter = (seconds: number) => `${moving},trim=duration=${seconds},tpad=stop_mode=clone:stop_duration=30`;
let stopped: Buffer[][];

beforeAll(() => {
	stopped = encode(stopsAfter(6), 30);
});

test('a picture that stops is found, with the time it stopped, before three more key frames have come', () => {
	const seen = watch(stopped);
	const found = seen.findIndex((since) => since !== null);
	expect(seen.slice(0, 6 * fps).find((since) => since !== null)).toBeUndefined();
	expect(found / fps).toBeLessThan(14);
	expect(seen[found]).toBeGreaterThanOrEqual(5.9);
	expect(seen.slice(found).every((since) => since !== null)).toBe(true);
});

test('so is one in H.265, and one that moves is not', () => {
	const seen = watch(encode(stopsAfter(6), 30, constant, 'H265'), 'H265');
	const found = seen.findIndex((since) => since !== null);
	expect(found / fps).toBeGreaterThan(6);
	expect(seen[found]).toBeGreaterThanOrEqual(5.9);
	for (const picture of [moving, `${still},noise=alls=8:allf=t`]) {
		const frames = encode(picture, 16, constant, 'H265');
		expect(frames.length).toBeGreaterThan(200);
		expect(watch(frames, 'H265').find((since) => since !== null)).toBeUndefined();
	}
});

test('it is told of no longer as soon as the picture moves', () => {
	const frames = [...stopped, ...encode(moving, 4)];
	const seen = watch(frames);
	expect(seen[stopped.length - 1]).not.toBeNull();
	expect(seen.slice(stopped.length + 2).find((since) => since !== null)).toBeUndefined();
});

test.each([
	['a moving picture', moving],
	['a lively one', `testsrc2=size=640x360:rate=${fps}`],
	['a calm scene with the noise of a sensor', `${still},noise=alls=8:allf=t`],
	['a dark one with little noise', `color=0x101010:size=640x360:rate=${fps},noise=alls=5:allf=t`],
	['a still picture with a clock in a corner', `${still}[a];testsrc=size=96x64:rate=1,fps=${fps}[b];[a][b]overlay=x=10:y=10`],
])('%s never counts as standing still', (_, picture) => {
	for (const rate of [undefined, ['-crf', '28']]) expect(watch(encode(picture, 20, rate)).find((since) => since !== null)).toBeUndefined();
});

test('a source that repeats one timestamp stands still', () => {
	const frozen = new FrozenPicture('JPEG');
	for (let i = 0; i < 40; i += 1) {
		const packet = buildRtp({ marker: false, payloadType: 96, sequence: i, timestamp: 500, ssrc: 1 }, Buffer.from([0x41, 1, 2, i]));
		const header = parseRtp(packet);
		if (header !== null) frozen.take(packet, header, i * 100);
		expect(frozen.since(i * 100)).toBe(i < 30 ? null : 0);
	}
});

test('any packets move or stand still, and none does harm', () => {
	const payload = fc.tuple(fc.constantFrom(0x65, 0x41, 24, 28, 0x26, 0x02, 0x60, 0x62), fc.uint8Array({ maxLength: 40 }), fc.nat(3));
	fc.assert(
		fc.property(fc.constantFrom('H264', 'H265', 'JPEG'), fc.array(payload, { maxLength: 60 }), (codec, payloads) => {
			const frozen = new FrozenPicture(codec);
			for (const [i, [first, rest, timestamp]] of payloads.entries()) {
				const packet = buildRtp({ marker: false, payloadType: 96, sequence: i, timestamp, ssrc: 1 }, Buffer.from([first, ...rest]));
				const header = parseRtp(packet);
				if (header !== null) frozen.take(packet, header, i * 300);
				expect(frozen.since(i * 300) ?? 0).toBeLessThanOrEqual(i * 300);
			}
		}),
	);
});
