import type { ProtocolError } from '../stations/protocol.ts';
import { type CrcKind, crcDigits, crcKindOf } from './crc.ts';
import { isHex, maxSegment, statedLength } from './framing.ts';

/** One `name=value` of CP. */
export type Field = [name: string, value: string];

/** A frame's header and its CP, nothing interpreted. Text is one character a byte (Latin-1): see `words` for what is not ASCII. */
export interface Hj212Frame {
	/** Empty where there is none, as in most frames of 2005. */
	qn: string;
	/** System: 21 surface water, 22 air, 31 flue gas, 32 waste water, 91 for answers … */
	st: string;
	cn: string;
	pw: string;
	mn: string;
	/** Null in frames of 2005 that have none. */
	flag: number | null;
	/** How many packets the message has, and which this is; null for a message of one. */
	part: { count: number; number: number } | null;
	/** Groups split by `;`, fields by `,`. */
	groups: Field[][];
	crc: CrcKind;
}

export type Decoded = { ok: true; frame: Hj212Frame } | { ok: false; error: ProtocolError; mn: string | null };

/** Edition by the version bits of Flag: 0 = 2005, 1 = 2017, 2 and above later ones. Without Flag: 2005. */
export function versionOf(frame: Hj212Frame): number {
	return (frame.flag ?? 0) >> 2;
}

/** Bit A of Flag. */
export function wantsAnswer(frame: Hj212Frame): boolean {
	return ((frame.flag ?? 0) & 1) === 1;
}

/** Fields that a CP can hold without being absurd: the shortest takes four characters. */
const maxGroups = 2500;

/**
 * HJ 212-2017, 6.3 (frame) and annex A (check); HJ/T 212-2005 and HJ 212-2025 have the same frame. Total.
 * `crcOf` answers for a station (MN) whether its Modbus check is taken too.
 */
export function decodeFrame(bytes: Buffer, crcOf: (mn: string) => 'standard' | 'modbus' = () => 'standard'): Decoded {
	if (bytes.length < 12 || bytes[0] !== 0x23 || bytes[1] !== 0x23)
		return fail('framing', '##', bytes.toString('latin1', 0, 2), '## and 10 bytes more');
	const length = statedLength(bytes, 0);
	if (length < 0) return fail('framing', 'length', bytes.toString('latin1', 2, 6), 'four digits');
	const end = 6 + length;
	if (length > maxSegment || bytes.length < end + 4) return fail('framing', 'length', String(length), `${bytes.length - 10} or less`);
	let sent = 0;
	for (let at = end; at < end + 4; at += 1) {
		if (!isHex(bytes[at])) return fail('framing', 'length', String(length), 'the place of four hexadecimal digits of CRC');
		sent = sent * 16 + Number.parseInt(String.fromCharCode(bytes[at] ?? 0), 16);
	}
	const tail = bytes.toString('latin1', end + 4, end + 8);
	if (tail !== '' && tail !== '\r\n') return fail('framing', 'tail', JSON.stringify(tail), 'CR LF or nothing');

	const segment = bytes.toString('latin1', 6, end);
	const header = readHeader(segment);
	const mn = header.ok ? header.mn : null;
	const crc = crcKindOf(bytes, 6, end, sent, mn === null ? 'standard' : crcOf(mn));
	if (crc === null) {
		const right = crcDigits(bytes.subarray(6, end), 'standard');
		const isModbus = crcKindOf(bytes, 6, end, sent, 'modbus') !== null;
		const expected = isModbus ? `${right}; it is a Modbus CRC, which this station's settings do not allow` : right;
		return fail('checksum', 'CRC', bytes.toString('latin1', end, end + 4), expected, mn);
	}
	if (!header.ok) return header;
	const groups = readGroups(segment, header.cpStart, segment.length - 2);
	if (!Array.isArray(groups)) return fail('malformed', 'CP', groups.field, groups.expected, mn);
	const { qn, st, cn, pw, flag, part } = header;
	return { ok: true, frame: { qn, st, cn, pw, mn: header.mn, flag, part, groups, crc } };
}

type Header = Omit<Hj212Frame, 'groups' | 'crc'> & { ok: true; cpStart: number };

