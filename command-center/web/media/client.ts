import { type PackedPreview, type Quality, type StreamClock, type TileSize, unpackPreview } from '@beilun/shared/protocol/media.ts';
import type { Device } from 'mediasoup-client';
import type { ConsumerOptions, Transport } from 'mediasoup-client/types';
import { type FrameTimes, frameDelay } from './clock.ts';
import { GatewayClock } from './gateway-clock.ts';
import { backoff } from './picture.ts';
import { decodePreview } from './preview.ts';
import { mediaSignal, type Signal, SignalError } from './signal.ts';
import { differs } from './tile-size.ts';
import { loadDevice, openTransport } from './transport.ts';
import { Watch, type Watched, type WatchListener } from './watch.ts';

/** What the client must know of streams: which there are. The realtime store tells. */
export interface StreamSource {
	has(streamId: string): boolean;
	onChange(listener: () => void): () => void;
}

export interface Watching {
	/** In device pixels. */
	resize(size: TileSize): void;
	stop(): void;
}

/** Consumers of one stream are dropped only after a while, so that a tile which moves keeps its picture. Milliseconds. */
const linger = 400;
/** The server tells when a stream comes; in case that was lost it is asked again. */
const askAgain = 10_000;
const reportEvery = 10_000;
/** Longer than most cameras' key frames are apart. */
const previewAgain = 2_500;

/**
 * Watches streams over one socket and one receive transport. Each stream is asked for once however many tiles show it, and asked
 * for again whenever it returns: after a reconnected camera, a lost socket or a failed transport, for ever and without a click.
 */
export class MediaClient {
	readonly #signal: Signal;
	readonly #source: StreamSource;
	readonly #clock: GatewayClock;
	readonly #watches = new Map<string, Watch>();
	#device: Promise<Device> | undefined;
	#transport: Promise<Transport> | undefined;

