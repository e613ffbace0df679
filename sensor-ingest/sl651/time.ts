/** China Standard Time is UTC+8 all year. */
const offset = 8 * 3_600_000;
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YY MM DD hh mm ss`, or without seconds, as two decimal digits each in `parts`; milliseconds since the epoch, NaN for no such time. */
function instant(parts: (at: number) => number, count: 5 | 6): number {
	const year = parts(0);
	const month = parts(1);
	const day = parts(2);
	const hour = parts(3);
	const minute = parts(4);
	const second = count === 6 ? parts(5) : 0;
	// Written so that a part that is no number (-1) fails as well.
	if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour >= 0 && hour <= 23)) return Number.NaN;
	if (!(minute >= 0 && minute <= 59 && second >= 0 && second <= 59)) return Number.NaN;
	// 2000 to 2099: every fourth year is a leap year.
	if (day > (daysOf[month - 1] ?? 0) + (month === 2 && year % 4 === 0 ? 1 : 0)) return Number.NaN;
	return Date.UTC(2000 + year, month - 1, day, hour, minute, second) - offset;
}

/** Two packed decimal digits, or -1. */
export function bcdByte(byte: number): number {
	const high = byte >> 4;
	const low = byte & 0x0f;
	return high > 9 || low > 9 ? -1 : high * 10 + low;
}

/** Packed BCD: 6 bytes with seconds (sending time), 5 without (observation time). */
export function bcdTime(bytes: Uint8Array, at: number, count: 5 | 6): number {
	return instant((part) => bcdByte(bytes[at + part] ?? 0xff), count);
}

/** The same in characters: 12 or 10 digits. */
export function textTime(bytes: Uint8Array, at: number, count: 5 | 6): number {
	return instant((part) => {
		const high = (bytes[at + 2 * part] ?? 0) - 0x30;
		const low = (bytes[at + 2 * part + 1] ?? 0) - 0x30;
		return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : high * 10 + low;
	}, count);
}

/** What was written last: a centre confirms many reports within a second. */
let written = { second: Number.NaN, digits: '' };

/** `YYMMDDhhmmss`, or without seconds, China Standard Time. */
export function timeDigits(time: number, count: 5 | 6): string {
	const second = Math.floor(time / 1000);
	if (written.second !== second) {
		const iso = new Date(time + offset).toISOString();
		const date = iso.slice(2, 4) + iso.slice(5, 7) + iso.slice(8, 10);
		written = { second, digits: date + iso.slice(11, 13) + iso.slice(14, 16) + iso.slice(17, 19) };
	}
	return count === 6 ? written.digits : written.digits.slice(0, 10);
}
