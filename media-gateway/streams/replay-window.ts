/** After someone new has come: later requests are those of a poor network, which more packets would make poorer. */
const newcomerMs = 3_000;
/** After a media worker was lost: the browsers have to connect again first. */
const lostMs = 15_000;
const againMs = 300;
/** All viewers get what one has asked for. */
const mostViewers = 8;

/** When a viewer who asks for a key frame gets the present group of pictures again, and need not wait for the next one. */
export class ReplayWindow {
	#until = Number.NEGATIVE_INFINITY;
	#replayedAt = Number.NEGATIVE_INFINITY;

	/** `viewers`, the newcomer among them. Times of `performance.now`. */
	onNewcomer(viewers: number, now: number): void {
		if (viewers <= mostViewers) this.#until = Math.max(this.#until, now + newcomerMs);
	}

	/** All viewers get other producers. */
	onLost(now: number): void {
		this.#until = now + lostMs;
	}

	/** Whether a request of now is to be answered so. */
	take(now: number): boolean {
		if (now > this.#until || now - this.#replayedAt < againMs) return false;
		this.#replayedAt = now;
		return true;
	}
}
