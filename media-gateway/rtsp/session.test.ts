import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { selectMedia } from '../rtc/codecs.ts';
import { parseCameraAddress } from './address.ts';
import type { SourceError } from './failure.ts';
import { RtspSession } from './session.ts';
import { answer, behave, pcmaFrame, pcmaSdp, type Script, ScriptedCamera } from './testing/scripted-camera.ts';

const open: { close(): void; stop?: () => Promise<void> }[] = [];
afterEach(async () => {
	for (const each of open.splice(0)) {
		each.close();
		await each.stop?.();
	}
});

async function camera(script: Script, onConnect?: Parameters<typeof ScriptedCamera.start>[1]): Promise<ScriptedCamera> {
	const started = await ScriptedCamera.start(script, onConnect);
	open.push({ close: () => undefined, stop: () => started.stop() });
	return started;
}

function session(url: string, resolve = async (host: string) => host) {
	const address = parseCameraAddress(url);
	if (address === null) throw new Error('not an address');
	const packets: Buffer[] = [];
	const ended: SourceError[] = [];
	const made = new RtspSession({
		address,
		resolve,
		select: selectMedia,
		onPacket: (_track, rtcp, payload) => rtcp || packets.push(payload),
		onClosed: (error) => ended.push(error),
	});
	open.unshift(made);
	return { session: made, packets, ended };
}

function cut(socket: Socket): null {
	socket.destroy();
	return null;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

test('it plays, hands on packets, and says TEARDOWN at the end', async () => {
	const server = await camera((request, socket) => {
		if (request.startsWith('PLAY')) setImmediate(() => socket.write(pcmaFrame(1)));
		return behave(request);
	});
	const { session: made, packets, ended } = session(server.url);
	expect(await made.open()).toMatchObject([{ codec: 'PCMA', payloadType: 8, clockRate: 8000 }]);
	await vi.waitFor(() => expect(packets).toHaveLength(1));
	made.close();
	await vi.waitFor(() => expect(server.requests.at(-1)).toMatch(/^TEARDOWN rtsp:.*\/live RTSP\/1\.0/));
	expect(server.requests.at(-1)).toContain('Session: abc');
	expect(server.requests.find((request) => request.startsWith('SETUP'))).toContain('/live/track1 RTSP/1.0');
	expect(ended).toEqual([]);
});

test('a nonce that has become stale is answered anew, a password that is wrong is not tried twice', async () => {
	let plays = 0;
	const server = await camera((request) => {
		const method = request.split(' ')[0] ?? '';
		const nonce = plays === 0 && method === 'PLAY' ? 'second' : 'first';
		const header = /^Authorization: (.*)$/m.exec(request)?.[1] ?? '';
		const uri = /uri="([^"]*)"/.exec(header)?.[1] ?? '';
		const expected = md5(`${md5('viewer:cam:good')}:${/nonce="([^"]*)"/.exec(header)?.[1]}:${md5(`${method}:${uri}`)}`);
		const fresh = header.includes(`nonce="${nonce}"`);
		if (fresh && header.includes(`response="${expected}"`)) {
			if (method === 'PLAY') plays += 1;
			return behave(request);
		}
		const stale = header !== '' && !fresh ? ', stale=true' : '';
		return answer(request, '401 Unauthorized', { 'WWW-Authenticate': `Digest realm="cam", nonce="${nonce}"${stale}` });
	});
	await session(server.url.replace('//', '//viewer:good@')).session.open();
	expect(plays).toBe(1);
	const before = server.requests.length;
	await expect(session(server.url.replace('//', '//viewer:bad@')).session.open()).rejects.toMatchObject({
		reason: 'unauthorized',
		message: expect.not.stringContaining('bad'),
	});
	expect(server.requests.length - before).toBe(2);
});

