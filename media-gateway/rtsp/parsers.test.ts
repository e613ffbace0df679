import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCameraAddress, parseCameraAddress, redirected, resolveControl } from './address.ts';
import { Authenticator, parseChallenges } from './authentication.ts';
import { SourceError } from './failure.ts';
import { type RtspItem, RtspReader } from './framing.ts';
import { parseSdp } from './sdp.ts';
import { parseTransport } from './transport.ts';

/** Runs what may refuse its input, but in no other way than by a reason. */
function orReason<T>(work: () => T): T | null {
	try {
		return work();
	} catch (error) {
		if (error instanceof SourceError) return null;
		throw error;
	}
}

const frame = fc.record({ channel: fc.nat(255), payload: fc.uint8Array({ maxLength: 300 }) });

function read(chunks: Buffer[]): RtspItem[] {
	const reader = new RtspReader();
	return chunks.flatMap((chunk) => [...reader.push(chunk)]);
}

test('frames and answers come out whole however the stream is cut', () => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof(frame, fc.string({ unit: 'grapheme-ascii', maxLength: 50 })), { maxLength: 12 }),
			fc.array(fc.nat(40)),
			(items, cuts) => {
				const bytes = Buffer.concat(
					items.map((item) => {
						if (typeof item === 'string') return Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${item.length}\r\n\r\n${item}`);
						const { channel, payload } = item;
						return Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff]), payload]);
					}),
				);
				const chunks: Buffer[] = [];
				let at = 0;
				for (const cut of [...cuts, bytes.length]) {
					chunks.push(bytes.subarray(at, at + cut));
					at += cut;
				}
				if (at < bytes.length) chunks.push(bytes.subarray(at));
				const found = read(chunks).map((item) =>
					item.kind === 'frame' ? [item.channel, item.payload.toString('hex')] : item.kind === 'response' && String(item.body),
				);
				expect(found).toEqual(items.map((item) => (typeof item === 'string' ? item : [item.channel, Buffer.from(item.payload).toString('hex')])));
			},
		),
	);
});

test('any bytes are read or refused with a reason', () => {
	const almost = fc.constantFrom(
		'RTSP/1.0 200 OK\r\n',
		'OPTIONS * RTSP/1.0\r\n',
		'CSeq: 1\r\n',
		'Content-Length: -4\r\n',
		'\r\n\r\n',
		'$\x00\x00\x04',
		'\n',
	);
	const bytes = fc.array(
		fc.oneof(
			almost.map((text) => Buffer.from(text, 'latin1')),
			fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each)),
		),
	);
	fc.assert(
		fc.property(bytes, (chunks) => void orReason(() => read(chunks))),
		{ numRuns: 500 },
	);
});

test('any SDP is read or refused with a reason, and what is read has sane numbers', () => {
	const line = fc.oneof(
		fc.constantFrom(
			'v=0',
			'm=video 0 RTP/AVP 96',
			'm=audio 0 RTP/AVP 8 0',
			'm=audio 0 RTP/AVP x',
			'a=rtpmap:96 H264/90000',
			'a=rtpmap:96 H264/-1',
			'a=control:*',
			'a=sendonly',
			'a=inactive',
		),
		fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `a=fmtp:96 ${text}`),
		fc.tuple(fc.constantFrom('a', 'm', 'c', 'o', 's', 'b', 't'), fc.string({ maxLength: 60 })).map(([type, text]) => `${type}=${text}`),
		fc.string({ unit: 'binary', maxLength: 60 }),
	);
	fc.assert(
		fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
			for (const media of orReason(() => parseSdp(['v=0', ...lines].join('\r\n')))?.media ?? []) {
				expect(media.payloadType).toBeGreaterThanOrEqual(0);
				expect(media.clockRate).toBeGreaterThan(0);
				expect(typeof media.codec).toBe('string');
				expect(media.formatText).not.toMatch(/[\r\n]/);
				expect(['sendrecv', 'sendonly', 'recvonly', 'inactive']).toContain(media.direction);
			}
		}),
		{ numRuns: 500 },
	);
});

test("a camera's SDP gives codec, payload type, control and parameter sets", () => {
	const sdp = `v=0\no=- 1 1 IN IP4 0.0.0.0\ns=Media\nt=0 0\na=control:rtsp://h/live/\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=420029;sprop-parameter-sets=Z0IAKeNQFAe2AtwEBAaQeJEV,aM48gA==\na=control:trackID=1
m=audio 0 RTP/AVP 0\na=control:trackID=2\na=sendonly\nm=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\n`;
	const { control, media } = parseSdp(sdp);
	expect(control).toBe('rtsp://h/live/');
	expect(media).toMatchObject([
		{ kind: 'video', codec: 'H264', payloadType: 96, clockRate: 90_000, control: 'trackID=1' },
		{ kind: 'audio', codec: 'PCMU', payloadType: 0, clockRate: 8000, control: 'trackID=2', direction: 'sendonly', formatText: '' },
	]);
	expect(media[0]?.parameters.get('sprop-parameter-sets')).toBe('Z0IAKeNQFAe2AtwEBAaQeJEV,aM48gA==');
	expect(media[0]).toMatchObject({
		direction: 'sendrecv',
		formatText: 'packetization-mode=1;profile-level-id=420029;sprop-parameter-sets=Z0IAKeNQFAe2AtwEBAaQeJEV,aM48gA==',
	});
	expect(media[0]?.parameters.get('profile-level-id')).toBe('420029');
});

test('challenges are found several to a header, and any text is survived', () => {
	const found = parseChallenges([
		'Basic realm="a, b", Digest realm="c \\"d\\"", nonce=abc, qop="auth,auth-int", algorithm=SHA-256',
		'Digest realm="c", nonce="n"',
	]);
	expect(found.map((each) => [each.scheme, each.parameters.get('realm')])).toEqual([
		['basic', 'a, b'],
		['digest', 'c "d"'],
		['digest', 'c'],
	]);
	const noise = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.array(fc.constantFrom('Digest ', 'Basic', 'realm=', '"', ',', ' ', '\\', 'nonce="x"', '=')).map((parts) => parts.join('')),
	);
	fc.assert(
		fc.property(fc.array(noise, { maxLength: 4 }), (headers) => {
			Authenticator.choose(parseChallenges(headers))?.header('PLAY', 'rtsp://h/', { username: 'u', password: 'p' });
		}),
		{ numRuns: 500 },
	);
});

test('Digest answers as the examples of RFC 7616 §3.9.1 and RFC 2069 do, strongest first', () => {
	const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
	const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';
	const common = `realm="http-auth@example.org", qop="auth, auth-int", nonce="${nonce}", opaque="${opaque}"`;
	const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
	const answers = (headers: string[]) =>
		Authenticator.choose(parseChallenges(headers))?.header('GET', '/dir/index.html', { username: 'Mufasa', password: 'Circle of Life' }, cnonce);
	const md5 = `Digest ${common}, algorithm=MD5`;
	expect(answers([md5])).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
	expect(answers([md5, 'Basic realm="x"', `Digest ${common}, algorithm=SHA-256`])).toContain(
		'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
	);
	expect(answers(['Digest realm="x", nonce="y", algorithm=SHA-512-256', 'Basic realm="x"'])).toMatch(/^Basic /);
});

test('addresses are taken apart and put together without losing a sign of the password', () => {
	expect(parseCameraAddress('rtsp://admin:p%40ss%2F1@10.1.2.3/Streaming/Channels/101?a=b')).toEqual({
		secure: false,
		host: '10.1.2.3',
		port: 554,
		uri: 'rtsp://10.1.2.3/Streaming/Channels/101?a=b',
		username: 'admin',
		password: 'p@ss/1',
	});
	expect(parseCameraAddress('rtsp://[fe80::1]:8554/')).toMatchObject({ host: 'fe80::1', port: 8554, uri: 'rtsp://[fe80::1]:8554/' });
	expect(parseCameraAddress('rtsps://u:p@cam/1')).toEqual({
		secure: true,
		host: 'cam',
		port: 322,
		uri: 'rtsps://cam/1',
		username: 'u',
		password: 'p',
	});
	for (const bad of ['http://h/', 'rtsp:///x', 'rtsp://h:99999/', 'rtsp://%ff:x@h/', '', 'rtsp://h:0/'])
		expect(parseCameraAddress(bad), bad).toBeNull();
	fc.assert(
		fc.property(
			fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
			fc.string({ unit: 'grapheme', maxLength: 40 }),
			fc.boolean(),
			(username, password, secure) => {
				const address = { secure, host: 'cam', port: secure ? 322 : 554, uri: `${secure ? 'rtsps' : 'rtsp'}://cam/x`, username, password };
				expect(parseCameraAddress(formatCameraAddress(address))).toEqual(address);
			},
		),
	);
	fc.assert(
		fc.property(fc.constantFrom('rtsp', 'rtsps'), fc.string({ unit: 'binary' }), (scheme, text) => {
			const address = parseCameraAddress(`${scheme}://${text}`);
			if (address !== null) expect(address.host).not.toBe('');
		}),
	);
});

