import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import { takeKeyFrame } from '../rtc/key-frame-tap.ts';

const perSecond = 4;

/** Looks into producers whose packets do not pass here, not too often: every look costs the worker and this process. */
export class KeyFrameSampler {
	readonly #engine: RtcEngine;
	#allowance = perSecond;
	#since = performance.now();

	constructor(engine: RtcEngine) {
		this.#engine = engine;
	}

	/** RTP packets of the next key frame; null where none came in time, or too many were asked for. */
	async take(producer: types.Producer, timeoutMs: number): Promise<Buffer[] | null> {
		const now = performance.now();
		this.#allowance = Math.min(this.#allowance + ((now - this.#since) / 1000) * perSecond, perSecond);
		this.#since = now;
		if (this.#allowance < 1 || producer.closed) return null;
		this.#allowance -= 1;
		return await takeKeyFrame(this.#engine, producer, { timeoutMs }).catch(() => null);
	}
}
