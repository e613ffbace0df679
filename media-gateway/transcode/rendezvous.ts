import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { SourceError } from '../rtsp/failure.ts';
import { type RtspItem, RtspReader } from '../rtsp/framing.ts';

/** What waits for a reader that is slower than the source, in bytes, beyond what the kernel holds. */
const maxWaiting = 4 * 1024 * 1024;

export interface RendezvousOptions {
	/** What a reader is told (DESCRIBE); null where ffmpeg publishes (ANNOUNCE). */
	sdp: string | null;
	/** The peer plays or records: packets may pass. */
	onReady(): void;
	onFrame(channel: number, payload: Buffer): void;
}

/**
 * Where the gateway and one ffmpeg meet: an RTSP server on loopback for exactly one connection, with RTP interleaved in TCP (RFC 2326
 * §10.12). Unlike UDP it loses nothing when a key frame comes in one burst, needs no port known beforehand, tells when ffmpeg
 * is ready, and its end ends ffmpeg, even where this process was killed.
 */
export class Rendezvous {
	readonly #options: RendezvousOptions;
	#server: Server | null = null;
	#socket: Socket | null = null;
	#ready = false;

	constructor(options: RendezvousOptions) {
		this.#options = options;
	}

	/** Answers the address for ffmpeg. */
	async listen(): Promise<string> {
		const server = createServer((socket) => this.#accept(socket));
		this.#server = server;
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(0, '127.0.0.1', resolve);
		});
		return `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	}

	/** False where the peer is not there, or too slow. */
	get writable(): boolean {
		return this.#ready && this.#socket !== null && this.#socket.writableLength < maxWaiting;
	}

	/** A whole interleaved frame, with its four bytes in front. */
	write(frame: Buffer): void {
		if (this.writable) this.#socket?.write(frame);
	}

	close(): void {
		this.#ready = false;
		this.#server?.close();
		this.#server = null;
		this.#socket?.destroy();
	}

	#accept(socket: Socket): void {
		// The first one is ffmpeg's; nobody else gets in.
		this.#server?.close();
		if (this.#socket !== null || this.#server === null) {
			socket.destroy();
			return;
		}
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			this.#ready = false;
		});
		const reader = new RtspReader();
		socket.on('data', (chunk) => {
			try {
				for (const item of reader.push(chunk)) this.#take(socket, item);
			} catch (error) {
				if (!(error instanceof SourceError)) throw error;
				socket.destroy();
			}
		});
	}

	#take(socket: Socket, item: RtspItem): void {
		if (item.kind === 'frame') this.#options.onFrame(item.channel, item.payload);
		if (item.kind !== 'request') return;
		const { method, headers } = item;
		const lines = ['RTSP/1.0 200 OK', `CSeq: ${/^\d{1,9}$/.exec(headers.get('cseq')?.[0] ?? '')?.[0] ?? '0'}`, 'Session: 1'];
		if (method === 'OPTIONS') lines.push('Public: OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, TEARDOWN');
		// ffmpeg numbers the channels itself: 0-1 for the first track it sets up, 2-3 for the second.
		const channels = method === 'SETUP' ? /interleaved=\d-\d/.exec(headers.get('transport')?.[0] ?? '')?.[0] : undefined;
		if (channels !== undefined) lines.push(`Transport: RTP/AVP/TCP;unicast;${channels}`);
		const body = method === 'DESCRIBE' ? (this.#options.sdp ?? '') : '';
		if (body !== '') lines.push('Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(body)}`);
		socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
		if (method !== 'PLAY' && method !== 'RECORD') return;
		this.#ready = true;
		this.#options.onReady();
	}
}
