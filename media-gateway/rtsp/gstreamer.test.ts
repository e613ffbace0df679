import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildRtp, parseRtp } from '../rtp/packet.ts';
import { SourceError } from './failure.ts';
import type { Delivery } from './session.ts';
import { selfSigned, type TestCertificate } from './testing/certificate.ts';
import { GstreamerCamera, type GstreamerCameraOptions } from './testing/gstreamer-camera.ts';
import { TrackedSession } from './testing/tracked-session.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ending.splice(0).reverse()) await end();
});

async function camera(options: GstreamerCameraOptions = {}): Promise<GstreamerCamera> {
	const started = await GstreamerCamera.start(options);
	ending.push(() => started.kill());
	return started;
}

function session(...args: ConstructorParameters<typeof TrackedSession>): TrackedSession {
	const made = new TrackedSession(...args);
	ending.push(() => made.close());
	return made;
}

/** All that came of a track is RTP of one source, of the payload type that was described. */
function expectRtp(made: TrackedSession, track: number, payloadType: number): void {
	const headers = made.packets.filter((each) => each.track === track && !each.rtcp).map((each) => parseRtp(each.payload));
	expect(new Set(headers.map((each) => each?.payloadType))).toEqual(new Set([payloadType]));
	expect(new Set(headers.map((each) => each?.ssrc)).size).toBe(1);
}

test.each<Delivery>([{ kind: 'tcp' }, { kind: 'udp' }])('after a Digest login picture, sound and sender reports come by %o', async (delivery) => {
	const source = await camera({ auth: 'digest', password: 'se"cret@1' });
	const made = session(source.url(`viewer:${encodeURIComponent('se"cret@1')}`));
	const { media, setups } = await made.play(delivery);
	expect(media).toMatchObject([
		{ codec: 'H264', direction: 'sendrecv', formatText: expect.stringContaining('sprop-parameter-sets=') },
		{ codec: 'PCMA', formatText: '' },
	]);
	await vi.waitFor(() => expect(made.count(0) > 20 && made.count(1) > 5 && made.count(0, true) > 0).toBe(true), { timeout: 15_000 });
	expectRtp(made, 0, 96);
	expectRtp(made, 1, 8);
	for (const [track, setup] of setups.entries()) {
		expect(setup).toMatchObject({ serverIp: '127.0.0.1', serverRtpPort: delivery.kind === 'udp' ? expect.any(Number) : null });
		expect(parseRtp(made.packets.find((each) => each.track === track && !each.rtcp)?.payload ?? Buffer.alloc(0))?.ssrc).toBe(setup.ssrc);
	}
	expect(made.session.cameraIp).toBe('127.0.0.1');
	expect(made.ended).toEqual([]);
});

test('a wrong password is told, and is not in the message', async () => {
	const source = await camera({ auth: 'digest', password: 'right' });
	await expect(session(source.url('viewer:wr0ng')).play()).rejects.toMatchObject({
		reason: 'unauthorized',
		status: 401,
		message: expect.not.stringContaining('wr0ng'),
	});
});

test('packets go to the ports of someone else, and none comes here', async () => {
	const source = await camera({ audio: 'none' });
	const [rtp, rtcp] = await twoSockets();
	const heard: [boolean, Buffer, number][] = [];
	rtp.on('message', (packet, from) => heard.push([false, packet, from.port]));
	rtcp.on('message', (packet, from) => heard.push([true, packet, from.port]));
	const made = session(source.url());
	const { setups } = await made.play({ kind: 'udp-to', rtpPort: rtp.address().port, rtcpPort: rtcp.address().port });
	await vi.waitFor(() => expect(heard.filter(([isRtcp]) => !isRtcp).length > 20 && heard.some(([isRtcp]) => isRtcp)).toBe(true), { timeout: 15_000 });
	for (const [isRtcp, packet, port] of heard) {
		expect(port).toBe(isRtcp ? setups[0]?.serverRtcpPort : setups[0]?.serverRtpPort);
		if (!isRtcp) expect(parseRtp(packet)?.ssrc).toBe(setups[0]?.ssrc);
	}
	expect(made.packets).toEqual([]);
});

test.each<Delivery>([{ kind: 'tcp' }, { kind: 'udp' }])('a camera at an IPv6 address is played by %o', async (delivery) => {
	const source = await camera({ address: '::1', audio: 'none' });
	const made = session(source.url());
	await made.play(delivery);
	await vi.waitFor(() => expect(made.count(0)).toBeGreaterThan(5), { timeout: 15_000 });
	expect(made.session.cameraIp).toBe('::1');
});

test('a camera without TCP says 461, and the same session goes on by UDP', async () => {
	const source = await camera({ transport: 'udp', audio: 'none' });
	const made = session(source.url());
	const [media] = await made.session.describe();
	if (media === undefined) throw new Error('nothing offered');
	await expect(made.session.setup([{ media, delivery: { kind: 'tcp' } }])).rejects.toMatchObject({ reason: 'protocol-error', status: 461 });
	await made.session.setup([{ media, delivery: { kind: 'udp' } }]);
	await made.session.play();
	await vi.waitFor(() => expect(made.count(0)).toBeGreaterThan(5), { timeout: 15_000 });
});

test('a camera that ends a session after 2 s without a sign goes on', async () => {
	const source = await camera({ sessionTimeout: 2, audio: 'none' });
	const made = session(source.url());
	await made.play({ kind: 'udp' });
	// Without a sign it sends some sixty.
	await vi.waitFor(() => expect(made.count(0)).toBeGreaterThan(150), { timeout: 20_000 });
	expect(made.ended).toEqual([]);
});

