/** What stands at a point of a tile, topmost first, as far down as the tile itself. */
export interface Above {
	/** Its box holds the point. The backdrop of a dialog is hit in the dialog's name, outside of its box. */
	holdsPoint: boolean;
	/** Nothing shines through it. */
	opaque: boolean;
}

/** Covered: something opaque stands over the middle and over each of the corners, not necessarily the same thing. */
export function isCovered(points: readonly (readonly Above[])[]): boolean {
	return points.length > 0 && points.every((above) => above.some((each) => each.holdsPoint && each.opaque));
}

/** The middle and four points a little within the corners. */
export function probePoints({ left, top, width, height }: Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>): [number, number][] {
	const at = (x: number, y: number): [number, number] => [left + width * x, top + height * y];
	return [at(0.5, 0.5), at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)];
}

/** Looks from above: what covers the tile that is not part of it. */
export function coveredNow(tile: Element): boolean {
	const full = document.fullscreenElement;
	if (full !== null && !full.contains(tile) && !tile.contains(full)) return true;
	return isCovered(probePoints(tile.getBoundingClientRect()).map(([x, y]) => aboveAt(tile, x, y)));
}

function aboveAt(tile: Element, x: number, y: number): Above[] {
	const above: Above[] = [];
	for (const element of document.elementsFromPoint(x, y)) {
		if (tile.contains(element) || element.contains(tile)) break;
		const { left, right, top, bottom } = element.getBoundingClientRect();
		above.push({ holdsPoint: x >= left && x <= right && y >= top && y <= bottom, opaque: isOpaque(element) });
	}
	return above;
}

function isOpaque(element: Element): boolean {
	if (!isSolid(getComputedStyle(element).backgroundColor) && !(element instanceof HTMLVideoElement)) return false;
	for (let each: Element | null = element; each !== null; each = each.parentElement) {
		if (Number(getComputedStyle(each).opacity) < 1) return false;
	}
	return true;
}

/** Of a computed colour: `rgb(1, 2, 3)` is solid, `rgba(1, 2, 3, 0.5)`, `oklab(0.2 0 0 / 0.5)` and `transparent` are not. */
export function isSolid(colour: string): boolean {
	if (colour === 'transparent') return false;
	const alpha = /(?:^rgba\(.*,|\/)\s*([\d.]+%?)\s*\)$/.exec(colour)?.[1];
	if (alpha === undefined) return true;
	return (alpha.endsWith('%') ? Number.parseFloat(alpha) / 100 : Number(alpha)) >= 0.99;
}
