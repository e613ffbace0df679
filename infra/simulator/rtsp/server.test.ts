import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { parseRtp } from '@beilun/media-gateway/rtp/packet.ts';
import { parseCameraAddress } from '@beilun/media-gateway/rtsp/address.ts';
import { RtspSession } from '@beilun/media-gateway/rtsp/session.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadClips, readManifest } from '../clips/clips.ts';
import { accessUnits } from './h264.ts';
import { RtspServer } from './server.ts';

const run = promisify(execFile);
const camera = 'cam-port-01';
let server: RtspServer;
let port = 0;
const sessions: RtspSession[] = [];

beforeAll(async () => {
	server = new RtspServer({ clips: await loadClips(), username: 'viewer', password: 'secret' });
	port = await server.start();
});
afterEach(() => {
	for (const session of sessions.splice(0)) session.close();
});
afterAll(() => server.stop());

const url = (password = 'secret') => `rtsp://viewer:${password}@127.0.0.1:${port}/${camera}`;

/** ffmpeg's own RTSP client; answers what it complained about. */
async function play(address: string, seconds: number, transport: 'tcp' | 'udp' = 'tcp'): Promise<string> {
	const input = ['-v', 'error', '-rtsp_transport', transport, '-i', address];
	const { stderr } = await run('ffmpeg', [...input, '-map', '0:v', '-t', String(seconds), '-f', 'null', '-']);
	return stderr;
}

/** A client that says what it is told to, with the right password, and nothing else. */
function converse(to: number) {
	const answers: string[] = [];
	const socket = connect(to, '127.0.0.1');
	let nonce = '';
	socket.on('error', () => undefined);
	socket.on('data', (data) => {
		answers.push(String(data));
		nonce ||= /nonce="([^"]+)"/.exec(String(data))?.[1] ?? '';
	});
	const send = async (method: string, uri: string, lines: string[] = []): Promise<string> => {
		const count = answers.length;
		const digest = nonce === '' ? [] : [`Authorization: ${digestAnswer(method, uri, nonce)}`];
		socket.write([`${method} ${uri} RTSP/1.0`, 'CSeq: 1', ...digest, ...lines, '', ''].join('\r\n'));
		await vi.waitFor(() => expect(answers.length).toBeGreaterThan(count), { timeout: 10_000 });
		return answers.at(-1) ?? '';
	};
	return { socket, send };
}

/** The gateway's own client. */
function open(address: string, onClosed: (error: Error) => void = () => undefined) {
	const parsed = parseCameraAddress(address);
	if (!parsed) throw new Error(`no camera address: ${address}`);
	const packets = { rtp: 0, rtcp: 0 };
	const onPacket = (_track: number, rtcp: boolean) => packets[rtcp ? 'rtcp' : 'rtp']++;
	const session = new RtspSession({ address: parsed, resolve: async (host) => host, certificate: null, onPacket, onClosed });
	sessions.push(session);
	return { session, packets };
}

/** Sends bytes and answers the first thing that comes back ("" when the server just hangs up). */
async function ask(text: string): Promise<string> {
	const socket = connect(port, '127.0.0.1');
	socket.on('error', () => undefined);
	socket.write(text);
	const answer = await Promise.race([once(socket, 'data').then(([data]) => String(data)), once(socket, 'close').then(() => '')]);
	socket.destroy();
	return answer;
}

function digestAnswer(method: string, uri: string, nonce: string): string {
	const realm = 'Dynamic Beilun demo';
	const response = md5(`${md5(`viewer:${realm}:secret`)}:${nonce}:${md5(`${method}:${uri}`)}`);
	return `Digest username="viewer", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`;
}

function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

describe('clips', () => {
	it('hold the pictures and the sound that the manifest promises', async () => {
		for (const clip of await loadClips()) {
			const pictures = accessUnits(clip.video);
			expect(pictures.length, clip.id).toBe(clip.frames);
			expect(
				pictures.flatMap(({ key }, index) => (key ? [index] : [])),
				clip.id,
			).toEqual([0, 30, 60, 90, 120]);
			const small = accessUnits(clip.sub ?? Buffer.alloc(0));
			expect(
				small.map(({ key }) => key),
				`${clip.id}, small`,
			).toEqual(pictures.map(({ key }) => key));
			expect(clip.audio.length / 8_000, clip.id).toBe(clip.frames / clip.fps);
			expect(new Set(clip.audio).size, `${clip.id} is not silent`).toBeGreaterThan(16);
		}
		expect((await readManifest()).length).toBeGreaterThanOrEqual(12);
	});
});

