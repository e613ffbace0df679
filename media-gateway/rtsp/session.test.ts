import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SourceError } from './failure.ts';
import { answer, behave, pcmaFrame, pcmaSdp, type Script } from './testing/scripted-camera.ts';
import { interleaved, setupWith, stage } from './testing/stage.ts';
import { TrackedSession } from './testing/tracked-session.ts';

const { camera, session } = stage();

function cut(socket: Socket): null {
	socket.destroy();
	return null;
}

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

test('it plays, hands on packets, sends its own, and says TEARDOWN at the end', async () => {
	let raw = Buffer.alloc(0);
	const server = await camera(
		(request, socket) => {
			if (request.startsWith('PLAY')) setImmediate(() => socket.write(Buffer.concat([pcmaFrame(1, 6), pcmaFrame(2, 7), pcmaFrame(3, 8)])));
			return setupWith(interleaved)(request, socket);
		},
		(socket) => socket.on('data', (chunk: Buffer) => (raw = Buffer.concat([raw, chunk]))),
	);
	const made = session(server.url);
	expect(await made.play()).toMatchObject({
		media: [{ codec: 'PCMA', payloadType: 8, clockRate: 8000 }],
		setups: [{ ssrc: null, serverIp: '127.0.0.1', serverRtpPort: null }],
	});
	await vi.waitFor(() => expect(made.packets).toMatchObject([{ rtcp: false }, { rtcp: true }]));
	made.session.sendRtp(0, Buffer.from('sound'));
	made.session.sendRtcp(0, Buffer.from('report'));
	made.session.sendRtcp(9, Buffer.from('nobody'));
	await vi.waitFor(() => expect(raw.toString('latin1')).toContain('$\x06\x00\x05sound$\x07\x00\x06report'));
	made.close();
	await vi.waitFor(() => expect(server.requests.at(-1)).toMatch(/TEARDOWN rtsp:.*\/live RTSP\/1\.0/));
	expect(server.requests.at(-1)).toContain('Session: abc');
	expect(server.requests.find((request) => request.startsWith('SETUP'))).toContain('/live/track1 RTSP/1.0');
	expect(made.ended).toEqual([]);
});

test('a nonce that has become stale is answered anew, a password that is wrong is not tried twice', async () => {
	let plays = 0;
	const server = await camera((request) => {
		const method = request.split(' ')[0] ?? '';
		const nonce = plays === 0 && method === 'PLAY' ? 'second' : 'first';
		const header = /^Authorization: (.*)$/m.exec(request)?.[1] ?? '';
		const uri = /uri="([^"]*)"/.exec(header)?.[1] ?? '';
		const expected = hash('md5', `${hash('md5', 'viewer:cam:good')}:${/nonce="([^"]*)"/.exec(header)?.[1]}:${hash('md5', `${method}:${uri}`)}`);
		const fresh = header.includes(`nonce="${nonce}"`);
		if (fresh && header.includes(`response="${expected}"`)) {
			if (method === 'PLAY') plays += 1;
			return behave(request);
		}
		const stale = header !== '' && !fresh ? ', stale=true' : '';
		return answer(request, '401 Unauthorized', { 'WWW-Authenticate': `Digest realm="cam", nonce="${nonce}"${stale}` });
	});
	await session(server.url.replace('//', '//viewer:good@')).play();
	expect(plays).toBe(1);
	const before = server.requests.length;
	await expect(session(server.url.replace('//', '//viewer:bad@')).play()).rejects.toMatchObject({
		reason: 'unauthorized',
		message: expect.not.stringContaining('bad'),
	});
	expect(server.requests.length - before).toBe(2);
});

test('of MD5 and SHA-256 with qop the stronger is answered, with a count that rises', async () => {
	const counts: number[] = [];
	const server = await camera((request) => {
		const [method] = request.split(' ');
		const field = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(/^Authorization: Digest (.*)$/m.exec(request)?.[1] ?? '')?.[1] ?? '';
		const secret = hash('sha256', 'viewer:cam:good');
		const proof = [secret, 'n', field('nc'), field('cnonce'), 'auth', hash('sha256', `${method}:${field('uri')}`)].join(':');
		if (field('response') === hash('sha256', proof)) {
			counts.push(Number.parseInt(field('nc'), 16));
			return behave(request);
		}
		const challenges = ['MD5', 'SHA-256'].map((each) => `Digest realm="cam", nonce="n", qop="auth,auth-int", algorithm=${each}`);
		return answer(request, '401 Unauthorized', { 'WWW-Authenticate': challenges.join(', ') });
	});
	await session(server.url.replace('//', '//viewer:good@')).play();
	expect(counts).toEqual([1, 2, 3, 4]);
});

