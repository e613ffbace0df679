import { randomBytes } from 'node:crypto';
import type { types } from 'mediasoup';
import type { Grant } from './access.ts';
import { writeFragment } from './answer.ts';
import type { Offer } from './offer.ts';
import type { AgreedSection } from './parameters.ts';

/** How long a peer may be without ICE: before the first check, and after consent is lost. */
const iceGraceMs = 30_000;

export interface PeerOptions {
	protocol: 'whip' | 'whep';
	streamId: string;
	grant: Grant;
	offer: Offer;
	agreed: AgreedSection[];
	transport: types.WebRtcTransport;
	/** The SDP answer. */
	answer: string;
	iceGraceMs?: number;
}

/** One WHIP or WHEP session (RFC 9725 §4.2): a transport with one peer, and what ends with it. */
export class Peer {
	/** Part of the session's URL; not to be guessed. */
	readonly id = randomBytes(24).toString('base64url');
	readonly protocol: PeerOptions['protocol'];
	readonly streamId: string;
	readonly grant: Grant;
	readonly answer: string;
	readonly #options: PeerOptions;
	readonly #ends: ((reason: string) => void)[] = [];
	readonly #graceMs: number;
	#remoteFragment: string;
	#grace: NodeJS.Timeout | undefined;
	#ended = false;

	constructor(options: PeerOptions) {
		this.#options = options;
		this.protocol = options.protocol;
		this.streamId = options.streamId;
		this.grant = options.grant;
		this.answer = options.answer;
		this.#graceMs = options.iceGraceMs ?? iceGraceMs;
		this.#remoteFragment = options.offer.iceUsernameFragment;
		const { transport } = options;
		transport.on('icestatechange', (state) => this.#onIce(state));
		transport.on('dtlsstatechange', (state) => {
			if (state === 'closed' || state === 'failed') this.end(`DTLS is ${state}`);
		});
		transport.observer.once('close', () => this.end('the media worker is gone'));
		this.#onIce(transport.iceState);
		if (transport.closed) this.end('the media worker is gone');
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** Names the ICE session: another one after each restart (RFC 9725 §4.3.1). */
	get entityTag(): string {
		return `"${this.#options.transport.iceParameters.usernameFragment}"`;
	}

	/** Whether the peer's ICE session is the one of this username fragment. */
	isCurrent(usernameFragment: string): boolean {
		return usernameFragment === this.#remoteFragment;
	}

	/** `work` runs once when the session ends, at once if it has. */
	onEnd(work: (reason: string) => void): void {
		if (this.#ended) work('it had ended');
		else this.#ends.push(work);
	}

	/** Answers our new parameters as a fragment. Media goes on by the old ones until the peer has changed over. */
	async restartIce(usernameFragment: string): Promise<string> {
		const { offer, agreed, transport } = this.#options;
		await transport.restartIce();
		this.#remoteFragment = usernameFragment;
		return writeFragment(offer, agreed, transport);
	}

	/** Once; later calls do nothing. */
	end(reason: string): void {
		if (this.#ended) return;
		this.#ended = true;
		clearTimeout(this.#grace);
		for (const work of this.#ends) work(reason);
		this.#options.transport.close();
	}

	#onIce(state: types.IceState): void {
		clearTimeout(this.#grace);
		if (this.#ended || state === 'connected' || state === 'completed') return;
		this.#grace = setTimeout(() => this.end('no ICE connection'), this.#graceMs);
	}
}
