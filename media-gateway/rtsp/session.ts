import { type CameraAddress, redirected, resolveControl } from './address.ts';
import { Authenticator, parseChallenges } from './authentication.ts';
import { RtspConnection } from './connection.ts';
import { SourceError } from './failure.ts';
import type { RtspResponse } from './framing.ts';
import { type MediaDescription, parseSdp } from './sdp.ts';
import { InterleavedTransport } from './transport.ts';

const maxRedirects = 3;
const defaultTimeoutSeconds = 60;

export interface RtspSessionOptions {
	address: CameraAddress;
	/** Looks a host up and answers the one address to connect to. Throws `SourceError` for what may not be reached. */
	resolve: (host: string) => Promise<string>;
	/** The sections to play, in the order of their tracks. Throws `SourceError` when there is none. */
	select: (media: MediaDescription[]) => MediaDescription[];
	/** RTP and RTCP as they come; `track` is an index into what `select` answered. */
	onPacket: (track: number, rtcp: boolean, payload: Buffer) => void;
	/** Once; not called for an error that `open` rejects with, nor after `close`. */
	onClosed: (error: SourceError) => void;
}

/** A conversation with one camera (RFC 2326): DESCRIBE, SETUP, PLAY, keep-alive, TEARDOWN. */
export class RtspSession {
	readonly #options: RtspSessionOptions;
	readonly #abort = new AbortController();
	#address: CameraAddress;
	#connection: RtspConnection | null = null;
	#transport: InterleavedTransport | null = null;
	#authenticator: Authenticator | null = null;
	#authenticated = false;
	#sessionId: string | null = null;
	#playUri: string;
	#keepAlive: NodeJS.Timeout | undefined;
	#keepAliveMethod = 'OPTIONS';
	#open = false;

	constructor(options: RtspSessionOptions) {
		this.#options = options;
		this.#address = options.address;
		this.#playUri = options.address.uri;
	}

	/** Resolves with the playing sections once the camera has answered PLAY. */
	async open(): Promise<MediaDescription[]> {
		try {
			const description = await this.#describe();
			const sdp = parseSdp(description.body.toString('utf8'));
			const base = description.headers.get('content-base')?.[0] ?? description.headers.get('content-location')?.[0] ?? this.#address.uri;
			const baseUri = /^rtsp:\/\//i.test(base) ? base : this.#address.uri;
			const media = this.#options.select(sdp.media);
			this.#playUri = resolveControl(baseUri, sdp.control);
			for (const [track, section] of media.entries()) await this.#setup(track, resolveControl(this.#playUri, section.control));
			await this.#expect('PLAY', this.#playUri, { Range: 'npt=0.000-' });
			this.#open = true;
			return media;
		} catch (error) {
			this.close();
			throw error;
		}
	}

	sendRtcp(track: number, packet: Buffer): void {
		this.#transport?.sendRtcp(track, packet);
	}

