/**
 * Per socket. A wall of 64 tiles whose cameras all start asks for each tile's watch, its preview, the watch again and two resumes,
 * and that twice where sound comes after the picture; a tile that changes its source holds both for a moment.
 */
export const limits = {
	transports: 4,
	watches: 128,
	consumers: 512,
	talks: 4,
	previews: 64,
	previewBurst: 48 * 1024 * 1024,
	previewBytesPerSecond: 4 * 1024 * 1024,
	requestBurst: 640,
	requestsPerSecond: 100,
} as const;

/** A bucket that fills by the second. */
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

	/** `now` in milliseconds, never falling. Takes nothing where there is less than `amount`. */
	take(now: number, amount = 1): boolean {
		this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) * this.#perSecond) / 1000);
		this.#at = now;
		if (this.#level < amount) return false;
		this.#level -= amount;
		return true;
	}
}
