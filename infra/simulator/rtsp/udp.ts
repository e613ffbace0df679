import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** A peer that cannot be sent to as fast as the camera sends loses packets once this many bytes wait. */
const sendLimit = 1_048_576;
const attempts = 20;

export interface UdpTarget {
	/** Address of ours that the peer knows. */
	local: string;
	/** The only one that anything is sent to, or taken from. */
	peer: string;
	rtpPort: number;
	rtcpPort: number;
	onRtcp: () => void;
}

/** One track's RTP and RTCP to one peer, from an even port and the odd one behind it (RFC 3550 §11). */
export class UdpPair {
	/** Of RTP. */
	readonly port: number;
	readonly #rtp: Socket;
	readonly #rtcp: Socket;

	private constructor(port: number, rtp: Socket, rtcp: Socket) {
		this.port = port;
		this.#rtp = rtp;
		this.#rtcp = rtcp;
	}

	/** Throws when no pair of ports is free. */
	static async open(target: UdpTarget): Promise<UdpPair> {
		for (let attempt = 1; ; attempt++) {
			const rtp = await bind(target.local, 0);
			const { port } = rtp.address();
			const rtcp = port % 2 === 0 ? await bind(target.local, port + 1).catch(() => undefined) : undefined;
			if (rtcp) {
				rtcp.on('message', target.onRtcp);
				try {
					await Promise.all([connect(rtp, target.rtpPort, target.peer), connect(rtcp, target.rtcpPort, target.peer)]);
					return new UdpPair(port, rtp, rtcp);
				} catch (error) {
					rtp.close();
					rtcp.close();
					throw error;
				}
			}
			rtp.close();
			if (attempt === attempts) throw new Error(`no pair of UDP ports is free on ${target.local}`);
		}
	}

	sendRtp(parts: readonly Buffer[]): void {
		if (this.#rtp.getSendQueueSize() < sendLimit) this.#rtp.send(parts);
	}

	sendRtcp(parts: readonly Buffer[]): void {
		this.#rtcp.send(parts);
	}

	close(): void {
		this.#rtp.close();
		this.#rtcp.close();
	}
}

async function bind(address: string, port: number): Promise<Socket> {
	const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
	socket.bind({ port, address, exclusive: true });
	await once(socket, 'listening');
	// "Connection refused": the peer does not listen any more, which its TCP connection tells soon.
	socket.on('error', () => undefined);
	return socket;
}

async function connect(socket: Socket, port: number, address: string): Promise<void> {
	await new Promise<void>((resolve, reject) => socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve())));
}
