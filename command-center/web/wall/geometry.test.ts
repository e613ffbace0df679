import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Panel } from '@beilun/shared/protocol/walls.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fontPixels, gridArea, popUpArea, popUps } from './geometry.ts';
import { entryScript } from './use-fresh-page.ts';

const stream = (x: number, y: number, w = 3, h = 2): Panel => ({ kind: 'stream', streamId: `cam-${x}-${y}`, x, y, w, h });
const map: Panel = { kind: 'map', lon: 0, lat: 0, zoom: 9, x: 0, y: 0, w: 6, h: 4 };

test('letters are a 215th of the reading distance high, whatever the resolution', () => {
	// 3 m on a screen 1.2 m high: 13.95 mm, which are 12.6 of 1,080 pixels.
	const letters = (height: number) => fontPixels({ distance: 3, screenHeight: 1.2 }, height) * 0.72;
	expect(letters(1080)).toBeGreaterThanOrEqual(12.55);
	expect(letters(1080)).toBeLessThan(13.5);
	expect(letters(2160)).toBeGreaterThanOrEqual(25.1);
	expect(letters(2160)).toBeLessThan(26.5);
	expect(fontPixels({ distance: 0.1, screenHeight: 2 }, 1080)).toBe(14);
});

test('an alert takes the place of whole pictures and leaves map, list and clock', () => {
	const panels = [map, stream(6, 0), stream(6, 2), stream(0, 4), stream(3, 4), stream(6, 4), stream(0, 6), stream(3, 6), stream(6, 6)];
	const area = popUpArea({ columns: 12, rows: 8, panels: [...panels, { kind: 'alerts', x: 9, y: 0, w: 3, h: 8 }] });
	expect(area.w * area.h).toBeGreaterThanOrEqual(18);
	for (const panel of panels) {
		const wide = Math.min(area.x + area.w, panel.x + panel.w) - Math.max(area.x, panel.x);
		const high = Math.min(area.y + area.h, panel.y + panel.h) - Math.max(area.y, panel.y);
		if (wide > 0 && high > 0) expect([panel.kind, wide, high]).toEqual(['stream', panel.w, panel.h]);
	}
});

test('a wall without pictures gives its right half', () => {
	expect(popUpArea({ columns: 12, rows: 8, panels: [map] })).toEqual({ x: 6, y: 0, w: 6, h: 8 });
	expect(gridArea({ x: 6, y: 0, w: 6, h: 8 })).toEqual({ gridColumn: '7 / span 6', gridRow: '1 / span 8' });
});

test('an alert always finds a place within the wall', () => {
	const size = fc.integer({ min: 1, max: 12 });
	const panel = fc.record({ x: fc.nat(11), y: fc.nat(11), w: size, h: size }).map(({ x, y, w, h }) => stream(x, y, w, h));
	fc.assert(
		fc.property(size, size, fc.array(panel, { maxLength: 12 }), (columns, rows, panels) => {
			const { x, y, w, h } = popUpArea({ columns, rows, panels });
			expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
			expect(w * h).toBeGreaterThan(0);
			expect(x + w).toBeLessThanOrEqual(columns);
			expect(y + h).toBeLessThanOrEqual(rows);
		}),
		{ numRuns: 60 },
	);
});

test('alerts pop up by severity until they are acknowledged or cleared, the most severe and newest first', () => {
	const alert = (id: string, more: Partial<Alert>) =>
		({ id, severity: 'orange', state: 'active', acknowledged: false, raisedAt: '2026-01-01T00:00:00.000Z', ...more }) as Alert;
	const shown = popUps(
		[
			alert('yellow', { severity: 'yellow' }),
			alert('older', {}),
			alert('newer', { raisedAt: '2026-01-01T00:00:01.000Z' }),
			alert('red', { severity: 'red' }),
			alert('seen', { severity: 'red', acknowledged: true }),
			alert('over', { severity: 'red', state: 'cleared' }),
		],
		'orange',
	);
	expect(shown.map(({ id }) => id)).toEqual(['red', 'newer', 'older']);
});

test('another build of the page is known by its script', () => {
	expect(entryScript('<head><script type="module" crossorigin src="/assets/index-1.js"></script></head>')).toBe('/assets/index-1.js');
	expect(entryScript('<p>maintenance</p>')).toBeNull();
});
