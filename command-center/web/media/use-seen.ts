import { type RefObject, useEffect, useState } from 'react';
import { coveredNow } from './coverage.ts';
import { onTick } from './tick.ts';

/** Milliseconds. Out of sight for this long, a tile is paused: a quick scroll does not drop the picture. */
const patience = 1_000;
const hiddenPatience = 5_000;

/**
 * True while any of the element can be seen, and for a moment after; null before it has been looked at. With `keep` (its sound is
 * heard) being in view is enough.
 */
export function useSeen(element: RefObject<HTMLElement | null>, keep: boolean): boolean | null {
	const onScreen = useOnScreen(element);
	const pageShown = usePageShown();
	const covered = useCovered(element, onScreen === true && pageShown);
	return onScreen && (keep || (pageShown && !covered));
}

function useOnScreen(element: RefObject<HTMLElement | null>): boolean | null {
	const [onScreen, setOnScreen] = useState<boolean | null>(null);
	useEffect(() => {
		if (element.current === null) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const observer = new IntersectionObserver(
			(entries) => {
				clearTimeout(timer);
				if (entries.at(-1)?.isIntersecting) setOnScreen(true);
				else timer = setTimeout(() => setOnScreen(false), patience);
			},
			{ rootMargin: '64px' },
		);
		observer.observe(element.current);
		return () => {
			clearTimeout(timer);
			observer.disconnect();
		};
	}, [element]);
	return onScreen;
}

function usePageShown(): boolean {
	const [shown, setShown] = useState(() => document.visibilityState === 'visible');
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const change = () => {
			clearTimeout(timer);
			if (document.visibilityState === 'visible') setShown(true);
			else timer = setTimeout(() => setShown(false), hiddenPatience);
		};
		document.addEventListener('visibilitychange', change);
		return () => {
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', change);
		};
	}, []);
	return shown;
}

/** Looked at once a second, and four times a second while it is covered, so that it is back at once. */
function useCovered(element: RefObject<HTMLElement | null>, looking: boolean): boolean {
	const [covered, setCovered] = useState(false);
	useEffect(() => {
		if (!looking) return;
		let since: number | null = null;
		let lookedAt = Number.NEGATIVE_INFINITY;
		const look = () => {
			const now = performance.now();
			if (element.current === null || (since === null && now - lookedAt < 1_000)) return;
			lookedAt = now;
			if (!coveredNow(element.current)) {
				since = null;
				setCovered(false);
				return;
			}
			since ??= now;
			if (now - since >= patience) setCovered(true);
		};
		const stop = onTick(look);
		document.addEventListener('fullscreenchange', look);
		return () => {
			stop();
			document.removeEventListener('fullscreenchange', look);
			setCovered(false);
		};
	}, [element, looking]);
	return covered;
}
