import type { CameraInput, FeedDetail, Preview, Quality, StreamClock, StreamFailure, StreamState, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import { parseCameraAddress } from '../rtsp/address.ts';
import { SourceError } from '../rtsp/failure.ts';
import { retryDelay } from './backoff.ts';
import { CameraPlay } from './camera-play.ts';
import { addTracks, intakeDetail, measuresOf, noCounters } from './feed-figures.ts';
import { FeedOutput } from './feed-output.ts';
import type { FeedSurroundings } from './feed-surroundings.ts';
import { History } from './history.ts';
import type { StreamCounters, StreamMeasures } from './live-stream.ts';
import { probe } from './probe.ts';
import { ReplayWindow } from './replay-window.ts';
import { TransportChoice } from './transport-choice.ts';

const tellMs = 5_000;
const newClockMs = 300;
/** After a dead media worker: the first attempt need not wait for the camera. */
const gatewayErrorMs = 50;

/** With users and passwords. */
export interface CameraUrls {
	main: string;
	sub: string | null;
}

export interface FeedSource {
	url: string;
	transport: CameraInput['transport'];
	certificate: string | null;
}

export interface CameraFeedOptions {
	cameraId: string;
	quality: Quality;
	source: FeedSource;
	surroundings: FeedSurroundings;
	onStatus: (status: StreamState) => void;
	onProducers: () => void;
	onLost: () => void;
	onClock: (clocks: StreamClock[]) => void;
}

/**
 * One URL of a camera. While it is leased it is kept open, for ever: connecting → live → failed → connecting … While it is not, a
 * look now and then tells whether the camera would answer.
 */
export class CameraFeed {
	readonly quality: Quality;
	readonly #options: CameraFeedOptions;
	readonly #output: FeedOutput;
	readonly #history = new History();
	readonly #replay = new ReplayWindow();
	#source: FeedSource;
	#choice: TransportChoice;
	#status: StreamState = { state: 'idle', checkedAt: null };
	#play: CameraPlay | null = null;
	#leases = 0;
	#viewers = 0;
	/** The next attempt or look. */
	#next: NodeJS.Timeout | undefined;
	#closing: NodeJS.Timeout | undefined;
	#tell: NodeJS.Timeout | undefined;
	#attempt = 0;
	#lostSince: string | null = null;
	#size: TileSize | null = null;
	/** Of connections that have ended. */
	#past: StreamCounters = { ...noCounters };
	#closed = false;

	constructor(options: CameraFeedOptions) {
		this.#options = options;
		this.quality = options.quality;
		this.#source = options.source;
		this.#choice = new TransportChoice(options.source.transport);
		this.#output = new FeedOutput({
			engine: options.surroundings.engine,
			cname: this.#name,
			onProducers: () => {
				options.onProducers();
				// Their timestamps are others, and known with the first packet.
				setTimeout(() => this.#tellClock(), newClockMs).unref();
			},
			onLost: () => {
				// Whoever watches gets other producers, and with them the pictures that there are.
				if (this.#status.state === 'live') this.#replay.onLost(performance.now());
				options.onLost();
			},
			onKeyFrameRequest: () => {
				if (this.#replay.take(performance.now())) this.#play?.intake?.replay();
			},
		});
	}

	get status(): StreamState {
		return this.#status;
	}

	get leases(): number {
		return this.#leases;
	}

	get producers(): readonly types.Producer[] {
		return this.#output.producers;
	}

	get clocks(): StreamClock[] {
		return this.#play?.intake?.clocks() ?? [];
	}

	/** Of its picture, where it was ever seen or described. */
	get size(): TileSize | null {
		return this.#play?.intake?.size ?? this.#size;
	}

	get counters(): StreamCounters {
		return addTracks(this.#past, this.#play?.intake?.tracks ?? []);
	}

	get measures(): Omit<StreamMeasures, 'shownMs'> {
		return measuresOf(this.#play?.intake ?? null);
	}

	/** Begins to look whether the camera answers. */
	start(): void {
		if (this.#leases === 0) this.#probe();
	}

	/** Takes another address or way of travel, at once. */
	configure(source: FeedSource): void {
		const { url, transport, certificate } = this.#source;
		if (url === source.url && transport === source.transport && certificate === source.certificate) return;
		if (url !== source.url) {
			this.#options.surroundings.pictures.drop(this.#name);
			this.#size = null;
		}
		this.#endPlay(url === source.url);
		this.#source = source;
		this.#choice = new TransportChoice(source.transport);
		this.#attempt = 0;
		this.#lostSince = null;
		if (this.#leases > 0) this.#connect();
		else {
			this.#set({ state: 'idle', checkedAt: null });
			this.#probe();
		}
	}

	/** Wants it open until the function that it answers is called. */
	lease(use: 'viewer' | 'service'): () => void {
		this.#leases += 1;
		if (use === 'viewer') {
			this.#viewers += 1;
			this.#replay.onNewcomer(this.#viewers, performance.now());
		}
		clearTimeout(this.#closing);
		// A camera that refused the password is not asked again before its time.
		const locked = this.#status.state === 'failed' && this.#status.reason === 'unauthorized';
		if (this.#leases === 1 && this.#play === null && !locked) this.#connect();
		let held = true;
		return () => {
			if (!held) return;
			held = false;
			this.#leases -= 1;
			if (use === 'viewer') this.#viewers -= 1;
			if (this.#leases === 0 && !this.#closed) this.#closing = setTimeout(() => this.#goIdle(), this.#options.surroundings.times.idle);
		};
	}

	async preview(): Promise<Preview | null> {
		return this.#play?.intake?.preview() ?? this.#options.surroundings.pictures.get(this.#name);
	}

	detail(oldestShownMs: number | null): FeedDetail {
		return {
			quality: this.quality,
			address: parseCameraAddress(this.#source.url)?.uri ?? null,
			status: this.#status,
			worker: this.#output.worker,
			viewers: this.#viewers,
			reconnects: this.#past.reconnects,
			history: this.#history.entries,
			...intakeDetail(this.#play?.intake ?? null, oldestShownMs),
		};
	}

	/** Does not wait out the backoff: a media worker is up again. */
	retryNow(): void {
		this.#output.retryNow();
		if (this.#leases > 0 && this.#status.state === 'failed' && this.#status.reason === 'gateway-error') this.#connect();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#next);
		clearTimeout(this.#closing);
		this.#endPlay(false);
		this.#options.surroundings.pictures.drop(this.#name);
		this.#output.close();
	}

	get #name(): string {
		return `${this.#options.cameraId}/${this.#options.quality}`;
	}

	#connect(): void {
		if (this.#closed) return;
		clearTimeout(this.#next);
		this.#attempt += 1;
		this.#set({ state: 'connecting', since: new Date().toISOString(), attempt: this.#attempt });
		const address = parseCameraAddress(this.#source.url);
		if (address === null) {
			this.#fail(new SourceError('unreachable', 'the address cannot be read'), false);
			return;
		}
		const play: CameraPlay = new CameraPlay({
			address,
			certificate: this.#source.certificate,
			choice: this.#choice,
			output: this.#output,
			surroundings: this.#options.surroundings,
			cname: this.#name,
			viewers: () => this.#viewers,
			onLive: () => this.#onLive(play),
			onNews: () => this.#onNews(play),
			onClock: () => {
				if (this.#play === play) this.#tellClock();
			},
			onNote: (error) => this.#history.note(this.#status.state, error),
			onEnded: (error, again) => this.#fail(error, again),
		});
		this.#play = play;
		play.start();
	}

	#onLive(play: CameraPlay): void {
		if (this.#play !== play || this.#closed) return;
		this.#attempt = 0;
		this.#lostSince = null;
		clearInterval(this.#tell);
		this.#tell = setInterval(() => {
			this.#onNews(play);
			this.#tellClock();
		}, tellMs);
		this.#setLive(play);
		this.#tellClock();
	}

	#onNews(play: CameraPlay): void {
		if (this.#play === play && this.#status.state === 'live') this.#setLive(play);
	}

	#setLive(play: CameraPlay): void {
		const { intake } = play;
		if (intake === null) return;
		const now = new Date();
		const since = this.#status.state === 'live' ? this.#status.since : now.toISOString();
		const { frozenSince } = intake;
		const frozen = frozenSince === null ? null : new Date(now.getTime() - (performance.now() - frozenSince)).toISOString();
		const before = this.#status.state === 'live' ? this.#status.frozenSince : null;
		this.#set({ state: 'live', since, video: intake.video, audio: intake.audio, frozenSince: frozen === null ? null : (before ?? frozen) });
	}

	#tellClock(): void {
		const { clocks } = this;
		if (clocks.length > 0) this.#options.onClock(clocks);
	}

	#fail(error: SourceError, again: boolean): void {
		if (this.#closed) return;
		const wasLive = this.#status.state === 'live';
		this.#past.reconnects += 1;
		this.#endPlay(true);
		if (again) {
			this.#history.note('connecting', error);
			this.#connect();
			return;
		}
		const now = new Date();
		this.#lostSince ??= now.toISOString();
		const attempt = Math.max(this.#attempt, 1);
		const delay = wasLive && error.reason === 'gateway-error' ? gatewayErrorMs : retryDelay(error.reason, attempt, Math.random());
		this.#setFailed(error, attempt, delay);
		this.#next = setTimeout(() => (this.#leases > 0 ? this.#connect() : this.#probe()), delay);
	}

	#setFailed(error: SourceError, attempt: number, delay: number): void {
		const now = Date.now();
		if (error.reason === 'gateway-error') this.#options.surroundings.log.error({ feed: this.#name, err: error }, 'the gateway failed a camera');
		this.#set({
			state: 'failed',
			since: this.#lostSince ?? new Date(now).toISOString(),
			reason: error.reason,
			detail: error.message,
			attempt,
			nextTryAt: new Date(now + delay).toISOString(),
		});
	}

	/** Nobody has wanted it for a while. */
	#goIdle(): void {
		if (this.#leases > 0 || this.#closed) return;
		this.#endPlay(true);
		this.#output.clear();
		const status = this.#status;
		const delay = this.#probeLater(status.state === 'failed' ? status.reason : null);
		// One that has failed stays so until a look says otherwise.
		if (status.state === 'failed') this.#set({ ...status, nextTryAt: new Date(Date.now() + delay).toISOString() });
		else if (status.state !== 'idle') this.#set({ state: 'idle', checkedAt: status.state === 'live' ? new Date().toISOString() : null });
	}

	/** Keeps the picture that was there last, unless it shows something else from now on. */
	#endPlay(keepPicture: boolean): void {
		clearTimeout(this.#next);
		clearInterval(this.#tell);
		const play = this.#play;
		if (play === null) return;
		this.#past = this.counters;
		this.#size = play.intake?.size ?? this.#size;
		const preview = keepPicture ? play.intake?.preview() : null;
		if (preview) this.#options.surroundings.pictures.keep(this.#name, preview);
		this.#play = null;
		play.close();
	}

	#probeLater(failure: StreamFailure | null): number {
		const { probe } = this.#options.surroundings.times;
		const usual = probe * (0.75 + Math.random() * 0.5);
		const delay = failure === 'unauthorized' ? Math.max(usual, retryDelay('unauthorized', this.#attempt, 0)) : usual;
		clearTimeout(this.#next);
		this.#next = setTimeout(() => (this.#leases > 0 ? this.#connect() : this.#probe()), delay);
		return delay;
	}

	#probe(): void {
		const { surroundings } = this.#options;
		const source = this.#source;
		const stale = () => this.#closed || this.#leases > 0 || this.#play !== null || this.#source !== source;
		surroundings.probes
			.take(async () => {
				if (stale()) return;
				const size = await probe(source, surroundings.resolve);
				if (!stale()) this.#size ??= size;
			})
			.then(
				() => {
					if (stale()) return;
					this.#attempt = 0;
					this.#lostSince = null;
					this.#set({ state: 'idle', checkedAt: new Date().toISOString() });
					this.#probeLater(null);
				},
				(cause: unknown) => {
					if (stale()) return;
					const error = cause instanceof SourceError ? cause : new SourceError('gateway-error', 'an internal error', { cause });
					this.#attempt += 1;
					this.#lostSince ??= new Date().toISOString();
					this.#setFailed(error, this.#attempt, this.#probeLater(error.reason));
				},
			);
	}

	#set(status: StreamState): void {
		this.#status = status;
		const isNew = this.#history.add(status);
		if (isNew && status.state === 'failed') {
			const { reason, detail } = status;
			this.#options.surroundings.log.warn({ feed: this.#name, reason, detail }, 'a camera gives no picture');
		}
		if (!this.#closed) this.#options.onStatus(status);
	}
}