test('a redirect is followed to a host that is looked up and checked again, without the password, and not for ever', async () => {
	const target = await camera((request) => behave(request));
	const door = await camera((request) => (request.startsWith('DESCRIBE') ? answer(request, '302 Found', { Location: target.url }) : behave(request)));
	const looked: string[] = [];
	const resolve = async (host: string) => {
		looked.push(host);
		return host;
	};
	const followed = session(door.url.replace('//', '//viewer:secret@'), { resolve });
	await followed.play();
	expect(looked).toEqual(['127.0.0.1', '127.0.0.1']);
	expect(target.requests.join('\n')).not.toContain('Authorization');
	expect(followed.ended).toEqual([]);
	const round = await camera((request) => (request.startsWith('DESCRIBE') ? answer(request, '302 Found', { Location: round.url }) : behave(request)));
	await expect(session(round.url).play()).rejects.toMatchObject({ reason: 'protocol-error', message: expect.stringContaining('redirects') });
});

test('tracks are found below Content-Base, or where they say themselves', async () => {
	const second = 'm=audio 0 RTP/AVP 0\r\na=control:rtsp://elsewhere/2\r\n';
	const server = await camera((request) => {
		if (request.startsWith('DESCRIBE')) return answer(request, '200 OK', { 'Content-Base': 'rtsp://cam/base/' }, pcmaSdp + second);
		const channels = request.includes('interleaved=0-1') ? '0-1' : '2-3';
		return setupWith(`RTP/AVP/TCP;unicast;interleaved=${channels}`)(request, null as never);
	});
	await session(server.url).play();
	expect(server.requests.map((request) => request.split(' RTSP')[0]).slice(2)).toEqual([
		'SETUP rtsp://cam/base/track1',
		'SETUP rtsp://elsewhere/2',
		'PLAY rtsp://cam/base/',
	]);
});

test('what the camera asks is answered: it is told that we live, and what we are not', async () => {
	const asked = ['OPTIONS', 'GET_PARAMETER', 'ANNOUNCE', 'REDIRECT', 'MAKE_COFFEE'];
	let replies = '';
	const server = await camera(
		(request, socket) => {
			if (request.startsWith('PLAY')) {
				const requests = asked.map((method, at) => `${method} rtsp://us/ RTSP/1.0\r\nCSeq: ${at + 1}0\r\nContent-Length: 2\r\n\r\nhm`);
				setImmediate(() => socket.write(`${requests.join('')}OPTIONS * RTSP/1.0\r\n\r\n`));
			}
			return behave(request);
		},
		(socket) => socket.on('data', (chunk) => (replies += String(chunk))),
	);
	const made = session(server.url);
	await made.play();
	await vi.waitFor(() => expect(replies.match(/^RTSP\/1\.0 \d+ .*\r\nCSeq: \d+|^RTSP\/1\.0 \d+/gm)).toHaveLength(asked.length));
	const answers = [...replies.matchAll(/^RTSP\/1\.0 (\d+)[^$]*?CSeq: (\d+)/gm)].map(([, status, cseq]) => [status, cseq]);
	expect(answers).toEqual([
		['200', '10'],
		['200', '20'],
		['405', '30'],
		['405', '40'],
		['501', '50'],
	]);
	expect(replies.match(/^(Public|Allow): OPTIONS, GET_PARAMETER\r$/gm)).toHaveLength(3);
	expect(made.ended).toEqual([]);
});

test('a back channel is asked for in every request that concerns it, and not otherwise', async () => {
	const server = await camera((request, socket) => setupWith(interleaved)(request, socket));
	const requests = () => server.requests.map((each) => [each.split(' ')[0], each.includes('\r\nRequire: www.onvif.org/ver20/backchannel')]);
	const made = session(server.url);
	const media = await made.session.describe({ backchannel: true });
	await made.session.setup(media.map((each) => ({ media: each, delivery: { kind: 'tcp' } })));
	await made.session.play();
	expect(requests()).toEqual([
		['OPTIONS', false],
		['DESCRIBE', true],
		['SETUP', true],
		['PLAY', true],
	]);
	server.requests.length = 0;
	await session(server.url).play();
	expect(requests().some(([, asked]) => asked)).toBe(false);
});

