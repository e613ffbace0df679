import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface GstreamerCameraOptions {
	port?: number;
	auth?: 'none' | 'basic' | 'digest';
	password?: string;
	parameterSets?: 'in-band' | 'sdp-only';
	video?: 'h264' | 'h265' | 'none';
	audio?: 'pcma' | 'pcmu' | 'none';
	width?: number;
	height?: number;
}

/** GStreamer's RTSP server, which nobody here wrote. */
export class GstreamerCamera {
	readonly port: number;
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;

	private constructor(child: ChildProcessByStdio<Writable, Readable, null>, port: number) {
		this.#child = child;
		this.port = port;
	}

	static async start(options: GstreamerCameraOptions = {}): Promise<GstreamerCamera> {
		const script = fileURLToPath(new URL('./gstreamer-camera.py', import.meta.url));
		const args = Object.entries(options).flatMap(([name, value]) => [`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, String(value)]);
		const child = spawn('/usr/bin/python3', [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
		const lines = createInterface({ input: child.stdout });
		const ended = once(child, 'exit').then(() => {
			throw new Error('the RTSP server did not start: it needs python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-{good,bad,ugly}');
		});
		const [port] = (await Promise.race([once(lines, 'line'), ended])) as [string];
		ended.catch(() => undefined);
		return new GstreamerCamera(child, Number(port));
	}

	url(credentials = ''): string {
		return `rtsp://${credentials === '' ? '' : `${credentials}@`}127.0.0.1:${this.port}/live`;
	}

	/** As a power cut would: no TEARDOWN, no goodbye. */
	async kill(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const exit = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await exit;
	}
}