describe('RtspServer', () => {
	it("plays to someone else's client: codecs, size and rate as the manifest says", async () => {
		const { stdout } = await run('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', '-of', 'json', '-show_streams', url()]);
		const { streams } = JSON.parse(stdout) as { streams: Record<string, unknown>[] };
		expect(streams[0]).toMatchObject({
			codec_name: 'h264',
			profile: 'Constrained Baseline',
			width: 960,
			height: 540,
			r_frame_rate: '15/1',
			has_b_frames: 0,
		});
		expect(streams[1]).toMatchObject({ codec_name: 'pcm_alaw', sample_rate: '8000', channels: 1 });
	});

	it('has a small second stream of the same picture and sound, which fails with the camera', async () => {
		const input = ['-v', 'error', '-rtsp_transport', 'tcp', '-of', 'json', '-show_streams', `${url()}/sub`];
		const { streams } = JSON.parse((await run('ffprobe', input)).stdout) as { streams: Record<string, unknown>[] };
		expect(streams[0]).toMatchObject({ codec_name: 'h264', profile: 'Constrained Baseline', width: 320, height: 180, r_frame_rate: '15/1' });
		expect(streams[1]).toMatchObject({ codec_name: 'pcm_alaw' });
		server.fail(camera, 'unauthorized');
		await expect(play(`${url()}/sub`, 1)).rejects.toThrow('401');
		server.restore(camera);
		await expect(play(`${url()}/sub/sub`, 1)).rejects.toThrow('404');
	});

	it('goes on past the end of the loop without a decoding error', async () => {
		expect(await play(url(), 12)).toBe('');
	});

	it('goes on past the end of the loop over UDP too', async () => {
		expect(await play(url(), 12, 'udp')).toBe('');
	});

	it('names ports and SSRC where it sends by UDP, which the packets and sender reports then have', async () => {
		const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')];
		for (const socket of [rtp, rtcp]) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
		const packet = once(rtp, 'message');
		const report = once(rtcp, 'message');
		const { session } = open(url());
		const [media] = await session.describe();
		if (!media) throw new Error('nothing is described');
		const delivery = { kind: 'udp-to', rtpPort: rtp.address().port, rtcpPort: rtcp.address().port } as const;
		const [setup] = await session.setup([{ media, delivery }]);
		expect(setup).toMatchObject({ serverIp: '127.0.0.1', serverRtcpPort: (setup?.serverRtpPort ?? 0) + 1, ssrc: expect.any(Number) });
		await session.play();
		const [data, { port: from }] = (await packet) as [Buffer, { port: number }];
		expect(parseRtp(data)).toMatchObject({ ssrc: setup?.ssrc, payloadType: 96 });
		expect(from).toBe(setup?.serverRtpPort);
		const [control, { port: reportFrom }] = (await report) as [Buffer, { port: number }];
		expect([control.readUInt8(1), control.readUInt32BE(4)]).toEqual([200, setup?.ssrc]);
		expect(reportFrom).toBe(setup?.serverRtcpPort);
		rtp.close();
		rtcp.close();
	});

	it('sends nothing to a host that did not ask, whatever destination is named', async () => {
		const away = createSocket('udp4');
		const strays: unknown[] = [];
		away.on('message', (message) => strays.push(message));
		await new Promise<void>((resolve) => away.bind(0, '127.0.0.2', resolve));
		const at = away.address().port;
		const { socket, send } = converse(port);
		await send('DESCRIBE', `rtsp://h/${camera}`);
		const transport = `RTP/AVP;unicast;destination=127.0.0.2;client_port=${at}-${at + 1}`;
		const answer = await send('SETUP', `rtsp://h/${camera}/video`, [`Transport: ${transport}`]);
		expect(answer).toMatch(/200 OK[\s\S]*Transport: RTP\/AVP;unicast;client_port=\d+-\d+;server_port=\d+-\d+;ssrc=[0-9A-F]{8}\r/);
		const id = /Session: (\w+)/.exec(answer)?.[1];
		expect(await send('PLAY', `rtsp://h/${camera}`, [`Session: ${id}`])).toContain('200 OK');
		await vi.waitFor(() => expect(server.watching(camera)).toBe(1), { timeout: 10_000 });
		const { session, packets } = open(url());
		const media = await session.describe();
		await session.setup(media.map((each) => ({ media: each, delivery: { kind: 'udp' } })));
		await session.play();
		await vi.waitFor(() => expect(packets.rtp).toBeGreaterThan(50), { timeout: 10_000 });
		expect(packets.rtcp).toBeGreaterThan(0);
		expect(strays).toEqual([]);
		socket.destroy();
		away.close();
	});

	it('gives up a client by UDP that says nothing any more, and refuses what it is told not to do', async () => {
		const strict = new RtspServer({ clips: await loadClips([camera]), username: 'viewer', password: 'secret', transport: 'udp', sessionTimeout: 3 });
		const strictPort = await strict.start();
		const address = url().replace(`:${port}/`, `:${strictPort}/`);
		await expect(play(address, 1, 'tcp')).rejects.toThrow('461');
		const { socket, send } = converse(strictPort);
		await send('DESCRIBE', `rtsp://h/${camera}`);
		const answer = await send('SETUP', `rtsp://h/${camera}/video`, ['Transport: RTP/AVP;unicast;client_port=9-10']);
		expect(answer).toMatch(/Session: \w+;timeout=3\r/);
		const closed = once(socket, 'close');
		await send('PLAY', `rtsp://h/${camera}`, [`Session: ${/Session: (\w+)/.exec(answer)?.[1]}`]);
		await vi.waitFor(() => expect(strict.watching(camera)).toBe(1), { timeout: 10_000 });
		await closed;
		await vi.waitFor(() => expect(strict.watching(camera)).toBe(0));
		await strict.stop();
	});

	it('applies faults to clients by UDP', async () => {
		const closed: Error[] = [];
		const { session, packets } = open(url(), (error) => closed.push(error));
		const media = await session.describe();
		await session.setup(media.map((each) => ({ media: each, delivery: { kind: 'udp' } })));
		await session.play();
		await vi.waitFor(() => expect(packets.rtp).toBeGreaterThan(0), { timeout: 10_000 });
		server.fail(camera, 'silent');
		expect(server.watching(camera)).toBe(0);
		server.restore(camera);
		await vi.waitFor(() => expect(server.watching(camera)).toBe(1), { timeout: 10_000 });
		server.fail(camera, 'offline');
		await vi.waitFor(() => expect(closed).toHaveLength(1), { timeout: 10_000 });
		server.restore(camera);
	});

	it('refuses a wrong password and an unknown camera', async () => {
		await expect(play(url('wrong'), 1)).rejects.toThrow('401');
		await expect(play(url().replace(camera, 'cam-nowhere'), 1)).rejects.toThrow('404');
	});

	it('answers nonsense with 400 and an unknown method with 501', async () => {
		expect(await ask('GET / HTTP/1.1\r\n\r\n')).toMatch(/^RTSP\/1.0 400 /);
		expect(await ask(`RECORD ${url()} RTSP/1.0\r\nCSeq: 7\r\n\r\n`)).toMatch(/^RTSP\/1.0 501 .*\r\nCSeq: 7\r\n/);
		expect(await ask(`DESCRIBE rtsp://h/${camera} RTSP/1.0\r\nCSeq: 8\r\n\r\n`)).toMatch(
			/401[\s\S]*Digest realm="[^"]+", nonce="[0-9a-f]{32}", qop="auth"/,
		);
	});

	it('makes a camera fail and restores it', async () => {
		const describeRequest = `OPTIONS rtsp://h/${camera} RTSP/1.0\r\nCSeq: 1\r\n\r\n`;
		expect(await ask(describeRequest)).toMatch(/200 OK/);
		const watching = play(url(), 60);
		await vi.waitFor(() => expect(server.watching(camera)).toBe(1), { timeout: 20_000 });
		server.fail(camera, 'offline');
		await watching.catch(() => undefined);
		expect(server.watching(camera)).toBe(0);
		expect(await ask(describeRequest)).toBe('');
		server.fail(camera, 'unauthorized');
		await expect(play(url(), 1)).rejects.toThrow('401');
		server.restore(camera);
		expect(await play(url(), 1)).toBe('');
		expect(() => server.fail('cam-nowhere', 'offline')).toThrow('no camera cam-nowhere');
	});

	it('keeps the sessions of a silent camera and goes on with them', async () => {
		const watching = play(url(), 4);
		await vi.waitFor(() => expect(server.watching(camera)).toBe(1), { timeout: 20_000 });
		server.fail(camera, 'silent');
		expect(server.watching(camera)).toBe(0);
		server.restore(camera);
		await vi.waitFor(() => expect(server.watching(camera)).toBe(1), { timeout: 20_000 });
		expect(await watching).toBe('');
	});
});
