import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ToViewers } from './viewers-main.ts';

/** Viewers in a process of their own. */
export class ViewerProcess {
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess) {
		this.#child = child;
	}

	static start(): ViewerProcess {
		return new ViewerProcess(fork(fileURLToPath(new URL('./viewers-main.ts', import.meta.url)), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
	}

	async connectWhep(whep: { url: string; token: string }[]): Promise<void> {
		await this.#ask({ do: 'connect', whep });
	}

	async connectJanus(url: string, count: number): Promise<void> {
		await this.#ask({ do: 'connect-janus', url, count });
	}

	/** Packets that each viewer has got. */
	async packets(): Promise<number[]> {
		return ((await this.#ask({ do: 'count' })) as { packets: number[] }).packets;
	}

	async stop(): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const ended = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await ended;
	}

	async #ask(message: ToViewers): Promise<unknown> {
		const reply = once(this.#child, 'message');
		this.#child.send(message);
		const [answer] = (await reply) as [{ ok: true; result: unknown } | { ok: false; error: string }];
		if (!answer.ok) throw new Error(answer.error);
		return answer.result;
	}
}
