import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { soon, TestGateway } from '../testing/gateway.ts';
import { RtpSource } from './testing/rtp-source.ts';
import { type WeriftOptions, WeriftPeer } from './testing/werift-peer.ts';

let gateway: TestGateway;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start();
	gateway.system.identity.add('boss', 'admin');
});
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});
afterAll(() => gateway?.system.stop());

async function token(id: string, streamId: string, action: 'publish' | 'watch'): Promise<string> {
	const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
	const answer = await gateway.request('PUT', `/api/v1/stream-tokens/${id}`, { as: 'boss', body: { id, streamId, action, expiresAt } });
	expect(answer.status).toBe(200);
	return ((await answer.json()) as { token: string }).token;
}

async function open(path: string, options: Omit<WeriftOptions, 'url'>): Promise<WeriftPeer> {
	const peer = new WeriftPeer({ url: `${gateway.system.url}${path}`, ...options });
	closing.push(() => peer.close());
	await peer.open();
	return peer;
}

/** Answers how many packets were sent so far. */
async function send(peer: WeriftPeer, codec: 'h264' | 'vp8'): Promise<() => number> {
	const track = peer.tracks.get('video');
	let sent = 0;
	const source = await RtpSource.start(codec, (packet) => {
		track?.writeRtp(packet);
		sent += 1;
	});
	closing.push(() => source.stop());
	return () => sent;
}

test('an encoder publishes H.264 by WHIP and a player gets it by WHEP, each by its token', async () => {
	const publisher = await open('/whip/unit-1', { token: await token('in', 'unit-1', 'publish'), direction: 'sendonly' });
	await send(publisher, 'h264');
	await gateway.untilState('unit-1', { state: 'live', video: { codec: 'H264' }, audio: null });
	const player = await open('/whep/unit-1', { token: await token('out', 'unit-1', 'watch'), direction: 'recvonly' });
	await vi.waitFor(() => expect(player.packets.video.length).toBeGreaterThan(50), soon);
	// A key frame begins with the parameter sets: alone, or together in a STAP-A (RFC 6184 §5.7.1).
	expect(player.packets.video.some((packet) => [7, 24].includes((packet.payload[0] ?? 0) & 31))).toBe(true);
	const numbers = player.packets.video.map((packet) => packet.header.sequenceNumber);
	expect(new Set(numbers.map((number, i) => (number - (numbers[0] ?? 0) - i) & 0xffff))).toEqual(new Set([0]));
	expect((await player.request('DELETE', player.location)).status).toBe(200);
	await vi.waitFor(async () => expect((await gateway.stream('unit-1'))?.viewers).toBe(0), soon);
	expect((await publisher.request('DELETE', publisher.location)).status).toBe(200);
	await gateway.untilState('unit-1', { state: 'ended' });
});

test('VP8 is relayed too, and a token that is revoked ends what was opened with it', async () => {
	const publisher = await open('/whip/unit-1', { token: await token('in', 'unit-1', 'publish'), direction: 'sendonly', video: 'vp8' });
	const sent = await send(publisher, 'vp8');
	await gateway.untilState('unit-1', { state: 'live', video: { codec: 'VP8' } });
	const player = await open('/whep/unit-1', { token: await token('out', 'unit-1', 'watch'), direction: 'recvonly', video: 'vp8' });
	await vi.waitFor(() => expect(player.packets.video.length).toBeGreaterThan(10), soon);
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/out', { as: 'boss' })).status).toBe(204);
	expect((await gateway.stream('unit-1'))?.viewers).toBe(0);
	const [received, before] = [player.packets.video.length, sent()];
	await vi.waitFor(() => expect(sent()).toBeGreaterThan(before + 20), soon);
	// One or two may have been under way.
	expect(player.packets.video.length).toBeLessThanOrEqual(received + 2);
	expect((await player.request('DELETE', player.location)).status).toBe(401);
	// Another secret is another token.
	await token('in', 'unit-1', 'publish');
	await gateway.untilState('unit-1', { state: 'ended' });
});

test('a player gets picture and sound of a camera, each in the payload type that it offers', async () => {
	const camera = await GstreamerCamera.start({ audio: 'pcma' });
	closing.push(() => camera.kill());
	await gateway.register('cam-1', camera.url());
	const player = await open('/whep/cam-1', { token: await token('out', 'cam-1', 'watch'), direction: 'recvonly', kinds: ['audio', 'video'] });
	await vi.waitFor(() => {
		expect(player.packets.video.length).toBeGreaterThan(20);
		expect(player.packets.audio.length).toBeGreaterThan(20);
	}, soon);
	const offered = (codec: string) => Number(new RegExp(`a=rtpmap:(\\d+) ${codec}/`).exec(player.offer)?.[1]);
	expect(new Set(player.packets.video.map((packet) => packet.header.payloadType))).toEqual(new Set([offered('H264')]));
	expect(new Set(player.packets.audio.map((packet) => packet.header.payloadType))).toEqual(new Set([offered('PCMA')]));
});
