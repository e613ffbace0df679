import type { Quality, StreamClock, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { Lease, LiveStream } from '../streams/live-stream.ts';
import type { Adaptable } from './adaptation.ts';
import { fitLayer, fitQuality } from './fit.ts';
import { Refusal } from './refusal.ts';

/** So long a tile waits for the source that suits it before it takes the other one too. */
const fallbackAfterMs = 4_000;

export interface WatchOptions {
	source: LiveStream;
	/** Makes a paused consumer. */
	consume: (transport: types.WebRtcTransport, producer: types.Producer, capabilities: types.RtpCapabilities) => Promise<types.Consumer>;
	/** There are other producers to watch, or there are none any more. */
	notify: (notice: 'streamChanged' | 'streamEnded') => void;
}

interface Held {
	consumer: types.Consumer;
	quality: Quality;
	/** That of the source; a pipe between workers may have another. */
	producer: types.Producer;
	transport: types.WebRtcTransport;
	resumed: boolean;
	/** `old`: plays until another has taken its place. `leaving`: plays until that one has sent its first key frame. */
	state: 'current' | 'old' | 'leaving';
}

export interface WatchAnswer {
	quality: Quality;
	clocks: StreamClock[];
	consumers: { id: string; producerId: string; kind: types.MediaKind; rtpParameters: types.RtpParameters }[];
}

/**
 * One client's wish to see one stream. The source that suits its tile is kept open; as long as that one is not live, the other is
 * shown where it is. A source is left only when the next one plays.
 */
export class Watch implements Adaptable {
	readonly source: LiveStream;
	readonly #options: WatchOptions;
	readonly #leases = new Map<Quality, { lease: Lease; use: 'viewer' | 'service' }>();
	readonly #held = new Map<string, Held>();
	#size: TileSize | null = null;
	#fitting: Quality | null = null;
	#wanted: Quality = 'main';
	#shown: Quality | null = null;
	#reduced = false;
	#fallback: NodeJS.Timeout | undefined;
	#fallenBack = false;
	#turn: Promise<unknown> = Promise.resolve();
	#answering = false;
	#closed = false;

	constructor(options: WatchOptions) {
		this.#options = options;
		this.source = options.source;
	}

	get shown(): Quality | null {
		return this.#shown;
	}

	get wanted(): Quality {
		return this.#wanted;
	}

	get reducible(): boolean {
		return this.#shown === 'main' && this.#wanted === 'main' && this.#hasSub();
	}

	get reduced(): boolean {
		return this.#reduced;
	}

	get score(): number | null {
		return this.#video()?.consumer.score.score ?? null;
	}

	get bitrate(): number {
		const { status } = this.source.stream;
		return this.#shown === 'main' && this.#video() !== undefined && status.state === 'live' ? (status.video?.bitrate ?? 0) : 0;
	}

	/** Answers what there is to show, and keeps what plays of it already. */
	answer(transport: types.WebRtcTransport, capabilities: types.RtpCapabilities, size: TileSize | null): Promise<WatchAnswer> {
		const turn = this.#turn.then(async () => {
			this.#answering = true;
			try {
				return await this.#answer(transport, capabilities, size);
			} finally {
				this.#answering = false;
				// After the answer: what has changed meanwhile.
				setImmediate(() => this.#tellIfOther());
			}
		});
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	async prefer(size: TileSize): Promise<void> {
		this.#choose(size);
		this.#tellIfOther();
		await Promise.all([...this.#held.values()].map((held) => this.#setLayers(held)));
	}

	reduce(): void {
		this.#reduced = true;
		this.#choose(this.#size);
		this.#tellIfOther();
	}

	restore(): void {
		this.#reduced = false;
		this.#choose(this.#size);
		this.#tellIfOther();
	}

	/** False where this watch holds no such consumer, or no longer. */
	async resume(consumerId: string): Promise<boolean> {
		const held = this.#held.get(consumerId);
		if (held === undefined) return false;
		const { consumer, state } = held;
		const leaving = state === 'current' && (consumer.kind === 'video' || this.#video() === undefined) ? this.#leave() : [];
		const finish = () => {
			for (const each of leaving) each.consumer.close();
		};
		try {
			if (leaving.length > 0 && consumer.kind === 'video') await this.#onKeyFrame(consumer, finish);
			held.resumed = true;
			await consumer.resume();
		} catch (error) {
			ignoreIfClosed(consumer, error);
		}
		if (consumer.kind === 'audio') finish();
		return !consumer.closed;
	}

	/** The source has producers that were not there before, or another quality suits now. */
	onProducers(quality: Quality): void {
		if (this.#fitting === null || this.#closed) return;
		this.#choose(this.#size);
		if (quality === this.#wanted) this.#endFallback();
		const other = otherThan(this.#wanted);
		if (this.source.producers(this.#wanted).length > 0) this.#tellIfOther(this.#wanted);
		else if (this.#leases.has(other)) this.#tellIfOther(other);
	}

	onLost(quality: Quality): void {
		for (const held of [...this.#held.values()]) if (held.quality === quality) held.consumer.close();
		if (quality === this.#shown) {
			this.#shown = null;
			const other = this.source.producers(otherThan(quality)).length > 0;
			this.#options.notify(other ? 'streamChanged' : 'streamEnded');
		}
		this.#settle();
		if (this.#shown === null) this.#awaitWanted();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#fallback);
		for (const held of [...this.#held.values()]) held.consumer.close();
		for (const { lease } of this.#leases.values()) lease.release();
		this.#leases.clear();
	}

	async #answer(transport: types.WebRtcTransport, capabilities: types.RtpCapabilities, size: TileSize | null): Promise<WatchAnswer> {
		this.#assertOpen();
		this.#choose(size);
		const other = otherThan(this.#wanted);
		const quality = this.source.producers(this.#wanted).length === 0 && this.source.producers(other).length > 0 ? other : this.#wanted;
		const producers = [...this.source.producers(quality)];
		this.#acquire(quality, 'service');
		this.#shown = producers.length > 0 ? quality : null;
		if (quality === this.#wanted && producers.length > 0) this.#endFallback();
		this.#part(transport, producers);
		for (const producer of producers) await this.#take(transport, producer, quality, capabilities);
		this.#settle();
		if (this.#shown === null) this.#awaitWanted();
		const answered = [...this.#held.values()].filter((held) => held.state === 'current');
		return {
			quality,
			clocks: this.source.clocks(quality),
			consumers: answered.map(({ consumer, producer }) => ({
				id: consumer.id,
				producerId: producer.id,
				kind: consumer.kind,
				rtpParameters: consumer.rtpParameters,
			})),
		};
	}

	/** What plays may stay; what the browser never resumed it may not hold. */
	#part(transport: types.WebRtcTransport, producers: types.Producer[]): void {
		for (const held of [...this.#held.values()]) {
			if (held.state === 'leaving') continue;
			if (!held.resumed) held.consumer.close();
			else held.state = held.transport === transport && producers.includes(held.producer) ? 'current' : 'old';
		}
		if (producers.length > 0) return;
		for (const held of [...this.#held.values()]) held.consumer.close();
	}

	async #take(transport: types.WebRtcTransport, producer: types.Producer, quality: Quality, capabilities: types.RtpCapabilities): Promise<void> {
		if (this.#current().some((held) => held.producer === producer)) return;
		let consumer: types.Consumer;
		try {
			consumer = await this.#options.consume(transport, producer, capabilities);
		} catch (error) {
			if (producer.closed) return;
			throw error;
		}
		if (this.#closed) consumer.close();
		this.#assertOpen();
		const held: Held = { consumer, quality, producer, transport, resumed: false, state: 'current' };
		this.#held.set(consumer.id, held);
		consumer.observer.once('close', () => {
			this.#held.delete(consumer.id);
			this.#settle();
		});
		// A pipe between workers may break where the source does not.
		consumer.once('producerclose', () => setImmediate(() => this.#closed || producer.closed || this.#options.notify('streamChanged')));
		await this.#setLayers(held);
	}

	#choose(size: TileSize | null): void {
		this.#size = size;
		this.#fitting = fitQuality((each) => this.source.qualityFor(each), size, this.#fitting);
		const wanted = this.#reduced && this.#hasSub() ? 'sub' : this.#fitting;
		if (wanted !== this.#wanted) this.#endFallback();
		const before = this.#wanted;
		this.#wanted = wanted;
		this.#acquire(wanted, 'viewer');
		// One viewer stays one viewer while it holds both.
		if (before !== wanted && this.#leases.get(before)?.use === 'viewer') this.#acquire(before, 'service');
		this.#settle();
	}

	#tellIfOther(quality: Quality = this.#wanted): void {
		const producers = this.source.producers(quality);
		const shown = this.#current();
		if (producers.length === 0 || this.#answering || this.#closed) return;
		if (!producers.every((producer) => shown.some((held) => held.producer === producer))) this.#options.notify('streamChanged');
		else if (shown.length > producers.length) this.#options.notify('streamChanged');
	}

	async #setLayers({ consumer, state }: Held): Promise<void> {
		const layers = spatialLayers(consumer);
		if (layers < 2 || state !== 'current' || consumer.closed) return;
		const { status } = this.source.stream;
		const { width = null, height = null } = status.state === 'live' ? (status.video ?? {}) : {};
		const current = consumer.preferredLayers?.spatialLayer ?? null;
		const picture = width === null || height === null ? null : { width, height };
		const spatialLayer = fitLayer({ layers, tile: this.#size, picture, current });
		if (spatialLayer !== current) await consumer.setPreferredLayers({ spatialLayer }).catch((error: unknown) => ignoreIfClosed(consumer, error));
	}

	/** The old ones, which are to go now that their successor is resumed. */
	#leave(): Held[] {
		const old = [...this.#held.values()].filter((held) => held.state === 'old');
		for (const held of old) held.state = 'leaving';
		return old;
	}

	async #onKeyFrame(consumer: types.Consumer, finish: () => void): Promise<void> {
		consumer.observer.once('close', finish);
		consumer.once('trace', () => {
			finish();
			// Where that fails the consumer is closed, or goes on telling what nobody hears.
			if (!consumer.closed) consumer.enableTraceEvent([]).catch(() => undefined);
		});
		await consumer.enableTraceEvent(['keyframe']);
	}

	#acquire(quality: Quality, use: 'viewer' | 'service'): void {
		const before = this.#leases.get(quality);
		if (before?.use === use || (before?.use === 'viewer' && quality === this.#wanted)) return;
		this.#leases.set(quality, { lease: this.source.acquire(quality, use), use });
		before?.lease.release();
	}

	/** Lets go of a source that is neither wanted nor shown. */
	#settle(): void {
		for (const [quality, { lease }] of [...this.#leases]) {
			if (quality === this.#wanted || quality === this.#shown || this.#fallenBack) continue;
			if ([...this.#held.values()].some((held) => held.quality === quality)) continue;
			this.#leases.delete(quality);
			lease.release();
		}
	}

	#awaitWanted(): void {
		if (this.#fallback !== undefined || this.#fallenBack || this.#closed || !this.#hasSub()) return;
		this.#fallback = setTimeout(() => {
			this.#fallback = undefined;
			const other = otherThan(this.#wanted);
			if (this.source.producers(this.#wanted).length > 0) return;
			this.#fallenBack = true;
			this.#acquire(other, 'service');
			this.#tellIfOther(other);
		}, fallbackAfterMs);
	}

	#endFallback(): void {
		clearTimeout(this.#fallback);
		this.#fallback = undefined;
		this.#fallenBack = false;
	}

	#hasSub(): boolean {
		return this.source.qualityFor({ width: 1, height: 1 }) === 'sub';
	}

	#current(): Held[] {
		return [...this.#held.values()].filter((held) => held.state === 'current');
	}

	#video(): Held | undefined {
		return this.#current().find((held) => held.consumer.kind === 'video');
	}

	#assertOpen(): void {
		if (this.#closed) throw new Refusal('failed', 'the watch has ended meanwhile');
	}
}

function otherThan(quality: Quality): Quality {
	return quality === 'main' ? 'sub' : 'main';
}

function spatialLayers({ kind, type, rtpParameters }: types.Consumer): number {
	if (kind !== 'video' || (type !== 'simulcast' && type !== 'svc')) return 1;
	return Number(/^[LS](\d)/.exec(rtpParameters.encodings?.[0]?.scalabilityMode ?? '')?.[1] ?? 1);
}

/** A consumer may close while mediasoup is being asked. */
function ignoreIfClosed(consumer: types.Consumer, error: unknown): void {
	if (!consumer.closed) throw error;
}
