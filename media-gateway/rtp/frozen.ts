import { createHash, type Hash } from 'node:crypto';
import { aggregated, fuA, nalIdr, stapA } from './h264.ts';
import type { RtpHeader } from './packet.ts';
import type { ReadPacket } from './parameter-sets.ts';

/** Packets without a new timestamp. */
const sameTimestampMs = 3_000;
/** Pictures that change nothing. */
const quietMs = 5_000;
/** A picture of skipped macroblocks only: so many bytes, and so many more for each slice. */
const emptyPicture = 64;
const emptySlice = 24;
/** Key frames of one picture differ in size by what a rate control does. */
const sameSize = 0.01;
/** At the beginning of a slice stand numbers that change with every key frame. */
const sliceHeader = 8;

/** A key frame by its slices: their bytes, and a digest of all but their headers. */
export interface KeyFramePrint {
	bytes: number;
	digest: string;
}

/** The slices of one frame. Other NAL units, such as messages with the time of day, say nothing of the picture. */
class Slices {
	bytes = 0;
	count = 0;
	#hash: Hash | null = null;

	take(payload: Buffer): void {
		if (payload.length === 0) return;
		const type = payload.readUInt8(0) & 0x1f;
		if (type === stapA) {
			for (const nal of aggregated(payload)) this.#takeSlice(nal.readUInt8(0) & 0x1f, nal.subarray(1), true);
		} else if (type !== fuA) this.#takeSlice(type, payload.subarray(1), true);
		else if (payload.length > 2) this.#takeSlice(payload.readUInt8(1) & 0x1f, payload.subarray(2), (payload.readUInt8(1) & 0x80) !== 0);
	}

	/** Null for a frame that is no key frame. Ends it. */
	print(): KeyFramePrint | null {
		return this.#hash === null ? null : { bytes: this.bytes, digest: this.#hash.digest('hex') };
	}

	#takeSlice(type: number, data: Buffer, begins: boolean): void {
		if (type < 1 || type > nalIdr) return;
		this.bytes += data.length;
		if (begins) this.count += 1;
		if (type !== nalIdr) return;
		this.#hash ??= createHash('md5');
		this.#hash.update(begins ? data.subarray(sliceHeader) : data);
	}
}

/** Of the packets of one key frame, in order; null where they are none. */
export function printOf(packets: readonly ReadPacket[]): KeyFramePrint | null {
	const slices = new Slices();
	for (const { packet, header } of packets) slices.take(packet.subarray(header.payloadStart, header.payloadEnd));
	return slices.print();
}

/** Whether two key frames may show the very same picture. */
export function samePicture(a: KeyFramePrint, b: KeyFramePrint): boolean {
	return a.digest === b.digest || Math.abs(a.bytes - b.bytes) <= a.bytes * sameSize;
}

/**
 * Tells a picture that stands still, because a camera's encoder or sensor hangs, from one in which nothing happens: even a
 * calm scene has noise. Of H.264 in RTP; takes packets as they come, and times in milliseconds.
 */
export class FrozenPicture {
	#timestamp: number | null = null;
	#timestampSince = 0;
	#lastAt = 0;
	/** The frame that is coming. */
	#slices = new Slices();
	/** Since when every frame between key frames has been empty, and whether key frames said the same. */
	#quietSince: number | null = null;
	#standing = false;
	/** The last two: encoders number key frames 0, 1, 0, 1. */
	#keyFrames: (KeyFramePrint & { at: number })[] = [];
	#identicalSince: number | null = null;

	take(packet: Buffer, header: RtpHeader, now: number): void {
		this.#lastAt = now;
		if (header.timestamp !== this.#timestamp) {
			if (this.#timestamp !== null) this.#finish();
			this.#timestamp = header.timestamp;
			this.#timestampSince = now;
			this.#slices = new Slices();
		}
		this.#slices.take(packet.subarray(header.payloadStart, header.payloadEnd));
	}

	/** Since when the picture has stood still, in the times given to `take`; null while it moves. */
	since(now: number): number | null {
		if (this.#timestamp !== null && this.#lastAt - this.#timestampSince >= sameTimestampMs) return this.#timestampSince;
		if (this.#identicalSince !== null) return this.#identicalSince;
		if (this.#standing && this.#quietSince !== null && now - this.#quietSince >= quietMs) return this.#quietSince;
		return null;
	}

	restart(): void {
		this.#timestamp = null;
		this.#quietSince = null;
		this.#standing = false;
		this.#keyFrames = [];
		this.#identicalSince = null;
	}

	#finish(): void {
		const { bytes, count } = this.#slices;
		if (bytes === 0) return;
		const at = this.#timestampSince;
		const print = this.#slices.print();
		if (print === null) {
			if (bytes <= emptyPicture + emptySlice * count) this.#quietSince ??= at;
			else {
				this.#quietSince = null;
				this.#standing = false;
			}
			return;
		}
		const last = this.#keyFrames.at(-1);
		const identical = this.#keyFrames.find((each) => each.digest === print.digest);
		this.#identicalSince = identical === undefined ? null : (this.#identicalSince ?? identical.at);
		this.#standing = identical !== undefined || (last !== undefined && samePicture(last, print));
		this.#keyFrames = [...this.#keyFrames, { ...print, at }].slice(-2);
	}
}
