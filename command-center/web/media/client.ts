import { type PackedPreview, type Quality, type StreamClock, type TileSize, unpackPreview } from '@beilun/shared/protocol/media.ts';
import type { Device } from 'mediasoup-client';
import type { Consumer, ConsumerOptions, Transport } from 'mediasoup-client/types';
import { type FrameTimes, frameDelay } from './clock.ts';
import { GatewayClock } from './gateway-clock.ts';
import { backoff, type WatchPhase } from './picture.ts';
import { decodePreview, type Still } from './preview.ts';
import { mediaSignal, type Signal, SignalError } from './signal.ts';
import { differs, largest } from './tile-size.ts';
import { loadDevice, openTransport } from './transport.ts';

/** What the client must know of streams: which there are. The realtime store tells. */
export interface StreamSource {
	has(streamId: string): boolean;
	onChange(listener: () => void): () => void;
}

export interface Watched {
	phase: WatchPhase;
	/** Null unless playing. A new object whenever its tracks change; what was shown before goes on until the new one is `shown`. */
	media: MediaStream | null;
	/** Which of the camera's streams comes; null while none does. */
	quality: Quality | null;
	/** What stands in for the live picture until it comes. */
	still: Still | null;
}

/** One that shows a stream. */
export interface WatchListener {
	changed: () => void;
	/** Called while the last picture can still be copied. */
	releasing: () => void;
	/** How old the live picture is that it shows, milliseconds; null where it shows none. */
	age: () => number | null;
}

export interface Watching {
	/** In device pixels. */
	resize(size: TileSize): void;
	stop(): void;
}

interface Watch {
	streamId: string;
	watched: Watched;
	listeners: Map<WatchListener, TileSize | null>;
	consumers: Map<string, Consumer>;
	/** The consumers have shown a frame. */
	shown: boolean;
	/** Replaced, but still on the screen. */
	leaving: Consumer[];
	clocks: StreamClock[];
	/** The server knows that it is wanted, in this size. */
	asked: { size: TileSize | null } | null;
	previewAsked: boolean;
	attempt: number;
	timer: ReturnType<typeof setTimeout> | undefined;
	/** Rises when what is under way is no longer wanted. */
	turn: number;
	/** `performance.now()` before which a frozen picture is not asked for again, and how long the next time is. */
	nudgeAfter: number;
	nudgePause: number;
}