function readHeader(segment: string): Header | Extract<Decoded, { ok: false }> {
	const start = segment.startsWith('CP=&&') ? 0 : segment.indexOf(';CP=&&') + 1;
	if (start === 0 && !segment.startsWith('CP=&&')) return fail('malformed', 'CP', segment.slice(-8), 'CP=&&…&&');
	const cpStart = start + 5;
	if (segment.length < cpStart + 2 || !segment.endsWith('&&')) return fail('malformed', 'CP', segment.slice(-8), 'an end of &&');
	const header: Header = { ok: true, qn: '', st: '', cn: '', pw: '', mn: '', flag: null, part: null, cpStart };
	let pnum = '';
	let pno = '';
	let flag = '';
	let at = 0;
	while (at < start) {
		const end = segment.indexOf(';', at);
		const equals = segment.indexOf('=', at);
		if (equals > at && equals < end) {
			const value = segment.slice(equals + 1, end);
			// Field devices write FLAG, and commas before a name.
			switch (bareName(segment, at, equals)) {
				case 'QN':
					header.qn = value;
					break;
				case 'ST':
					header.st = value;
					break;
				case 'CN':
					header.cn = value;
					break;
				case 'PW':
					header.pw = value;
					break;
				case 'MN':
					header.mn = value;
					break;
				case 'FLAG':
					flag = value;
					break;
				case 'PNUM':
					pnum = value;
					break;
				case 'PNO':
					pno = value;
					break;
			}
		}
		at = end + 1;
	}
	if (header.mn === '' || header.mn.length > 64 || !isPrintable(header.mn)) return fail('malformed', 'MN', header.mn, '1 to 64 visible characters');
	if (!isNumber(header.cn, 4)) return fail('malformed', 'CN', header.cn, 'a number of four digits', header.mn);
	if (header.qn.length > 20 || !isPrintable(header.qn)) return fail('malformed', 'QN', header.qn, '17 digits', header.mn);
	if (flag !== '') {
		if (!isNumber(flag, 3) || Number(flag) > 255) return fail('malformed', 'Flag', flag, '0 to 255', header.mn);
		header.flag = Number(flag);
	}
	if (pnum === '' && pno === '') return header;
	if (!isNumber(pnum, 4) || Number(pnum) < 1) return fail('malformed', 'PNUM', pnum, '1 to 9999', header.mn);
	if (!isNumber(pno, 4) || Number(pno) < 1 || Number(pno) > Number(pnum)) {
		return fail('malformed', 'PNO', pno, `1 to ${Number(pnum)}`, header.mn);
	}
	if (Number(pnum) > 1) header.part = { count: Number(pnum), number: Number(pno) };
	return header;
}

function bareName(segment: string, from: number, to: number): string {
	let at = from;
	while (at < to && (segment[at] === ',' || segment[at] === ' ')) at += 1;
	return segment.slice(at, to).toUpperCase();
}

function isNumber(text: string, maxDigits: number): boolean {
	if (text.length === 0 || text.length > maxDigits) return false;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x30 || code > 0x39) return false;
	}
	return true;
}

function readGroups(segment: string, from: number, to: number): Field[][] | { field: string; expected: string } {
	const groups: Field[][] = [];
	let group: Field[] = [];
	let at = from;
	while (at < to) {
		let end = at;
		let equals = -1;
		let separator = 0;
		for (; end < to; end += 1) {
			const code = segment.charCodeAt(end);
			if (code === 0x3d && equals < 0) equals = end;
			else if (code === 0x3b || code === 0x2c) {
				separator = code;
				break;
			}
		}
		// An empty field (;; or ,;) is a slip of the device and says nothing.
		if (end > at) {
			const name = equals < 0 ? '' : segment.slice(at, equals);
			if (name === '' || name.length > 64 || !isPrintable(name)) return { field: segment.slice(at, end), expected: 'fields of name=value' };
			group.push([name, segment.slice(equals + 1, end)]);
		}
		if (separator !== 0x2c && group.length > 0) {
			groups.push(group);
			group = [];
		}
		at = end + 1;
	}
	if (group.length > 0) groups.push(group);
	return groups.length > maxGroups ? { field: String(groups.length), expected: `${maxGroups} groups or fewer` } : groups;
}

/** What of a hostile frame may be shown and stored: no control characters, and not much of it. */
export function shown(text: string): string {
	return text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
}

function isPrintable(text: string): boolean {
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x21 || code > 0x7e) return false;
	}
	return true;
}

/** Text of a frame as people read it: UTF-8 where it is that, else GB 18030. */
export function words(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII.
	if (/^[\x00-\x7f]*$/.test(text)) return text;
	const bytes = Buffer.from(text, 'latin1');
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('gb18030').decode(bytes);
	}
}

function fail(
	kind: ProtocolError['kind'],
	field: string,
	value: string,
	expected: string,
	mn: string | null = null,
): Extract<Decoded, { ok: false }> {
	return { ok: false, error: { kind, field: shown(field), value: shown(value), expected }, mn };
}
