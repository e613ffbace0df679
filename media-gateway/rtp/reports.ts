import type { SenderReport } from './capture-clock.ts';

/** Seconds from 1900, where NTP begins, to 1970. */
const ntpToUnix = 2_208_988_800;

/** The first sender report (RFC 3550 §6.4.1) of a compound RTCP packet; null where there is none. Never throws. */
export function readSenderReport(packet: Buffer, arrivedAt: number): (SenderReport & { ssrc: number }) | null {
	for (let at = 0; at + 8 <= packet.length; ) {
		const length = 4 + packet.readUInt16BE(at + 2) * 4;
		if (packet.readUInt8(at) >> 6 !== 2 || at + length > packet.length) return null;
		if (packet.readUInt8(at + 1) === 200 && length >= 28) {
			const ntpMs = ntpToMs(packet.readUInt32BE(at + 8), packet.readUInt32BE(at + 12));
			return { ssrc: packet.readUInt32BE(at + 4), ntpMs, rtpTimestamp: packet.readUInt32BE(at + 16), arrivedAt };
		}
		at += length;
	}
	return null;
}

/** Milliseconds since 1970. */
export function ntpToMs(seconds: number, fraction: number): number {
	return (seconds - ntpToUnix) * 1000 + (fraction * 1000) / 2 ** 32;
}
