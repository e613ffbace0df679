import type { Language } from './i18n/index.ts';

const symbols: Record<string, string> = {
	Cel: '°C',
	deg: '°',
	'1': '',
	'[ppm]': 'ppm',
	'[ppb]': 'ppb',
	'[pH]': 'pH',
	'dB[SPL]': 'dB',
	'B[SPL]': 'B',
	'[degF]': '°F',
	'm[H2O]': 'mH₂O',
};

/** What people read for a UCUM code: `m3/s` → `m³/s`, `%{LEL}` → `%LEL`, `Cel` → `°C`. */
export function unitSymbol(ucum: string): string {
	const known = symbols[ucum];
	if (known !== undefined) return known;
	return ucum
		.replace(/\[ppm\]/g, 'ppm')
		.replace(/\[ppb\]/g, 'ppb')
		.replace(/Cel/g, '°C')
		.replace(/\{#\}/g, '')
		.replace(/\{([^}]*)\}/g, '$1')
		.replace(/\bu(?=[a-zA-Z])/g, 'µ')
		.replace(/(?<=[a-zA-Z])2\b/g, '²')
		.replace(/(?<=[a-zA-Z])3\b/g, '³')
		.replace(/\./g, '·');
}

const numberFormats = new Map<number, Intl.NumberFormat>();

/** A number with thousands separators and this many decimals, a real minus sign, the same in both languages. */
export function formatNumber(value: number, decimals: number): string {
	if (!Number.isFinite(value)) return '—';
	let format = numberFormats.get(decimals);
	if (format === undefined) {
		format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'negative' });
		numberFormats.set(decimals, format);
	}
	return format.format(value).replace('-', '−');
}

/** A reading with its unit; a thin space between them except before % and °. */
export function formatValue(value: number, decimals: number, ucum: string): string {
	const unit = unitSymbol(ucum);
	if (unit === '') return formatNumber(value, decimals);
	const gap = unit === '°' ? '' : '\u202f';
	return `${formatNumber(value, decimals)}${gap}${unit}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day with seconds. */
export function formatTime(at: string | number | Date): string {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local date. */
export function formatDate(at: string | number | Date): string {
	const date = new Date(at);
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Local time with seconds, the date before it when it is not the day of `now`. */
export function formatMoment(at: string | number | Date, now: number): string {
	const date = new Date(at);
	const sameDay = date.toDateString() === new Date(now).toDateString();
	return sameDay ? formatTime(date) : `${formatDate(date)} ${formatTime(date)}`;
}

/** How long, in words: two steps at most (`2 h 05 min`). Negative ages, which clocks produce, read as zero. */
export function formatAge(milliseconds: number, language: Language): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const names = language === 'zh' ? { s: ' 秒', min: ' 分', h: ' 小时', d: ' 天' } : { s: ' s', min: ' min', h: ' h', d: ' d' };
	if (seconds < 60) return `${seconds}${names.s}`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 10) return `${minutes}${names.min} ${two(seconds % 60)}${names.s}`;
	if (minutes < 60) return `${minutes}${names.min}`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24) return `${hours}${names.h} ${two(minutes % 60)}${names.min}`;
	return `${Math.floor(hours / 24)}${names.d} ${hours % 24}${names.h}`;
}

/** A stopwatch: `02:11`, `1:02:11`, for columns where ages stand under each other. */
export function formatElapsed(milliseconds: number): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const hours = Math.floor(seconds / 3600);
	const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
	return hours > 0 ? `${hours}:${rest}` : rest;
}

/** WGS-84 degrees with five decimals (about a metre), as `lat, lon` for copying into other maps. */
export function formatCoordinates(place: { lon: number; lat: number }): string {
	const side = (value: number, positive: string, negative: string) => `${Math.abs(value).toFixed(5)}° ${value >= 0 ? positive : negative}`;
	return `${side(place.lat, 'N', 'S')}, ${side(place.lon, 'E', 'W')}`;
}

/** Metres below a kilometre, then kilometres with two significant digits or more. */
export function formatDistance(metres: number): string {
	if (metres < 1000) return `${formatNumber(metres < 100 ? metres : Math.round(metres / 10) * 10, 0)}\u202fm`;
	return `${formatNumber(metres / 1000, metres < 10_000 ? 1 : 0)}\u202fkm`;
}
