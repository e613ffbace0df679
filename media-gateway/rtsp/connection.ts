import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fromNetworkError, SourceError } from './failure.ts';
import { type RtspItem, RtspReader, type RtspResponse } from './framing.ts';
import { connectSecurely, trust } from './secure.ts';

const connectTimeoutMs = 5_000;
const responseTimeoutMs = 5_000;
/** A camera that takes nothing more from us is as good as gone; receiver reports are all we send meanwhile. */
const maxUnsent = 256 * 1024;
/** Until the system asks a connection on which nothing comes whether it still stands. */
const idleMs = 5_000;
/** What a camera could mean to ask of a server that we are not (RFC 2326 §10). */
const refusedMethods = /^(DESCRIBE|ANNOUNCE|SETUP|PLAY|PAUSE|TEARDOWN|SET_PARAMETER|REDIRECT|RECORD)$/;

interface ConnectionTarget {
	/** Has been checked already. */
	ip: string;
	port: number;
	/** Who the certificate must name. */
	host: string;
	secure: boolean;
	/** SHA-256 of the certificate that is trusted whoever signed it. */
	certificate: string | null;
}

interface ConnectionHandlers {
	onFrame: (channel: number, payload: Buffer) => void;
	/** Once, after the connection has ended for whatever reason. */
	onClosed: (error: SourceError) => void;
}

interface Waiting {
	method: string;
	resolve: (response: RtspResponse) => void;
	reject: (error: SourceError) => void;
	timer: NodeJS.Timeout;
}

/** One TCP connection to a camera: requests are matched with their answers by CSeq, frames are handed on. */
export class RtspConnection {
	readonly #socket: Socket;
	readonly #handlers: ConnectionHandlers;
	readonly #reader = new RtspReader();
	readonly #waiting = new Map<number, Waiting>();
	#cseq = 0;
	#ended: SourceError | null = null;
	/** When something last came, as `performance.now()` says it. */
	heardAt = performance.now();

	private constructor(socket: Socket, handlers: ConnectionHandlers) {
		this.#socket = socket;
		this.#handlers = handlers;
		socket.setNoDelay(true);
		socket.setKeepAlive(true, idleMs);
		socket.on('data', (chunk: Buffer) => this.#take(chunk));
		socket.on('error', (error) => this.close(fromNetworkError(error, true)));
		socket.on('close', () => this.close(new SourceError('closed-by-peer', 'the camera closed the connection')));
	}

	/** Throws `SourceError`. */
	static open(target: ConnectionTarget, handlers: ConnectionHandlers, signal: AbortSignal): Promise<RtspConnection> {
		return new Promise((resolve, reject) => {
			const { ip, port } = target;
			const socket = target.secure ? connectSecurely(ip, port, target.host) : connect({ host: ip, port });
			const fail = (error: unknown) => {
				done();
				socket.on('error', () => undefined);
				socket.destroy();
				reject(fromNetworkError(error, false));
			};
			const timer = setTimeout(() => fail(new SourceError('unreachable', `no connection within ${connectTimeoutMs / 1000} s`)), connectTimeoutMs);
			const onAbort = () => fail(new SourceError('gateway-error', 'stopped'));
			const done = () => {
				clearTimeout(timer);
				socket.removeAllListeners('error');
				signal.removeEventListener('abort', onAbort);
			};
			signal.addEventListener('abort', onAbort, { once: true });
			if (signal.aborted) return onAbort();
			socket.once('error', fail);
			socket.once(target.secure ? 'secureConnect' : 'connect', () => {
				try {
					if (socket instanceof TLSSocket) trust(socket, target.certificate);
				} catch (error) {
					return fail(error);
				}
				done();
				resolve(new RtspConnection(socket, handlers));
			});
		});
	}

	/** The address of ours that the camera sees. */
	get localIp(): string {
		return unmapped(this.#socket.localAddress);
	}

	/** The camera's, as the system writes it. */
	get remoteIp(): string {
		return unmapped(this.#socket.remoteAddress);
	}

	/** Sends a request and waits for its answer, whatever its status. */
	request(method: string, uri: string, headers: Record<string, string> = {}): Promise<RtspResponse> {
		if (this.#ended !== null) return Promise.reject(this.#ended);
		this.#cseq += 1;
		const cseq = this.#cseq;
		const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${cseq}`, 'User-Agent: dynamic-beilun'];
		for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#waiting.delete(cseq);
				reject(new SourceError('silent', `no answer to ${method} within ${responseTimeoutMs / 1000} s`));
			}, responseTimeoutMs);
			this.#waiting.set(cseq, { method, resolve, reject, timer });
			this.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'));
		});
	}

	write(data: Buffer): void {
		if (this.#ended !== null) return;
		this.#socket.write(data);
		if (this.#socket.writableLength > maxUnsent) this.close(new SourceError('silent', 'the camera takes no more data'));
	}

	/** Sends a last request without waiting for more than the bytes to leave, then closes. */
	farewell(method: string, uri: string, headers: Record<string, string>): void {
		if (this.#ended !== null) return;
		void this.request(method, uri, headers).catch(() => undefined);
		const socket = this.#socket;
		this.close(new SourceError('gateway-error', 'stopped'), false);
		socket.end();
		setTimeout(() => socket.destroy(), 1_000).unref();
	}

	close(error: SourceError, destroy = true): void {
		if (destroy) this.#socket.destroy();
		if (this.#ended !== null) return;
		this.#ended = error;
		for (const waiting of this.#waiting.values()) {
			clearTimeout(waiting.timer);
			waiting.reject(error);
		}
		this.#waiting.clear();
		this.#handlers.onClosed(error);
	}

	#take(chunk: Buffer): void {
		if (this.#ended !== null) return;
		this.heardAt = performance.now();
		try {
			for (const item of this.#reader.push(chunk)) {
				if (item.kind === 'frame') this.#handlers.onFrame(item.channel, item.payload);
				else this.#answer(item);
				if (this.#ended !== null) return;
			}
		} catch (error) {
			this.close(error instanceof SourceError ? error : new SourceError('gateway-error', 'a packet could not be handled', { cause: error }));
		}
	}

	#answer(item: Exclude<RtspItem, { kind: 'frame' }>): void {
		const cseq = Number(item.headers.get('cseq')?.[0] ?? Number.NaN);
		if (item.kind === 'request') {
			if (Number.isInteger(cseq)) this.write(Buffer.from(`RTSP/1.0 ${statusFor(item.method)}\r\nCSeq: ${cseq}\r\n\r\n`));
			return;
		}
		// Answers come in order: one without a usable CSeq belongs to the oldest request.
		const key = this.#waiting.has(cseq) ? cseq : Number.isInteger(cseq) ? undefined : this.#waiting.keys().next().value;
		const waiting = key === undefined ? undefined : this.#waiting.get(key);
		if (key === undefined || waiting === undefined) return;
		this.#waiting.delete(key);
		clearTimeout(waiting.timer);
		waiting.resolve(item);
	}
}

/** A camera may ask whether we live; nothing else is offered to it. */
function statusFor(method: string): string {
	const offered = 'OPTIONS, GET_PARAMETER';
	if (method === 'OPTIONS') return `200 OK\r\nPublic: ${offered}`;
	if (method === 'GET_PARAMETER') return '200 OK';
	return refusedMethods.test(method) ? `405 Method Not Allowed\r\nAllow: ${offered}` : '501 Not Implemented';
}

/** A socket for both families writes IPv4 addresses as `::ffff:a.b.c.d`. */
function unmapped(address: string | undefined): string {
	return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
