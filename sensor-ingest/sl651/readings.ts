import type { Text } from '@beilun/shared/protocol/words.ts';
import type { Mark, Reading, StationMessage, StationNote } from '../stations/protocol.ts';
import type { Body } from './body.ts';
import { codeOf, type Element, elementOf, elementOfSymbol } from './elements.ts';
import type { Sl651Frame } from './frame.ts';
import type { Item } from './item.ts';
import { eventNames, functionName, hasElements, isReport, stateBits, stationClass } from './words.ts';

const blockStep = 5 * 60_000;
const words = new TextDecoder('gb18030');

/**
 * What the body of a frame, or of all packets of a message, tells.
 *
 * A missing value (FF or AA only) and one that is no number give no reading, only a note of kind `state` that names the element. Where
 * the state word (element 45) reports a faulty instrument or a limit exceeded, the readings of its time that it concerns are marked
 * `fault` or `over-limit`; each of its bits is a reading of 0 or 1 as well. Of a series the first value is of the observation time, the
 * others follow by its step. A block of five-minute values begins at the observation time too, but for stations that give the end of
 * the hour: where its last values would be of a time after the report was sent, it ends there.
 */
export function messageOf(frame: Pick<Sl651Frame, 'station' | 'func'>, body: Body): StationMessage {
	const telling = new Telling(frame, body);
	for (const item of body.items) telling.add(item);
	return telling.message();
}

/** What makes a repetition: the same function, serial number and observation time (the sending time where there is none). */
export function identityOf(frame: Pick<Sl651Frame, 'station' | 'func'>, body: Body): string {
	const observed = body.items.find((item) => item.kind === 'observed');
	return `${frame.station} ${frame.func} ${body.serial} ${observed?.time ?? body.sent}`;
}

class Telling {
	readonly #frame: Pick<Sl651Frame, 'station' | 'func'>;
	readonly #sent: number;
	readonly #readings: Reading[] = [];
	readonly #notes: StationNote[] = [];
	#time: number;
	#written = { time: Number.NaN, iso: '' };
	#step = 0;
	#part = '';
	#class: Text | null = null;
	#state: { word: number; iso: string } | null = null;

	constructor(frame: Pick<Sl651Frame, 'station' | 'func'>, body: Body) {
		this.#frame = frame;
		this.#sent = body.sent;
		this.#time = body.sent;
	}

	add(item: Item): void {
		switch (item.kind) {
			case 'observed':
				this.#time = item.time;
				return;
			case 'station':
				// A station that hands on what another one measured.
				this.#part = item.station === this.#frame.station ? '' : item.station;
				this.#class = item.letter === '' ? null : stationClass(item.letter);
				return;
			case 'step':
				this.#step = item.minutes * 60_000;
				return;
			case 'value':
				this.#value(elementFor(item), item);
				return;
			case 'series':
				this.#values(elementFor(item), item.values, this.#time, this.#step);
				return;
			case 'block':
				this.#values(elementOf(item.id), item.values, this.#blockStart(), blockStep);
				return;
			case 'state':
				this.#stateWord(item.word);
				return;
			case 'text':
				this.#note('text', item.text);
				return;
			case 'picture':
				this.#picture(item.data);
				return;
			case 'raw':
				this.#raw(item.data);
				return;
		}
	}

	message(): StationMessage {
		if (this.#state !== null) this.#mark(this.#state.word, this.#state.iso);
		const { func, station } = this.#frame;
		const kind = func === 0x2f ? 'heartbeat' : isReport(func) || hasElements(func) ? 'readings' : 'reply';
		const name = functionName(func) ?? 'unknown function';
		const command = `${codeOf(func)} ${name}${this.#class === null ? '' : `, ${this.#class.en} station`}`;
		return { address: station, kind, command, readings: this.#readings, positions: [], notes: this.#notes };
	}

	/** The time, as it is written; most readings of a report have the same one. */
	get #iso(): string {
		if (this.#written.time !== this.#time) this.#written = { time: this.#time, iso: new Date(this.#time).toISOString() };
		return this.#written.iso;
	}

	#value(element: Element, item: Extract<Item, { kind: 'value' }>): void {
		if (item.value === null) {
			const why = /^(F+|A+|M|N)$/.test(item.raw) ? 'missing' : 'no number';
			this.#note('state', `${element.code} ${element.name.zh} ${element.name.en}: ${why} (${item.raw.slice(0, 64)})`);
		} else {
			this.#reading(element, item.value, this.#iso);
		}
	}

	#values(element: Element, values: (number | null)[], start: number, step: number): void {
		let missing = 0;
		for (const [index, value] of values.entries()) {
			if (value === null) missing += 1;
			else this.#reading(element, value, index === 0 && start === this.#time ? this.#iso : new Date(start + index * step).toISOString());
		}
		if (missing > 0) this.#note('state', `${element.code} ${element.name.zh} ${element.name.en}: ${missing} of ${values.length} missing`);
	}

	#reading(element: Element, value: number, time: string): void {
		const { code, property, name, unit } = element;
		// 05 says hours and minutes with a point between them.
		const told = element.id === 0x05 ? Math.trunc(value) * 60 + Math.round((value % 1) * 100) : value;
		this.#readings.push({ code, property, name, unit, value: told, time, part: this.#part, marks: [] });
	}

