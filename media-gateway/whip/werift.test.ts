import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
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

async function send(peer: WeriftPeer, codec: 'h264' | 'vp8'): Promise<void> {
	const track = peer.tracks.get('video');
	const source = await RtpSource.start(codec, (packet) => track?.writeRtp(packet));
	closing.push(() => source.stop());
}

test('an encoder publishes H.264 by WHIP and a player gets it by WHEP, each by its token', async () => {
	const publisher = await open('/whip/unit-1', { token: await token('in', 'unit-1', 'publish'), direction: 'sendonly' });
	await send(publisher, 'h264');
	await gateway.untilState('unit-1', { state: 'live', video: { codec: 'H264' }, audio: null });
	const player = await open('/whep/unit-1', { token: await token('out', 'unit-1', 'watch'), direction: 'recvonly' });
	await vi.waitFor(() => expect(player.packets.video.length).toBeGreaterThan(50), soon);
	console.log(publisher.offer, publisher.answer, player.offer, player.answer);
});
