import { aggregated, fuA, nalIdr, stapA } from './h264.ts';
import type { ReadPacket } from './parameter-sets.ts';

const startCode = Buffer.from([0, 0, 0, 1]);

/** All NAL units of one RTP timestamp, Annex B (ITU-T H.264 annex B). */
export interface AccessUnit {
	data: Buffer;
	key: boolean;
	timestamp: number;
}

/**
 * Access units out of RTP packets of one source: single NAL units, STAP-A and FU-A (RFC 6184 §5). What follows a lost packet is left
 * out, as a decoder could not use it, and so is a last picture whose end has not come. Never throws.
 */
export function toAccessUnits(packets: readonly ReadPacket[]): AccessUnit[] {
	const first = packets[0]?.header.sequence ?? 0;
	const from = (sequence: number) => ((sequence - first) << 16) >> 16;
	const sorted = [...packets].sort((a, b) => from(a.header.sequence) - from(b.header.sequence));
	const units: AccessUnit[] = [];
	let parts: Buffer[] = [];
	let key = false;
	let fragments: Buffer[] | null = null;
	let previous: ReadPacket['header'] | null = null;
	const finish = (timestamp: number) => {
		if (parts.length > 0 && fragments === null) units.push({ data: Buffer.concat(parts), key, timestamp });
		parts = [];
		key = false;
		fragments = null;
	};
	for (const { packet, header } of sorted) {
		if (previous !== null) {
			const step = from(header.sequence) - from(previous.sequence);
			if (step === 0) continue;
			if (step > 1) return units;
			if (header.timestamp !== previous.timestamp) finish(previous.timestamp);
		}
		previous = header;
		const payload = packet.subarray(header.payloadStart, header.payloadEnd);
		if (payload.length === 0) continue;
		const type = payload.readUInt8(0) & 0x1f;
		const nals: Buffer[] = [];
		if (type === stapA) nals.push(...aggregated(payload));
		else if (type !== fuA) nals.push(payload);
		else if (payload.length >= 2) {
			const fu = payload.readUInt8(1);
			if ((fu & 0x80) !== 0) fragments = [Buffer.from([(payload.readUInt8(0) & 0xe0) | (fu & 0x1f)])];
			fragments?.push(payload.subarray(2));
			if ((fu & 0x40) !== 0 && fragments !== null) {
				nals.push(Buffer.concat(fragments));
				fragments = null;
			}
		}
		for (const nal of nals) {
			if ((nal.readUInt8(0) & 0x1f) === nalIdr) key = true;
			parts.push(startCode, nal);
		}
		if (header.marker) finish(header.timestamp);
	}
	return units;
}
