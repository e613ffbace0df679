import { clockOffset, type TimeSample } from './clock.ts';
import type { Signal } from './signal.ts';

const questions = 4;
const period = 60_000;

/** The gateway's clock as seen from here, asked for when the socket comes up and every minute. */
export class GatewayClock {
	readonly #signal: Signal;
	#offset: number | null = null;
	#timer: ReturnType<typeof setInterval> | undefined;
	#first: (() => void) | undefined;
	/** Fulfilled once the clock is known. */
	readonly known = new Promise<void>((resolve) => {
		this.#first = resolve;
	});

	constructor(signal: Signal) {
		this.#signal = signal;
		signal.socket.on('connect', () => {
			clearInterval(this.#timer);
			this.#timer = setInterval(() => this.#ask(), period);
			this.#ask();
		});
		signal.socket.on('disconnect', () => clearInterval(this.#timer));
	}

	/** The gateway's time minus `performance.now()`, milliseconds; null before its first answer. */
	get offset(): number | null {
		return this.#offset;
	}

	#ask(): void {
		const samples: TimeSample[] = [];
		const one = async (left: number): Promise<void> => {
			const askedAt = performance.now();
			const { now } = await this.#signal.request<'time', { now: number }>('time', {});
			samples.push({ askedAt, answeredAt: performance.now(), now });
			this.#offset = clockOffset(samples);
			this.#first?.();
			if (left > 1) await one(left - 1);
		};
		// Without an answer the last one holds.
		one(questions).catch(() => undefined);
	}
}