test.each([
	['H265', { video: 'h265', audio: 'opus' }, 'OPUS'],
	['JPEG', { video: 'mjpeg', audio: 'pcmu' }, 'PCMU'],
	['MP4V-ES', { video: 'mpeg4', audio: 'aac' }, 'MPEG4-GENERIC'],
] as const)('%s and its sound are described, and come', async (codec, options, audio) => {
	const made = session((await camera(options)).url());
	const { media } = await made.play();
	expect(media.map((each) => each.codec)).toEqual([codec, audio]);
	if (audio === 'MPEG4-GENERIC') expect(media[1]).toMatchObject({ formatText: expect.stringMatching(/config=/), clockRate: 44_100 });
	await vi.waitFor(() => expect(made.count(0) > 5 && made.count(1) > 5).toBe(true), { timeout: 15_000 });
});

describe('rtsps', () => {
	let certificate: TestCertificate;
	let source: GstreamerCamera;
	beforeAll(async () => {
		certificate = await selfSigned();
		source = await GstreamerCamera.start({ tls: certificate.file, audio: 'none', auth: 'basic', password: 'secret' });
	});
	afterAll(async () => {
		await source.kill();
		await certificate.remove();
	});

	test('the registered certificate is trusted whoever signed it', async () => {
		const made = session(source.url('viewer:secret'), { certificate: certificate.fingerprint });
		await made.play();
		await vi.waitFor(() => expect(made.count(0)).toBeGreaterThan(5), { timeout: 15_000 });
	});

	test.each([
		['nobody vouches for', null],
		['is another than was registered', 'ab'.repeat(32)],
	])('a certificate that %s is refused by its fingerprint', async (_what, registered) => {
		await expect(session(source.url('viewer:secret'), { certificate: registered }).session.describe()).rejects.toMatchObject({
			reason: 'certificate',
			message: expect.stringContaining(certificate.fingerprint),
		});
	});

	test('its picture is never asked for in clear', async () => {
		const made = session(source.url('viewer:secret'), { certificate: certificate.fingerprint });
		await expect(made.play({ kind: 'udp' })).rejects.toMatchObject({ status: 461 });
	});

	test('a camera that speaks no TLS is told from one that is not there', async () => {
		const plain = await camera({ audio: 'none' });
		await expect(session(plain.url().replace('rtsp:', 'rtsps:')).session.describe()).rejects.toMatchObject({
			reason: 'protocol-error',
			message: expect.stringContaining('TLS'),
		});
	});
});

describe('back channel', () => {
	test.each<[Delivery['kind'] & ('tcp' | 'udp'), 'pcma' | 'pcmu']>([
		['tcp', 'pcma'],
		['tcp', 'pcmu'],
		['udp', 'pcma'],
		['udp', 'pcmu'],
	])('a tone that is sent by %s in %s is heard by the camera', async (kind, backchannel) => {
		const source = await camera({ backchannel });
		const made = session(source.url());
		const offered = await made.session.describe({ backchannel: true });
		const media = offered.find((each) => each.direction === 'sendonly');
		expect(media).toMatchObject({ kind: 'audio', codec: backchannel.toUpperCase(), clockRate: 8000 });
		if (media === undefined) return;
		await made.session.setup([{ media, delivery: { kind } }]);
		await made.session.play();
		let sequence = 0;
		const timer = setInterval(() => {
			const header = { marker: sequence === 0, payloadType: media.payloadType, sequence, timestamp: sequence * 160, ssrc: 0x1234 };
			// A square wave of 1,000 Hz: 4 samples up, 4 down.
			const [up, down] = backchannel === 'pcma' ? [0xaa, 0x2a] : [0x80, 0x00];
			made.session.sendRtp(0, buildRtp(header, Buffer.from(Array.from({ length: 160 }, (_, at) => (at % 8 < 4 ? up : down)))));
			sequence += 1;
		}, 20);
		ending.push(() => clearInterval(timer));
		await vi.waitFor(() => expect(source.heard.packets).toBeGreaterThan(20), { timeout: 15_000 });
		expect(source.heard.rms).toBeGreaterThan(10_000);
		expect(source.heard.hertz).toBeGreaterThan(900);
		expect(source.heard.hertz).toBeLessThan(1_100);
		expect(made.ended).toEqual([]);
	});

	test('a camera that has none says 551, and is played without asking', async () => {
		const source = await camera({ video: 'none' });
		await expect(session(source.url()).session.describe({ backchannel: true })).rejects.toMatchObject({ reason: 'protocol-error', status: 551 });
		expect(await session(source.url()).session.describe()).toMatchObject([{ codec: 'PCMA' }]);
	});
});

test('a camera that hangs is found out by the request it leaves unanswered', { timeout: 40_000 }, async () => {
	const source = await camera({ sessionTimeout: 4, audio: 'none' });
	const made = session(source.url());
	await made.play({ kind: 'udp' });
	await vi.waitFor(() => expect(made.count(0)).toBeGreaterThan(5), { timeout: 15_000 });
	source.pause();
	await vi.waitFor(() => expect(made.ended).toMatchObject([{ reason: 'silent' }]), { timeout: 20_000 });
	expect(made.ended[0]).toBeInstanceOf(SourceError);
});

async function twoSockets(): Promise<[Socket, Socket]> {
	for (;;) {
		const rtp = createSocket('udp4');
		const rtcp = createSocket('udp4');
		ending.push(() => rtp.close());
		ending.push(() => rtcp.close());
		rtp.bind(0, '127.0.0.1');
		await once(rtp, 'listening');
		const { port } = rtp.address();
		rtcp.bind(port % 2 === 0 ? port + 1 : 0, '127.0.0.1');
		try {
			await once(rtcp, 'listening');
			if (port % 2 === 0) return [rtp, rtcp];
		} catch {
			// Taken; the next pair.
		}
	}
}
