/** One after the other, in the order of asking. A task that fails fails for its asker only. */
export class Serial {
	#last: Promise<unknown> = Promise.resolve();

	run<T>(task: () => Promise<T>): Promise<T> {
		const result = this.#last.then(task);
		this.#last = result.catch(() => undefined);
		return result;
	}
}
