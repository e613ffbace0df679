import { aggregate, type H264Content, readParameterSets } from './h264.ts';
import { buildRtp, type RtpHeader } from './packet.ts';
import { type PictureSize, readPictureSize } from './sps.ts';

/** A packet with its header taken apart, as the source numbered it. */
export interface ReadPacket {
	packet: Buffer;
	header: RtpHeader;
}

/**
 * Puts SPS and PPS in front of every IDR picture that comes without. A browser that joins late, and mediasoup, which
 * takes for a key frame only what begins with an SPS, would wait for ever otherwise. While nothing had to be inserted packets
 * stay as they are; after that their sequence numbers move up by what was.
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

	/** What has to go in front of this packet, if anything; the packet and its header are renumbered in place. */
	pass(content: H264Content, { packet, header }: ReadPacket): ReadPacket | null {
		if (content.sps !== null) {
			this.#equipped = header.timestamp;
			this.#learnSps(content.sps);
		}
		if (content.pps !== null) this.#learnPps(content.pps);
		const sets = content.startsIdr && this.#equipped !== header.timestamp ? this.#packet(header) : null;
		if (this.#inserted !== 0) {
			header.sequence = (header.sequence + this.#inserted) & 0xffff;
			packet.writeUInt16BE(header.sequence, 2);
		}
		return sets;
	}

	/** Another source (SSRC) begins with numbers of its own. */
	restart(): void {
		this.#inserted = 0;
		this.#equipped = null;
	}

	#packet(before: RtpHeader): ReadPacket | null {
		if (this.#sps === null || this.#pps.length === 0) return null;
		this.#equipped = before.timestamp;
		const payload = aggregate([this.#sps, ...this.#pps]);
		const header: RtpHeader = {
			...before,
			marker: false,
			sequence: (before.sequence + this.#inserted) & 0xffff,
			payloadStart: 12,
			payloadEnd: 12 + payload.length,
		};
		this.#inserted += 1;
		return { packet: buildRtp(header, payload), header };
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
