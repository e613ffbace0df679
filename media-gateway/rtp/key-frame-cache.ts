import type { Preview } from '@beilun/shared/protocol/media.ts';
import { toAccessUnits } from './access-units.ts';
import { type H264Content, inspectH264 } from './h264.ts';
import type { ReadPacket } from './parameter-sets.ts';
import { readPictureSize } from './sps.ts';

const maxBytes = 2 * 1024 * 1024;
const maxPackets = 900;

/** A group of pictures: the packets of a key frame and those after it. */
interface Group {
	packets: ReadPacket[];
	bytes: number;
	/** Packets of the key frame; -1 until it is over. */
	keyPackets: number;
	/** Too long: only its key frame is kept. */
	cut: boolean;
	timestamp: number;
}

/**
 * The pictures since the last key frame of an H.264 source, as RTP packets behind `ParameterSets`. The packets are kept as they are:
 * their headers may be rewritten meanwhile, their payloads not.
 */
export class KeyFrameCache {
	#group: Group | null = null;
	/** Begins with an SPS; a key frame's slices have not come yet. */
	#candidate: Group | null = null;

	/** In the order of arrival. */
	take(read: ReadPacket, content: Readonly<H264Content>): void {
		const { timestamp } = read.header;
		if (this.#candidate !== null && this.#candidate.timestamp !== timestamp) {
			// Parameter sets without a key frame belong to what there is.
			for (const each of this.#candidate.packets) this.#append(each);
			this.#candidate = null;
		}
		if (content.sps !== null && this.#candidate === null && this.#group?.timestamp !== timestamp) {
			this.#candidate = { packets: [], bytes: 0, keyPackets: -1, cut: false, timestamp };
		}
		if (this.#candidate === null) {
			this.#append(read);
			return;
		}
		this.#candidate.packets.push(read);
		this.#candidate.bytes += read.packet.length;
		if (content.startsIdr) {
			this.#group = this.#candidate;
			this.#candidate = null;
		}
	}

	/** The packets since the key frame, those of the key frame first; empty before one. */
	get packets(): readonly ReadPacket[] {
		return this.#group?.packets ?? [];
	}

	/** `captureTime` answers milliseconds of our clock for an RTP timestamp. */
	preview(captureTime: (rtpTimestamp: number) => number | null): Preview | null {
		return previewOf(this.packets, captureTime);
	}

	clear(): void {
		this.#group = null;
		this.#candidate = null;
	}

	#append(read: ReadPacket): void {
		const group = this.#group;
		if (group === null) return;
		const inKey = read.header.timestamp === group.timestamp;
		if (!inKey && group.keyPackets < 0) group.keyPackets = group.packets.length;
		if (group.cut && !inKey) return;
		group.packets.push(read);
		group.bytes += read.packet.length;
		if (group.bytes <= maxBytes && group.packets.length <= maxPackets) return;
		group.cut = true;
		// A key frame that alone is too much is no key frame that could be shown in time.
		if (group.keyPackets < 0) this.#group = null;
		else group.packets.length = group.keyPackets;
	}
}

/** Null where the packets do not begin with a whole key frame. */
export function previewOf(packets: readonly ReadPacket[], captureTime: (rtpTimestamp: number) => number | null): Preview | null {
	const units = toAccessUnits(packets);
	const sps = firstSps(packets);
	const size = sps === null ? null : readPictureSize(sps);
	if (units[0]?.key !== true || sps === null || size === null) return null;
	return {
		codec: `avc1.${sps.toString('hex', 1, 4)}`,
		...size,
		frames: units.map(({ data, key, timestamp }) => ({ data, key, captureTime: captureTime(timestamp) ?? Date.now() })),
	};
}

function firstSps(packets: readonly ReadPacket[]): Buffer | null {
	for (const { packet, header } of packets) {
		const { sps } = inspectH264(packet, header);
		if (sps !== null) return sps.length >= 4 ? sps : null;
	}
	return null;
}
