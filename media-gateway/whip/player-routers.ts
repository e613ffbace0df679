import type { types } from 'mediasoup';
import type { RtcEngine, RtcNode } from '../rtc/engine.ts';

interface Entry {
	router: Promise<types.Router>;
	users: number;
}

/**
 * Routers with the payload types that players offer. mediasoup sends every receiver the payload types of its router, and a player of
 * WHEP has said beforehand which it takes. Players of one kind offer the same and share a router for each worker.
 */
export class PlayerRouters {
	readonly #engine: RtcEngine;
	readonly #entries = new Map<string, Entry>();

	constructor(engine: RtcEngine) {
		this.#engine = engine;
	}

	/** Throws when the worker is gone, or the codecs do not go together. `release` once. */
	async claim(node: RtcNode, codecs: types.RouterRtpCodecCapability[]): Promise<{ router: types.Router; release: () => void }> {
		const key = `${node.pid} ${JSON.stringify(codecs)}`;
		const known = this.#entries.get(key);
		const entry = known ?? { router: this.#engine.createRouter(node, codecs), users: 0 };
		this.#entries.set(key, entry);
		entry.users += 1;
		const release = () => {
			entry.users -= 1;
			if (entry.users > 0) return;
			if (this.#entries.get(key) === entry) this.#entries.delete(key);
			entry.router.then((router) => router.close()).catch(() => undefined);
		};
		try {
			const router = await entry.router;
			if (router.closed) throw new Error('the media worker is gone');
			return { router, release };
		} catch (error) {
			release();
			throw error;
		}
	}
}
