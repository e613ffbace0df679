import type { StreamClock } from '@beilun/shared/protocol/media.ts';

export interface SenderReport {
	/** Of the source's clock, milliseconds since 1970. */
	ntpMs: number;
	rtpTimestamp: number;
	/** Of our clock, milliseconds since 1970. */
	arrivedAt: number;
}

/** How long a smallest delay counts. */
const windowMs = 60_000;
const bucketMs = 5_000;
/** Between these a source's clock may differ from ours and still be the same: the rest is the way and the encoder. */
const earliestMs = -500;
const latestMs = 1_500;
/** The source's clock was set, or its timestamps began anew, where they go apart by more. */
const jumpMs = 1_000;
/** Without sender reports there is only one clock to watch: a picture that stops for a while is no jump. */
const silentJumpMs = 10_000;

/** The smallest of what was seen within the last minute, in steps of five seconds. */
class RecentSmallest {
	#buckets: { from: number; value: number }[] = [];

	add(value: number, now: number): void {
		const last = this.#buckets.at(-1);
		// Our own clock may be set back, too.
		if (last === undefined || now - last.from >= bucketMs || now < last.from) {
			this.#buckets = this.#buckets.filter((each) => each.from <= now && now - each.from < windowMs);
			this.#buckets.push({ from: now, value });
		} else if (value < last.value) last.value = value;
	}

	get value(): number | null {
		let smallest: number | null = null;
		for (const { value } of this.#buckets) if (smallest === null || value < smallest) smallest = value;
		return smallest;
	}

	clear(): void {
		this.#buckets = [];
	}
}

/**
 * When the pictures of one RTP source were taken, in our time. Sender reports tie RTP timestamps to the source's clock
 * (RFC 3550 §6.4.1), which may be wrong by any amount: where it agrees with ours about as well as a network and an encoder allow
 * it is believed, else the smallest delay of the last minute counts as none. No picture was ever taken after it came.
 */
export class CaptureClock {
	readonly #clockRate: number;
	readonly #smallest = new RecentSmallest();
	/** An RTP timestamp and the source's time of it; without sender reports a time that began at 0. */
	#reference: { rtpTimestamp: number; at: number } | null = null;
	#basis: StreamClock['basis'] = 'arrival';
	#newest: { rtpTimestamp: number; arrivedAt: number } | null = null;

	constructor(clockRate: number) {
		this.#clockRate = clockRate;
	}

	/** Whether the source's clock agrees with ours. */
	get agreement(): 'synchronised' | 'relative' | 'none' {
		const smallest = this.#smallest.value;
		if (this.#basis === 'arrival' || smallest === null) return 'none';
		return smallest >= earliestMs && smallest <= latestMs ? 'synchronised' : 'relative';
	}

	/** How long the newest frame was under way, milliseconds; null while the source tells no time. */
	get delayMs(): number | null {
		const newest = this.#newest;
		if (newest === null || this.#basis === 'arrival') return null;
		const captured = this.captureTime(newest.rtpTimestamp);
		return captured === null ? null : Math.max(newest.arrivedAt - captured, 0);
	}

	/** A sender report. */
	report({ ntpMs, rtpTimestamp, arrivedAt }: SenderReport): void {
		// Sources that have no clock send zero (RFC 3550 §6.4.1), and some a time since they were switched on, which is one too.
		if (!Number.isFinite(ntpMs) || ntpMs <= -2_208_988_800_000) return;
		const expected = this.#sourceTime(rtpTimestamp);
		const jumped = expected === null || this.#basis === 'arrival' || Math.abs(expected - ntpMs) > jumpMs;
		if (jumped) this.#smallest.clear();
		this.#reference = { rtpTimestamp, at: ntpMs };
		this.#basis = 'sender';
		this.#smallest.add(arrivedAt - ntpMs, arrivedAt);
	}

	/** The first packet of a frame. */
	packet(rtpTimestamp: number, arrivedAt: number): void {
		const before = this.#newest;
		this.#newest = { rtpTimestamp, arrivedAt };
		if (before !== null && this.#jumped(before, this.#newest)) {
			this.#reference = null;
			this.#smallest.clear();
		}
		if (this.#reference === null) {
			this.#reference = { rtpTimestamp, at: 0 };
			this.#basis = 'arrival';
		}
		const at = this.#sourceTime(rtpTimestamp) ?? 0;
		// The distance to the reference must stay far below what 32 bits can tell apart.
		if (Math.abs(rtpTimestamp - this.#reference.rtpTimestamp) > 2 ** 29) this.#reference = { rtpTimestamp, at };
		this.#smallest.add(arrivedAt - at, arrivedAt);
	}

	/** The source begins anew: what its timestamps meant is forgotten. */
	restart(): void {
		this.#reference = null;
		this.#basis = 'arrival';
		this.#newest = null;
		this.#smallest.clear();
	}

	/** In our time, milliseconds since 1970; null before anything came. */
	captureTime(rtpTimestamp: number): number | null {
		const at = this.#sourceTime(rtpTimestamp);
		const smallest = this.#smallest.value;
		if (at === null || smallest === null) return null;
		return at + (this.agreement === 'synchronised' ? Math.min(smallest, 0) : smallest);
	}

	/** One point of the clock, in the source's timestamps. */
	clock(): StreamClock | null {
		const rtpTimestamp = this.#newest?.rtpTimestamp ?? this.#reference?.rtpTimestamp;
		const captureTime = rtpTimestamp === undefined ? null : this.captureTime(rtpTimestamp);
		if (rtpTimestamp === undefined || captureTime === null) return null;
		return { rtpTimestamp, clockRate: this.#clockRate, captureTime, basis: this.#basis };
	}

	#sourceTime(rtpTimestamp: number): number | null {
		if (this.#reference === null) return null;
		return this.#reference.at + this.#milliseconds(this.#reference.rtpTimestamp, rtpTimestamp);
	}

	/** Timestamps wrap: the shorter way counts. */
	#milliseconds(from: number, to: number): number {
		return (((to - from) | 0) * 1000) / this.#clockRate;
	}

	#jumped(before: { rtpTimestamp: number; arrivedAt: number }, after: { rtpTimestamp: number; arrivedAt: number }): boolean {
		const passed = after.arrivedAt - before.arrivedAt;
		return Math.abs(this.#milliseconds(before.rtpTimestamp, after.rtpTimestamp) - passed) > silentJumpMs;
	}
}
