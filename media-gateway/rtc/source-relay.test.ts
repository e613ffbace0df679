import { afterEach, expect, test, vi } from 'vitest';
import { parseRtp } from '../rtp/packet.ts';
import type { RtcEngine } from './engine.ts';
import { type RelayTrack, SourceRelay } from './source-relay.ts';
import { receive, testEngine } from './testing/engine.ts';
import { lastByte, Pictures } from './testing/h264.ts';

const video = { kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 } as const;
const audio = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 } as const;
const soon = { timeout: 10_000, interval: 20 };

let engine: RtcEngine;
afterEach(() => engine.stop());

async function open(onLost = () => {}): Promise<SourceRelay> {
	engine = testEngine();
	await engine.start();
	return SourceRelay.open(engine, 'camera-1', onLost);
}

const send = (track: RelayTrack, packets: Buffer[]) => {
	for (const packet of packets) track.send(packet);
};

async function view(track: RelayTrack) {
	const [node] = engine.nodes;
	if (node === undefined) throw new Error('no worker');
	return receive(engine, node, track.producer);
}

test('viewers keep one consumer and one unbroken stream while the source goes and another comes', async () => {
	const relay = await open();
	const track = await relay.produce(video);
	const { consumer, packets } = await view(track);
	const first = new Pictures({ ssrc: 1, sequence: 65_530, timestamp: 2 ** 32 - 9000, payloadType: 33 });
	send(track, [...first.key(1), ...first.delta(1), ...first.delta(1)]);
	await vi.waitFor(() => expect(packets).toHaveLength(6), soon);
	track.restart();
	const second = new Pictures({ ssrc: 2, sequence: 5, timestamp: 123_456, payloadType: 112 });
	send(track, [...second.key(2), ...second.delta(2)]);
	// A third one that does not say that it is another.
	const third = new Pictures({ ssrc: 3, sequence: 40_000, timestamp: 77 });
	send(track, [...third.key(3), ...third.delta(3)]);
	await vi.waitFor(() => expect(packets).toHaveLength(16), soon);
	expect(packets.map(lastByte)).toEqual([expect.any(Number), 1, 1, 1, 1, 1, expect.any(Number), 2, 2, 2, 2, expect.any(Number), 3, 3, 3, 3]);
	const headers = packets.map((packet) => parseRtp(packet));
	expect(new Set(headers.map((header) => header?.ssrc))).toEqual(new Set([consumer.rtpParameters.encodings?.[0]?.ssrc]));
	for (const [index, header] of headers.slice(1).entries()) {
		const before = headers[index];
		expect(header?.sequence).toBe(((before?.sequence ?? 0) + 1) & 0xffff);
		expect(((header?.timestamp ?? 0) - (before?.timestamp ?? 0)) | 0).toBeGreaterThanOrEqual(0);
	}
	expect(consumer.closed).toBe(false);
	const [stat] = await track.producer.getStats();
	expect(stat).toMatchObject({ packetCount: 16, packetsLost: 0 });
});

test('picture and sound of one source are two producers with an SSRC each', async () => {
	const relay = await open();
	const picture = await relay.produce(video);
	const sound = await relay.produce(audio);
	const [seen, heard] = [await view(picture), await view(sound)];
	const pictures = new Pictures({ ssrc: 0 });
	// There are cameras that number both their tracks 0.
	const sounds = new Pictures({ ssrc: 0 });
	send(picture, pictures.key(1));
	send(sound, sounds.delta(9));
	await vi.waitFor(() => expect([seen.packets.length, heard.packets.length]).toEqual([4, 1]), soon);
	expect(lastByte(heard.packets[0] as Buffer)).toBe(9);
	expect(picture.relayed(1)).toBe(1);
	expect(sound.relayed(2)).toBe(2);
	picture.producer.close();
	send(picture, pictures.key(2));
	send(sound, sounds.delta(10));
	await vi.waitFor(() => expect(heard.packets.map(lastByte)).toEqual([9, 10]), soon);
});

test('a packet larger than an Ethernet frame passes whole', async () => {
	const relay = await open();
	const track = await relay.produce(video);
	const { packets } = await view(track);
	const pictures = new Pictures();
	send(track, [...pictures.key(1), ...pictures.delta(2, 1450), ...pictures.delta(3, 9000), ...pictures.delta(4, 60_000)]);
	// No datagram takes this one; the relay goes on.
	send(track, [...pictures.delta(5, 65_523), ...pictures.delta(6, 6)]);
	const sizes = () => packets.map(parseRtp).map((header) => (header === null ? 0 : header.payloadEnd - header.payloadStart));
	await vi.waitFor(() => expect(sizes().slice(4)).toEqual([1450, 9000, 60_000, 6]), soon);
});

test('the need of a viewer for a key frame is told', async () => {
	const relay = await open();
	const asked = vi.fn();
	const track = await relay.produce(video, asked);
	const pictures = new Pictures();
	send(track, pictures.key(1));
	await vi.waitFor(async () => expect((await track.producer.getStats())[0]?.packetCount).toBe(4), soon);
	expect(asked).not.toHaveBeenCalled();
	await view(track);
	await vi.waitFor(() => expect(asked).toHaveBeenCalled(), soon);
});

test('whoever hears of the loss of the worker opens a relay on another at once', async () => {
	engine = testEngine({ workers: 2 });
	await engine.start();
	const [first, second] = engine.nodes;
	const reopened: Promise<SourceRelay>[] = [];
	const relay = await SourceRelay.open(engine, 'a', () => reopened.push(SourceRelay.open(engine, 'a', () => {})));
	const meanwhile = await SourceRelay.open(engine, 'b', () => {});
	expect([relay.node, meanwhile.node]).toEqual([first, second]);
	process.kill(relay.node.pid, 'SIGKILL');
	const late = SourceRelay.open(engine, 'c', () => {});
	await vi.waitFor(() => expect(reopened).toHaveLength(1), soon);
	expect((await reopened[0])?.node).toBe(second);
	expect((await late).node).toBe(second);
});

test('the loss of the worker is told once; a relay that was closed says nothing', async () => {
	const lost = vi.fn();
	const relay = await open(lost);
	const quiet = vi.fn();
	const closed = await SourceRelay.open(engine, 'camera-2', quiet);
	const track = await relay.produce(video);
	closed.close();
	closed.close();
	process.kill(relay.node.pid, 'SIGKILL');
	await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), soon);
	expect(track.producer.closed).toBe(true);
	send(track, new Pictures().key(1));
	await expect(relay.produce(audio)).rejects.toMatchObject({ name: 'SourceError', reason: 'gateway-error' });
	expect([lost.mock.calls.length, quiet.mock.calls.length]).toEqual([1, 0]);
});