/** Consumers of one stream are dropped only after a while, so that a tile which moves keeps its picture. Milliseconds. */
const linger = 400;
/** The server tells when a stream comes; in case that was lost it is asked again. */
const askAgain = 10_000;
const reportEvery = 10_000;

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
		let watch = this.#watches.get(streamId);
		if (watch === undefined) {
			watch = {
				streamId,
				watched: { phase: { phase: 'signalling' }, media: null, quality: null, still: null },
				listeners: new Map([[listener, size]]),
				consumers: new Map(),
				shown: false,
				leaving: [],
				clocks: [],
				asked: null,
				previewAsked: false,
				attempt: 0,
				timer: undefined,
				turn: 0,
				nudgeAfter: 0,
				nudgePause: 8_000,
			};
			this.#watches.set(streamId, watch);
			this.#begin(watch);
		}
		const held = watch;
		held.listeners.set(listener, size);
		this.#prefer(held);
		return {
			resize: (now) => {
				if (!held.listeners.has(listener)) return;
				held.listeners.set(listener, now);
				this.#prefer(held);
			},
			stop: () => {
				held.listeners.delete(listener);
				setTimeout(() => {
					this.#forget(held);
					this.#prefer(held);
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

	/** This media has its first frame on the screen: what it replaced can go. */
	shown(streamId: string, media: MediaStream): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined || watch.watched.media !== media) return;
		watch.shown = true;
		for (const consumer of watch.leaving.splice(0)) consumer.close();
		watch.watched = { ...watch.watched, still: null };
	}

	/** The picture stands although the stream is live: ask for it anew, at most every few seconds. */
	nudge(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined || watch.watched.phase.phase !== 'playing' || performance.now() < watch.nudgeAfter) return;
		watch.nudgeAfter = performance.now() + watch.nudgePause;
		watch.nudgePause = Math.min(60_000, watch.nudgePause * 2);
		this.#release(watch);
		this.#unwatch(watch);
		this.#begin(watch);
	}

	/** The picture moves: the next time it stands it is asked for at once. */
	moving(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined || watch.nudgePause === 8_000) return;
		watch.nudgePause = 8_000;
		watch.nudgeAfter = performance.now() + 8_000;
	}

	#forget(watch: Watch): void {
		if (watch.listeners.size > 0 || this.#watches.get(watch.streamId) !== watch) return;
		this.#watches.delete(watch.streamId);
		clearTimeout(watch.timer);
		watch.turn += 1;
		this.#release(watch);
		this.#unwatch(watch);
	}

	#unwatch(watch: Watch): void {
		if (watch.asked === null) return;
		watch.asked = null;
		if (this.#signal.connected) void this.#signal.request('unwatch', { streamId: watch.streamId }).catch(() => undefined);
	}

	/** The largest tile decides which picture comes. */
	#prefer(watch: Watch): void {
		const size = largest(watch.listeners.values());
		if (size === null || watch.asked === null || !this.#signal.connected || !differs(watch.asked.size, size)) return;
		watch.asked = { size };
		void this.#signal.request('prefer', { streamId: watch.streamId, size }).catch(() => undefined);
	}

	/** A stream that the server did not know, and now does, is asked for at once. */
	#look(): void {
		for (const watch of this.#watches.values()) {
			const { phase } = watch.watched;
			if (phase.phase === 'refused' && phase.reason === 'not-found' && this.#source.has(watch.streamId)) this.#begin(watch);
		}
	}

	#ended(streamId: string): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined) return;
		watch.turn += 1;
		this.#release(watch);
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
			watch.previewAsked = false;
			clearTimeout(watch.timer);
			this.#release(watch);
			this.#show(watch, { phase: 'signalling' });
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
						this.#release(watch);
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
			this.#show(watch, { phase: 'signalling' });
			return;
		}
		const { turn } = watch;
		if (watch.consumers.size === 0 && watch.watched.phase.phase !== 'waiting') this.#show(watch, { phase: 'starting' });
		this.#fetch(watch, turn).catch((error: unknown) => {
			if (watch.turn !== turn) return;
			this.#release(watch);
			const { reason, detail } =
				error instanceof SignalError ? error : new SignalError('failed', error instanceof Error ? error.message : String(error));
			watch.attempt += 1;
			const pause = backoff(watch.attempt, Math.random());
			watch.timer = setTimeout(() => this.#begin(watch), pause);
			this.#show(watch, { phase: 'refused', reason, detail, nextTryAt: performance.now() + pause });
		});
		if (watch.consumers.size === 0 && !watch.previewAsked) {
			watch.previewAsked = true;
			// After the watch, where that can go at once: then the server knows the tile's size. Without a preview the live picture is waited for.
			setTimeout(() => void this.#preview(watch).catch(() => undefined));
		}
	}

	async #fetch(watch: Watch, turn: number): Promise<void> {
		const transport = await this.#open();
		const device = await this.#device;
		if (watch.turn !== turn || device === undefined) return;
		const size = largest(watch.listeners.values());
		watch.asked = { size };
		const answer = await this.#signal.request<'watch', { quality: Quality; clocks: StreamClock[]; consumers: ConsumerOptions[] }>('watch', {
			streamId: watch.streamId,
			transportId: transport.id,
			rtpCapabilities: { ...device.recvRtpCapabilities },
			size,
		});
		if (watch.turn !== turn) return;
		watch.clocks = answer.clocks;
		watch.attempt = 0;
		if (answer.consumers.length === 0) {
			this.#release(watch);
			this.#wait(watch);
			return;
		}
		// Sound and picture of one camera share a name so that the browser keeps them in step.
		const made = await Promise.all(
			answer.consumers.map(async (options) => watch.consumers.get(options.id) ?? (await transport.consume({ ...options, streamId: watch.streamId }))),
		);
		if (watch.turn !== turn) {
			for (const consumer of made) if (!watch.consumers.has(consumer.id)) consumer.close();
			return;
		}
		this.#replace(watch, made, answer.quality);
		await Promise.all(made.map((consumer) => this.#signal.request('resume', { consumerId: consumer.id })));
	}

	/** What has been on the screen stays there until the new picture has shown its first frame. */
	#replace(watch: Watch, made: Consumer[], quality: Quality): void {
		const consumers = new Map(made.map((consumer) => [consumer.id, consumer]));
		const gone = [...watch.consumers.values()].filter((old) => !consumers.has(old.id));
		const fresh = made.some((consumer) => !watch.consumers.has(consumer.id));
		if (watch.shown) watch.leaving.push(...gone);
		else for (const old of gone) old.close();
		watch.consumers = consumers;
		watch.watched = { ...watch.watched, quality };
		if (fresh || gone.length > 0) {
			watch.shown = false;
			watch.watched = { ...watch.watched, media: new MediaStream(made.map((consumer) => consumer.track)) };
			// A camera's next key frame may be seconds away; asking sooner would only begin the wait again.
			watch.nudgeAfter = performance.now() + watch.nudgePause;
		}
		this.#show(watch, { phase: 'playing' });
	}

	/** The server knows what is wanted and says when it is there. */
	#wait(watch: Watch): void {
		clearTimeout(watch.timer);
		watch.timer = setTimeout(() => this.#begin(watch), askAgain);
		this.#show(watch, { phase: 'waiting' });
	}

	async #preview(watch: Watch): Promise<void> {
		const { preview } = await this.#signal.request<'preview', { preview: PackedPreview | null }>('preview', { streamId: watch.streamId });
		if (preview === null) return;
		await this.#clock.known;
		await decodePreview(unpackPreview(preview), (image, captureTime) => {
			const { offset } = this.#clock;
			if (offset === null || watch.shown || this.#watches.get(watch.streamId) !== watch) return;
			watch.watched = { ...watch.watched, still: { image, capturedAt: captureTime - offset } };
			for (const listener of watch.listeners.keys()) listener.changed();
		});
	}

	#report(): void {
		if (!this.#signal.connected) return;
		const pictures = [...this.#watches.values()].flatMap(({ streamId, listeners }) => {
			const ages = [...listeners.keys()].map((listener) => listener.age()).filter((age) => age !== null);
			return ages.length === 0 ? [] : [{ streamId, age: Math.max(...ages) }];
		});
		if (pictures.length > 0) void this.#signal.request('report', { pictures: pictures.slice(0, 256) }).catch(() => undefined);
	}

	#release(watch: Watch): void {
		if (watch.consumers.size === 0) return;
		for (const listener of watch.listeners.keys()) listener.releasing();
		for (const consumer of [...watch.consumers.values(), ...watch.leaving.splice(0)]) consumer.close();
		watch.consumers.clear();
		watch.shown = false;
		watch.watched = { ...watch.watched, media: null, quality: null };
	}

	#show(watch: Watch, phase: WatchPhase): void {
		watch.watched = { ...watch.watched, phase };
		for (const listener of watch.listeners.keys()) listener.changed();
	}
}

let client: MediaClient | undefined;

/** The page's one client; the first caller names where streams are known from. */
export function mediaClient(source: StreamSource): MediaClient {
	client ??= new MediaClient(mediaSignal(), source);
	return client;
}