test('a redirect is followed to a host that is looked up and checked again, without the password, and not for ever', async () => {
	const target = await camera((request) => behave(request));
	const door = await camera((request) => (request.startsWith('DESCRIBE') ? answer(request, '302 Found', { Location: target.url }) : behave(request)));
	const looked: string[] = [];
	await session(door.url.replace('//', '//viewer:secret@'), async (host) => {
		looked.push(host);
		return host;
	}).session.open();
	expect(looked).toEqual(['127.0.0.1', '127.0.0.1']);
	expect(target.requests.join('\n')).not.toContain('Authorization');
	const round = await camera((request) => (request.startsWith('DESCRIBE') ? answer(request, '302 Found', { Location: round.url }) : behave(request)));
	await expect(session(round.url).session.open()).rejects.toMatchObject({ reason: 'protocol-error', message: expect.stringContaining('redirects') });
});

test('the session is kept alive at half its timeout by the request the camera names', async () => {
	const server = await camera((request) =>
		request.startsWith('SETUP')
			? answer(request, '200 OK', { Transport: 'RTP/AVP/TCP;unicast;interleaved=6-7', Session: 'abc;timeout=2' })
			: behave(request),
	);
	await session(server.url).session.open();
	await vi.waitFor(() => expect(server.requests.filter((request) => request.startsWith('GET_PARAMETER')).length).toBeGreaterThanOrEqual(2), {
		timeout: 10_000,
	});
});

test.each<[string, Script, object]>([
	['speaks another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', { reason: 'protocol-error', message: expect.stringContaining('HTTP/1.1') }],
	['sends noise', () => Buffer.from([0x52, 0xff, 0x00, ...Array(64).fill(0x80)]), { reason: 'protocol-error' }],
	['closes', (_request, socket) => cut(socket), { reason: 'closed-by-peer' }],
	['knows no such path', (request) => answer(request, '404 Not Found'), { reason: 'not-found' }],
	['is overloaded', (request) => answer(request, '453 Not Enough Bandwidth'), { reason: 'protocol-error', message: expect.stringContaining('453') }],
	['sends a header without end', () => `RTSP/1.0 200 OK\r\nX: ${'a'.repeat(20_000)}`, { reason: 'protocol-error' }],
	['announces a huge body', (request) => answer(request, '200 OK', { 'Content-Length': '99999999' }), { reason: 'protocol-error' }],
	['describes nothing', (request) => behave(request, 'hello'), { reason: 'protocol-error' }],
	[
		'offers codecs of its own',
		(request) => behave(request, `${pcmaSdp.replace('AVP 8', 'AVP 97')}a=rtpmap:97 MPEG4-GENERIC/16000\r\n`),
		{ reason: 'no-usable-track', message: expect.stringContaining('MPEG4-GENERIC') },
	],
])('a camera that %s fails with a clear reason', async (_what, script, expected) => {
	const server = await camera(script);
	const made = new RtspSession({
		address: parseCameraAddress(server.url) as NonNullable<ReturnType<typeof parseCameraAddress>>,
		resolve: async (host) => host,
		select: (media) => {
			const selected = selectMedia(media);
			if (selected.length > 0) return selected;
			throw Object.assign(new Error(media.map((each) => each.codec).join()), { reason: 'no-usable-track' });
		},
		onPacket: () => undefined,
		onClosed: () => undefined,
	});
	open.unshift(made);
	await expect(made.open()).rejects.toMatchObject(expected);
});

test('garbage between frames ends the session with a reason', async () => {
	const server = await camera((request, socket) => {
		if (request.startsWith('PLAY')) setImmediate(() => socket.write(Buffer.concat([pcmaFrame(1), Buffer.from('\x00\x01rubbish')])));
		return behave(request);
	});
	const { session: made, packets, ended } = session(server.url);
	await made.open();
	await vi.waitFor(() => expect(ended).toMatchObject([{ reason: 'protocol-error' }]));
	expect(packets).toHaveLength(1);
});

test('a camera that accepts the connection and never answers is silent', { timeout: 15_000 }, async () => {
	const server = await camera(() => null);
	await expect(session(server.url).session.open()).rejects.toMatchObject({ reason: 'silent', message: expect.stringContaining('5 s') });
});
