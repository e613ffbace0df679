import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type MediaDescription, parseSdp } from '../../rtsp/sdp.ts';

/** Pictures a second; brightness goes through eight steps, one for each picture, and begins again. */
const fps = 25;
export const ticksPerPicture = 90_000 / fps;

/** ffmpeg as a source of RTP over UDP whose pictures tell their number by their brightness. Parameter sets are in its SDP alone. */
export class Flicker {
	readonly media: MediaDescription;
	readonly #child: ChildProcess;
	readonly #socket: Socket;
	readonly #folder: string;

	private constructor(media: MediaDescription, child: ChildProcess, socket: Socket, folder: string) {
		this.media = media;
		this.#child = child;
		this.#socket = socket;
		this.#folder = folder;
	}

	/** `onPacket` gets everything from the first picture on, once `media` is known. */
	static async start(codec: 'libx265' | 'mpeg4'): Promise<{ flicker: Flicker; onPacket: (take: (packet: Buffer) => void) => void }> {
		const folder = await mkdtemp(join(tmpdir(), 'beilun-flicker-'));
		const socket = createSocket('udp4');
		socket.bind(0, '127.0.0.1');
		await once(socket, 'listening');
		const early: Buffer[] = [];
		let take = (packet: Buffer): void => {
			early.push(packet);
		};
		socket.on('message', (packet) => take(packet));
		const sdp = join(folder, 'sdp');
		const source = ['-re', '-f', 'lavfi', '-i', `color=c=black:s=160x96:r=${fps},geq=lum='16+mod(N\\,8)*28':cb=128:cr=128`];
		const x265 = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-x265-params', 'log-level=none:pools=1:frame-threads=1'];
		const encode = ['-c:v', codec, ...(codec === 'libx265' ? x265 : []), '-g', '25', '-b:v', '400k', '-flags', '+global_header'];
		const target = ['-f', 'rtp', '-payload_type', '96', '-sdp_file', sdp, `rtp://127.0.0.1:${socket.address().port}?pkt_size=1000`];
		const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...source, ...encode, ...target], { stdio: ['ignore', 'ignore', 'inherit'] });
		const media = await vi.waitFor(
			async () => {
				const [first] = parseSdp(await readFile(sdp, 'utf8')).media;
				if (first === undefined) throw new Error('no SDP yet');
				return first;
			},
			{ timeout: 20_000 },
		);
		const onPacket = (handler: (packet: Buffer) => void) => {
			take = handler;
			for (const packet of early.splice(0)) handler(packet);
		};
		return { flicker: new Flicker(media, child, socket, folder), onPacket };
	}

	async stop(): Promise<void> {
		this.#child.kill('SIGKILL');
		this.#socket.close();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
