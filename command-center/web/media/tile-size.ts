import type { TileSize } from '@beilun/shared/protocol/media.ts';
import { type RefObject, useEffect } from 'react';

/** The largest by area; null where no size is known. */
export function largest(sizes: Iterable<TileSize | null>): TileSize | null {
	let best: TileSize | null = null;
	for (const size of sizes) if (size !== null && (best === null || size.width * size.height > best.width * best.height)) best = size;
	return best;
}

/** A tenth more or less is worth telling the server. */
export function differs(told: TileSize | null, now: TileSize): boolean {
	if (told === null) return true;
	const ratio = (a: number, b: number) => Math.max(a / b, b / a);
	return ratio(told.width, now.width) > 1.1 || ratio(told.height, now.height) > 1.1;
}

/** In device pixels; null while it has no extent. */
export function sizeOf(element: Element | null): TileSize | null {
	if (element === null) return null;
	const { width, height } = element.getBoundingClientRect();
	const pixels = (length: number) => Math.min(16_384, Math.round(length * window.devicePixelRatio));
	return pixels(width) < 1 || pixels(height) < 1 ? null : { width: pixels(width), height: pixels(height) };
}

/** Calls `changed` a moment after the element has taken another size, or the screen another density. */
export function useResized(element: RefObject<Element | null>, changed: (size: TileSize) => void): void {
	useEffect(() => {
		if (element.current === null) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const soon = () => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				const size = sizeOf(element.current);
				if (size !== null) changed(size);
			}, 300);
		};
		const observer = new ResizeObserver(soon);
		observer.observe(element.current);
		window.addEventListener('resize', soon);
		return () => {
			clearTimeout(timer);
			observer.disconnect();
			window.removeEventListener('resize', soon);
		};
	}, [element, changed]);
}
