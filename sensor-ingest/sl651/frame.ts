import type { ProtocolError } from '../stations/protocol.ts';
import { sl651Crc } from './crc.ts';
import { control, isEnd } from './words.ts';

/** One frame of SL 651-2014, its envelope taken off. */
export interface Sl651Frame {
	mode: 'hex' | 'ascii';
	/** `up`: from the station. */
	direction: 'up' | 'down';
	/** Address of the centre, 0 to 255. */
	center: number;
	/** Address of the station: ten digits, which may be hexadecimal ones. */
	station: string;
	/** Four hexadecimal digits. */
	password: string;
	func: number;
	/** Count of the packets and this one's number, from 1; null for a message of one frame. */
	packet: { total: number; index: number } | null;
	/** The end character. */
	end: number;
	/** After the packet numbers, before the end character. */
	body: Buffer;
}

export type DecodedFrame =
	| { ok: true; frame: Sl651Frame }
	/** `station` where the header could be read, right or not. */
	| { ok: false; error: ProtocolError; station: string | null };

/** Bytes of the longest frame: ASCII, with a body of 4095. */
export const maxFrame = 4095 + 29;

/** Bytes before the body and after it. */
const hexHead = 14;
const asciiHead = 24;

/**
 * How long the frame at `at` is by its header: 0 where no frame can begin there, -1 where more bytes must come to tell. The end
 * character is looked at, the check is not.
 */
export function frameLength(bytes: Uint8Array, at: number): number {
	return bytes[at] === 0x01 ? asciiLength(bytes, at) : hexLength(bytes, at);
}

function hexLength(bytes: Uint8Array, at: number): number {
	const have = bytes.length - at;
	if (bytes[at] !== 0x7e || (have > 1 && bytes[at + 1] !== 0x7e)) return 0;
	if (have > 11 && ((bytes[at + 11] ?? 0) & 0x70) !== 0) return 0;
	if (have > 13 && bytes[at + 13] !== control.stx && bytes[at + 13] !== control.syn) return 0;
	if (have < hexHead) return -1;
	const length = hexHead + ((((bytes[at + 11] ?? 0) & 0x0f) << 8) | (bytes[at + 12] ?? 0)) + 3;
	if (have < length - 2) return -1;
	if (!isEnd(bytes[at + length - 3] ?? 0)) return 0;
	return have < length ? -1 : length;
}

function asciiLength(bytes: Uint8Array, at: number): number {
	const have = bytes.length - at;
	const header = Math.min(have, asciiHead - 1);
	for (let byte = 1; byte < header; byte += 1) if (hexDigit(bytes[at + byte]) < 0) return 0;
	if (have > 19 && bytes[at + 19] !== 0x30 && bytes[at + 19] !== 0x38) return 0;
	if (have > 23 && bytes[at + 23] !== control.stx && bytes[at + 23] !== control.syn) return 0;
	if (have < asciiHead) return -1;
	const length = asciiHead + hexNumber(bytes, at + 20, 3) + 5;
	if (have < length - 4) return -1;
	if (!isEnd(bytes[at + length - 5] ?? 0)) return 0;
	return have < length ? -1 : length;
}

/** Whether the check of the whole frame `bytes[from..to)` is right. */
export function isCrcRight(bytes: Uint8Array, from: number, to: number): boolean {
	if (bytes[from] === 0x01) return sl651Crc(bytes, from, to - 4) === hexNumber(bytes, to - 4, 4);
	return sl651Crc(bytes, from, to - 2) === (((bytes[to - 2] ?? 0) << 8) | (bytes[to - 1] ?? 0));
}

