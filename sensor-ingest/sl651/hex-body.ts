import { codeOf } from './elements.ts';
import { type Decoded, type Item, malformed } from './item.ts';
import { bcdByte, bcdTime } from './time.ts';

/** Powers of ten up to the seven decimals that three bits can say. */
const tens = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
const words = new TextDecoder('gb18030');

/** SL 651-2014, 6.6.3: elements from `at` to the end. `hasClass`: the class of the station follows its address. */
export function hexItems(body: Buffer, at: number, hasClass: boolean): Decoded<Item[]> {
	const items: Item[] = [];
	let next = at;
	let isSeries = false;
	while (next < body.length) {
		const id = body[next] ?? 0;
		const def = body[next + 1] ?? 0;
		const from = next + 2;
		if (from > body.length) return malformed(codeOf(id), codeOf(id), 'an identifier and its definition byte');
		if (id === 0xf0 && def === 0xf0) {
			const time = from + 5 > body.length ? Number.NaN : bcdTime(body, from, 5);
			if (Number.isNaN(time)) return malformed('observation time', body.toString('hex', from, from + 5), 'YYMMDDhhmm');
			items.push({ kind: 'observed', time });
			next = from + 5;
		} else if (id === 0xf1 && def === 0xf1) {
			if (from + 5 > body.length) return malformed('F1F1', body.toString('hex', from), 'an address of 5 bytes');
			next = from + 5;
			let letter = '';
			if (hasClass && next < body.length && !isGuide(body, next)) {
				letter = String.fromCharCode(body[next] ?? 0);
				next += 1;
			}
			items.push({ kind: 'station', station: body.toString('hex', from, from + 5).toUpperCase(), letter });
		} else if (id === 0xf2 && def === 0xf2) {
			items.push({ kind: 'text', text: words.decode(body.subarray(from)) });
			next = body.length;
		} else if (id === 0xf3 && def === 0xf3) {
			items.push({ kind: 'picture', data: body.subarray(from) });
			next = body.length;
		} else if (id >= 0xf4 && id <= 0xfc) {
			const size = id === 0xf4 ? 1 : 2;
			if (from + 12 * size > body.length) return malformed(codeOf(id), body.toString('hex', next), `twelve values of ${size} byte`);
			items.push({ kind: 'block', id, def, values: block(body, from, size) });
			next = from + 12 * size;
			isSeries = false;
		} else if (id === 0x04 && def === 0x18) {
			const minutes = from + 3 > body.length ? Number.NaN : stepMinutes(body, from);
			if (Number.isNaN(minutes)) return malformed('04', body.toString('hex', from, from + 3), 'days, hours and minutes, one of them not 0');
			items.push({ kind: 'step', minutes });
			isSeries = minutes > 0;
			next = from + 3;
		} else if (id === 0x45 && def === 0x20) {
			if (from + 4 > body.length) return malformed('45', body.toString('hex', from), 'a state word of 4 bytes');
			items.push({ kind: 'state', word: body.readUInt32BE(from) });
			next = from + 4;
		} else {
			const end = elementItem(body, next, isSeries, items);
			if (end === 0) {
				const expected = isSeries ? 'whole values to the end of the series' : 'as many bytes as its definition byte says';
				return malformed(codeOf(id), body.toString('hex', next), expected);
			}
			next = end;
			isSeries = false;
		}
	}
	return { ok: true, value: items };
}

/** The end of the element at `at`, whose item is put behind the others; 0 where the body is too short for it. */
function elementItem(body: Buffer, at: number, isSeries: boolean, items: Item[]): number {
	const isOwn = body[at] === 0xff;
	const id = isOwn ? 0xff00 | (body[at + 1] ?? 0) : (body[at] ?? 0);
	const from = at + (isOwn ? 3 : 2);
	const def = body[from - 1] ?? 0;
	const size = def >> 3;
	const decimals = def & 7;
	if (from > body.length || from + size > body.length) return 0;
	if (!isSeries || size === 0) {
		const value = number(body, from, size, decimals);
		const raw = value === null ? body.toString('hex', from, from + size).toUpperCase() : '';
		items.push({ kind: 'value', id, symbol: '', value, raw, bytes: size, decimals });
		return from + size;
	}
	const values: (number | null)[] = [];
	let next = from;
	// The series goes on to the end, or to the next time, address, text or picture: F0F0 … are no numbers.
	while (next < body.length && !(next > from && isGuide(body, next))) {
		if (next + size > body.length) return 0;
		values.push(number(body, next, size, decimals));
		next += size;
	}
	items.push({ kind: 'series', id, symbol: '', values, bytes: size, decimals });
	return next;
}

/** F0F0 to F3F3. */
function isGuide(body: Buffer, at: number): boolean {
	const byte = body[at] ?? 0;
	return byte >= 0xf0 && byte <= 0xf3 && body[at + 1] === byte;
}

/** Packed BCD, or null for what is missing (FF only, AA only) or is no number at all. */
function number(bytes: Uint8Array, from: number, size: number, decimals: number): number | null {
	if (size === 0) return null;
	const isNegative = bytes[from] === 0xff;
	if (isNegative && size === 1) return null;
	let value = 0;
	for (let at = isNegative ? from + 1 : from; at < from + size; at += 1) {
		const two = bcdByte(bytes[at] ?? 0xff);
		if (two < 0) return null;
		value = value * 100 + two;
	}
	const scaled = value / (tens[decimals] ?? 1);
	return isNegative && value !== 0 ? -scaled : scaled;
}

/** F4: 0.1 mm in one byte, FF missing. F5 to FC: 0.01 m in two, FFFF missing. Both binary. */
function block(body: Buffer, from: number, size: 1 | 2): (number | null)[] {
	const values: (number | null)[] = [];
	for (let at = from; at < from + 12 * size; at += size) {
		const value = size === 1 ? (body[at] ?? 0) : body.readUInt16BE(at);
		values.push(value === (size === 1 ? 0xff : 0xffff) ? null : value / (size === 1 ? 10 : 100));
	}
	return values;
}

/** Days, hours, minutes in BCD. All 0 is allowed: blocks follow. */
function stepMinutes(body: Uint8Array, at: number): number {
	const days = bcdByte(body[at] ?? 0xff);
	const hours = bcdByte(body[at + 1] ?? 0xff);
	const minutes = bcdByte(body[at + 2] ?? 0xff);
	if (days < 0 || hours < 0 || minutes < 0) return Number.NaN;
	return (days * 24 + hours) * 60 + minutes;
}
