import type { Framer } from '../stations/protocol.ts';
import { frameLength, isCrcRight } from './frame.ts';

const empty = Buffer.alloc(0);

/**
 * Cuts HEX/BCD frames and ASCII frames out of one stream. Frames are found by their length: `7E7E` and every control character may
 * stand inside a body. A frame whose check is wrong is given out as well, up to where the next one seems to begin inside it, so that a
 * damaged length does not swallow what follows.
 */
export class Sl651Framer implements Framer {
	#rest: Buffer = empty;

	get waiting(): number {
		return this.#rest.length;
	}

	push(chunk: Buffer): { frames: Buffer[]; rubbish: Buffer[] } {
		const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
		const frames: Buffer[] = [];
		const rubbish: Buffer[] = [];
		let done = 0;
		let at = nextStart(bytes, 0);
		while (at < bytes.length) {
			const length = frameLength(bytes, at);
			if (length === 0) {
				at = nextStart(bytes, at + 1);
				continue;
			}
			if (at > done) rubbish.push(Buffer.from(bytes.subarray(done, at)));
			done = at;
			if (length < 0) break;
			const end = isCrcRight(bytes, at, at + length) ? at + length : innerStart(bytes, at + 1, at + length);
			frames.push(Buffer.from(bytes.subarray(at, end)));
			done = end;
			at = nextStart(bytes, end);
		}
		if (at >= bytes.length && done < bytes.length) {
			rubbish.push(Buffer.from(bytes.subarray(done)));
			done = bytes.length;
		}
		this.#rest = done < bytes.length ? Buffer.from(bytes.subarray(done)) : empty;
		return { frames, rubbish };
	}
}

/** The next byte with which a frame can begin, or the end. */
function nextStart(bytes: Buffer, from: number): number {
	for (let at = from; at < bytes.length; at += 1) if (bytes[at] === 0x7e || bytes[at] === 0x01) return at;
	return bytes.length;
}

/** Where inside a damaged frame another begins that is whole and right, or that goes beyond its end; else `to`. */
function innerStart(bytes: Buffer, from: number, to: number): number {
	for (let at = nextStart(bytes, from); at < to; at = nextStart(bytes, at + 1)) {
		const length = frameLength(bytes, at);
		if (length === 0) continue;
		if (length < 0 ? to - at >= 14 : isCrcRight(bytes, at, at + length)) return at;
	}
	return to;
}
