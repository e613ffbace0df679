import type { Camera, Stream, StreamFailure, StreamState } from '@beilun/shared/protocol/media.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import { type CameraAddress, parseCameraAddress } from '../rtsp/address.ts';
import { SourceError } from '../rtsp/failure.ts';
import { retryDelay } from './backoff.ts';
import { CameraPlay } from './camera-play.ts';
import type { LiveStream, StreamCounters, StreamEvents } from './live-stream.ts';
import { Viewers } from './viewers.ts';

const bitrateMs = 5_000;

export interface CameraStreamOptions {
	camera: Camera;
	/** With user and password. */
	url: string;
	/** Null while the media worker is down. */
	router: () => types.Router | null;
	resolve: (host: string) => Promise<string>;
	events: StreamEvents;
	log: Logger;
}

/** A camera's stream, kept alive for ever: connecting → live → failed → connecting … */
export class CameraStream implements LiveStream {
	readonly #options: CameraStreamOptions;
	readonly #viewers: Viewers;
	#camera: Camera;
	#status: StreamState = { state: 'idle' };
	#play: CameraPlay | null = null;
	#retry: NodeJS.Timeout | undefined;
	#bitrate: NodeJS.Timeout | undefined;
	#attempt = 0;
	#lostSince: string | null = null;
	#closed = false;
	/** Of connections that have ended. */
	#past: StreamCounters = { packets: 0, bytes: 0, lost: 0, reconnects: 0 };

	constructor(options: CameraStreamOptions) {
		this.#options = options;
		this.#camera = options.camera;
		this.#viewers = new Viewers((count) => {
			options.events.onViewers(this.id, count);
			this.#publish();
		});
	}

	get id(): string {
		return this.#camera.id;
	}

	get stream(): Stream {
		const { id, agency, demo } = this.#camera;
		return { id, kind: 'camera', agency, status: this.#status, viewers: this.#viewers.count, demo };
	}

	get producers(): readonly types.Producer[] {
		return this.#status.state === 'live' ? (this.#play?.producers ?? []) : [];
	}

	get counters(): StreamCounters {
		const { packets, bytes, lost, reconnects } = this.#past;
		const play = this.#play;
		return { packets: packets + (play?.packets ?? 0), bytes: bytes + (play?.bytes ?? 0), lost: lost + (play?.lost ?? 0), reconnects };
	}

	start(): void {
		this.#connect();
	}

	/** Takes a new name, agency or place; the connection goes on. */
	update(camera: Camera): void {
		this.#camera = camera;
		this.#publish();
	}

	acquire(): () => void {
		return this.#viewers.acquire();
	}

	/** Does not wait out the backoff: the worker is up again. */
	retryNow(): void {
		if (this.#status.state === 'failed' && this.#status.reason === 'gateway-error') this.#connect();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#retry);
		clearInterval(this.#bitrate);
		this.#play?.close();
		this.#play = null;
		this.#options.events.onLost(this.id);
	}

	#connect(): void {
		if (this.#closed) return;
		clearTimeout(this.#retry);
		this.#attempt += 1;
		this.#set({ state: 'connecting', since: new Date().toISOString(), attempt: this.#attempt });
		const address: CameraAddress | null = parseCameraAddress(this.#options.url);
		if (address === null) {
			this.#fail(new SourceError('unreachable', 'the address cannot be read'));
			return;
		}
		const router = this.#options.router();
		if (router === null || router.closed) {
			this.#fail(new SourceError('gateway-error', 'the media worker is being restarted'));
			return;
		}
		const play: CameraPlay = new CameraPlay({
			address,
			router,
			resolve: this.#options.resolve,
			cname: this.id,
			onProducers: () => this.#onProducers(play),
			onEnded: (error) => this.#fail(error),
		});
		this.#play = play;
		play.start();
	}

	#onProducers(play: CameraPlay): void {
		if (this.#play !== play || this.#closed) return;
		const first = this.#status.state !== 'live';
		if (first) {
			this.#attempt = 0;
			this.#lostSince = null;
			let before = play.videoBytes;
			clearInterval(this.#bitrate);
			this.#bitrate = setInterval(() => {
				const now = play.videoBytes;
				this.#setLive(play, Math.round(((now - before) * 8000) / bitrateMs));
				before = now;
			}, bitrateMs);
		}
		this.#setLive(play, this.#status.state === 'live' ? (this.#status.video?.bitrate ?? 0) : 0);
		this.#options.events.onProducers(this.id);
	}

	#setLive(play: CameraPlay, bitrate: number): void {
		const { video, audio } = play.formats;
		const since = this.#status.state === 'live' ? this.#status.since : new Date().toISOString();
		this.#set({ state: 'live', since, video: video === null ? null : { ...video, bitrate }, audio });
	}

	#fail(error: SourceError): void {
		if (this.#closed) return;
		clearInterval(this.#bitrate);
		const wasLive = this.#status.state === 'live';
		const { packets, bytes, lost, reconnects } = this.counters;
		this.#past = { packets, bytes, lost, reconnects: reconnects + 1 };
		this.#play = null;
		const now = new Date();
		this.#lostSince ??= now.toISOString();
		const attempt = Math.max(this.#attempt, 1);
		const delay = retryDelay(error.reason, attempt, Math.random());
		this.#logFailure(error, wasLive || attempt === 1);
		this.#set({
			state: 'failed',
			since: this.#lostSince,
			reason: error.reason,
			detail: error.message,
			attempt,
			nextTryAt: new Date(now.getTime() + delay).toISOString(),
		});
		this.#retry = setTimeout(() => this.#connect(), delay);
		if (wasLive) this.#options.events.onLost(this.id);
	}

	/** Once for each kind of failure, not for each attempt: a camera may be away for weeks. */
	#logFailure(error: SourceError, first: boolean): void {
		if (!first && this.#loggedReason === error.reason) return;
		this.#loggedReason = error.reason;
		this.#options.log.warn({ camera: this.id, reason: error.reason, detail: error.message, err: error.cause }, 'a camera gives no picture');
	}
	#loggedReason: StreamFailure | null = null;

	#set(status: StreamState): void {
		this.#status = status;
		this.#publish();
	}

	#publish(): void {
		if (!this.#closed) this.#options.events.onStatus(this.stream);
	}
}
