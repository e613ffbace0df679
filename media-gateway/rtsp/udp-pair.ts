import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { SourceError } from './failure.ts';

/** Room for a key frame that comes in one burst. The system may give less. */
const receiveBuffer = 4 * 1024 * 1024;
const maxTries = 50;

interface UdpPairOptions {
	/** The address of ours that the camera sees. */
	localIp: string;
	/** Canonical, as the system writes it. */
	cameraIp: string;
	/** Where the pair is looked for; anywhere when null. */
	ports: { first: number; last: number } | null;
	onPacket: (rtcp: boolean, payload: Buffer) => void;
}

/** Two sockets for one track: an even port for RTP and the next for RTCP (RFC 3550 §11). Hears the camera's address only. */
export class UdpPair {
	readonly rtpPort: number;
	readonly #rtp: Socket;
	readonly #rtcp: Socket;
	readonly #cameraIp: string;
	#serverPorts: { rtp: number; rtcp: number } | null = null;
	#closed = false;

	private constructor(rtp: Socket, rtcp: Socket, options: UdpPairOptions) {
		this.#rtp = rtp;
		this.#rtcp = rtcp;
		this.#cameraIp = options.cameraIp;
		this.rtpPort = rtp.address().port;
		for (const socket of [rtp, rtcp]) {
			// An unreachable port of the camera shows itself by silence.
			socket.on('error', () => undefined);
			socket.on('message', (packet, { address }) => {
				if (address === options.cameraIp) options.onPacket(socket === rtcp, packet);
			});
			try {
				socket.setRecvBufferSize(receiveBuffer);
			} catch {
				// Works without.
			}
		}
	}

	/** Throws `SourceError` (`gateway-error`) where no pair is free. */
	static async open(options: UdpPairOptions): Promise<UdpPair> {
		const { localIp, ports } = options;
		for (let tried = 0; tried < maxTries; tried += 1) {
			const rtp = await bind(localIp, ports === null ? 0 : randomEven(ports.first, ports.last));
			if (rtp === null) continue;
			const { port } = rtp.address();
			const rtcp = port % 2 === 0 ? await bind(localIp, port + 1) : null;
			if (rtcp !== null) return new UdpPair(rtp, rtcp, options);
			rtp.close();
		}
		throw new SourceError('gateway-error', 'no pair of UDP ports is free');
	}

	/** Where the camera receives. */
	connect(serverPorts: { rtp: number; rtcp: number }): void {
		if (!this.#closed) this.#serverPorts = serverPorts;
	}

	/** Opens the camera's way to us through a firewall or NAT with an empty packet each, as FFmpeg does. */
	punch(): void {
		this.sendRtp(Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
		this.sendRtcp(Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]));
	}

	sendRtp(packet: Buffer): void {
		if (this.#serverPorts !== null) this.#rtp.send(packet, this.#serverPorts.rtp, this.#cameraIp, () => undefined);
	}

	sendRtcp(packet: Buffer): void {
		if (this.#serverPorts !== null) this.#rtcp.send(packet, this.#serverPorts.rtcp, this.#cameraIp, () => undefined);
	}

	/** Idempotent. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#serverPorts = null;
		for (const socket of [this.#rtp, this.#rtcp]) {
			socket.removeAllListeners('message');
			socket.close();
		}
	}
}

/** Null where the port is taken. */
async function bind(address: string, port: number): Promise<Socket | null> {
	const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
	try {
		socket.bind({ address, port, exclusive: true });
		await once(socket, 'listening');
		return socket;
	} catch {
		socket.close();
		return null;
	}
}

function randomEven(first: number, last: number): number {
	const lowest = first + (first % 2);
	const pairs = Math.floor((last - lowest + 1) / 2);
	return lowest + 2 * Math.floor(Math.random() * Math.max(pairs, 1));
}
