import type { Framer } from '../stations/protocol.ts';

/** Characters of a data segment. The standard allows 1,024; stations exceed it, and four digits cannot say more than this. */
export const maxSegment = 9999;
/** `##`, four digits of length, data segment, four digits of CRC, CR LF. */
export const maxFrame = 2 + 4 + maxSegment + 4 + 2;

const hash = 0x23;
const cr = 0x0d;
const lf = 0x0a;
const ampersand = 0x26;

/** The length the four digits after `##` state, or -1. */
export function statedLength(bytes: Uint8Array, at: number): number {
	let length = 0;
	for (let digit = at + 2; digit < at + 6; digit += 1) {
		const value = (bytes[digit] ?? 0) - 0x30;
		if (value < 0 || value > 9) return -1;
		length = length * 10 + value;
	}
	return length;
}

export function isHex(byte: number | undefined): boolean {
	if (byte === undefined) return false;
	return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** What stands at a `##`: a frame up to `end`, nothing of the kind, or not enough bytes to tell. */
type Look = { is: 'frame' | 'rubbish'; end: number } | { is: 'waiting' };

/**
 * Cuts the stream by length, as `##` may stand inside the data (HJ 212-2017, 6.3). A length that leads nowhere (no CRC digits behind
 * the segment, or a line that ends before) gives up no more than the bytes up to the next `##`, or to that line's end.
 */
export class Hj212Framer implements Framer {
	#held: Buffer = Buffer.alloc(0);
	/** Up to here the held bytes have been searched for a line that ends too early. */
	#searched = 0;

	get waiting(): number {
		return this.#held.length;
	}

	push(chunk: Buffer): { frames: Buffer[]; rubbish: Buffer[] } {
		const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
		const frames: Buffer[] = [];
		const rubbish: Buffer[] = [];
		let at = 0;
		let lost = 0;
		const giveUp = (to: number): void => {
			const piece = trimmed(bytes, lost, to);
			if (piece.length > 0) rubbish.push(piece);
			lost = to;
		};
		for (;;) {
			const start = bytes.indexOf('##', at);
			if (start < 0) {
				at = bytes[bytes.length - 1] === hash ? Math.max(at, bytes.length - 1) : bytes.length;
				break;
			}
			at = start;
			const look = this.#look(bytes, start);
			if (look.is === 'waiting') break;
			this.#searched = 0;
			at = look.end;
			if (look.is === 'rubbish') continue;
			giveUp(start);
			frames.push(bytes.subarray(start, look.end));
			lost = look.end;
		}
		giveUp(at);
		this.#held = at === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
		return { frames, rubbish };
	}

	#look(bytes: Buffer, start: number): Look {
		if (bytes.length < start + 6) {
			for (let digit = start + 2; digit < bytes.length; digit += 1) {
				const byte = bytes[digit] ?? 0;
				if (byte < 0x30 || byte > 0x39) return { is: 'rubbish', end: start + 1 };
			}
			return { is: 'waiting' };
		}
		const length = statedLength(bytes, start);
		if (length < 0) return { is: 'rubbish', end: start + 1 };
		const end = start + 6 + length;
		if (bytes.length < end + 4) return this.#endsEarly(bytes, start, bytes.length);
		for (let digit = end; digit < end + 4; digit += 1) if (!isHex(bytes[digit])) return { is: 'rubbish', end: start + 2 };
		const line = bytes[end + 4] === cr && bytes[end + 5] === lf;
		if (line) return { is: 'frame', end: end + 6 };
		// Without CR LF the closing && must vouch for the length.
		if (length >= 2 && bytes[end - 1] === ampersand && bytes[end - 2] === ampersand) return { is: 'frame', end: end + 4 };
		const lineMayCome = bytes.length === end + 4 || (bytes.length === end + 5 && bytes[end + 4] === cr);
		return lineMayCome ? { is: 'waiting' } : { is: 'rubbish', end: start + 2 };
	}

	#endsEarly(bytes: Buffer, start: number, to: number): Look {
		const line = bytes.indexOf('\r\n', start + Math.max(6, this.#searched));
		if (line >= 0) return { is: 'rubbish', end: line + 2 };
		this.#searched = Math.max(6, to - start - 1);
		return { is: 'waiting' };
	}
}

/** Without the line ends between frames, which are nobody's loss. */
function trimmed(bytes: Buffer, from: number, to: number): Buffer {
	let first = from;
	let end = to;
	while (first < end && (bytes[first] === cr || bytes[first] === lf)) first += 1;
	while (end > first && (bytes[end - 1] === cr || bytes[end - 1] === lf)) end -= 1;
	return bytes.subarray(first, end);
}
