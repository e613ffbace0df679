import fc from 'fast-check';
import { expect, test } from 'vitest';
import { circle, graticule, lengthOf, metresBetween, pointFrom } from './geometry.ts';

const beilun = { lon: 121.85, lat: 29.9 };

test('one minute of latitude is a nautical mile', () => {
	expect(metresBetween(beilun, { lon: 121.85, lat: 29.9 + 1 / 60 })).toBeCloseTo(1853.2, 0);
});

test('a point set off by bearing and distance lies that far away', () => {
	fc.assert(
		fc.property(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 1, max: 100_000, noNaN: true }), (bearing, metres) => {
			expect(metresBetween(beilun, pointFrom(beilun, bearing, metres))).toBeCloseTo(metres, 2);
		}),
	);
	expect(pointFrom(beilun, 90, 1000).lon).toBeGreaterThan(beilun.lon);
	expect(pointFrom(beilun, 0, 1000).lat).toBeGreaterThan(beilun.lat);
});

test('a circle is closed', () => {
	const ring = circle(beilun, 500, 8);
	expect(ring).toHaveLength(9);
	expect(ring[0]).toEqual(ring[8]);
});

test('a line of one point has no length', () => {
	expect(lengthOf([beilun])).toBe(0);
	expect(lengthOf([beilun, pointFrom(beilun, 10, 700), beilun])).toBeCloseTo(1400, 3);
});

test('the graticule labels its lines', () => {
	const lines = graticule({ west: 121.6, south: 29.7, east: 121.85, north: 29.9 }, 0.1);
	expect(lines.map((line) => line.properties.label)).toEqual(['121.6°E', '121.7°E', '121.8°E', '29.7°N', '29.8°N', '29.9°N']);
});
