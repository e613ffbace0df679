import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inspectH264 } from '../rtp/h264.ts';
import { parseRtp, type RtpHeader } from '../rtp/packet.ts';
import type { RtcEngine } from './engine.ts';
import { takeKeyFrame } from './key-frame-tap.ts';
import { type RelayTrack, SourceRelay } from './source-relay.ts';
import { testEngine } from './testing/engine.ts';
import { lastByte, Pictures } from './testing/h264.ts';

let engine: RtcEngine;
let track: RelayTrack;
let asked: ReturnType<typeof vi.fn<() => void>>;

beforeEach(async () => {
	engine = testEngine();
	await engine.start();
	const relay = await SourceRelay.open(engine, 'camera', () => {});
	asked = vi.fn();
	track = await relay.produce({ kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 }, asked);
});
afterEach(() => engine.stop());

const send = (packets: Buffer[]) => {
	for (const packet of packets) track.send(packet);
};

/** When the tap's consumer runs. */
async function tapped(pictures: Pictures): Promise<void> {
	send(pictures.delta(0));
	await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 10_000, interval: 5 });
}

test('all packets of the next key frame are taken, and no more consumers are left', async () => {
	const pictures = new Pictures();
	send(pictures.key(1));
	const taken = takeKeyFrame(engine, track.producer, { timeoutMs: 10_000 });
	await tapped(pictures);
	send([...pictures.delta(1), ...pictures.key(2), ...pictures.delta(3)]);
	const packets = (await taken) ?? [];
	const headers = packets.map((packet) => parseRtp(packet) as RtpHeader);
	expect(packets.map(lastByte).slice(1)).toEqual([2, 2, 2]);
	expect(packets.map((packet, index) => inspectH264(packet, headers[index] as RtpHeader).startsIdr)).toEqual([false, true, true, true]);
	expect(new Set(headers.map(({ timestamp }) => timestamp)).size).toBe(1);
	const transport = await engine.directTransport(engine.nodes[0] as never);
	await vi.waitFor(async () => expect((await transport.dump()).consumerIds).toEqual([]));
});

test('a key frame that came with a gap is not taken, but the next one', async () => {
	const pictures = new Pictures();
	send(pictures.key(1));
	const taken = takeKeyFrame(engine, track.producer, { timeoutMs: 10_000 });
	await tapped(pictures);
	const torn = pictures.key(2);
	send([...torn.slice(0, 2), ...torn.slice(3), ...pictures.delta(2), ...pictures.delta(2)]);
	let settled = false;
	const done = () => {
		settled = true;
	};
	taken.then(done, done);
	await vi.waitFor(
		() => {
			send([...pictures.delta(3), ...pictures.key(4), ...pictures.delta(5)]);
			expect(settled).toBe(true);
		},
		{ timeout: 10_000, interval: 50 },
	);
	expect(((await taken) ?? []).map(lastByte).slice(1)).toEqual([4, 4, 4]);
});

test('packets that changed places are put in order', async () => {
	const pictures = new Pictures({ sequence: 65_531 });
	send(pictures.key(1));
	const taken = takeKeyFrame(engine, track.producer, { timeoutMs: 10_000 });
	await tapped(pictures);
	const [sets, a, b, c] = pictures.key(2) as [Buffer, Buffer, Buffer, Buffer];
	send([sets, c, a, b, ...pictures.delta(3)]);
	const packets = (await taken) ?? [];
	expect(packets.map((packet) => packet.readUInt8(packet.length - 2)).slice(1)).toEqual([1, 2, 3]);
});

test('without a key frame there is none, and the end of the producer is not waited out', async () => {
	const pictures = new Pictures();
	send(pictures.key(1));
	const none = takeKeyFrame(engine, track.producer, { timeoutMs: 50 });
	await tapped(pictures);
	expect(await none).toBeNull();
	const ended = takeKeyFrame(engine, track.producer, { timeoutMs: 1e9 });
	track.producer.close();
	expect(await ended).toBeNull();
	expect(await takeKeyFrame(engine, track.producer, { timeoutMs: 1e9 })).toBeNull();
});
