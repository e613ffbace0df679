import { createHash, type Hash } from 'node:crypto';
import { aggregated } from './h264.ts';
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

/** How RTP carries a codec's NAL units: RFC 6184 §5 and RFC 7798 §4.4. */
interface Packing {
	/** Bytes in front of a NAL unit, which give its type. */
	header: number;
	typeOf(payload: Buffer): number;
	aggregate: number;
	fragment: number;
	isSlice(type: number): boolean;
	isKey(type: number): boolean;
}

const packings: Record<'H264' | 'H265', Packing> = {
	H264: {
		header: 1,
		typeOf: (payload) => payload.readUInt8(0) & 0x1f,
		aggregate: 24,
		fragment: 28,
		isSlice: (type) => type >= 1 && type <= 5,
		isKey: (type) => type === 5,
	},
	H265: {
		header: 2,
		typeOf: (payload) => (payload.readUInt8(0) >> 1) & 0x3f,
		aggregate: 48,
		fragment: 49,
		isSlice: (type) => type <= 21,
		isKey: (type) => type >= 16 && type <= 21,
	},
};

/** The slices of one frame. Other NAL units, such as messages with the time of day, say nothing of the picture. */
class Slices {
	readonly #packing: Packing;
	bytes = 0;
	count = 0;
	#hash: Hash | null = null;

	constructor(packing: Packing) {
		this.#packing = packing;
	}

	take(payload: Buffer): void {
		const { header, typeOf, aggregate, fragment } = this.#packing;
		if (payload.length <= header) return;
		const type = typeOf(payload);
		if (type === aggregate) {
			for (const nal of aggregated(payload, header)) if (nal.length > header) this.#takeSlice(typeOf(nal), nal.subarray(header), true);
		} else if (type !== fragment) this.#takeSlice(type, payload.subarray(header), true);
		else {
			const fu = payload.readUInt8(header);
			this.#takeSlice(fu & (header === 1 ? 0x1f : 0x3f), payload.subarray(header + 1), (fu & 0x80) !== 0);
		}
	}

	/** Null for a frame that is no key frame. Ends it. */
	print(): KeyFramePrint | null {
		return this.#hash === null ? null : { bytes: this.bytes, digest: this.#hash.digest('hex') };
	}

	#takeSlice(type: number, data: Buffer, begins: boolean): void {
		if (!this.#packing.isSlice(type)) return;
		this.bytes += data.length;
		if (begins) this.count += 1;
		if (!this.#packing.isKey(type)) return;
		this.#hash ??= createHash('md5');
		this.#hash.update(begins ? data.subarray(sliceHeader) : data);
	}
}

/** Of the packets of one H.264 key frame, in order; null where they are none. */
export function printOf(packets: readonly ReadPacket[]): KeyFramePrint | null {
	const slices = new Slices(packings.H264);
	for (const { packet, header } of packets) slices.take(packet.subarray(header.payloadStart, header.payloadEnd));
	return slices.print();
}

/** Whether two key frames may show the very same picture. */
export function samePicture(a: KeyFramePrint, b: KeyFramePrint): boolean {
	return a.digest === b.digest || Math.abs(a.bytes - b.bytes) <= a.bytes * sameSize;
}

/**
 * Tells a picture that stands still, because a camera's encoder or sensor hangs, from one in which nothing happens: even a
 * calm scene has noise. Takes RTP packets as they come, and times in milliseconds. Of other codecs than these two only timestamps
 * are looked at.
 */
export class FrozenPicture {
	readonly #packing: Packing | null;
	#timestamp: number | null = null;
	#timestampSince = 0;
	#lastAt = 0;
	/** The frame that is coming. */
	#slices: Slices | null = null;
	/** Since when every frame between key frames has been empty, and whether key frames said the same. */
	#quietSince: number | null = null;
	#standing = false;
	/** The last two: encoders number key frames 0, 1, 0, 1. */
	#keyFrames: (KeyFramePrint & { at: number })[] = [];
	#identicalSince: number | null = null;

	/** `codec` as in an SDP. */
	constructor(codec: string) {
		this.#packing = codec === 'H264' || codec === 'H265' ? packings[codec] : null;
	}

	take(packet: Buffer, header: RtpHeader, now: number): void {
		this.#lastAt = now;
		if (header.timestamp !== this.#timestamp) {
			if (this.#timestamp !== null) this.#finish();
			this.#timestamp = header.timestamp;
			this.#timestampSince = now;
			this.#slices = this.#packing === null ? null : new Slices(this.#packing);
		}
		this.#slices?.take(packet.subarray(header.payloadStart, header.payloadEnd));
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
		const slices = this.#slices;
		if (slices === null || slices.bytes === 0) return;
		const { bytes, count } = slices;
		const at = this.#timestampSince;
		const print = slices.print();
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
