import { expect, test } from 'vitest';
import {
	formatAge,
	formatCoordinates,
	formatDistance,
	formatElapsed,
	formatMoment,
	formatNumber,
	formatTime,
	formatValue,
	unitSymbol,
} from './format.ts';

test('UCUM codes become the symbols people read', () => {
	const pairs = [
		['%{LEL}', '%LEL'],
		['Cel', '°C'],
		['m3/s', 'm³/s'],
		['ug/m3', 'µg/m³'],
		['[ppm]', 'ppm'],
		['mm/h', 'mm/h'],
		['dB[SPL]', 'dB'],
		['1', ''],
		['{people}', 'people'],
		['kPa', 'kPa'],
	];
	expect(pairs.map(([code]) => [code, unitSymbol(code ?? '')])).toEqual(pairs);
});

test('numbers carry separators, their decimals and a true minus sign', () => {
	expect(formatNumber(12_345.678, 1)).toBe('12,345.7');
	expect(formatNumber(-0.25, 2)).toBe('−0.25');
	expect(formatNumber(-0.01, 1)).toBe('0.0');
	expect(formatNumber(Number.NaN, 1)).toBe('—');
});

test('a value and its unit never part', () => {
	expect(formatValue(18, 0, '%{LEL}')).toBe('18\u202f%LEL');
	expect(formatValue(270, 0, 'deg')).toBe('270°');
	expect(formatValue(7.25, 2, '1')).toBe('7.25');
});

test('an age has two steps at most', () => {
	expect(formatAge(5_400, 'en')).toBe('5 s');
	expect(formatAge(131_000, 'zh')).toBe('2 分 11 秒');
	expect(formatAge(3_900_000, 'en')).toBe('1 h 05 min');
	expect(formatAge(90_000_000, 'zh')).toBe('1 天 1 小时');
	expect(formatAge(-20, 'en')).toBe('0 s');
});

test('a stopwatch shows hours only when there are any', () => {
	expect(formatElapsed(131_000)).toBe('02:11');
	expect(formatElapsed(3_731_000)).toBe('1:02:11');
	expect(formatElapsed(-5)).toBe('00:00');
});

test('a moment of another day shows its date', () => {
	const now = new Date(2026, 10, 24, 0, 5).getTime();
	expect(formatTime(now)).toBe('00:05:00');
	expect(formatMoment(now - 60_000, now)).toBe('00:04:00');
	expect(formatMoment(now - 600_000, now)).toBe('2026-11-23 23:55:00');
});

test('places and distances are written as people pass them on', () => {
	expect(formatCoordinates({ lon: 121.884, lat: 29.9021 })).toBe('29.90210° N, 121.88400° E');
	expect(formatDistance(84.4)).toBe('84\u202fm');
	expect(formatDistance(847)).toBe('850\u202fm');
	expect(formatDistance(1_240)).toBe('1.2\u202fkm');
	expect(formatDistance(12_400)).toBe('12\u202fkm');
});