test('control is absolute, or a name below the base', () => {
	expect(resolveControl('rtsp://h/live', 'track1')).toBe('rtsp://h/live/track1');
	expect(resolveControl('rtsp://h/live/', 'track1')).toBe('rtsp://h/live/track1');
	expect(resolveControl('rtsp://h/live?x=1', 'track1')).toBe('rtsp://h/live?x=1/track1');
	expect(resolveControl('rtsp://h/live', 'rtsp://h/other/1')).toBe('rtsp://h/other/1');
	expect(resolveControl('rtsps://h/live', 'RTSPS://h/other/1')).toBe('RTSPS://h/other/1');
	expect(resolveControl('rtsp://h/live', '*')).toBe('rtsp://h/live');
});

test('a redirect keeps the password on the same host and port only', () => {
	const from = { secure: false, host: 'a', port: 554, uri: 'rtsp://a/1', username: 'u', password: 'p' };
	expect(redirected(from, 'rtsp://a/2')).toMatchObject({ uri: 'rtsp://a/2', password: 'p' });
	expect(redirected(from, 'rtsp://b/2')).toMatchObject({ host: 'b', username: '', password: '' });
	expect(redirected(from, 'rtsp://a:8554/2')).toMatchObject({ username: '', password: '' });
	expect(redirected(from, 'rtsps://a:554/2')).toMatchObject({ secure: true, password: 'p' });
	expect(() => redirected({ ...from, secure: true }, 'rtsp://a/2')).toThrow(SourceError);
	expect(() => redirected(from, 'http://a/')).toThrow(SourceError);
	expect(() => redirected(from, undefined)).toThrow(SourceError);
});

