import type { StreamFailure, StreamState } from '@beilun/shared/protocol/media.ts';

/** Milliseconds. Within `lateAfter` the age of a picture is quiet; beyond `frozenAfter` it must not look live. */
const lateAfter = 1_000;
const frozenAfter = 3_000;

/** The frame that is on the screen. Times are those of `performance.now()`, in milliseconds. */
export interface Frame {
	presentedAt: number;
	/** From capture to the screen, where the browser can tell. */
	delay: number;
}

/**
 * How long the frame had travelled when it was shown. A capture time that lies in the future or half a minute back comes from a
 * clock that cannot be believed, and says nothing.
 */
export function frameDelay(presentedAt: number, captureTime: number | undefined): number {
	if (captureTime === undefined) return 0;
	const delay = presentedAt - captureTime;
	return delay > 0 && delay < 30_000 ? delay : 0;
}

/** Milliseconds since what is on the screen was true. */
export function pictureAge(frame: Frame, now: number): number {
	return Math.max(0, now - frame.presentedAt) + frame.delay;
}

/** `late` shows its age in amber; `stale` is greyed and hatched; `empty` never had a picture. */
export type Look = 'clear' | 'late' | 'stale' | 'empty';

export function lookOf(age: number | null): Look {
	if (age === null) return 'empty';
	if (age <= lateAfter) return 'clear';
	return age <= frozenAfter ? 'late' : 'stale';
}

/** What the media client says about a watched stream. */
export type WatchPhase =
	| { phase: 'signalling' }
	| { phase: 'waiting' }
	| { phase: 'starting' }
	| { phase: 'playing' }
	| { phase: 'refused'; reason: string; detail: string; nextTryAt: number };

/** Why there is no moving picture, most particular first; `live` and `late` where there is one. */
export type TileState =
	| { state: 'live' | 'late' }
	| { state: 'paused' | 'unknown' | 'idle' | 'ended' | 'signalling' | 'starting' | 'keyframe' | 'sound-only' }
	| { state: 'frozen' }
	| { state: 'connecting'; attempt: number }
	/** `nextTryAt` in milliseconds of the server's clock. */
	| { state: 'failed'; reason: StreamFailure; detail: string; nextTryAt: number }
	/** `nextTryAt` in milliseconds of `performance.now()`. */
	| { state: 'refused'; reason: string; detail: string; nextTryAt: number };

export interface TileInput {
	/** False while the tile is off the screen or the page hidden. */
	watching: boolean;
	/** Undefined: the server knows no such stream. */
	status: StreamState | undefined;
	phase: WatchPhase;
	frame: Frame | null;
	now: number;
}

/** The picture itself is the best witness: while frames arrive it is live, whatever was announced. */
export function tileState({ watching, status, phase, frame, now }: TileInput): TileState {
	if (!watching) return { state: 'paused' };
	const look = lookOf(frame === null ? null : pictureAge(frame, now));
	if (phase.phase === 'playing' && look === 'clear') return { state: 'live' };
	if (phase.phase === 'playing' && look === 'late') return { state: 'late' };
	if (phase.phase === 'signalling') return { state: 'signalling' };
	if (status === undefined) return { state: 'unknown' };
	switch (status.state) {
		case 'idle':
			return { state: 'idle' };
		case 'ended':
			return { state: 'ended' };
		case 'connecting':
			return { state: 'connecting', attempt: status.attempt };
		case 'failed':
			return { state: 'failed', reason: status.reason, detail: status.detail, nextTryAt: Date.parse(status.nextTryAt) };
		case 'live':
			break;
		default:
			return status satisfies never;
	}
	if (phase.phase === 'refused') return { state: 'refused', reason: phase.reason, detail: phase.detail, nextTryAt: phase.nextTryAt };
	if (phase.phase !== 'playing') return { state: 'starting' };
	if (status.video === null && status.audio !== null) return { state: 'sound-only' };
	return frame === null ? { state: 'keyframe' } : { state: 'frozen' };
}

/** Seconds until the next try, 0 when it is due. */
export function secondsUntil(at: number, now: number): number {
	return Math.max(0, Math.ceil((at - now) / 1000));
}

/** Milliseconds to wait before try number `attempt` (from 1): doubling from half a second to ten, spread by `random` (0 to 1). */
export function backoff(attempt: number, random: number): number {
	const full = Math.min(10_000, 500 * 2 ** Math.min(attempt - 1, 10));
	return full * (0.7 + 0.3 * random);
}
