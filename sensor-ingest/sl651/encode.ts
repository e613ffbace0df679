import type { Body } from './body.ts';
import { sl651Crc } from './crc.ts';
import { codeOf, elementOf } from './elements.ts';
import type { Sl651Frame } from './frame.ts';
import type { Item } from './item.ts';
import { timeDigits } from './time.ts';
import { control } from './words.ts';

/** Body bytes of one packet of many, as stations in the field choose them. */
const packetBytes = 256;

/**
 * One whole frame, from the station (`up`) or to it (`down`). `body` without packet numbers: those come from `packet`.
 * @throws RangeError for a body of more than 4095 bytes, packet numbers included.
 */
export function encodeFrame(frame: Sl651Frame): Buffer {
	return frame.mode === 'ascii' ? asciiFrame(frame) : hexFrame(frame);
}

function hexFrame(frame: Sl651Frame): Buffer {
	const { packet, body, direction, center, station, password } = frame;
	const length = body.length + (packet === null ? 0 : 3);
	if (length > 0xfff) throw new RangeError(`body of ${length} bytes; expected at most 4095`);
	const bytes = Buffer.alloc(length + 17);
	const addresses = direction === 'up' ? hex(center, 2) + station : station + hex(center, 2);
	bytes.write(`7e7e${addresses}${password}${hex(frame.func, 2)}`, 'hex');
	bytes.writeUInt16BE((direction === 'up' ? 0 : 0x8000) | length, 11);
	bytes[13] = packet === null ? control.stx : control.syn;
	if (packet !== null) bytes.writeUIntBE(packet.total * 0x1000 + packet.index, 14, 3);
	body.copy(bytes, packet === null ? 14 : 17);
	bytes[length + 14] = frame.end;
	bytes.writeUInt16BE(sl651Crc(bytes, 0, length + 15), length + 15);
	return bytes;
}

function asciiFrame(frame: Sl651Frame): Buffer {
	const { packet, direction, center, station, password } = frame;
	const numbers = packet === null ? '' : hex(packet.total, 3) + hex(packet.index, 3);
	const length = frame.body.length + numbers.length;
	if (length > 0xfff) throw new RangeError(`body of ${length} bytes; expected at most 4095`);
	const addresses = direction === 'up' ? hex(center, 2) + station : station + hex(center, 2);
	const start = String.fromCharCode(packet === null ? control.stx : control.syn);
	const head = `\x01${addresses}${password}${hex(frame.func, 2)}${direction === 'up' ? '0' : '8'}${hex(length, 3)}${start}${numbers}`;
	const bytes = Buffer.concat([Buffer.from(head, 'latin1'), frame.body, Buffer.from([frame.end])]);
	return Buffer.concat([bytes, Buffer.from(hex(sl651Crc(bytes), 4), 'latin1')]);
}

/** Body of a report or an answer. Values that are null are written as their `raw`, or as FF. */
export function encodeBody(mode: Sl651Frame['mode'], body: Body): Buffer {
	const head = hex(body.serial, 4) + timeDigits(body.sent, 6);
	const start = Buffer.from(head, mode === 'ascii' ? 'latin1' : 'hex');
	if (body.items.length === 0) return start;
	const parts: Buffer[] = [start];
	for (const item of body.items) parts.push(mode === 'ascii' ? asciiItem(item) : hexItem(item));
	return Buffer.concat(parts);
}

function hexItem(item: Item): Buffer {
	switch (item.kind) {
		case 'observed':
			return Buffer.from(`f0f0${timeDigits(item.time, 5)}`, 'hex');
		case 'station':
			return Buffer.concat([Buffer.from(`f1f1${item.station}`, 'hex'), Buffer.from(item.letter, 'latin1')]);
		case 'step': {
			const days = Math.floor(item.minutes / 1440);
			const hours = Math.floor(item.minutes / 60) % 24;
			return Buffer.from(`0418${two(days)}${two(hours)}${two(item.minutes % 60)}`, 'hex');
		}
		case 'value': {
			const data = item.value === null && item.raw !== '' ? item.raw : bcd(item.value, item.bytes, item.decimals);
			return Buffer.from(codeOf(item.id) + hex((item.bytes << 3) | item.decimals, 2) + data, 'hex');
		}
		case 'series': {
			const head = codeOf(item.id) + hex((item.bytes << 3) | item.decimals, 2);
			return Buffer.from(head + item.values.map((value) => bcd(value, item.bytes, item.decimals)).join(''), 'hex');
		}
		case 'block':
			return Buffer.from(codeOf(item.id) + hex(item.def, 2) + block(item), 'hex');
		case 'state':
			return Buffer.from(`4520${hex(item.word, 8)}`, 'hex');
		case 'text':
			return Buffer.concat([Buffer.from('f2f2', 'hex'), Buffer.from(item.text, 'latin1')]);
		case 'picture':
			return Buffer.concat([Buffer.from('f3f3', 'hex'), item.data]);
		case 'raw':
			return item.data;
	}
}

