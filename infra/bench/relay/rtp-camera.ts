import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const packetBytes = 1_200;
const packetsPerSecond = 200;
const clockRate = 90_000;
const ssrc = 0x0be11001;
const keyFrameEvery = 2 * packetsPerSecond;

/**
 * A camera for measuring: H.264 packets of one size at an even pace, each with an RTP timestamp of its own by which it can be told
 * when it comes out again. RTSP with RTP over UDP, or RTP alone to a given port.
 */
export class RtpCamera {
	/** When a packet went out, by its RTP timestamp, in milliseconds of the machine's monotonic clock. */
	readonly sentAt = new Map<number, number>();
	readonly #server: Server;
	readonly #rtp: UdpSocket;
	readonly #rtcp: UdpSocket;
	readonly #sockets = new Set<Socket>();
	#timer: NodeJS.Timeout | undefined;

	private constructor(server: Server, rtp: UdpSocket, rtcp: UdpSocket) {
		this.#server = server;
		this.#rtp = rtp;
		this.#rtcp = rtcp;
	}

	static async start(): Promise<RtpCamera> {
		const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')];
		for (const socket of [rtp, rtcp]) {
			socket.bind(0, '127.0.0.1');
			await once(socket, 'listening');
			socket.on('message', () => undefined);
		}
		const server = createServer();
		const camera = new RtpCamera(server, rtp, rtcp);
		server.on('connection', (socket) => camera.#serve(socket));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return camera;
	}

	get url(): string {
		return `rtsp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/live`;
	}

	/** Sends to this UDP port until told otherwise. */
	sendTo(port: number): void {
		clearInterval(this.#timer);
		const beganAt = performance.now();
		let sent = 0;
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - beganAt) * packetsPerSecond) / 1000);
			// After a stall it goes on, instead of sending all at once.
			if (due - sent > packetsPerSecond) sent = due - 1;
			for (; sent < due; sent += 1) this.#send(sent, port);
		}, 5);
	}

	pause(): void {
		clearInterval(this.#timer);
		this.sentAt.clear();
	}

	async stop(): Promise<void> {
		this.pause();
		for (const socket of this.#sockets) socket.destroy();
		this.#server.close();
		await once(this.#server, 'close');
		this.#rtp.close();
		this.#rtcp.close();
	}

	#send(number: number, port: number): void {
		const timestamp = (number * (clockRate / packetsPerSecond)) >>> 0;
		const packet = Buffer.alloc(packetBytes, 0x55);
		packet.writeUInt8(0x80, 0);
		packet.writeUInt8(0x80 | 96, 1);
		packet.writeUInt16BE(number & 0xffff, 2);
		packet.writeUInt32BE(timestamp, 4);
		packet.writeUInt32BE(ssrc, 8);
		// A parameter set is what a relay knows a key frame by (RFC 6184 §5.3, types 7 and 1).
		packet.writeUInt8(number % keyFrameEvery === 0 ? 0x67 : 0x61, 12);
		this.sentAt.set(timestamp, monotonic());
		if (this.sentAt.size > 4 * packetsPerSecond) this.sentAt.delete(this.sentAt.keys().next().value ?? 0);
		this.#rtp.send(packet, port, '127.0.0.1');
	}

	#serve(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => this.#sockets.delete(socket));
		let port = 0;
		let text = '';
		socket.on('data', (chunk) => {
			text += chunk.toString('latin1');
			for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
				const request = text.slice(0, end);
				text = text.slice(end + 4);
				const method = request.split(' ')[0] ?? '';
				port = Number(/client_port=(\d+)/.exec(request)?.[1] ?? port);
				socket.write(this.#answer(request, method));
				if (method === 'PLAY') this.sendTo(port);
				if (method === 'TEARDOWN') this.pause();
			}
		});
	}

	#answer(request: string, method: string): string {
		const cseq = /^CSeq: (\d+)/m.exec(request)?.[1] ?? '0';
		const head = `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n`;
		if (method === 'OPTIONS') return `${head}Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n`;
		if (method === 'SETUP') {
			const ports = `server_port=${this.#rtp.address().port}-${this.#rtcp.address().port}`;
			const client = /client_port=[\d-]+/.exec(request)?.[0] ?? '';
			return `${head}Transport: RTP/AVP;unicast;${client};${ports};ssrc=${ssrc.toString(16).padStart(8, '0').toUpperCase()}\r\nSession: bench;timeout=60\r\n\r\n`;
		}
		if (method !== 'DESCRIBE') return `${head}Session: bench\r\n\r\n`;
		const sdp =
			'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n';
		return `${head}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
	}
}

/** Milliseconds of a clock that all processes of the machine share. */
export function monotonic(): number {
	return Number(process.hrtime.bigint()) / 1e6;
}
