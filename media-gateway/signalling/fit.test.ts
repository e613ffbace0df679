import type { Quality, TileSize } from '@beilun/shared/protocol/media.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLayer, fitQuality } from './fit.ts';

const camera = (size: TileSize | null): Quality => (size !== null && size.height <= 400 ? 'sub' : 'main');
const tile = (height: number): TileSize => ({ width: height * 2, height });

test('a new tile gets the source that suits it, and one of unknown size the best', () => {
	expect(fitQuality(camera, tile(400), null)).toBe('sub');
	expect(fitQuality(camera, tile(401), null)).toBe('main');
	expect(fitQuality(camera, null, 'sub')).toBe('main');
});

test('a tile at the border keeps its source until it is clearly beyond', () => {
	expect(fitQuality(camera, tile(390), 'main')).toBe('main');
	expect(fitQuality(camera, tile(340), 'main')).toBe('sub');
	expect(fitQuality(camera, tile(420), 'sub')).toBe('sub');
	expect(fitQuality(camera, tile(470), 'sub')).toBe('main');
});

test('whatever is chosen for a size is chosen again for the same size', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 16_384 }), fc.constantFrom<Quality>('main', 'sub'), (height, current) => {
			const first = fitQuality(camera, tile(height), current);
			expect(fitQuality(camera, tile(height), first)).toBe(first);
		}),
	);
});

test('the smallest layer that fills the tile is taken', () => {
	const choose = (size: TileSize | null, picture: TileSize | null = null) => fitLayer({ layers: 3, tile: size, picture, current: null });
	expect(choose({ width: 320, height: 180 })).toBe(0);
	expect(choose({ width: 321, height: 190 })).toBe(1);
	expect(choose({ width: 640, height: 360 })).toBe(1);
	expect(choose({ width: 1280, height: 720 })).toBe(2);
	expect(choose({ width: 4000, height: 3000 })).toBe(2);
	expect(choose(null)).toBe(2);
	// A picture taller than wide stands in the middle of a wide tile.
	expect(choose({ width: 1280, height: 360 }, { width: 720, height: 1280 })).toBe(1);
	expect(fitLayer({ layers: 1, tile: { width: 10, height: 10 }, picture: null, current: null })).toBe(0);
});

test('a tile whose size swings about a border by a few pixels changes its layer once at most', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 345, max: 375 }), { minLength: 2, maxLength: 40 }), (heights) => {
			const layers: number[] = [];
			for (const height of heights) {
				layers.push(fitLayer({ layers: 3, tile: { width: 9_999, height }, picture: null, current: layers.at(-1) ?? null }));
			}
			expect(layers.filter((layer, i) => i > 0 && layer !== layers[i - 1]).length).toBeLessThanOrEqual(1);
		}),
	);
});
