import type { Stream } from '@beilun/shared/protocol/media.ts';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { serverNow } from '../realtime/store.ts';
import { type Look, lookOf, pictureAge, secondsUntil, type TileState, tileState, type WatchPhase } from './picture.ts';
import type { Stage } from './stage.ts';
import { onTick } from './tick.ts';
import { client } from './use-watch.ts';

/** What is drawn: changes a few times a minute while all is well, once a second while something counts. */
export interface View {
	tile: TileState;
	/** Whole seconds since the picture was true, where that is to be shown large; null where there never was one. */
	stoppedFor: number | null;
	look: Look;
	retryIn: number | null;
	/** The picture is the live one; otherwise it is a still: a preview, or the last of before. */
	own: boolean;
}

export interface ViewInput {
	streamId: string;
	stream: Stream | undefined;
	phase: WatchPhase;
	media: MediaStream | null;
	/** Whether somebody can see the tile; null while that is not known yet. */
	seen: boolean | null;
	stage: Stage;
	/** When the still picture was true, by `performance.now()`; null where there is none. */
	stillAt: RefObject<number | null>;
	figure: RefObject<HTMLElement | null>;
	ageLabel: RefObject<HTMLSpanElement | null>;
	ageText: (seconds: string, preview: boolean) => string;
}

/** Milliseconds without a frame after which it is asked for anew. */
const nudgeAfter = 8_000;

const blank: View = { tile: { state: 'signalling' }, stoppedFor: null, look: 'empty', retryIn: null, own: false };

/** Looks at the picture four times a second and renders only when what is said about it changes. */
export function useView(input: ViewInput): View {
	const { streamId, stream, phase, media, seen, stage, stillAt, figure, ageLabel, ageText } = input;
	const [view, setView] = useState(blank);
	const mountedAt = useRef(performance.now());
	/** Since when a frame of this media may be expected. */
	const expectedFrom = useRef({ media, at: 0 });
	useEffect(() => {
		let shown = '';
		let labelled = 0;
		let told = 0;
		const tick = () => {
			const now = performance.now();
			const { frame } = stage;
			const own = frame !== null;
			const tile = tileState({ watching: seen !== false, status: stream?.status, phase, frame, still: stillAt.current !== null, now });
			const age = ageShown(tile, own ? pictureAge(frame, now) : stillAt.current === null ? null : Math.max(0, now - stillAt.current));
			const moving = tile.state === 'live' || tile.state === 'late';
			// A picture that is not being received may be young, but it must not look live.
			const look = age === null ? 'empty' : moving || tile.state === 'preview' ? lookOf(age) : 'stale';
			if (tile.state === 'live') client().moving(streamId);
			if (phase.phase === 'playing' && (tile.state === 'preview' || tile.state === 'keyframe')) client().refreshPreview(streamId);
			// While the page is hidden the browser shows no frames, which is nobody's failure.
			if (expectedFrom.current.media !== media || document.hidden) expectedFrom.current = { media, at: now };
			if (now - Math.max(expectedFrom.current.at, frame?.presentedAt ?? 0) > nudgeAfter) nudge(streamId, tile);
			const retryIn =
				tile.state === 'failed' ? secondsUntil(tile.nextTryAt, serverNow()) : tile.state === 'refused' ? secondsUntil(tile.nextTryAt, now) : null;
			if (figure.current !== null) {
				if (age === null) delete figure.current.dataset.pictureAge;
				else figure.current.dataset.pictureAge = String(Math.round(age));
				if (own) {
					const since = String(Math.round(frame.presentedAt - mountedAt.current));
					figure.current.dataset.firstPictureMs ??= since;
					figure.current.dataset.firstLiveMs ??= since;
				}
			}
			const counted = look === 'clear' || look === 'late';
			// Quiet ages are told once a second, amber ones and those of a new picture at once.
			if (ageLabel.current !== null && counted && age !== null && (look === 'late' || (!own && age < told) || now - labelled > 900)) {
				ageLabel.current.textContent = ageText((age / 1000).toFixed(1), tile.state === 'preview');
				labelled = now;
				told = age;
			}
			const next: View = { tile, look, stoppedFor: age === null || counted ? null : Math.floor(age / 1000), retryIn, own };
			const key = JSON.stringify(next, (field, value: unknown) => (field === 'nextTryAt' ? undefined : value));
			if (key === shown) return;
			shown = key;
			labelled = 0;
			setView(next);
		};
		tick();
		return onTick(tick);
	}, [streamId, stream, phase, media, seen, stage, stillAt, figure, ageLabel, ageText]);

	return view;
}

/** A picture that is sent again and again is as old as when it last changed. */
function ageShown(tile: TileState, age: number | null): number | null {
	if (tile.state !== 'frozen' || tile.by !== 'source') return age;
	return Math.max(age ?? 0, serverNow() - tile.since);
}

/** What the gateway holds to be live and does not arrive is asked for anew. A camera that hangs sends no better picture for that. */
function nudge(streamId: string, tile: TileState): void {
	if ((tile.state === 'frozen' && tile.by === 'viewer') || tile.state === 'keyframe' || tile.state === 'preview') client().nudge(streamId);
}