	constructor(signal: Signal, source: StreamSource) {
		this.#signal = signal;
		this.#source = source;
		this.#clock = new GatewayClock(signal);
		signal.socket.on('connect', () => this.#restartAll());
		signal.socket.on('disconnect', () => this.#reset());
		signal.socket.on('streamEnded', ({ streamId }) => this.#ended(streamId));
		signal.socket.on('streamChanged', ({ streamId }) => this.#changed(streamId));
		signal.socket.on('clock', ({ streamId, clocks }) => {
			const watch = this.#watches.get(streamId);
			if (watch !== undefined) watch.clocks = clocks;
		});
		source.onChange(() => this.#look());
		setInterval(() => this.#report(), reportEvery);
	}

	/** Until it is stopped the stream is wanted. */
	watch(streamId: string, size: TileSize | null, listener: WatchListener): Watching {
		const known = this.#watches.get(streamId);
		const watch = known ?? new Watch(streamId);
		watch.listeners.set(listener, size);
		if (known === undefined) {
			this.#watches.set(streamId, watch);
			this.#begin(watch);
		} else {
			this.#prefer(watch);
		}
		return {
			resize: (now) => {
				if (!watch.listeners.has(listener)) return;
				watch.listeners.set(listener, now);
				this.#prefer(watch);
			},
			stop: () => {
				watch.listeners.delete(listener);
				setTimeout(() => {
					if (watch.listeners.size === 0) this.#forget(watch);
					else this.#prefer(watch);
				}, linger);
			},
		};
	}

	watched(streamId: string): Watched | undefined {
		return this.#watches.get(streamId)?.watched;
	}

	/** How long a frame had travelled when it was shown, milliseconds. */
	delay(streamId: string, times: FrameTimes): number {
		return frameDelay(times, this.#watches.get(streamId)?.clocks ?? [], this.#clock.offset);
	}

	/** This media has its first frame on the screen. */
	shown(streamId: string, media: MediaStream): void {
		this.#watches.get(streamId)?.settle(media);
	}

	/** The picture stands although the stream is live: ask for it anew, at most every few seconds. */
	nudge(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined || !watch.mayNudge(performance.now())) return;
		watch.release();
		this.#unwatch(watch);
		this.#begin(watch);
	}

	/** The stream comes, but its next key frame is long in coming: a younger preview may be had meanwhile. */
	refreshPreview(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined || watch.shown || !this.#signal.connected) return;
		if (performance.now() - (watch.previewAskedAt ?? 0) >= previewAgain) this.#preview(watch);
	}

	/** The picture moves. */
	moving(streamId: string): void {
		this.#watches.get(streamId)?.moving(performance.now());
	}

	#forget(watch: Watch): void {
		if (this.#watches.get(watch.streamId) !== watch) return;
		this.#watches.delete(watch.streamId);
		clearTimeout(watch.timer);
		watch.turn += 1;
		watch.release();
		this.#unwatch(watch);
	}

	#unwatch(watch: Watch): void {
		if (watch.asked === null) return;
		watch.asked = null;
		if (this.#signal.connected) void this.#signal.request('unwatch', { streamId: watch.streamId }).catch(() => undefined);
	}

	/** The largest tile decides which picture comes. */
	#prefer(watch: Watch): void {
		const { size } = watch;
		if (size === null || watch.asked === null || !this.#signal.connected || !differs(watch.asked.size, size)) return;
		watch.asked = { size };
		void this.#signal.request('prefer', { streamId: watch.streamId, size }).catch(() => undefined);
	}

	/** A stream that the server did not know, and now does, is asked for at once. */
	#look(): void {
		for (const watch of this.#watches.values()) {
			if (watch.phase.phase === 'refused' && watch.phase.reason === 'not-found' && this.#source.has(watch.streamId)) this.#begin(watch);
		}
	}

	#ended(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined) return;
		watch.turn += 1;
		watch.release();
		this.#wait(watch);
	}

	#changed(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined) return;
		watch.attempt = 0;
		this.#begin(watch);
	}

	#restartAll(): void {
		this.#device = undefined;
		this.#transport = undefined;
		// Before the first tile asks, so that its picture does not wait for it. A failure shows when a tile does ask.
		this.#open().catch(() => undefined);
		for (const watch of this.#watches.values()) {
			watch.attempt = 0;
			this.#begin(watch);
		}
	}

	/** The socket is gone, and with it everything the server held for this page. */
	#reset(): void {
		const old = this.#transport;
		this.#device = undefined;
		this.#transport = undefined;
		for (const watch of this.#watches.values()) {
			watch.turn += 1;
			watch.asked = null;
			watch.previewAskedAt = null;
			clearTimeout(watch.timer);
			watch.release();
			watch.show({ phase: 'signalling' });
		}
		old?.then((transport) => transport.close()).catch(() => undefined);
	}

	#open(): Promise<Transport> {
		this.#device ??= loadDevice(this.#signal);
		const device = this.#device;
		this.#transport ??= device.then((loaded) =>
			openTransport(this.#signal, loaded, 'receive', {
				lost: () => {
					this.#transport = undefined;
					for (const watch of this.#watches.values()) {
						watch.release();
						this.#begin(watch);
					}
				},
			}),
		);
		const transport = this.#transport;
		transport.catch(() => {
			if (this.#transport === transport) this.#transport = undefined;
			if (this.#device === device) this.#device = undefined;
		});
		return transport;
	}

	#begin(watch: Watch): void {
		clearTimeout(watch.timer);
		watch.timer = undefined;
		watch.turn += 1;
		if (!this.#signal.connected) {
			watch.show({ phase: 'signalling' });
			return;
		}
		const { turn } = watch;
		if (!watch.playing && watch.phase.phase !== 'waiting') watch.show({ phase: 'starting' });
		this.#fetch(watch, turn).catch((error: unknown) => {
			if (watch.turn !== turn) return;
			watch.release();
			const { reason, detail } =
				error instanceof SignalError ? error : new SignalError('failed', error instanceof Error ? error.message : String(error));
			watch.attempt += 1;
			const pause = backoff(watch.attempt, Math.random());
			watch.timer = setTimeout(() => this.#begin(watch), pause);
			watch.show({ phase: 'refused', reason, detail, nextTryAt: performance.now() + pause });
		});
		if (!watch.playing && watch.previewAskedAt === null) this.#preview(watch);
	}

	async #fetch(watch: Watch, turn: number): Promise<void> {
		const transport = await this.#open();
		const device = await this.#device;
		if (watch.turn !== turn || device === undefined) return;
		const { streamId, size } = watch;
		watch.asked = { size };
		const { consumers, quality, clocks } = await this.#signal.request<
			'watch',
			{ quality: Quality; clocks: StreamClock[]; consumers: ConsumerOptions[] }
		>('watch', { streamId, transportId: transport.id, rtpCapabilities: { ...device.recvRtpCapabilities }, size });
		if (watch.turn !== turn) return;
		watch.clocks = clocks;
		watch.attempt = 0;
		if (consumers.length === 0) {
			watch.release();
			this.#wait(watch);
			return;
		}
		// Sound and picture of one camera share a name so that the browser keeps them in step.
		const made = await Promise.all(
			consumers.map(async (options) => watch.consumer(options.id) ?? (await transport.consume({ ...options, streamId }))),
		);
		if (watch.turn !== turn) {
			for (const consumer of made) if (watch.consumer(consumer.id) === undefined) consumer.close();
			return;
		}
		watch.replace(made, quality);
		await Promise.all(made.map((consumer) => this.#signal.request('resume', { consumerId: consumer.id })));
	}

	/** The server knows what is wanted and says when it is there. */
	#wait(watch: Watch): void {
		clearTimeout(watch.timer);
		watch.timer = setTimeout(() => this.#begin(watch), askAgain);
		watch.show({ phase: 'waiting' });
	}

	/** Without a preview the live picture is waited for. */
	#preview(watch: Watch): void {
		watch.previewAskedAt = performance.now();
		// After the watch, where that can go at once: then the server knows the tile's size.
		setTimeout(() => void this.#showPreview(watch).catch(() => undefined));
	}

	async #showPreview(watch: Watch): Promise<void> {
		const { preview } = await this.#signal.request<'preview', { preview: PackedPreview | null }>('preview', { streamId: watch.streamId });
		if (preview === null || watch.shown) return;
		await this.#clock.known;
		await decodePreview(unpackPreview(preview), (image, captureTime) => {
			const { offset } = this.#clock;
			if (offset !== null) watch.showStill({ image, capturedAt: captureTime - offset });
		});
	}

	#report(): void {
		if (!this.#signal.connected) return;
		const pictures = [...this.#watches.values()].flatMap(({ streamId, age }) => (age === null ? [] : [{ streamId, age }]));
		if (pictures.length > 0) void this.#signal.request('report', { pictures: pictures.slice(0, 256) }).catch(() => undefined);
	}
}

let client: MediaClient | undefined;

/** The page's one client; the first caller names where streams are known from. */
export function mediaClient(source: StreamSource): MediaClient {
	client ??= new MediaClient(mediaSignal(), source);
	return client;
}