test('a Transport answer gives channels, ports and source, and never an address', () => {
	const nothing = { tcp: false, multicast: false, interleaved: null, serverPorts: null, ssrc: null };
	const udp = 'RTP/AVP;unicast;client_port=5000-5001;source=10.0.0.9;server_port=6256-6257;ssrc=4F2A01;mode="PLAY"';
	expect(parseTransport(udp)).toEqual({ ...nothing, serverPorts: { rtp: 6256, rtcp: 6257 }, ssrc: 0x4f2a01 });
	expect(parseTransport('RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=00000000')).toEqual({ ...nothing, tcp: true, interleaved: { rtp: 2, rtcp: 3 } });
	expect(parseTransport('rtp/avp/tcp; interleaved = 4 ; ssrc=0000beef , RTP/AVP;ssrc=1')).toMatchObject({
		tcp: true,
		interleaved: { rtp: 4, rtcp: 5 },
		ssrc: 0xbeef,
	});
	expect(parseTransport('RTP/AVP;multicast;destination=239.1.1.1;server_port=7000-70000;ssrc=123456789;interleaved=255')).toEqual({
		...nothing,
		multicast: true,
	});
});

test('any Transport answer is survived, and what is read from it can be used', () => {
	const part = fc.oneof(
		fc.string(),
		fc.constantFrom('RTP/AVP', 'RTP/AVP/TCP', 'unicast', 'multicast', 'ssrc=', 'ssrc=ffffffff', ',', '=', 'server_port='),
		fc.tuple(fc.constantFrom('interleaved', 'server_port', 'client_port'), fc.nat(99_999), fc.nat(99_999)).map(([name, a, b]) => `${name}=${a}-${b}`),
	);
	fc.assert(
		fc.property(
			fc.array(part, { maxLength: 8 }).map((parts) => parts.join(';')),
			(header) => {
				const { interleaved, serverPorts, ssrc } = parseTransport(header);
				for (const channel of [interleaved?.rtp, interleaved?.rtcp]) expect((channel ?? 0) & 0xff).toBe(channel ?? 0);
				for (const port of [serverPorts?.rtp, serverPorts?.rtcp]) expect(port === undefined || (port > 0 && port < 65_536)).toBe(true);
				expect(ssrc === null || (ssrc > 0 && ssrc <= 0xffffffff)).toBe(true);
			},
		),
		{ numRuns: 500 },
	);
});