	/** Says TEARDOWN where there is something to tear down. Idempotent. */
	close(): void {
		this.#open = false;
		this.#abort.abort();
		clearInterval(this.#keepAlive);
		this.#transport?.close();
		const connection = this.#connection;
		this.#connection = null;
		if (connection === null) return;
		if (this.#sessionId === null) connection.close(new SourceError('gateway-error', 'stopped'));
		else connection.farewell('TEARDOWN', this.#playUri, this.#headers('TEARDOWN', this.#playUri));
	}

	async #describe(): Promise<RtspResponse> {
		for (let redirects = 0; ; redirects += 1) {
			await this.#connect();
			const options = await this.#request('OPTIONS', this.#address.uri);
			if (/\bGET_PARAMETER\b/.test(options.headers.get('public')?.join(',') ?? '')) this.#keepAliveMethod = 'GET_PARAMETER';
			const response = await this.#request('DESCRIBE', this.#address.uri, { Accept: 'application/sdp' });
			if (response.status < 300 || response.status > 399) {
				check('DESCRIBE', response);
				return response;
			}
			if (redirects === maxRedirects) throw new SourceError('protocol-error', `the camera redirects more than ${maxRedirects} times`);
			this.#address = redirected(this.#address, response.headers.get('location')?.[0]);
			this.#authenticator = null;
			this.#authenticated = false;
		}
	}

	async #connect(): Promise<void> {
		const previous = this.#connection;
		this.#connection = null;
		previous?.close(new SourceError('gateway-error', 'redirected'));
		const { host, port } = this.#address;
		const ip = await this.#options.resolve(host);
		let transport: InterleavedTransport | null = null;
		const connection: RtspConnection = await RtspConnection.open(
			ip,
			port,
			{
				onFrame: (channel, payload) => {
					const packet = transport?.packet(channel, payload);
					if (packet) this.#options.onPacket(packet.track, packet.rtcp, packet.payload);
				},
				onClosed: (error) => {
					if (this.#connection !== connection) return;
					this.#connection = null;
					clearInterval(this.#keepAlive);
					if (this.#open) this.#options.onClosed(error);
				},
			},
			this.#abort.signal,
		);
		transport = new InterleavedTransport((data) => connection.write(data));
		this.#transport = transport;
		this.#connection = connection;
	}

	async #setup(track: number, uri: string): Promise<void> {
		if (this.#transport === null) throw new SourceError('closed-by-peer', 'the connection is closed');
		const response = await this.#expect('SETUP', uri, { Transport: this.#transport.offer(track) });
		this.#transport?.accept(track, response.headers.get('transport')?.[0] ?? '');
		const session = response.headers.get('session')?.[0];
		if (session === undefined) throw new SourceError('protocol-error', 'the camera opened no session');
		this.#sessionId = (session.split(';')[0] ?? '').trim();
		const seconds = Number(/timeout\s*=\s*(\d{1,6})/i.exec(session)?.[1] ?? defaultTimeoutSeconds);
		clearInterval(this.#keepAlive);
		this.#keepAlive = setInterval(() => this.#stayAlive(), Math.max(seconds * 500, 1_000));
	}

	#stayAlive(): void {
		this.#request(this.#keepAliveMethod, this.#playUri).then(
			(response) => {
				if (response.status === 454) this.#connection?.close(new SourceError('closed-by-peer', 'the camera has ended the session'));
				// Some name GET_PARAMETER and then do not know it.
				else if (response.status >= 400) this.#keepAliveMethod = 'OPTIONS';
			},
			// A camera that sends pictures lives, even where it leaves this unanswered; one that does not is found silent.
			() => undefined,
		);
	}

	async #expect(method: string, uri: string, headers: Record<string, string>): Promise<RtspResponse> {
		const response = await this.#request(method, uri, headers);
		check(method, response);
		return response;
	}

	/** Asks, and asks again with an answer to the challenge where the camera wants one. */
	async #request(method: string, uri: string, headers: Record<string, string> = {}): Promise<RtspResponse> {
		const response = await this.#send(method, uri, headers);
		if (response.status !== 401) {
			if (this.#authenticator !== null) this.#authenticated = true;
			return response;
		}
		const { username, password } = this.#address;
		if (username === '' && password === '') throw new SourceError('unauthorized', 'the camera asks for user and password');
		const previous = this.#authenticator;
		const next = Authenticator.choose(parseChallenges(response.headers.get('www-authenticate') ?? []));
		if (next === null) throw new SourceError('unauthorized', 'the camera asks for a login of a kind that is not known here');
		// A nonce wears out: only an answer to a fresh one tells whether the password is wrong.
		const worth = previous === null || next.stale || (this.#authenticated && next.nonce !== previous.nonce);
		if (!worth) throw wrongPassword();
		this.#authenticator = next;
		const second = await this.#send(method, uri, headers);
		if (second.status === 401) throw wrongPassword();
		this.#authenticated = true;
		return second;
	}

	#send(method: string, uri: string, headers: Record<string, string>): Promise<RtspResponse> {
		if (this.#connection === null) return Promise.reject(new SourceError('closed-by-peer', 'the camera closed the connection'));
		return this.#connection.request(method, uri, { ...this.#headers(method, uri), ...headers });
	}

	#headers(method: string, uri: string): Record<string, string> {
		const headers: Record<string, string> = {};
		if (this.#authenticator !== null) headers.Authorization = this.#authenticator.header(method, uri, this.#address);
		if (this.#sessionId !== null) headers.Session = this.#sessionId;
		return headers;
	}
}

function wrongPassword(): SourceError {
	return new SourceError('unauthorized', 'the camera refuses user or password');
}

function check(method: string, { status, reason }: RtspResponse): void {
	if (status >= 200 && status < 300) return;
	const answer = `${status} ${reason.replace(/[^\x20-\x7e]/g, '').slice(0, 60)}`.trim();
	if (status === 401 || status === 403) throw new SourceError('unauthorized', `the camera answered ${answer} to ${method}`);
	if (status === 404 || status === 454) throw new SourceError('not-found', `the camera answered ${answer} to ${method}`);
	throw new SourceError('protocol-error', `the camera answered ${answer} to ${method}`);
}
