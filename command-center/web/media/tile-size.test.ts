import { expect, test } from 'vitest';
import { differs, largest } from './tile-size.ts';

test('the largest tile of a stream decides', () => {
	const small = { width: 320, height: 180 };
	const large = { width: 960, height: 540 };
	expect(largest([small, null, large, small])).toBe(large);
	expect(largest([null])).toBeNull();
});

test('the server hears of another size, not of every pixel while a border is dragged', () => {
	const told = { width: 640, height: 360 };
	expect(differs(null, told)).toBe(true);
	expect(differs(told, { width: 650, height: 366 })).toBe(false);
	expect(differs(told, { width: 720, height: 360 })).toBe(true);
	expect(differs(told, { width: 640, height: 300 })).toBe(true);
});