function asciiItem(item: Item): Buffer {
	switch (item.kind) {
		case 'picture':
			return Buffer.concat([Buffer.from('PIC '), item.data]);
		case 'raw':
			return item.data;
		default:
			return Buffer.from(`${asciiWords(item)} `, 'latin1');
	}
}

function asciiWords(item: Exclude<Item, { kind: 'picture' | 'raw' }>): string {
	switch (item.kind) {
		case 'observed':
			return `TT ${timeDigits(item.time, 5)}`;
		case 'station':
			return `ST ${item.station}${item.letter === '' ? '' : ` ${item.letter}`}`;
		case 'step':
			if (item.minutes % 1440 === 0 && item.minutes > 0) return `DRD${two(item.minutes / 1440)}`;
			return item.minutes % 60 === 0 ? `DRH${two(item.minutes / 60)}` : `DRN${two(item.minutes)}`;
		case 'value':
			return `${symbolOf(item)} ${item.value === null ? item.raw || 'M' : item.value.toFixed(item.decimals)}`;
		case 'series':
			return [symbolOf(item), ...item.values.map((value) => value?.toFixed(item.decimals) ?? 'M')].join(' ');
		case 'block':
			return `${elementOf(item.id).symbol} ${block(item)}`;
		case 'state':
			return `ZT ${hex(item.word, 8)}`;
		case 'text':
			return `RGZS ${item.text}`;
	}
}

function symbolOf(item: { id: number; symbol: string }): string {
	return item.symbol === '' ? elementOf(item.id).symbol : item.symbol;
}

function block({ id, values }: Extract<Item, { kind: 'block' }>): string {
	const [digits, scale, missing] = id === 0xf4 ? [2, 10, 0xff] : [4, 100, 0xffff];
	return values.map((value) => hex(value === null ? missing : Math.min(missing - 1, Math.max(0, Math.round(value * scale))), digits)).join('');
}

/** Packed BCD of `bytes` bytes. A negative number loses its first two digits to the sign; what does not fit is written as missing. */
function bcd(value: number | null, bytes: number, decimals: number): string {
	const missing = 'FF'.repeat(bytes);
	if (value === null) return missing;
	const room = 2 * bytes - (value < 0 ? 2 : 0);
	const digits = BigInt(Math.round(Math.abs(value) * 10 ** decimals)).toString();
	return digits.length > room ? missing : (value < 0 ? 'FF' : '') + digits.padStart(room, '0');
}

export type Addressed = Pick<Sl651Frame, 'mode' | 'center' | 'station' | 'password'>;

/** A report or an answer of a station, in one frame. `items` as for `Body`. */
export function encodeReport(from: Addressed, func: number, body: Body): Buffer {
	return encodeFrame({ ...from, direction: 'up', func, packet: null, end: control.etx, body: encodeBody(from.mode, body) });
}

/** The same in packets (M3): ETB ends all but the last, which ETX ends. Serial number and time stand in the first alone. */
export function encodePackets(from: Addressed, func: number, body: Body, size = packetBytes): Buffer[] {
	const bytes = encodeBody(from.mode, body);
	const total = Math.max(1, Math.ceil(bytes.length / size));
	return Array.from({ length: total }, (_, at) => {
		const packet = { total, index: at + 1 };
		const end = packet.index === total ? control.etx : control.etb;
		return encodeFrame({ ...from, direction: 'up', func, packet, end, body: bytes.subarray(at * size, (at + 1) * size) });
	});
}

export interface Confirmation {
	/** EOT, ESC, ACK or NAK. */
	end: number;
	/** That of the message which is confirmed. */
	serial: number;
	now: number;
	packet: Sl651Frame['packet'];
}

/** Down: the centre confirms a message, or asks for a packet of it again (NAK, with that packet's number). */
export function encodeConfirmation(to: Addressed, func: number, { end, serial, now, packet }: Confirmation): Buffer {
	const body = encodeBody(to.mode, { serial, sent: now, items: [] });
	return encodeFrame({ ...to, direction: 'down', func, packet, end, body });
}

/** Down: a query or command, ended by ENQ; `data` is what the function has after serial number and time. */
function encodeQuery(to: Addressed, func: number, serial: number, now: number, data = Buffer.alloc(0)): Buffer {
	const body = Buffer.concat([encodeBody(to.mode, { serial, sent: now, items: [] }), data]);
	return encodeFrame({ ...to, direction: 'down', func, packet: null, end: control.enq, body });
}

/** Function 4A: the station sets its clock to the sending time of this frame. */
export function encodeSetClock(to: Addressed, serial: number, now: number): Buffer {
	return encodeQuery(to, 0x4a, serial, now);
}

function hex(value: number, digits: number): string {
	return value.toString(16).toUpperCase().padStart(digits, '0');
}

function two(value: number): string {
	return String(Math.min(99, value)).padStart(2, '0');
}
