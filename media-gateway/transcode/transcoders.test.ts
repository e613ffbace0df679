import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLog } from '@beilun/shared/runtime/log.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { buildRtp } from '../rtp/packet.ts';
import type { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { linearSound, soundPacket } from './testing/sound.ts';
import type { FfmpegTranscoder } from './transcoder.ts';
import { Transcoders, transcodable } from './transcoders.ts';

const patient = { timeout: 20_000, interval: 50 };
const started: Transcoders[] = [];
afterEach(async () => {
	await Promise.all(started.splice(0).map((each) => each.close()));
});

function transcoders(options: { limit?: number; ffmpeg?: string } = {}): Transcoders {
	const made = new Transcoders({ log: createLog('silent'), limit: 1, ...options });
	started.push(made);
	return made;
}

async function open(all: Transcoders, media: MediaDescription = linearSound) {
	const ended: SourceError[] = [];
	const sources: (number | null)[] = [];
	const transcoder = (await all.open({
		video: media.kind === 'video' ? media : null,
		audio: media.kind === 'audio' ? media : null,
		onPacket: (kind, _packet, header) => sources.push(transcoder.sourceTimestamp(kind, header.timestamp)),
		onEnded: (error) => ended.push(error),
	})) as FfmpegTranscoder;
	return { transcoder, ended, sources };
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function talk(transcoder: FfmpegTranscoder, from: number, until: () => boolean): Promise<number> {
	let index = from;
	for (; !until(); index += 1) {
		transcoder.send('audio', soundPacket(index));
		await wait(10);
	}
	return index;
}

test('sound comes out as Opus packets of 20 ms whose times are those of the source, also across a jump of its clock', async () => {
	const { transcoder, sources } = await open(transcoders());
	expect(transcoder.outputs).toEqual({ video: null, audio: { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 } });
	// Packets sent before ffmpeg is there are not lost.
	await talk(transcoder, 1_000, () => sources.length >= 20);
	expect(sources[0]).not.toBeNull();
	// The encoder looks ahead 2.5 ms, by which its first packet is early.
	expect(Math.abs((sources[0] ?? 0) - 480_000)).toBeLessThanOrEqual(120);
	const steps = (from: number) => sources.slice(from).map((time, index, list) => (index === 0 ? 960 : (time ?? 0) - (list[index - 1] ?? 0)));
	expect(new Set(steps(0))).toEqual(new Set([960]));
	const before = sources.length;
	const clockMoved = 5_000_000;
	await talk(transcoder, clockMoved, () => sources.length >= before + 40);
	expect(sources.at(-1)).toBeGreaterThan(clockMoved * 480 - 48_000);
});

test('no more than the limit run at once, and a closed one makes room', async () => {
	const all = transcoders({ limit: 1 });
	const first = await open(all);
	await expect(open(all)).rejects.toMatchObject({ reason: 'transcoder-busy' });
	first.transcoder.close();
	await vi.waitFor(() => expect(all.running).toBe(0), patient);
	expect(isAlive(first.transcoder.pid ?? 0)).toBe(false);
	await open(all);
	expect(first.ended).toEqual([]);
});

test('without ffmpeg it says so', async () => {
	const all = transcoders({ ffmpeg: 'no-such-ffmpeg' });
	await expect(open(all)).rejects.toMatchObject({ reason: 'no-transcoder', message: 'the codec needs ffmpeg, which is not installed' });
	expect(all.running).toBe(0);
});

test('what ffmpeg is not allowed to decode is refused, whatever it is called', async () => {
	for (const codec of ['X-UNKNOWN', 'toString', '__proto__', 'H264\r\na=x:1']) {
		expect(transcodable({ kind: 'audio', codec })).toBe(false);
		await expect(open(transcoders(), { ...linearSound, codec })).rejects.toMatchObject({ reason: 'no-usable-track' });
	}
});

test('a crash of ffmpeg is told once', async () => {
	const all = transcoders();
	const { transcoder, ended, sources } = await open(all);
	await talk(transcoder, 0, () => sources.length > 0);
	process.kill(transcoder.pid ?? 0, 'SIGKILL');
	await vi.waitFor(() => expect(ended).toHaveLength(1), patient);
	expect(ended[0]).toMatchObject({ reason: 'transcoder-failed' });
	await vi.waitFor(() => expect(all.running).toBe(0), patient);
	transcoder.close();
	expect(ended).toHaveLength(1);
});

test('a source that cannot be decoded is given up', async () => {
	const media: MediaDescription = { ...linearSound, kind: 'video', codec: 'H265', payloadType: 98, clockRate: 90_000 };
	const all = transcoders();
	const { transcoder, ended } = await open(all, media);
	for (let index = 0; ended.length === 0 && index < 2_000; index += 1) {
		const noise = Buffer.alloc(200, index);
		noise.writeUInt16BE(0x2601, 0);
		transcoder.send('video', buildRtp({ marker: true, payloadType: 98, sequence: index, timestamp: index * 3600, ssrc: 5 }, noise));
		await wait(10);
	}
	expect(ended).toHaveLength(1);
	expect(ended[0]).toMatchObject({ reason: 'transcoder-failed' });
	expect(ended[0]?.message).not.toMatch(/rtsp:|127\.0\.0\.1/);
	await vi.waitFor(() => expect(all.running).toBe(0), patient);
});

test('a program that neither connects nor heeds SIGTERM is killed', async () => {
	const all = transcoders({ ffmpeg: fileURLToPath(new URL('./testing/stubborn.sh', import.meta.url)) });
	const { transcoder } = await open(all);
	await vi.waitFor(() => expect(transcoder.lastWords).toBe('ready'), patient);
	transcoder.close();
	await vi.waitFor(() => expect(all.running).toBe(0), patient);
	expect(isAlive(transcoder.pid ?? 0)).toBe(false);
});

test.each(['silent', 'talking'])('no ffmpeg survives a parent that is killed, even when %s', async (mode) => {
	const parent = spawn(process.execPath, [fileURLToPath(new URL('./testing/parent.ts', import.meta.url)), mode], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(parent.stdout, 'data')) as [Buffer];
	const pid = Number(line);
	expect(isAlive(pid)).toBe(true);
	parent.kill('SIGKILL');
	await vi.waitFor(() => expect(isAlive(pid)).toBe(false), patient);
});
