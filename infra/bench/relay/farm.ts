import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Many cameras of 2 Mbit/s in a process of their own. */
export class Farm {
	/** Of the cameras, with user and password. */
	readonly urls: string[];
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;

	private constructor(child: ChildProcessByStdio<Writable, Readable, null>, urls: string[]) {
		this.#child = child;
		this.urls = urls;
	}

	static async start(count: number): Promise<Farm> {
		const program = fileURLToPath(new URL('../camera-farm.ts', import.meta.url));
		const child = spawn(process.execPath, [program, '--cameras', String(count), '--bitrate', '2000000'], { stdio: ['pipe', 'pipe', 'inherit'] });
		const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
		const { port, username, password, cameras } = JSON.parse(line) as { port: number; username: string; password: string; cameras: string[] };
		return new Farm(
			child,
			cameras.map((id) => `rtsp://${username}:${password}@127.0.0.1:${port}/${id}`),
		);
	}

	async stop(): Promise<void> {
		const ended = once(this.#child, 'exit');
		this.#child.kill('SIGTERM');
		await ended;
	}
}
