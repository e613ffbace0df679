import type { TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import { Adaptation } from './adaptation.ts';
import type { Notify } from './client.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import { Watch, type WatchAnswer } from './watch.ts';

const sampleMs = 1_000;
/** Each asks the media worker, so not with every sample. */
const estimateEvery = 5;

export interface WatchesOptions {
	engine: RtcEngine;
	notify: Notify;
}

/** All that one client watches, and what its network can carry of it. */
export class Watches {
	readonly #options: WatchesOptions;
	readonly #watches = new Map<string, Watch>();
	readonly #adaptation = new Adaptation();
	#transport: types.WebRtcTransport | null = null;
	#available: number | null = null;
	#samples = 0;
	#timer: NodeJS.Timeout | undefined;
	#consumers = 0;

	constructor(options: WatchesOptions) {
		this.#options = options;
	}

	find(streamId: string): Watch | undefined {
		return this.#watches.get(streamId);
	}

	get(streamId: string): Watch {
		const watch = this.#watches.get(streamId);
		if (watch === undefined) throw new Refusal('not-found', `the stream ${streamId} is not watched`);
		return watch;
	}

	/** A watch that fails as its first answer is over. */
	async watch(
		source: LiveStream,
		transport: types.WebRtcTransport,
		capabilities: types.RtpCapabilities,
		size: TileSize | null,
	): Promise<WatchAnswer> {
		const { id } = source;
		const before = this.#watches.get(id);
		// A camera with a new address is another source of the same id.
		if (before !== undefined && before.source !== source) this.unwatch(id);
		const watch = this.#watches.get(id) ?? this.#begin(source);
		this.#transport = transport;
		try {
			return await watch.answer(transport, capabilities, size);
		} catch (error) {
			if (watch.shown === null || watch !== before) this.#end(id, watch);
			throw error;
		}
	}

	unwatch(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch !== undefined) this.#end(streamId, watch);
	}

	async resume(consumerId: string): Promise<boolean> {
		for (const watch of this.#watches.values()) if (await watch.resume(consumerId)) return true;
		return false;
	}

	close(): void {
		for (const streamId of [...this.#watches.keys()]) this.unwatch(streamId);
	}

	#begin(source: LiveStream): Watch {
		if (this.#watches.size >= limits.watches) throw new Refusal('limit', `expected at most ${limits.watches} streams`);
		const watch = new Watch({
			source,
			consume: (transport, producer, capabilities) => this.#consume(transport, producer, capabilities),
			notify: (notice) => this.#options.notify(notice, { streamId: source.id }),
		});
		this.#watches.set(source.id, watch);
		this.#timer ??= setInterval(() => this.#sample(), sampleMs);
		return watch;
	}

	#end(streamId: string, watch: Watch): void {
		watch.close();
		if (this.#watches.get(streamId) === watch) this.#watches.delete(streamId);
		if (this.#watches.size > 0) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	async #consume(transport: types.WebRtcTransport, producer: types.Producer, rtpCapabilities: types.RtpCapabilities): Promise<types.Consumer> {
		if (this.#consumers >= limits.consumers) throw new Refusal('limit', `expected at most ${limits.consumers} consumers`);
		this.#consumers += 1;
		try {
			const consumer = await this.#options.engine.consume(transport, producer, { rtpCapabilities, paused: true });
			const count = () => {
				this.#consumers -= 1;
			};
			if (consumer.closed) count();
			else consumer.observer.once('close', count);
			return consumer;
		} catch (error) {
			this.#consumers -= 1;
			throw error;
		}
	}

	#sample(): void {
		const watches = [...this.#watches.values()];
		this.#adaptation.sample(watches, this.#available, performance.now());
		this.#samples += 1;
		if (this.#samples % estimateEvery !== 0 || !watches.some((watch) => watch.reducible)) return;
		this.#transport?.getStats().then(
			([stats]) => {
				this.#available = stats?.availableOutgoingBitrate ?? null;
			},
			// The transport is closed: its pictures are gone as well.
			() => {
				this.#available = null;
			},
		);
	}
}