/** SL 651-2014, 6.4 and 6.5: one whole frame, HEX/BCD (`7E7E`) or ASCII (`SOH`). Bytes after its end are left alone. */
export function decodeFrame(bytes: Buffer): DecodedFrame {
	const length = frameLength(bytes, 0);
	if (length <= 0) {
		const value = bytes.toString('hex', 0, 24);
		return refused('framing', 'frame', value, length === 0 ? '7E7E or SOH, header, STX or SYN, and an end character' : 'more bytes', null);
	}
	const frame = bytes[0] === 0x01 ? asciiFrame(bytes, length) : hexFrame(bytes, length);
	if (!isCrcRight(bytes, 0, length)) {
		const ascii = frame.mode === 'ascii';
		const value = ascii ? bytes.toString('latin1', length - 4, length) : bytes.toString('hex', length - 2, length);
		const crc = sl651Crc(bytes, 0, length - (ascii ? 4 : 2));
		return refused('checksum', 'CRC', value.toUpperCase(), crc.toString(16).toUpperCase().padStart(4, '0'), frame.station);
	}
	return bytes[frame.mode === 'ascii' ? 23 : 13] === control.syn ? packetOf(frame) : { ok: true, frame };
}

function hexFrame(bytes: Buffer, length: number): Sl651Frame {
	const up = (bytes[11] ?? 0) < 0x80;
	return {
		mode: 'hex',
		direction: up ? 'up' : 'down',
		center: (up ? bytes[2] : bytes[7]) ?? 0,
		station: upper(bytes.toString('hex', up ? 3 : 2, up ? 8 : 7)),
		password: upper(bytes.toString('hex', 8, 10)),
		func: bytes[10] ?? 0,
		packet: null,
		end: bytes[length - 3] ?? 0,
		body: bytes.subarray(hexHead, length - 3),
	};
}

function asciiFrame(bytes: Buffer, length: number): Sl651Frame {
	const up = bytes[19] === 0x30;
	return {
		mode: 'ascii',
		direction: up ? 'up' : 'down',
		center: hexNumber(bytes, up ? 1 : 11, 2),
		station: upper(bytes.toString('latin1', up ? 3 : 1, up ? 13 : 11)),
		password: upper(bytes.toString('latin1', 13, 17)),
		func: hexNumber(bytes, 17, 2),
		packet: null,
		end: bytes[length - 5] ?? 0,
		body: bytes.subarray(asciiHead, length - 5),
	};
}

/** After SYN the count and the number of the packet, 12 bits each, stand first in the body: 3 bytes, or 6 characters. */
function packetOf(frame: Sl651Frame): DecodedFrame {
	const { body } = frame;
	const size = frame.mode === 'ascii' ? 6 : 3;
	const total = frame.mode === 'ascii' ? hexNumber(body, 0, 3) : ((body[0] ?? 0) << 4) | ((body[1] ?? 0) >> 4);
	const index = frame.mode === 'ascii' ? hexNumber(body, 3, 3) : (((body[1] ?? 0) & 0x0f) << 8) | (body[2] ?? 0);
	if (body.length < size || !(total >= 1 && index >= 1 && index <= total)) {
		const value = body.toString(frame.mode === 'ascii' ? 'latin1' : 'hex', 0, size);
		return refused('malformed', 'packet', value, 'a count of packets and a number from 1 to it', frame.station);
	}
	return { ok: true, frame: { ...frame, packet: { total, index }, body: body.subarray(size) } };
}

function refused(kind: ProtocolError['kind'], field: string, value: string, expected: string, station: string | null): DecodedFrame {
	return { ok: false, error: { kind, field, value, expected }, station };
}

/** Most addresses have no letters: no new string is made for them. */
function upper(text: string): string {
	for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x60) return text.toUpperCase();
	return text;
}

function hexDigit(byte = 0): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const letter = byte | 0x20;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** NaN where a character is no hexadecimal digit. */
export function hexNumber(bytes: Uint8Array, at: number, count: number): number {
	let value = 0;
	for (let digit = at; digit < at + count; digit += 1) {
		const next = hexDigit(bytes[digit]);
		if (next < 0) return Number.NaN;
		value = value * 16 + next;
	}
	return value;
}
