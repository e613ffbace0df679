import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** See `gstreamer-camera.py --help`. */
export interface GstreamerCameraOptions {
	port?: number;
	/** 127.0.0.1 unless given. */
	address?: string;
	auth?: 'none' | 'basic' | 'digest';
	password?: string;
	/** A PEM file with certificate and key: the camera is an `rtsps://` one. See `selfSigned`. */
	tls?: string;
	/** What SETUP may ask for; 461 is the answer to anything else. */
	transport?: 'tcp' | 'udp' | 'any';
	/** Seconds without a sign of the client after which its session ends; over TCP GStreamer waits for the connection instead. */
	sessionTimeout?: number;
	/** False: no RTCP at all. */
	senderReports?: boolean;
	parameterSets?: 'in-band' | 'sdp-only';
	video?: 'h264' | 'h265' | 'mjpeg' | 'mpeg4' | 'none';
	audio?: 'pcma' | 'pcmu' | 'aac' | 'opus' | 'none';
	/** The codec it can be spoken to in (ONVIF); `heard` tells what arrived. */
	backchannel?: 'pcma' | 'pcmu' | 'none';
	width?: number;
	height?: number;
	fps?: number;
	/** kbit/s of the picture. */
	bitrate?: number;
	/** In frames. */
	keyInterval?: number;
	/** The picture stands still after so many frames; packets go on. Not with `mpeg4`. */
	frozenAfter?: number;
	/** A second stream of 320×180 at `subUrl`. */
	sub?: boolean;
}

/** Sound that came by the back channel: packets so far, and of the last one its loudness (root mean square of 16 bits) and pitch. */
export interface Heard {
	packets: number;
	rms: number;
	hertz: number;
}

/** GStreamer's RTSP server, which nobody here wrote. */
export class GstreamerCamera {
	readonly port: number;
	readonly #options: GstreamerCameraOptions;
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;
	#heard: Heard = { packets: 0, rms: 0, hertz: 0 };

	private constructor(options: GstreamerCameraOptions, child: ChildProcessByStdio<Writable, Readable, null>, port: number) {
		this.#options = options;
		this.#child = child;
		this.port = port;
	}

	static async start(options: GstreamerCameraOptions = {}): Promise<GstreamerCamera> {
		const script = fileURLToPath(new URL('./gstreamer-camera.py', import.meta.url));
		const args = Object.entries(options).flatMap(([name, value]) => [`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, String(value)]);
		const child = spawn('/usr/bin/python3', [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
		child.stdin.on('error', () => undefined);
		const lines = createInterface({ input: child.stdout });
		const ended = once(child, 'exit').then(() => {
			throw new Error('the RTSP server did not start: it needs python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-{good,bad,ugly}');
		});
		const [port] = (await Promise.race([once(lines, 'line'), ended])) as [string];
		ended.catch(() => undefined);
		const camera = new GstreamerCamera(options, child, Number(port));
		lines.on('line', (line) => {
			camera.#heard = JSON.parse(line) as Heard;
		});
		return camera;
	}

	url(credentials = ''): string {
		return this.#url(credentials, 'live');
	}

	subUrl(credentials = ''): string {
		return this.#url(credentials, 'sub');
	}

	get heard(): Heard {
		return this.#heard;
	}

	/** The picture stands still, its packets go on. Not with `mpeg4`. */
	freeze(): void {
		this.#child.stdin.write('freeze\n');
	}

	thaw(): void {
		this.#child.stdin.write('thaw\n');
	}

	/** As a hung operating system would: connections stay, nothing is answered. `resume` ends it. */
	pause(): void {
		this.#child.kill('SIGSTOP');
	}

	resume(): void {
		this.#child.kill('SIGCONT');
	}

	/** As a power cut would: no TEARDOWN, no goodbye. */
	async kill(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const exit = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await exit;
	}

	#url(credentials: string, path: string): string {
		const address = this.#options.address ?? '127.0.0.1';
		const host = isIPv6(address) ? `[${address}]` : address;
		return `${this.#options.tls ? 'rtsps' : 'rtsp'}://${credentials === '' ? '' : `${credentials}@`}${host}:${this.port}/${path}`;
	}
}
