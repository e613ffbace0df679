import type { Logger } from './log.ts';

/** What has to be undone at the end, undone last in, first out; a step that fails is logged and the rest go on. */
export class Lifecycle {
	readonly #log: Logger;
	readonly #steps: { name: string; stop: () => Promise<void> | void }[] = [];
	#stopping: Promise<void> | undefined;

	constructor(log: Logger) {
		this.#log = log;
	}

	onStop(name: string, stop: () => Promise<void> | void): void {
		this.#steps.push({ name, stop });
	}

	/** Concurrent callers get the same promise. Each step has `deadlineMs`. */
	stop(deadlineMs = 5_000): Promise<void> {
		this.#stopping ??= this.#run(deadlineMs);
		return this.#stopping;
	}

	async #run(deadlineMs: number): Promise<void> {
		for (const step of this.#steps.reverse()) {
			let timer: NodeJS.Timeout | undefined;
			try {
				const deadline = new Promise<never>((_, reject) => {
					timer = setTimeout(() => reject(new Error(`not finished after ${deadlineMs} ms`)), deadlineMs);
				});
				await Promise.race([Promise.resolve(step.stop()), deadline]);
			} catch (error) {
				this.#log.error({ err: error, step: step.name }, 'a step of the shutdown failed');
			} finally {
				clearTimeout(timer);
			}
		}
	}
}
