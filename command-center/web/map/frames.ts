import type { Map as MapLibre } from 'maplibre-gl';

/** Milliseconds between two frames that nobody is waiting for, and before the first of them. */
const gap = 2_000;
const settle = 300;
/** After a touch or a key the map answers at once for this long. */
const attentive = 1_500;

/**
 * Without graphics hardware one frame of the map takes a core for a sixth of a second, in which nothing else is painted. So readings,
 * positions and alerts share a frame every two seconds; while a person moves or touches something the map follows as ever.
 * Answers what undoes it.
 */
export function shareFrames(map: MapLibre): () => void {
	const draw = map.triggerRepaint.bind(map);
	let timer: ReturnType<typeof setTimeout> | undefined;
	let drawnAt = Number.NEGATIVE_INFINITY;
	let touchedAt = Number.NEGATIVE_INFINITY;
	let begun = false;
	const now = () => {
		clearTimeout(timer);
		timer = undefined;
		draw();
	};
	map.triggerRepaint = () => {
		if (!begun || map.isMoving() || performance.now() - touchedAt < attentive) now();
		else timer ??= setTimeout(now, Math.max(settle, drawnAt + gap - performance.now()));
	};
	const drawn = () => {
		drawnAt = performance.now();
	};
	const touched = () => {
		touchedAt = performance.now();
		if (timer !== undefined) now();
	};
	map.on('render', drawn);
	// The first pictures of the map need many frames.
	map.once('idle', () => {
		begun = true;
	});
	const gestures = ['pointerdown', 'wheel', 'keydown', 'resize'] as const;
	for (const gesture of gestures) window.addEventListener(gesture, touched, { passive: true, capture: true });
	return () => {
		clearTimeout(timer);
		for (const gesture of gestures) window.removeEventListener(gesture, touched, { capture: true });
	};
}
