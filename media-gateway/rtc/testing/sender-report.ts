/** An RTCP sender report (RFC 3550 §6.4.1) of a clock that shows `ntpMs`, milliseconds since 1970. */
export function senderReport(options: { ssrc: number; rtpTimestamp: number; ntpMs: number }): Buffer {
	const packet = Buffer.alloc(28);
	packet.writeUInt8(0x80, 0);
	packet.writeUInt8(200, 1);
	packet.writeUInt16BE(6, 2);
	packet.writeUInt32BE(options.ssrc, 4);
	packet.writeUInt32BE(Math.floor(options.ntpMs / 1000) + 2_208_988_800, 8);
	packet.writeUInt32BE(Math.floor(((options.ntpMs % 1000) / 1000) * 2 ** 32), 12);
	packet.writeUInt32BE(options.rtpTimestamp, 16);
	return packet;
}
