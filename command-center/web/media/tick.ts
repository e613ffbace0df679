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
