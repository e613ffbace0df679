import type { RtpHeader } from './packet.ts';

/** What an H.264 RTP payload (RFC 6184) brings that a relay must know of. */
export interface H264Content {
	/** A NAL unit of an IDR picture begins here. */
	startsIdr: boolean;
	/** Whole parameter sets, as views into the packet. */
	sps: Buffer | null;
	pps: Buffer | null;
}

const nalIdr = 5;
const nalSps = 7;
const nalPps = 8;
const stapA = 24;
const fuA = 28;
const nothing: H264Content = { startsIdr: false, sps: null, pps: null };

/** Single NAL units, STAP-A and FU-A, as packetization-mode 1 allows. Never throws. */
export function inspectH264(packet: Buffer, header: Pick<RtpHeader, 'payloadStart' | 'payloadEnd'>): H264Content {
	const { payloadStart: start, payloadEnd: end } = header;
	if (end <= start || end > packet.length) return nothing;
	const type = packet.readUInt8(start) & 0x1f;
	if (type === fuA) {
		if (end < start + 2) return nothing;
		const fu = packet.readUInt8(start + 1);
		return (fu & 0x80) !== 0 && (fu & 0x1f) === nalIdr ? { startsIdr: true, sps: null, pps: null } : nothing;
	}
	if (type === nalIdr) return { startsIdr: true, sps: null, pps: null };
	if (type === nalSps) return { startsIdr: false, sps: packet.subarray(start, end), pps: null };
	if (type === nalPps) return { startsIdr: false, sps: null, pps: packet.subarray(start, end) };
	if (type !== stapA) return nothing;
	const content: H264Content = { startsIdr: false, sps: null, pps: null };
	for (let at = start + 1; at + 2 < end; ) {
		const length = packet.readUInt16BE(at);
		if (length === 0 || at + 2 + length > end) break;
		const nal = packet.subarray(at + 2, at + 2 + length);
		const inner = nal.readUInt8(0) & 0x1f;
		if (inner === nalIdr) content.startsIdr = true;
		else if (inner === nalSps) content.sps = nal;
		else if (inner === nalPps) content.pps = nal;
		at += 2 + length;
	}
	return content;
}

/** `sprop-parameter-sets` (RFC 6184 §8.1): base64 NAL units with commas between. What is not one is left out. */
export function readParameterSets(text: string | undefined): { sps: Buffer | null; pps: Buffer[] } {
	let sps: Buffer | null = null;
	const pps: Buffer[] = [];
	for (const part of (text ?? '').split(',').slice(0, 8)) {
		const nal = Buffer.from(part.trim(), 'base64');
		if (nal.length === 0 || nal.length > 1024) continue;
		const type = nal.readUInt8(0) & 0x1f;
		if (type === nalSps && nal.length >= 4) sps ??= nal;
		else if (type === nalPps) pps.push(nal);
	}
	return { sps, pps };
}

/** STAP-A (§5.7.1) of parameter sets. */
export function aggregate(nals: readonly Buffer[]): Buffer {
	const highestImportance = Math.max(...nals.map((nal) => nal.readUInt8(0) & 0x60));
	const parts: Buffer[] = [Buffer.from([highestImportance | stapA])];
	for (const nal of nals) parts.push(Buffer.from([nal.length >> 8, nal.length & 0xff]), nal);
	return Buffer.concat(parts);
}