test.each<[string, Script, object]>([
	['speaks another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', { reason: 'protocol-error', message: expect.stringContaining('HTTP/1.1') }],
	['sends noise', () => Buffer.from([0x52, 0xff, 0x00, ...Array(64).fill(0x80)]), { reason: 'protocol-error' }],
	['closes', (_request, socket) => cut(socket), { reason: 'closed-by-peer' }],
	['knows no such path', (request) => answer(request, '404 Not Found'), { reason: 'not-found', status: 404 }],
	['is overloaded', (request) => answer(request, '453 Not Enough Bandwidth'), { reason: 'protocol-error', status: 453 }],
	['has no back channel', (request) => answer(request, '551 Option not supported'), { reason: 'protocol-error', status: 551 }],
	['sends a header without end', () => `RTSP/1.0 200 OK\r\nX: ${'a'.repeat(20_000)}`, { reason: 'protocol-error' }],
	['announces a huge body', (request) => answer(request, '200 OK', { 'Content-Length': '99999999' }), { reason: 'protocol-error' }],
	['describes nothing', (request) => behave(request, 'hello'), { reason: 'protocol-error' }],
	['gives one channel to two tracks', (request) => behave(request, pcmaSdp + pcmaSdp.slice(pcmaSdp.indexOf('m='))), { reason: 'protocol-error' }],
	['opens no session', (request) => setupWith(interleaved, ' ;timeout=4')(request, null as never), { reason: 'protocol-error' }],
])('a camera that %s fails with a clear reason, told once', async (_what, script, expected) => {
	const made = session((await camera(script)).url);
	await expect(made.play()).rejects.toMatchObject(expected);
	expect(made.ended).toEqual([]);
});

test('garbage between frames ends the session with a reason', async () => {
	const server = await camera((request, socket) => {
		if (request.startsWith('PLAY')) setImmediate(() => socket.write(Buffer.concat([pcmaFrame(1), Buffer.from('\x00\x01rubbish')])));
		return behave(request);
	});
	const made = session(server.url);
	await made.play();
	await vi.waitFor(() => expect(made.ended).toMatchObject([{ reason: 'protocol-error' }]));
	expect(made.packets).toHaveLength(1);
});

test('a camera that goes between two requests is told, and what is asked after fails alike', async () => {
	const server = await camera((request, socket) => {
		if (request.startsWith('DESCRIBE')) setTimeout(() => socket.destroy(), 20);
		return behave(request);
	});
	const made = session(server.url);
	const media = await made.session.describe();
	await vi.waitFor(() => expect(made.ended).toMatchObject([{ reason: 'closed-by-peer' }]));
	await expect(made.session.setup(media.map((each) => ({ media: each, delivery: { kind: 'udp' } })))).rejects.toBe(made.ended[0]);
	made.close();
	expect(made.ended).toHaveLength(1);
});

test('a camera that accepts the connection and never answers is silent', { timeout: 15_000 }, async () => {
	const server = await camera(() => null);
	await expect(session(server.url).play()).rejects.toMatchObject({ reason: 'silent', message: expect.stringContaining('5 s') });
});

test('whatever a camera answers, it is played or it fails with a reason', async () => {
	let script: Script = () => null;
	const server = await camera((request, socket) => script(request, socket));
	const wrong = fc.record({
		at: fc.nat(3),
		position: fc.nat(400),
		length: fc.nat(12),
		text: fc.oneof(
			fc.string({ unit: 'binary', maxLength: 20 }),
			fc.constantFrom(
				'\r\n',
				'\r\n\r\n',
				'$\x00\x00\x01',
				'Session: ;',
				'Transport: ,;=',
				'Content-Length: 3',
				'RTSP/1.0 401 ',
				'WWW-Authenticate: Digest',
			),
		),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(wrong, { maxLength: 3 }), fc.boolean(), async (faults, byUdp) => {
			let asked = 0;
			script = (request, socket) => {
				const transport = byUdp ? 'RTP/AVP;unicast;server_port=9-10;ssrc=1' : interleaved;
				let reply = String(setupWith(transport)(request, socket));
				for (const { at, position, length, text } of faults) {
					if (at === asked) reply = reply.slice(0, position) + text + reply.slice(position + length);
				}
				asked += 1;
				// What is wrong must not be waited for.
				if (faults.some(({ at }) => at < asked)) setTimeout(() => socket.end(), 5);
				return Buffer.from(reply, 'latin1');
			};
			const made = new TrackedSession(server.url.replace('//', '//u:p@'));
			const outcome = await made.play({ kind: byUdp ? 'udp' : 'tcp' }).catch((error: unknown) => error);
			made.close();
			if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SourceError);
			if (faults.length === 0) expect(outcome).toMatchObject({ media: [{ codec: 'PCMA' }] });
		}),
		{ numRuns: 200 },
	);
});
