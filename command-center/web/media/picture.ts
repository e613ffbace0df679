import type { StreamFailure, StreamState } from '@beilun/shared/protocol/media.ts';

/** Milliseconds. Within `lateAfter` the age of a picture is quiet; beyond `frozenAfter` it must not look live. */
const lateAfter = 1_000;
const frozenAfter = 3_000;

/** The frame that is on the screen. Times are those of `performance.now()`, in milliseconds. */
export interface Frame {
	presentedAt: number;
	/** From capture to the screen, where that is known. */
	delay: number;
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
	/** The server knows that it is wanted and says when it comes. */
	| { phase: 'waiting' }
	| { phase: 'starting' }
	| { phase: 'playing' }
	| { phase: 'refused'; reason: string; detail: string; nextTryAt: number };

/** Why there is no moving picture, most particular first; `live` and `late` where there is one. */
export type TileState =
	| { state: 'live' | 'late' }
	| { state: 'paused' | 'unknown' | 'idle' | 'ended' | 'signalling' | 'starting' | 'keyframe' | 'sound-only' }
	/** A still picture stands in until the live one joins it. */
	| { state: 'preview' }
	/** No new frame comes (`viewer`), or frames come with the same picture in them (`source`). `since`: the server's clock, for the latter. */
	| { state: 'frozen'; by: 'viewer' }
	| { state: 'frozen'; by: 'source'; since: number }
	| { state: 'connecting'; attempt: number }
	/** `nextTryAt` in milliseconds of the server's clock. */
	| { state: 'failed'; reason: StreamFailure; detail: string; nextTryAt: number }
	/** `nextTryAt` in milliseconds of `performance.now()`. */
	| { state: 'refused'; reason: string; detail: string; nextTryAt: number };

export interface TileInput {
	/** False while nobody can see the tile. */
	watching: boolean;
	/** Undefined: the server has told of no such stream. */
	status: StreamState | undefined;
	phase: WatchPhase;
	/** The moving picture's; null while there is none. */
	frame: Frame | null;
	/** Whether a still picture (a preview, or the last of before) stands in its place. */
	still: boolean;
	now: number;
}

/** The picture itself is the best witness: while frames arrive and change it is live, whatever was announced. */
export function tileState({ watching, status, phase, frame, still, now }: TileInput): TileState {
	if (!watching) return { state: status?.state === 'idle' ? 'idle' : 'paused' };
	const look = lookOf(frame === null ? null : pictureAge(frame, now));
	if (phase.phase === 'playing' && (look === 'clear' || look === 'late')) {
		if (status?.state === 'live' && status.frozenSince !== null) {
			return { state: 'frozen', by: 'source', since: Date.parse(status.frozenSince) };
		}
		return { state: look === 'clear' ? 'live' : 'late' };
	}
	if (phase.phase === 'signalling') return { state: 'signalling' };
	if (status?.state === 'ended') return { state: 'ended' };
	if (status?.state === 'failed') {
		return { state: 'failed', reason: status.reason, detail: status.detail, nextTryAt: Date.parse(status.nextTryAt) };
	}
	if (phase.phase === 'refused') {
		if (phase.reason === 'not-found' && status === undefined) return { state: 'unknown' };
		return { state: 'refused', reason: phase.reason, detail: phase.detail, nextTryAt: phase.nextTryAt };
	}
	if (frame !== null && phase.phase === 'playing' && status?.state !== 'connecting') return { state: 'frozen', by: 'viewer' };
	// The first attempt is the ordinary way in; further ones are worth a word.
	if (status?.state === 'connecting' && (!still || status.attempt > 1)) return { state: 'connecting', attempt: status.attempt };
	if (still) return { state: 'preview' };
	if (phase.phase !== 'playing') return { state: 'starting' };
	return { state: status?.state === 'live' && status.video === null && status.audio !== null ? 'sound-only' : 'keyframe' };
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

/** As people write it: `H.264`, `G.711A`. */
export function codecName(codec: string): string {
	const names: Record<string, string> = {
		H264: 'H.264',
		H265: 'H.265',
		PCMA: 'G.711A',
		PCMU: 'G.711µ',
		OPUS: 'Opus',
		JPEG: 'MJPEG',
		'MPEG4-GENERIC': 'AAC',
		'MP4A-LATM': 'AAC',
		'MP4V-ES': 'MPEG-4',
	};
	return names[codec.toUpperCase()] ?? codec;
}
