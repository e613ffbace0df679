import type { Quality, TileSize } from '@beilun/shared/protocol/media.ts';

/** A tile at the border between two sources or layers keeps what it has until it is this much beyond it. */
const margin = 1.15;
const assumed: TileSize = { width: 1280, height: 720 };

/** Which of a camera's sources suits the tile. `current` is what it has, null for a new tile; `size` null asks for the best. */
export function fitQuality(qualityFor: (size: TileSize | null) => Quality, size: TileSize | null, current: Quality | null): Quality {
	const fitting = qualityFor(size);
	if (size === null || current === null || fitting === current) return fitting;
	const factor = fitting === 'sub' ? margin : 1 / margin;
	return qualityFor({ width: size.width * factor, height: size.height * factor }) === fitting ? fitting : current;
}

export interface LayerChoice {
	/** How many spatial layers there are, each half as wide and high as the next. */
	layers: number;
	/** Null asks for the best. */
	tile: TileSize | null;
	/** Of the highest layer; null while it is not known. */
	picture: TileSize | null;
	/** What the tile has, null for a new one. */
	current: number | null;
}

/** The smallest spatial layer that fills the tile with a picture that is shown whole. */
export function fitLayer({ layers, tile, picture, current }: LayerChoice): number {
	const highest = Math.max(layers - 1, 0);
	if (tile === null) return highest;
	const { width, height } = picture ?? assumed;
	const scale = Math.min(tile.width / width, tile.height / height);
	const covering = (factor: number) => {
		for (let layer = 0; layer < highest; layer += 1) if (2 ** (layer - highest) >= scale * factor) return layer;
		return highest;
	};
	const fitting = covering(1);
	if (current === null || current > highest || fitting >= current) return fitting;
	return Math.min(covering(margin), current);
}
