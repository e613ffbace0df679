/** China Standard Time is UTC+8 all year. */
const offset = 8 * 3_600_000;
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `YYYYMMDDhhmmss` or `YYYYMMDDhhmmsszzz` (DataTime, QN, SystemTime …) in milliseconds since the epoch, or NaN for what is no such
 * time: letters, 30 February, 25 o'clock.
 */
export function parseTime(text: string): number {
	if (text.length !== 14 && text.length !== 17) return Number.NaN;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x30 || code > 0x39) return Number.NaN;
	}
	const year = digits(text, 0, 4);
	const month = digits(text, 4, 2);
	const day = digits(text, 6, 2);
	const hour = digits(text, 8, 2);
	const minute = digits(text, 10, 2);
	const second = digits(text, 12, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
	const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
	if (day > (daysOf[month - 1] ?? 0) + leap) return Number.NaN;
	return Date.UTC(year, month - 1, day, hour, minute, second, text.length === 17 ? digits(text, 14, 3) : 0) - offset;
}

/** China Standard Time, 14 digits, or 17 with milliseconds (QN). */
export function formatTime(at: number, length: 14 | 17 = 14): string {
	return new Date(at + offset).toISOString().replace(/\D/g, '').slice(0, length);
}

function digits(text: string, from: number, count: number): number {
	let value = 0;
	for (let at = from; at < from + count; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30;
	return value;
}
