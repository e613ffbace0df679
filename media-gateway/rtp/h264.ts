import type { RtpHeader } from './packet.ts';

/** What an H.264 RTP payload (RFC 6184) brings that a relay must know of. */
export interface H264Content {
	/** A NAL unit of an IDR picture begins here. */
	startsIdr: boolean;
	/** Whole parameter sets, as views into the packet. */
	sps: Buffer | null;
	pps: Buffer | null;
}

export const nalIdr = 5;
const nalSps = 7;
const nalPps = 8;
export const stapA = 24;
export const fuA = 28;
const nothing: H264Content = { startsIdr: false, sps: null, pps: null };
const idr: H264Content = { startsIdr: true, sps: null, pps: null };

/** Single NAL units, STAP-A and FU-A, as packetization-mode 1 allows. Never throws. */
export function inspectH264(packet: Buffer, header: Pick<RtpHeader, 'payloadStart' | 'payloadEnd'>): Readonly<H264Content> {
	const { payloadStart: start, payloadEnd: end } = header;
	if (end <= start || end > packet.length) return nothing;
	const type = (packet[start] as number) & 0x1f;
	if (type === fuA) {
		if (end < start + 2) return nothing;
		const fu = packet[start + 1] as number;
		return (fu & 0x80) !== 0 && (fu & 0x1f) === nalIdr ? idr : nothing;
	}
	if (type === nalIdr) return idr;
	if (type === nalSps) return { ...nothing, sps: packet.subarray(start, end) };
	if (type === nalPps) return { ...nothing, pps: packet.subarray(start, end) };
	if (type !== stapA) return nothing;
	const content: H264Content = { ...nothing };
	for (const nal of aggregated(packet.subarray(start, end))) {
		const inner = nal.readUInt8(0) & 0x1f;
		if (inner === nalSps) content.sps = nal;
		else if (inner === nalPps) content.pps = nal;
		else if (inner === nalIdr) content.startsIdr = true;
	}
	return content;
}

/** The NAL units within a STAP-A payload (§5.7.1) behind its header, up to the first that is broken off. */
export function aggregated(payload: Buffer, header = 1): Buffer[] {
	const nals: Buffer[] = [];
	for (let at = header; at + 2 < payload.length; ) {
		const length = payload.readUInt16BE(at);
		if (length === 0 || at + 2 + length > payload.length) break;
		nals.push(payload.subarray(at + 2, at + 2 + length));
		at += 2 + length;
	}
	return nals;
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