	#blockStart(): number {
		return this.#time + 11 * blockStep > this.#sent ? this.#time - 11 * blockStep : this.#time;
	}

	#stateWord(word: number): void {
		this.#state = { word, iso: this.#iso };
		const said: string[] = [];
		for (const [bit, { property, name, says, quiet }] of stateBits.entries()) {
			const value = (word >>> bit) & 1;
			this.#readings.push({ code: `45.${bit}`, property, name, unit: '1', value, time: this.#iso, part: this.#part, marks: [] });
			if (value === 1 && quiet !== true) said.push(says);
		}
		this.#note('state', `45 ${word.toString(16).toUpperCase().padStart(8, '0')}${said.length > 0 ? `: ${said.join('; ')}` : ''}`);
	}

	/** Bits 2 to 6 of the state word. */
	#mark(word: number, iso: string): void {
		for (const reading of this.#readings) {
			if (reading.time !== iso || reading.code.startsWith('45.')) continue;
			const of = (elementOfCode(reading.code) ?? elementOfSymbol(reading.code))?.of;
			const marks: Mark[] = [];
			if ((of === 'level' && word & 0x40) || (of === 'flow' && word & 0x20)) marks.push('fault');
			if ((of === 'level' && word & 0x04) || (of === 'flow' && word & 0x08) || (of === 'quality' && word & 0x10)) marks.push('over-limit');
			if (marks.length > 0) reading.marks = marks;
		}
	}

	/** JPEG from its start mark to its last end mark: packets are filled up behind it. */
	#picture(data: Buffer): void {
		const start = data.indexOf('ffd8', 0, 'hex');
		const end = data.lastIndexOf('ffd9', undefined, 'hex');
		const whole = start >= 0 && end > start;
		const picture = Buffer.from(whole ? data.subarray(start, end + 2) : data);
		const text = whole ? `JPEG, ${picture.length} bytes` : `${picture.length} bytes that are no whole JPEG`;
		this.#notes.push({ kind: 'picture', time: this.#iso, part: this.#part, text, data: picture });
	}

	#raw(data: Buffer): void {
		const { func } = this.#frame;
		if (func === 0x45) {
			// HEX frames have the length of the text before it.
			const text = words.decode(data[0] === data.length - 1 ? data.subarray(1) : data);
			this.#note('state', `software version ${text}`);
		} else if (func === 0x50 && data.length >= 64) {
			this.#note('state', eventsOf(data));
		} else if (func === 0x2f) {
			this.#note('text', words.decode(data));
		} else {
			this.#notes.push({ kind: 'operation', time: this.#iso, part: this.#part, text: data.toString('hex', 0, 2000).toUpperCase(), data: null });
		}
	}

	#note(kind: StationNote['kind'], text: string): void {
		this.#notes.push({ kind, time: this.#iso, part: this.#part, text, data: null });
	}
}

function elementFor(item: { id: number; symbol: string }): Element {
	return (item.id < 0 ? elementOfSymbol(item.symbol) : null) ?? elementOf(Math.max(item.id, 0));
}

function elementOfCode(code: string): Element | null {
	return /^[0-9A-F]{2}$/.test(code) ? elementOf(Number.parseInt(code, 16)) : null;
}

/** Function 50: 32 counters of two bytes. */
function eventsOf(data: Buffer): string {
	const counted: string[] = [];
	for (let event = 0; event < 32; event += 1) {
		const count = data.readUInt16BE(2 * event);
		if (count > 0) counted.push(`${eventNames[event] ?? `ERC${event + 1}`} ${count}`);
	}
	return `events: ${counted.length > 0 ? counted.join('; ') : 'none'}`;
}
