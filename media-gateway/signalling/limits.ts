/** Per socket. A wall of 64 tiles asks for each tile's watch and two resumes at once. */
export const limits = { transports: 4, consumers: 192, producers: 2, requestBurst: 400, requestsPerSecond: 50 } as const;

/** A bucket that fills by the second; a request takes one drop. */
export class RateLimit {
	readonly #burst: number;
	readonly #perSecond: number;
	#level: number;
	#at: number;

	constructor(burst: number, perSecond: number, now: number) {
		this.#burst = burst;
		this.#perSecond = perSecond;
		this.#level = burst;
		this.#at = now;
	}

	/** `now` in milliseconds, never falling. */
	take(now: number): boolean {
		this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) * this.#perSecond) / 1000);
		this.#at = now;
		if (this.#level < 1) return false;
		this.#level -= 1;
		return true;
	}
}
