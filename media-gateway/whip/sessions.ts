import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { Grant } from './access.ts';
import type { Peer } from './peer.ts';

/** Sessions that are or are being made: altogether, and of one holder. */
export const sessionLimits = { all: 256, holder: 8 } as const;
const sweepMs = 5_000;

interface Slot {
	grant: Grant;
	peer: Peer | null;
	/** Aborted when the session may not come to be any more. */
	abort: AbortController;
}

/** All WHIP and WHEP sessions: bounded, and ended with the right by which they were opened. */
export class Sessions {
	readonly #log: Logger;
	readonly #slots = new Set<Slot>();
	readonly #peers = new Map<string, Peer>();
	#sweep: NodeJS.Timeout | undefined;

	constructor(log: Logger) {
		this.#log = log;
	}

	get count(): number {
		return this.#slots.size;
	}

	/** Throws `RequestError` 429 beyond the limits, 401 when the right ended meanwhile, and what `build` throws. */
	async open(grant: Grant, build: (signal: AbortSignal) => Promise<Peer>): Promise<Peer> {
		const own = [...this.#slots].filter((slot) => slot.grant.holder === grant.holder).length;
		if (this.#slots.size >= sessionLimits.all) throw new RequestError(429, 'limit', `expected at most ${sessionLimits.all} sessions`);
		if (grant.holder !== 'service' && own >= sessionLimits.holder) {
			throw new RequestError(429, 'limit', `expected at most ${sessionLimits.holder} sessions of one token or person`);
		}
		const slot: Slot = { grant, peer: null, abort: new AbortController() };
		this.#slots.add(slot);
		this.#sweep ??= setInterval(() => this.#endExpired(Date.now()), sweepMs).unref();
		try {
			const peer = await build(slot.abort.signal);
			if (slot.abort.signal.aborted) peer.end('its right to be has ended');
			slot.peer = peer;
			this.#peers.set(peer.id, peer);
			const about = { protocol: peer.protocol, stream: peer.streamId, by: grant.by };
			this.#log.info(about, 'a session began');
			peer.onEnd((reason) => {
				this.#slots.delete(slot);
				this.#peers.delete(peer.id);
				this.#log.info({ ...about, reason }, 'a session ended');
			});
			if (peer.ended) throw new RequestError(503, 'worker-down', 'the media worker is gone');
			return peer;
		} catch (error) {
			this.#slots.delete(slot);
			if (slot.abort.signal.aborted) throw new RequestError(401, 'unauthenticated', 'what was to let you in has ended meanwhile');
			throw error;
		}
	}

	/** Null for a session that is not there, or is another stream's, or another holder's. */
	find(peerId: string, protocol: Peer['protocol'], streamId: string, grant: Grant): Peer | null {
		const peer = this.#peers.get(peerId);
		if (peer === undefined || peer.protocol !== protocol || peer.streamId !== streamId) return null;
		return grant.holder === 'service' || grant.holder === peer.grant.holder ? peer : null;
	}

	endOfToken(tokenId: string): void {
		this.#end((grant) => grant.tokenId === tokenId, 'its token is revoked');
	}

	endOfPerson(sessionId: string): void {
		this.#end((grant) => grant.sessionId === sessionId, 'its person has logged out');
	}

	close(): void {
		clearInterval(this.#sweep);
		this.#sweep = undefined;
		this.#end(() => true, 'the media gateway stops');
	}

	#endExpired(now: number): void {
		this.#end((grant) => grant.expiresAt <= now, 'its right has expired');
	}

	#end(which: (grant: Grant) => boolean, reason: string): void {
		for (const slot of [...this.#slots]) {
			if (!which(slot.grant)) continue;
			slot.abort.abort();
			slot.peer?.end(reason);
		}
	}
}
