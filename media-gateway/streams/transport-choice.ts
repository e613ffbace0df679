import type { CameraInput } from '@beilun/shared/protocol/media.ts';

/** `udp-direct` goes from the camera into the media worker. */
export type FeedTransport = 'tcp' | 'udp' | 'udp-direct';

/** How RTP travels from one camera, and what turned out not to work; remembered until the camera is changed. */
export class TransportChoice {
	readonly #wanted: CameraInput['transport'];
	#tcpRefused = false;
	#udpFailed = false;
	#directFailed = false;

	constructor(wanted: CameraInput['transport']) {
		this.#wanted = wanted;
	}

	/** `relayable`: every track can go to browsers as it comes. */
	choose(relayable: boolean): FeedTransport {
		const udp = this.#wanted === 'udp' ? !this.#udpFailed : this.#wanted === 'auto' && this.#tcpRefused;
		if (!udp) return 'tcp';
		return relayable && !this.#directFailed ? 'udp-direct' : 'udp';
	}

	/** The camera answered 461 Unsupported Transport. True where another one may be tried. */
	refused(transport: FeedTransport): boolean {
		if (transport !== 'tcp') return this.#udpGone();
		const before = this.#tcpRefused;
		this.#tcpRefused = true;
		return this.#wanted === 'auto' && !before;
	}

	/** Nothing came, or nothing a viewer could begin with. True where another one may be tried. */
	useless(transport: FeedTransport): boolean {
		if (transport === 'tcp') return false;
		if (transport === 'udp') return this.#udpGone();
		this.#directFailed = true;
		return true;
	}

	#udpGone(): boolean {
		// One that has refused TCP before may have been told otherwise since.
		const before = this.#udpFailed;
		this.#udpFailed = this.#wanted === 'udp';
		this.#tcpRefused = false;
		return this.#wanted === 'udp' && !before;
	}
}
