import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { SourceError } from '../rtsp/failure.ts';

/** After SIGTERM, in milliseconds. */
const patience = 2_000;
const maxLine = 300;

/** An ffmpeg child process that gives way to the relay. */
export class FfmpegProcess {
	readonly pid: number;
	/** Resolves when it has ended. */
	readonly exited: Promise<void>;
	readonly #child: ChildProcessByStdio<null, null, Readable>;
	#lastWords = '';

	private constructor(child: ChildProcessByStdio<null, null, Readable>) {
		this.#child = child;
		this.pid = child.pid ?? 0;
		this.exited = new Promise((resolve) => {
			child.once('close', () => resolve());
		});
		child.on('error', () => undefined);
		child.stderr.on('data', (chunk: Buffer) => this.#listen(chunk.toString('latin1')));
	}

	/** Throws `SourceError` (`no-transcoder`) where the program is not there or may not be run. */
	static async start(program: string, args: readonly string[]): Promise<FfmpegProcess> {
		// Nothing of the gateway's environment, in which there may be secrets.
		const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } });
		try {
			await once(child, 'spawn');
		} catch (error) {
			throw new SourceError('no-transcoder', 'the codec needs ffmpeg, which is not installed', { cause: error });
		}
		const started = new FfmpegProcess(child);
		try {
			setPriority(started.pid, constants.priority.PRIORITY_BELOW_NORMAL);
		} catch {
			// It has ended already, which `exited` tells.
		}
		return started;
	}

	/** The last line on its standard error, fit for people: printable, short, without addresses. */
	get lastWords(): string {
		return this.#lastWords;
	}

	/** SIGTERM, and SIGKILL where that does not help. */
	async stop(): Promise<void> {
		this.#child.kill('SIGTERM');
		const force = setTimeout(() => this.#child.kill('SIGKILL'), patience);
		await this.exited.finally(() => clearTimeout(force));
	}

	#listen(text: string): void {
		const line = text
			.split(/[\r\n]+/)
			.findLast((each) => each.trim() !== '')
			?.slice(0, maxLine)
			.replace(/\w+:\/\/\S+/g, '…')
			.replace(/^(\[[^\]]*\] )+/, '')
			.replace(/[^\x20-\x7e…]/g, '')
			.trim();
		if (line !== undefined && line !== '') this.#lastWords = line;
	}
}
