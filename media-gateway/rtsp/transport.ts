import { SourceError } from './failure.ts';

/** What a packet is: media or its control protocol, of which track. */
export interface TransportPacket {
	track: number;
	rtcp: boolean;
	payload: Buffer;
}

/** How RTP travels. Interleaved in the RTSP connection here; UDP fits the same seam. */
interface MediaTransport {
	/** The `Transport` header that offers track `track` in SETUP. */
	offer(track: number): string;
	/** Takes the camera's `Transport` answer. Throws `SourceError` when it cannot be used. */
	accept(track: number, answer: string): void;
	/** Sends a receiver's RTCP packet to the camera. */
	sendRtcp(track: number, packet: Buffer): void;
	close(): void;
}

/** RFC 2326 §10.12: every packet behind `$`, a channel and a length. */
export class InterleavedTransport implements MediaTransport {
	readonly #write: (data: Buffer) => void;
	readonly #channels = new Map<number, { track: number; rtcp: boolean }>();
	readonly #rtcpChannels = new Map<number, number>();

	constructor(write: (data: Buffer) => void) {
		this.#write = write;
	}

	offer(track: number): string {
		return `RTP/AVP/TCP;unicast;interleaved=${track * 2}-${track * 2 + 1}`;
	}

	accept(track: number, answer: string): void {
		const channels = interleavedChannels(answer) ?? { rtp: track * 2, rtcp: track * 2 + 1 };
		if (!/RTP\/AVP\/TCP/i.test(answer)) throw new SourceError('protocol-error', 'the camera does not send RTP over TCP');
		if (this.#channels.has(channels.rtp)) throw new SourceError('protocol-error', `the camera gave channel ${channels.rtp} to two tracks`);
		this.#channels.set(channels.rtp, { track, rtcp: false });
		this.#channels.set(channels.rtcp, { track, rtcp: true });
		this.#rtcpChannels.set(track, channels.rtcp);
	}

	/** Null for a channel that was never agreed. */
	packet(channel: number, payload: Buffer): TransportPacket | null {
		const known = this.#channels.get(channel);
		return known === undefined ? null : { ...known, payload };
	}

	sendRtcp(track: number, packet: Buffer): void {
		const channel = this.#rtcpChannels.get(track);
		if (channel === undefined || packet.length > 0xffff) return;
		const head = Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]);
		this.#write(Buffer.concat([head, packet]));
	}

	close(): void {
		this.#channels.clear();
	}
}

function interleavedChannels(answer: string): { rtp: number; rtcp: number } | null {
	const match = /interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(answer);
	if (match === null) return null;
	const rtp = Number(match[1]);
	const rtcp = match[2] === undefined ? rtp + 1 : Number(match[2]);
	return rtp > 255 || rtcp > 255 ? null : { rtp, rtcp };
}
