import type { Config } from '@beilun/shared/runtime/config.ts';

/** An even port for RTP and the odd one behind it for RTCP (RFC 3550 §11). */
export interface PortPair {
	rtpPort: number;
	rtcpPort: number;
}

/** Gives out the pairs of a range, each in its turn, so that a late packet of one camera does not reach the next. */
export class CameraPorts {
	readonly #firstPair: number;
	readonly size: number;
	readonly #taken = new Set<number>();
	#next = 0;

	constructor({ first, last }: Config['cameraPorts']) {
		this.#firstPair = first + (first % 2);
		this.size = Math.floor((last - this.#firstPair + 1) / 2);
	}

	/** Null when all are taken. */
	take(): PortPair | null {
		for (let tried = 0; tried < this.size; tried += 1) {
			const rtpPort = this.#firstPair + 2 * this.#next;
			this.#next = (this.#next + 1) % this.size;
			if (this.#taken.has(rtpPort)) continue;
			this.#taken.add(rtpPort);
			return { rtpPort, rtcpPort: rtpPort + 1 };
		}
		return null;
	}

	release(pair: PortPair): void {
		this.#taken.delete(pair.rtpPort);
	}
}
