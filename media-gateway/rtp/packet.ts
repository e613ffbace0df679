/** The parts of an RTP header (RFC 3550 §5.1) that matter here, and where the payload lies. */
export interface RtpHeader {
	marker: boolean;
	payloadType: number;
	sequence: number;
	timestamp: number;
	ssrc: number;
	/** Offsets into the packet; padding is outside. */
	payloadStart: number;
	payloadEnd: number;
}

/** Null for what is no RTP packet. Never throws, never answers offsets outside the packet. */
export function parseRtp(packet: Buffer): RtpHeader | null {
	if (packet.length < 12) return null;
	const first = packet.readUInt8(0);
	if (first >> 6 !== 2) return null;
	let payloadStart = 12 + (first & 0x0f) * 4;
	if ((first & 0x10) !== 0) {
		if (packet.length < payloadStart + 4) return null;
		payloadStart += 4 + packet.readUInt16BE(payloadStart + 2) * 4;
	}
	let payloadEnd = packet.length;
	if ((first & 0x20) !== 0) {
		const padding = packet.readUInt8(packet.length - 1);
		if (padding === 0) return null;
		payloadEnd -= padding;
	}
	if (payloadStart > payloadEnd) return null;
	const second = packet.readUInt8(1);
	return {
		marker: (second & 0x80) !== 0,
		payloadType: second & 0x7f,
		sequence: packet.readUInt16BE(2),
		timestamp: packet.readUInt32BE(4),
		ssrc: packet.readUInt32BE(8),
		payloadStart,
		payloadEnd,
	};
}

/** A packet of our own in the same stream. */
export function buildRtp(header: Pick<RtpHeader, 'marker' | 'payloadType' | 'sequence' | 'timestamp' | 'ssrc'>, payload: Buffer): Buffer {
	const packet = Buffer.alloc(12 + payload.length);
	packet.writeUInt8(0x80, 0);
	packet.writeUInt8((header.marker ? 0x80 : 0) | header.payloadType, 1);
	packet.writeUInt16BE(header.sequence & 0xffff, 2);
	packet.writeUInt32BE(header.timestamp, 4);
	packet.writeUInt32BE(header.ssrc, 8);
	payload.copy(packet, 12);
	return packet;
}
