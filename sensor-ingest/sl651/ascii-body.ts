import { elementOfSymbol } from './elements.ts';
import { hexNumber } from './frame.ts';
import { type Decoded, type Item, malformed } from './item.ts';
import { textTime } from './time.ts';
import { stationClass } from './words.ts';

const words = new TextDecoder('gb18030');
const decimal = /^-?\d{1,15}(\.\d{1,9})?$/;

/**
 * SL 651-2014, 6.6.2: groups of a symbol and its data, parted by single spaces: `ST 0011223344 H TT 1812181925 Z 1.234`. `M`, `N`, `F`
 * and data of F only stand for a missing value. In a series (`DRN05 Z Q 6.30 12.5 6.35 12.6`) the values of one time stand together.
 */
export function asciiItems(body: Buffer, at: number, hasElements: boolean): Decoded<Item[]> {
	const items: Item[] = [];
	const reader = new Words(body, at);
	while (reader.hasMore) {
		const symbol = reader.next();
		if (symbol === '') continue;
		if (symbol === 'ST') {
			const station = reader.next();
			if (!/^[0-9A-Fa-f]{10}$/.test(station)) return malformed('ST', station, 'an address of 10 digits');
			const letter = stationClass(reader.peek()) === null ? '' : reader.next();
			items.push({ kind: 'station', station: station.toUpperCase(), letter });
		} else if (symbol === 'TT') {
			const text = reader.next();
			const time = text.length === 10 ? textTime(Buffer.from(text, 'latin1'), 0, 5) : Number.NaN;
			if (Number.isNaN(time)) return malformed('observation time', text, 'YYMMDDhhmm');
			items.push({ kind: 'observed', time });
		} else if (symbol === 'RGZS') {
			items.push({ kind: 'text', text: words.decode(reader.remainder()).trimEnd() });
		} else if (symbol === 'PIC') {
			items.push({ kind: 'picture', data: reader.remainder() });
		} else if (!hasElements) {
			reader.back();
			items.push({ kind: 'raw', data: reader.remainder() });
		} else {
			const error = elementItem(symbol, reader, items);
			if (error !== null) return error;
		}
	}
	return { ok: true, value: items };
}

function elementItem(symbol: string, reader: Words, items: Item[]): ReturnType<typeof malformed> | null {
	const step = symbol.length === 5 ? /^DR([DHN])(\d\d)$/.exec(symbol) : null;
	if (step !== null) {
		const minutes = Number(step[2]) * (step[1] === 'D' ? 1440 : step[1] === 'H' ? 60 : 1);
		items.push({ kind: 'step', minutes });
		return minutes === 0 ? null : series(reader, items);
	}
	const element = elementOfSymbol(symbol);
	if (element === null && symbol !== 'ZT') return malformed('element', symbol, 'a symbol of the standard, or letters and digits');
	const data = reader.next();
	if (data === '') return malformed(symbol, data, 'data after the symbol');
	if (symbol === 'ZT') {
		const word = data.length === 8 ? hexNumber(Buffer.from(data, 'latin1'), 0, 8) : Number.NaN;
		if (Number.isNaN(word)) return malformed('ZT', data, 'a state word of 8 hexadecimal digits');
		items.push({ kind: 'state', word });
	} else if (element !== null && element.id >= 0xf4 && element.id <= 0xfc) {
		const values = block(data, element.id === 0xf4 ? 2 : 4);
		if (values === null) return malformed(symbol, data, `twelve values of ${element.id === 0xf4 ? 2 : 4} hexadecimal digits`);
		items.push({ kind: 'block', id: element.id, def: element.id === 0xf4 ? 0x60 : 0xc0, values });
	} else {
		const value = number(data);
		items.push({ kind: 'value', id: element?.id ?? -1, symbol, value, raw: value === null ? data : '', bytes: 0, decimals: decimalsOf(data) });
	}
	return null;
}

/** After a step: the symbols of the elements, then their values, time by time, up to the next guide word. */
function series(reader: Words, items: Item[]): ReturnType<typeof malformed> | null {
	const symbols: string[] = [];
	while (reader.hasMore && !isData(reader.peek()) && !/^(TT|ST|DRP|DRZ\d|RGZS|PIC)$/.test(reader.peek())) {
		const symbol = reader.next();
		if (symbol === '') continue;
		if (elementOfSymbol(symbol) === null) return malformed('element', symbol, 'a symbol of the standard, or letters and digits');
		symbols.push(symbol);
	}
	const columns = symbols.map((): (number | null)[] => []);
	let decimals = 0;
	for (let count = 0; symbols.length > 0 && reader.hasMore && isData(reader.peek()); count += 1) {
		const data = reader.next();
		decimals = Math.max(decimals, decimalsOf(data));
		columns[count % symbols.length]?.push(number(data));
	}
	for (const [column, symbol] of symbols.entries()) {
		const values = columns[column] ?? [];
		items.push({ kind: 'series', id: elementOfSymbol(symbol)?.id ?? -1, symbol, values, bytes: 0, decimals });
	}
	return null;
}

function isData(word: string): boolean {
	return word === 'M' || word === 'N' || decimal.test(word) || /^F+$/.test(word);
}

function decimalsOf(data: string): number {
	const point = data.indexOf('.');
	return point < 0 ? 0 : data.length - point - 1;
}

function number(data: string): number | null {
	return decimal.test(data) ? Number(data) : null;
}

function block(data: string, digits: 2 | 4): (number | null)[] | null {
	if (data.length !== 12 * digits) return null;
	const bytes = Buffer.from(data, 'latin1');
	const values: (number | null)[] = [];
	for (let at = 0; at < data.length; at += digits) {
		const value = hexNumber(bytes, at, digits);
		if (Number.isNaN(value)) return null;
		values.push(value === (digits === 2 ? 0xff : 0xffff) ? null : value / (digits === 2 ? 10 : 100));
	}
	return values;
}

class Words {
	readonly #body: Buffer;
	#at: number;
	#before: number;

	constructor(body: Buffer, at: number) {
		this.#body = body;
		this.#at = at;
		this.#before = at;
	}

	get hasMore(): boolean {
		return this.#at < this.#body.length;
	}

	peek(): string {
		const end = this.#body.indexOf(0x20, this.#at);
		return this.#body.toString('latin1', this.#at, end < 0 ? this.#body.length : end);
	}

	next(): string {
		const word = this.peek();
		this.#before = this.#at;
		this.#at = Math.min(this.#body.length, this.#at + word.length + 1);
		return word;
	}

	back(): void {
		this.#at = this.#before;
	}

	/** All that is left, without a space at its very end. */
	remainder(): Buffer {
		const end = this.#body.at(-1) === 0x20 ? this.#body.length - 1 : this.#body.length;
		const rest = this.#body.subarray(Math.min(this.#at, end), end);
		this.#at = this.#body.length;
		return rest;
	}
}
