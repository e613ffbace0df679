import type { Device } from 'mediasoup-client';
import type { Consumer, ConsumerOptions, Transport } from 'mediasoup-client/types';
import { backoff, type WatchPhase } from './picture.ts';
import { mediaSignal, type Signal, SignalError } from './signal.ts';
import { loadDevice, openTransport } from './transport.ts';

/** What the client must know of streams: which are live. The realtime store tells. */
export interface StreamSource {
	isLive(streamId: string): boolean;
	onChange(listener: () => void): () => void;
}

export interface Watched {
	phase: WatchPhase;
	/** Null unless playing. A new object whenever its tracks change. */
	media: MediaStream | null;
}

export interface WatchListener {
	changed: () => void;
	/** Called while the last picture can still be copied. */
	releasing?: () => void;
}

interface Watch {
	streamId: string;
	watched: Watched;
	listeners: Set<WatchListener>;
	consumers: Map<string, Consumer>;
	attempt: number;
	timer: ReturnType<typeof setTimeout> | undefined;
	/** Rises when what is under way is no longer wanted. */
	turn: number;
	/** `performance.now()` before which a frozen picture is not asked for again, and how long the next time is. */
	nudgeAfter: number;
	nudgePause: number;
}

/** Consumers of one stream are dropped only after a while, so that a tile which moves keeps its picture. */
const linger = 400;

/**
 * Watches streams over one socket and one receive transport. Each stream is asked for once however many tiles show it, and asked
 * for again whenever it returns: after a reconnected camera, a lost socket or a failed transport, for ever and without a click.
 */
export class MediaClient {
	readonly #signal: Signal;
	readonly #source: StreamSource;
	readonly #watches = new Map<string, Watch>();
	#device: Promise<Device> | undefined;
	#transport: Promise<Transport> | undefined;

	constructor(signal: Signal, source: StreamSource) {
		this.#signal = signal;
		this.#source = source;
		signal.socket.on('connect', () => this.#restartAll());
		signal.socket.on('disconnect', () => this.#reset());
		signal.socket.on('streamEnded', ({ streamId }) => this.#restart(streamId, true));
		signal.socket.on('streamChanged', ({ streamId }) => this.#restart(streamId, false));
		source.onChange(() => this.#look());
	}

	/** Until the returned function is called the stream is wanted. */
	watch(streamId: string, listener: WatchListener): () => void {
		let watch = this.#watches.get(streamId);
		if (watch === undefined) {
			watch = {
				streamId,
				watched: { phase: { phase: 'signalling' }, media: null },
				listeners: new Set(),
				consumers: new Map(),
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
		held.listeners.add(listener);
		return () => {
			held.listeners.delete(listener);
			setTimeout(() => this.#forget(held), linger);
		};
	}

	watched(streamId: string): Watched | undefined {
		return this.#watches.get(streamId)?.watched;
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
		const had = watch.consumers.size > 0 || watch.watched.phase.phase === 'starting';
		this.#release(watch);
		if (had) this.#unwatch(watch);
	}

	#unwatch(watch: Watch): void {
		if (this.#signal.connected) void this.#signal.request('unwatch', { streamId: watch.streamId }).catch(() => undefined);
	}

	/** A stream that has become live is fetched, at once. */
	#look(): void {
		for (const watch of this.#watches.values()) {
			const { phase } = watch.watched.phase;
			if ((phase === 'waiting' || phase === 'refused') && this.#source.isLive(watch.streamId)) {
				if (phase === 'waiting') watch.attempt = 0;
				if (phase === 'waiting' || watch.timer === undefined) this.#begin(watch);
			}
		}
	}

	#restart(streamId: string, ended: boolean): void {
		const watch = this.#watches.get(streamId);
		if (watch === undefined) return;
		if (ended) this.#release(watch);
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
		if (!this.#signal.connected || !this.#source.isLive(watch.streamId)) {
			this.#show(watch, { phase: this.#signal.connected ? 'waiting' : 'signalling' });
			return;
		}
		const { turn } = watch;
		if (watch.consumers.size === 0) this.#show(watch, { phase: 'starting' });
		this.#fetch(watch, turn).catch((error: unknown) => {
			if (watch.turn !== turn) return;
			this.#release(watch);
			const { reason, detail } =
				error instanceof SignalError ? error : new SignalError('failed', error instanceof Error ? error.message : String(error));
			watch.attempt += 1;
			const pause = backoff(watch.attempt, Math.random());
			watch.timer = setTimeout(() => this.#begin(watch), pause);
			// The store hears of an ended stream a moment after the gateway does.
			if (reason === 'not-live') this.#show(watch, { phase: 'waiting' });
			else this.#show(watch, { phase: 'refused', reason, detail, nextTryAt: performance.now() + pause });
		});
	}

	async #fetch(watch: Watch, turn: number): Promise<void> {
		const transport = await this.#open();
		const device = await this.#device;
		if (watch.turn !== turn || device === undefined) return;
		const { consumers: offered } = await this.#signal.request<'watch', { consumers: ConsumerOptions[] }>('watch', {
			streamId: watch.streamId,
			transportId: transport.id,
			rtpCapabilities: { ...device.recvRtpCapabilities },
		});
		if (watch.turn !== turn) return;
		if (offered.length === 0) throw new SignalError('not-live', 'no producers yet');
		const consumers = new Map<string, Consumer>();
		// Sound and picture of one camera share a name so that the browser keeps them in step.
		const made = await Promise.all(
			offered.map(async (options) => watch.consumers.get(options.id) ?? (await transport.consume({ ...options, streamId: watch.streamId }))),
		);
		for (const consumer of made) consumers.set(consumer.id, consumer);
		if (watch.turn !== turn) {
			for (const consumer of made) if (!watch.consumers.has(consumer.id)) consumer.close();
			return;
		}
		for (const old of watch.consumers.values()) if (!consumers.has(old.id)) old.close();
		const changed = made.some((consumer) => !watch.consumers.has(consumer.id)) || consumers.size !== watch.consumers.size;
		watch.consumers = consumers;
		if (changed) {
			watch.watched = { ...watch.watched, media: new MediaStream(made.map((consumer) => consumer.track)) };
			// A camera's next key frame may be seconds away; asking sooner would only begin the wait again.
			watch.nudgeAfter = performance.now() + watch.nudgePause;
		}
		this.#show(watch, { phase: 'playing' });
		await Promise.all(made.map((consumer) => this.#signal.request('resume', { consumerId: consumer.id })));
		watch.attempt = 0;
	}

	#release(watch: Watch): void {
		if (watch.consumers.size === 0) return;
		for (const listener of watch.listeners) listener.releasing?.();
		for (const consumer of watch.consumers.values()) consumer.close();
		watch.consumers.clear();
		watch.watched = { ...watch.watched, media: null };
	}

	#show(watch: Watch, phase: WatchPhase): void {
		watch.watched = { ...watch.watched, phase };
		for (const listener of watch.listeners) listener.changed();
	}
}

let client: MediaClient | undefined;

/** The page's one client; the first caller names where streams are known from. */
export function mediaClient(source: StreamSource): MediaClient {
	client ??= new MediaClient(mediaSignal(), source);
	return client;
}
