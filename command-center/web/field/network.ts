/**
 * Milliseconds before reconnection `attempt` (from 1): n² × 300 up to 7 s, and beyond the first try up to a second of chance, so that
 * a hundred phones of one cell do not come back in the same moment. `random` from 0 to 1. As LiveKit's clients do.
 */
export function reconnectPause(attempt: number, random: number): number {
	const pause = Math.min(7_000, attempt ** 2 * 300);
	return attempt <= 1 ? pause : pause + random * 1_000;
}

/** Calls `listener` when the page is seen again, after a locked screen, a call or another app. Returns what ends it. */
export function onSeen(listener: () => void): () => void {
	const change = () => {
		if (document.visibilityState === 'visible') listener();
	};
	document.addEventListener('visibilitychange', change);
	return () => document.removeEventListener('visibilitychange', change);
}
