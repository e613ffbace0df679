import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Answers a request's text; what it returns is written back, null says nothing. */
export type Script = (request: string, socket: Socket) => string | Buffer | null;

/** An RTSP server that does exactly what a test tells it, above all wrong things. */
export class ScriptedCamera {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	readonly requests: string[] = [];

	private constructor(server: Server) {
		this.#server = server;
	}

	static async start(script: Script, onConnect?: (socket: Socket) => void): Promise<ScriptedCamera> {
		const server = createServer();
		const camera = new ScriptedCamera(server);
		server.on('connection', (socket) => {
			camera.#sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => camera.#sockets.delete(socket));
			onConnect?.(socket);
			let text = '';
			socket.on('data', (chunk) => {
				text += chunk.toString('latin1');
				for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
					const request = text.slice(0, end);
					text = text.slice(end + 4);
					camera.requests.push(request);
					const answer = script(request, socket);
					if (answer !== null) socket.write(answer);
				}
			});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return camera;
	}

	get url(): string {
		return `rtsp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/live`;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		this.#server.close();
		await once(this.#server, 'close');
	}
}

/** An answer to `request`, with its CSeq. */
export function answer(request: string, status = '200 OK', headers: Record<string, string> = {}, body = ''): string {
	const cseq = /^CSeq: (\d+)/m.exec(request)?.[1] ?? '0';
	const lines = [`RTSP/1.0 ${status}`, `CSeq: ${cseq}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
	if (body !== '') lines.push('Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(body)}`);
	return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

export const pcmaSdp = 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=control:*\r\nm=audio 0 RTP/AVP 8\r\na=control:track1\r\n';

/** A well-behaved camera's part: everything up to PLAY, one PCMA track. */
export function behave(request: string, sdp = pcmaSdp): string {
	const method = request.split(' ')[0];
	if (method === 'OPTIONS') return answer(request, '200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER' });
	if (method === 'DESCRIBE') return answer(request, '200 OK', {}, sdp);
	if (method === 'SETUP') return answer(request, '200 OK', { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1', Session: 'abc;timeout=60' });
	return answer(request, '200 OK', { Session: 'abc' });
}

/** An interleaved RTP packet of PCMA; of silence whatever the payload type. */
export function pcmaFrame(sequence: number, channel = 0, payloadType = 8): Buffer {
	const packet = Buffer.alloc(4 + 12 + 160);
	packet.writeUInt8(0x24, 0);
	packet.writeUInt8(channel, 1);
	packet.writeUInt16BE(172, 2);
	packet.writeUInt8(0x80, 4);
	packet.writeUInt8(payloadType, 5);
	packet.writeUInt16BE(sequence & 0xffff, 6);
	packet.writeUInt32BE(sequence * 160, 8);
	packet.writeUInt32BE(0x1234, 12);
	return packet;
}
