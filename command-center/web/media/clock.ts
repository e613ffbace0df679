import type { StreamClock } from '@beilun/shared/protocol/media.ts';

/** A clock that puts a frame further than this from its arrival says nothing, milliseconds. */
const believable = 10_000;

/** One question for the gateway's time. Ours are those of `performance.now()`, milliseconds. */
export interface TimeSample {
	askedAt: number;
	answeredAt: number;
	/** The gateway's clock, milliseconds since the epoch. */
	now: number;
}

/** The gateway's clock minus ours, from the question that travelled shortest; null without any. */
export function clockOffset(samples: readonly TimeSample[]): number | null {
	let best: TimeSample | null = null;
	for (const sample of samples) {
		if (best === null || sample.answeredAt - sample.askedAt < best.answeredAt - best.askedAt) best = sample;
	}
	return best === null ? null : best.now - (best.askedAt + best.answeredAt) / 2;
}

/** When the frame of an RTP timestamp was captured, by this clock: the moment nearest to the clock's own reading. */
export function captureTimeOf(rtpTimestamp: number, clock: StreamClock): number {
	// `| 0` takes the difference modulo 2³² to its nearest, ±2³¹.
	const ticks = (rtpTimestamp - clock.rtpTimestamp) | 0;
	return clock.captureTime + (ticks / clock.clockRate) * 1000;
}

/**
 * When a frame was captured, milliseconds of the gateway's clock. Of several clocks (a phone's layers have one each) the one counts
 * that puts the frame nearest to its arrival. Null where none is near.
 */
export function frameCaptureTime(rtpTimestamp: number, clocks: readonly StreamClock[], arrivedAt: number): number | null {
	let best: number | null = null;
	for (const clock of clocks) {
		const captured = captureTimeOf(rtpTimestamp, clock);
		if (best === null || Math.abs(arrivedAt - captured) < Math.abs(arrivedAt - best)) best = captured;
	}
	return best !== null && Math.abs(arrivedAt - best) <= believable ? best : null;
}

/** What the browser tells of a frame on the screen; times of `performance.now()`. */
export interface FrameTimes {
	presentedAt: number;
	receiveTime?: number | undefined;
	captureTime?: number | undefined;
	rtpTimestamp?: number | undefined;
}

/**
 * How long a frame had travelled when it was shown, milliseconds. By the stream's clock where there is one; otherwise as the browser
 * estimates it, and at least since it arrived. A capture time in the future or half a minute back is not believed.
 */
export function frameDelay(times: FrameTimes, clocks: readonly StreamClock[], offset: number | null): number {
	const { presentedAt, receiveTime, captureTime, rtpTimestamp } = times;
	if (rtpTimestamp !== undefined && offset !== null) {
		const captured = frameCaptureTime(rtpTimestamp, clocks, (receiveTime ?? presentedAt) + offset);
		if (captured !== null) return Math.max(0, presentedAt + offset - captured);
	}
	for (const from of [captureTime, receiveTime]) {
		if (from === undefined) continue;
		const delay = presentedAt - from;
		if (delay > 0 && delay < 30_000) return delay;
	}
	return 0;
}
