import { expect, test } from 'vitest';
import { isCovered, isSolid, probePoints } from './coverage.ts';

const panel = { holdsPoint: true, opaque: true };
const veil = { holdsPoint: true, opaque: false };
const backdrop = { holdsPoint: false, opaque: true };

test('a tile is covered when something opaque stands over each point of it', () => {
	expect(isCovered([[panel], [panel], [veil, panel], [panel], [panel]])).toBe(true);
	expect(isCovered([[panel], [panel], [panel], [panel], []])).toBe(false);
	expect(isCovered([])).toBe(false);
});

test('what one can see through, and the dark behind a dialog, cover nothing', () => {
	expect(isCovered([[veil], [veil], [veil], [veil], [veil]])).toBe(false);
	expect(isCovered([[backdrop], [panel], [panel], [panel], [panel]])).toBe(false);
});

test('the points lie within the tile', () => {
	for (const [x, y] of probePoints({ left: 100, top: 50, width: 200, height: 100 })) {
		expect(x).toBeGreaterThan(100);
		expect(x).toBeLessThan(300);
		expect(y).toBeGreaterThan(50);
		expect(y).toBeLessThan(150);
	}
});

test('colours as browsers compute them are told apart by what shines through', () => {
	for (const solid of ['rgb(26, 29, 33)', 'rgba(0, 0, 0, 1)', 'oklab(0.2 0 0)', 'color(srgb 0.1 0.1 0.1)', 'rgb(0 0 0 / 100%)'])
		expect([solid, isSolid(solid)]).toEqual([solid, true]);
	for (const clear of ['rgba(0, 0, 0, 0)', 'rgba(0, 0, 0, 0.65)', 'oklab(0.2 0 0 / 0.7)', 'transparent', 'color(srgb 0 0 0 / 50%)'])
		expect([clear, isSolid(clear)]).toEqual([clear, false]);
});
