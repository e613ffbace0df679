import { type CameraAddress, redirected } from './address.ts';
import { Authenticator, parseChallenges } from './authentication.ts';
import { RtspConnection } from './connection.ts';
import { SourceError } from './failure.ts';
import type { RtspResponse } from './framing.ts';

export interface DialogueOptions {
	address: CameraAddress;
	/** Looks a host up and answers the one address to connect to. Throws `SourceError` for what may not be reached. */
	resolve: (host: string) => Promise<string>;
	/** SHA-256 of an `rtsps://` camera's certificate, lower-case hexadecimal; null where an authority has to vouch for it. */
	certificate: string | null;
	onFrame: (channel: number, payload: Buffer) => void;
	onClosed: (error: SourceError) => void;
}

/** Questions and answers with one camera: finds it, logs in, follows it. What the requests mean is the session's business. */
export class RtspDialogue {
	readonly #options: DialogueOptions;
	readonly #abort = new AbortController();
	#address: CameraAddress;
	#connection: RtspConnection | null = null;
	#ended: SourceError | null = null;
	#authenticator: Authenticator | null = null;
	#authenticated = false;
	/** Goes with every request once a camera has named it. */
	sessionId: string | null = null;

	constructor(options: DialogueOptions) {
		this.#options = options;
		this.#address = options.address;
	}

	/** Without user and password. */
	get uri(): string {
		return this.#address.uri;
	}

	get secure(): boolean {
		return this.#address.secure;
	}

	/** Of the camera; empty before `connect`. */
	get remoteIp(): string {
		return this.#connection?.remoteIp ?? '';
	}

	get localIp(): string {
		return this.#connection?.localIp ?? '';
	}

	/** When a byte last came, as `performance.now()` says it. */
	get heardAt(): number {
		return this.#connection?.heardAt ?? 0;
	}

	async connect(): Promise<void> {
		const { host, port, secure } = this.#address;
		const { certificate, onFrame } = this.#options;
		const ip = await this.#options.resolve(host);
		const connection: RtspConnection = await RtspConnection.open(
			{ ip, port, host, secure, certificate },
			{
				onFrame,
				onClosed: (error) => {
					if (this.#connection !== connection) return;
					this.#connection = null;
					this.#ended = error;
					this.#options.onClosed(error);
				},
			},
			this.#abort.signal,
		);
		this.#connection = connection;
	}

	/** The next `connect` goes where `location` says. */
	redirect(location: string | undefined): void {
		this.#address = redirected(this.#address, location);
		this.#authenticator = null;
		this.#authenticated = false;
		const connection = this.#connection;
		this.#connection = null;
		connection?.close(new SourceError('gateway-error', 'redirected'));
	}

	/** As `request`, but any status other than 2xx is a `SourceError`. */
	async expect(method: string, uri: string, headers: Record<string, string>): Promise<RtspResponse> {
		const response = await this.request(method, uri, headers);
		check(method, response);
		return response;
	}

	/** Asks, and asks again with an answer to the challenge where the camera wants one. */
	async request(method: string, uri: string, headers: Record<string, string> = {}): Promise<RtspResponse> {
		const response = await this.#send(method, uri, headers);
		if (response.status !== 401) {
			if (this.#authenticator !== null) this.#authenticated = true;
			return response;
		}
		const { username, password } = this.#address;
		if (username === '' && password === '') throw new SourceError('unauthorized', 'the camera asks for user and password', { status: 401 });
		const previous = this.#authenticator;
		const next = Authenticator.choose(parseChallenges(response.headers.get('www-authenticate') ?? []));
		if (next === null) throw new SourceError('unauthorized', 'the camera asks for a login of a kind that is not known here', { status: 401 });
		// A nonce wears out: only an answer to a fresh one tells whether the password is wrong.
		const worth = previous === null || next.stale || (this.#authenticated && next.nonce !== previous.nonce);
		if (!worth) throw wrongPassword();
		this.#authenticator = next;
		const second = await this.#send(method, uri, headers);
		if (second.status === 401) throw wrongPassword();
		this.#authenticated = true;
		return second;
	}

	/** A frame between the requests. */
	write(data: Buffer): void {
		this.#connection?.write(data);
	}

	/** The connection is given up; `onClosed` is called. */
	fail(error: SourceError): void {
		this.#connection?.close(error);
	}

	/** Says TEARDOWN where there is something to tear down. `onClosed` is not called any more. */
	close(teardownUri: string): void {
		this.#abort.abort();
		const connection = this.#connection;
		this.#connection = null;
		this.#ended ??= stopped();
		if (this.sessionId === null) connection?.close(stopped());
		else connection?.farewell('TEARDOWN', teardownUri, this.#headers('TEARDOWN', teardownUri));
	}

	#send(method: string, uri: string, headers: Record<string, string>): Promise<RtspResponse> {
		if (this.#connection === null) return Promise.reject(this.#ended ?? stopped());
		return this.#connection.request(method, uri, { ...this.#headers(method, uri), ...headers });
	}

	#headers(method: string, uri: string): Record<string, string> {
		const headers: Record<string, string> = {};
		if (this.#authenticator !== null) headers.Authorization = this.#authenticator.header(method, uri, this.#address);
		if (this.sessionId !== null) headers.Session = this.sessionId;
		return headers;
	}
}

function stopped(): SourceError {
	return new SourceError('gateway-error', 'stopped');
}

function wrongPassword(): SourceError {
	return new SourceError('unauthorized', 'the camera refuses user or password', { status: 401 });
}

/** Throws `SourceError` for any answer but 2xx. */
export function check(method: string, { status, reason }: RtspResponse): void {
	if (status >= 200 && status < 300) return;
	const answer = `${status} ${reason.replace(/[^\x20-\x7e]/g, '').slice(0, 60)}`.trim();
	const cause = status === 401 || status === 403 ? 'unauthorized' : status === 404 || status === 454 ? 'not-found' : 'protocol-error';
	throw new SourceError(cause, `the camera answered ${answer} to ${method}`, { status });
}
