import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadClips, readManifest } from '../clips/clips.ts';
import { accessUnits } from './h264.ts';
import { RtspServer } from './server.ts';

const run = promisify(execFile);
const camera = 'cam-port-01';
let server: RtspServer;
let port = 0;

beforeAll(async () => {
	server = new RtspServer({ clips: await loadClips(), username: 'viewer', password: 'secret' });
	port = await server.start();
});
afterAll(() => server.stop());

const url = (password = 'secret') => `rtsp://viewer:${password}@127.0.0.1:${port}/${camera}`;

/** ffmpeg's own RTSP client; answers what it complained about. */
async function play(address: string, seconds: number): Promise<string> {
	const { stderr } = await run('ffmpeg', [
		'-v',
		'error',
		'-rtsp_transport',
		'tcp',
		'-i',
		address,
		'-map',
		'0:v',
		'-t',
		String(seconds),
		'-f',
		'null',
		'-',
	]);
	return stderr;
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

describe('clips', () => {
	it('hold the pictures and the sound that the manifest promises', async () => {
		for (const clip of await loadClips()) {
			const pictures = accessUnits(clip.video);
			expect(pictures.length, clip.id).toBe(clip.frames);
			expect(
				pictures.flatMap(({ key }, index) => (key ? [index] : [])),
				clip.id,
			).toEqual([0, 30, 60, 90, 120]);
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

	it('goes on past the end of the loop without a decoding error', async () => {
		expect(await play(url(), 12)).toBe('');
	});

	it('refuses a wrong password and an unknown camera, and transports other than TCP', async () => {
		await expect(play(url('wrong'), 1)).rejects.toThrow('401');
		await expect(play(url().replace(camera, 'cam-nowhere'), 1)).rejects.toThrow('404');
		await expect(run('ffmpeg', ['-v', 'error', '-rtsp_transport', 'udp', '-i', url(), '-t', '1', '-f', 'null', '-'])).rejects.toThrow('461');
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
