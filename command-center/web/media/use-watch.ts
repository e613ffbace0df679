import { useEffect, useRef, useState } from 'react';
import { entitiesOf, useRealtime } from '../realtime/store.ts';
import { mediaClient, type StreamSource, type Watched } from './client.ts';

/** Streams as the realtime store knows them. */
const source: StreamSource = {
	isLive: (streamId) => entitiesOf('streams')[streamId]?.status.state === 'live',
	onChange: (listener) =>
		useRealtime.subscribe((now, before) => {
			if (now.held.streams.entities !== before.held.streams.entities) listener();
		}),
};

export function client() {
	return mediaClient(source);
}

const nothing: Watched = { phase: { phase: 'signalling' }, media: null };

/** Watches a stream while `wanted`. `releasing` is called while the last picture can still be copied. */
export function useWatch(streamId: string, wanted: boolean, releasing: () => void): Watched {
	const [watched, setWatched] = useState<Watched>(nothing);
	const onRelease = useRef(releasing);
	useEffect(() => {
		onRelease.current = releasing;
	}, [releasing]);
	useEffect(() => {
		if (!wanted) return;
		const update = () => setWatched(client().watched(streamId) ?? nothing);
		const stop = client().watch(streamId, { changed: update, releasing: () => onRelease.current() });
		update();
		return () => {
			onRelease.current();
			stop();
			setWatched(nothing);
		};
	}, [streamId, wanted]);
	return watched;
}

/** True while any of the element can be seen, and for a moment after: a quick scroll does not drop the picture. */
export function useOnScreen(element: React.RefObject<HTMLElement | null>, keep: boolean): boolean {
	const [onScreen, setOnScreen] = useState(false);
	const [pageShown, setPageShown] = useState(() => document.visibilityState === 'visible');
	useEffect(() => {
		if (element.current === null) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const observer = new IntersectionObserver(
			(entries) => {
				clearTimeout(timer);
				if (entries.some((entry) => entry.isIntersecting)) setOnScreen(true);
				else timer = setTimeout(() => setOnScreen(false), 1_000);
			},
			{ rootMargin: '64px' },
		);
		observer.observe(element.current);
		return () => {
			clearTimeout(timer);
			observer.disconnect();
		};
	}, [element]);
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const change = () => {
			clearTimeout(timer);
			if (document.visibilityState === 'visible') setPageShown(true);
			else timer = setTimeout(() => setPageShown(false), 5_000);
		};
		document.addEventListener('visibilitychange', change);
		return () => {
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', change);
		};
	}, []);
	return onScreen && (pageShown || keep);
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** A first picture should not wait for the next quarter of a second. */
export function tickNow(): void {
	for (const each of listeners) each();
}

/** Calls `listener` four times a second; all tiles share the timer. */
export function onTick(listener: () => void): () => void {
	listeners.add(listener);
	timer ??= setInterval(tickNow, 250);
	return () => {
		listeners.delete(listener);
		if (listeners.size > 0) return;
		clearInterval(timer);
		timer = undefined;
	};
}
