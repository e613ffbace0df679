/** A picture's size from a sequence parameter set (ITU-T H.264 §7.3.2.1.1). */
export interface PictureSize {
	width: number;
	height: number;
}

/** Profiles whose SPS carries chroma format and scaling lists. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const maxSide = 16_384;

/** Null for what cannot be read as an SPS. Never throws. */
export function readPictureSize(nal: Uint8Array): PictureSize | null {
	if (nal.length < 4 || ((nal[0] ?? 0) & 0x1f) !== 7) return null;
	const bits = new Bits(withoutEmulation(nal.subarray(1)));
	const profile = bits.read(8);
	bits.read(16);
	bits.golomb();
	let chroma = 1;
	let separate = 0;
	if (highProfiles.has(profile)) {
		chroma = bits.golomb();
		if (chroma === 3) separate = bits.read(1);
		bits.golomb();
		bits.golomb();
		bits.read(1);
		if (bits.read(1) === 1) {
			for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1) if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64);
		}
	}
	bits.golomb();
	const orderType = bits.golomb();
	if (orderType === 0) bits.golomb();
	else if (orderType === 1) {
		bits.read(1);
		bits.golomb();
		bits.golomb();
		const cycle = bits.golomb();
		for (let i = 0; i < cycle && !bits.exhausted; i += 1) bits.golomb();
	}
	bits.golomb();
	bits.read(1);
	const columns = bits.golomb() + 1;
	const rows = bits.golomb() + 1;
	const framesOnly = bits.read(1);
	if (framesOnly === 0) bits.read(1);
	bits.read(1);
	let left = 0;
	let right = 0;
	let top = 0;
	let bottom = 0;
	if (bits.read(1) === 1) {
		left = bits.golomb();
		right = bits.golomb();
		top = bits.golomb();
		bottom = bits.golomb();
	}
	if (bits.exhausted || chroma > 3) return null;
	// Table 6-1: chroma samples are what cropping counts in; a monochrome or separate-plane picture counts luma samples.
	const planar = separate === 0 && chroma !== 0;
	const unitX = planar && chroma !== 3 ? 2 : 1;
	const unitY = (planar && chroma === 1 ? 2 : 1) * (2 - framesOnly);
	const width = columns * 16 - (left + right) * unitX;
	const height = rows * 16 * (2 - framesOnly) - (top + bottom) * unitY;
	if (!(width > 0 && height > 0 && width <= maxSide && height <= maxSide)) return null;
	return { width, height };
}

function skipScalingList(bits: Bits, size: number): void {
	let last = 8;
	let next = 8;
	for (let i = 0; i < size && !bits.exhausted; i += 1) {
		if (next !== 0) next = (last + bits.signedGolomb() + 256) & 0xff;
		last = next === 0 ? last : next;
	}
}

/** Removes the `03` that keeps start codes out of the payload (§7.4.1). */
function withoutEmulation(data: Uint8Array): Uint8Array {
	const out = new Uint8Array(data.length);
	let length = 0;
	let zeros = 0;
	for (const byte of data) {
		if (zeros >= 2 && byte === 3) {
			zeros = 0;
			continue;
		}
		zeros = byte === 0 ? zeros + 1 : 0;
		out[length] = byte;
		length += 1;
	}
	return out.subarray(0, length);
}

/** Reads bits; behind the end come zeros and `exhausted` is set. */
class Bits {
	readonly #data: Uint8Array;
	#at = 0;
	exhausted = false;

	constructor(data: Uint8Array) {
		this.#data = data;
	}

	/** At most 31 bits. */
	read(count: number): number {
		let value = 0;
		for (let i = 0; i < count; i += 1) {
			const byte = this.#data[this.#at >> 3];
			if (byte === undefined) {
				this.exhausted = true;
				return value << (count - i);
			}
			value = (value << 1) | ((byte >> (7 - (this.#at & 7))) & 1);
			this.#at += 1;
		}
		return value;
	}

	/** ue(v), §9.1. */
	golomb(): number {
		let zeros = 0;
		while (this.read(1) === 0) {
			zeros += 1;
			if (this.exhausted || zeros > 30) {
				this.exhausted = true;
				return 0;
			}
		}
		return (1 << zeros) - 1 + this.read(zeros);
	}

	/** se(v), §9.1.1. */
	signedGolomb(): number {
		const code = this.golomb();
		return code % 2 === 0 ? -(code / 2) : (code + 1) / 2;
	}
}
