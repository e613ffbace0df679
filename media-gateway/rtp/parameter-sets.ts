import { aggregate, inspectH264, readParameterSets } from './h264.ts';
import { buildRtp, type RtpHeader } from './packet.ts';
import { type PictureSize, readPictureSize } from './sps.ts';

/**
 * Puts SPS and PPS in front of every IDR picture that comes without. A browser that joins late, and mediasoup, which
 * takes for a key frame only what begins with an SPS, would wait for ever otherwise. While nothing had to be inserted packets
 * pass as they are; after that their sequence numbers move up by what was.
 */
export class ParameterSets {
	#sps: Buffer | null;
	#pps: Buffer[];
	#size: PictureSize | null = null;
	#inserted = 0;
	/** Timestamp of the picture whose SPS has been seen or inserted. */
	#equipped: number | null = null;

	constructor(sprop: string | undefined) {
		const { sps, pps } = readParameterSets(sprop);
		this.#sps = sps;
		this.#pps = pps;
		if (sps !== null) this.#size = readPictureSize(sps);
	}

	get size(): PictureSize | null {
		return this.#size;
	}

	/** The packets to send on in place of this one; the packet itself is changed where its number has to. */
	pass(packet: Buffer, header: RtpHeader): readonly Buffer[] {
		const content = inspectH264(packet, header);
		if (content.sps !== null) {
			this.#equipped = header.timestamp;
			this.#learnSps(content.sps);
		}
		if (content.pps !== null) this.#learnPps(content.pps);
		const missing = content.startsIdr && this.#equipped !== header.timestamp && this.#sps !== null && this.#pps.length > 0;
		if (!missing) return [this.#renumber(packet, header)];
		this.#equipped = header.timestamp;
		const sets = buildRtp({ ...header, marker: false, sequence: header.sequence + this.#inserted }, aggregate([this.#sps as Buffer, ...this.#pps]));
		this.#inserted += 1;
		return [sets, this.#renumber(packet, header)];
	}

	/** Another source (SSRC) begins with numbers of its own. */
	restart(): void {
		this.#inserted = 0;
		this.#equipped = null;
	}

	#renumber(packet: Buffer, header: RtpHeader): Buffer {
		if (this.#inserted !== 0) packet.writeUInt16BE((header.sequence + this.#inserted) & 0xffff, 2);
		return packet;
	}

	#learnSps(sps: Buffer): void {
		if (sps.length > 1024 || this.#sps?.equals(sps)) return;
		this.#sps = Buffer.from(sps);
		this.#size = readPictureSize(this.#sps) ?? this.#size;
		this.#pps = [];
	}

	#learnPps(pps: Buffer): void {
		if (pps.length > 1024 || this.#pps.length >= 8 || this.#pps.some((known) => known.equals(pps))) return;
		this.#pps.push(Buffer.from(pps));
	}
}
