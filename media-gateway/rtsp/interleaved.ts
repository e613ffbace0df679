import { SourceError } from './failure.ts';

/** RTP and RTCP inside the RTSP connection: every packet behind `$`, a channel and a length (RFC 2326 §10.12). */
export class InterleavedChannels {
	readonly #tracks = new Map<number, { track: number; rtcp: boolean }>();

	/** Throws `SourceError` where a channel has another use already. */
	assign(track: number, channels: { rtp: number; rtcp: number }): void {
		for (const channel of [channels.rtp, channels.rtcp]) {
			if (this.#tracks.has(channel)) throw new SourceError('protocol-error', `the camera gave channel ${channel} to two tracks`);
		}
		this.#tracks.set(channels.rtp, { track, rtcp: false });
		this.#tracks.set(channels.rtcp, { track, rtcp: true });
	}

	/** Undefined for a channel that was never agreed. */
	find(channel: number): { track: number; rtcp: boolean } | undefined {
		return this.#tracks.get(channel);
	}
}

/** Null for a packet that is too long. */
export function interleave(channel: number, packet: Buffer): Buffer | null {
	if (packet.length > 0xffff) return null;
	const head = Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]);
	return Buffer.concat([head, packet]);
}
