import type { Camera, Preview, Quality, Stream, StreamClock, StreamDetail, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import { CameraFeed, type CameraUrls } from './camera-feed.ts';
import { noCounters } from './feed-figures.ts';
import type { FeedSurroundings } from './feed-surroundings.ts';
import type { Lease, LiveStream, StreamCounters, StreamEvents, StreamMeasures } from './live-stream.ts';
import { Shown } from './shown.ts';
import { Viewers } from './viewers.ts';

/** A sub stream may be enlarged by this much before the full picture is taken. */
const enlargement = 1.25;
/** What sub streams usually have, where it is not known yet. */
const usualSub: TileSize = { width: 640, height: 360 };

export interface CameraStreamOptions {
	camera: Camera;
	urls: CameraUrls;
	events: StreamEvents;
	surroundings: FeedSurroundings;
}

/** A camera: its full picture, and its second, smaller stream where it has one. */
export class CameraStream implements LiveStream {
	readonly #options: CameraStreamOptions;
	readonly #viewers: Viewers;
	readonly #shown = new Shown();
	readonly #main: CameraFeed;
	#sub: CameraFeed | null = null;
	#camera: Camera;
	#urls: CameraUrls;
	#talker: string | null = null;
	#closed = false;

	constructor(options: CameraStreamOptions) {
		this.#options = options;
		this.#camera = options.camera;
		this.#urls = options.urls;
		this.#viewers = new Viewers((count) => {
			options.events.onViewers(this.id, count);
			this.#publish();
		});
		this.#main = this.#feed('main', options.urls.main);
		if (options.urls.sub !== null) this.#sub = this.#feed('sub', options.urls.sub);
	}

	get id(): string {
		return this.#camera.id;
	}

	get camera(): Camera {
		return this.#camera;
	}

	get urls(): CameraUrls {
		return this.#urls;
	}

	get stream(): Stream {
		const { id, agency, demo, speaker } = this.#camera;
		return {
			id,
			kind: 'camera',
			agency,
			status: this.#shownFeed().status,
			viewers: this.#viewers.count,
			canTalk: speaker,
			talker: this.#talker,
			demo,
		};
	}

	get counters(): StreamCounters {
		const total: StreamCounters = { ...noCounters };
		for (const { counters } of this.#feeds()) for (const name of Object.keys(total) as (keyof StreamCounters)[]) total[name] += counters[name];
		return total;
	}

	get measures(): StreamMeasures {
		return { ...this.#shownFeed().measures, shownMs: this.#shown.oldest(Date.now()) };
	}

	start(): void {
		for (const feed of this.#feeds()) feed.start();
	}

	/** Takes new settings. Only a feed whose address or way of travel is another one begins anew. */
	update(camera: Camera, urls: CameraUrls): void {
		this.#camera = camera;
		this.#urls = urls;
		this.#main.configure({ url: urls.main, transport: camera.transport, certificate: camera.certificate });
		if (urls.sub === null) {
			this.#sub?.close();
			if (this.#sub !== null) this.#options.events.onProducers(this.id, 'sub');
			this.#sub = null;
		} else if (this.#sub === null) {
			this.#sub = this.#feed('sub', urls.sub);
			this.#sub.start();
		} else {
			this.#sub.configure({ url: urls.sub, transport: camera.transport, certificate: camera.certificate });
		}
		this.#publish();
	}

	qualityFor(size: TileSize | null): Quality {
		if (size === null || this.#sub === null || this.#sub.status.state === 'failed') return 'main';
		const own = this.#sub.size ?? usualSub;
		return Math.min(size.width / own.width, size.height / own.height) <= enlargement ? 'sub' : 'main';
	}

	acquire(quality: Quality, use: 'viewer' | 'service'): Lease {
		const feed = quality === 'sub' && this.#sub !== null ? this.#sub : this.#main;
		const viewed = use === 'viewer' ? this.#viewers.acquire() : () => undefined;
		const leased = feed.lease(use);
		return {
			quality: feed.quality,
			release: () => {
				leased();
				viewed();
			},
		};
	}

	producers(quality: Quality): readonly types.Producer[] {
		return this.#of(quality)?.producers ?? [];
	}

	clocks(quality: Quality): StreamClock[] {
		return this.#of(quality)?.clocks ?? [];
	}

	/** Where this quality has no picture yet, one of the other is better than none. */
	async preview(quality: Quality): Promise<Preview | null> {
		for (const feed of [this.#of(quality), ...this.#feeds()]) {
			const preview = await feed?.preview();
			if (preview) return preview;
		}
		return null;
	}

	setTalker(displayName: string | null): void {
		this.#talker = displayName;
		this.#publish();
	}

	reportShown(age: number): void {
		this.#shown.report(age, Date.now());
	}

	async detail(): Promise<StreamDetail> {
		const oldestShownMs = this.#shown.oldest(Date.now());
		return { ...this.stream, feeds: this.#feeds().map((feed) => feed.detail(oldestShownMs)), oldestShownMs };
	}

	/** Does not wait out the backoff: a media worker is up again. */
	retryNow(): void {
		for (const feed of this.#feeds()) feed.retryNow();
	}

	close(): void {
		this.#closed = true;
		for (const feed of this.#feeds()) feed.close();
	}

	#feed(quality: Quality, url: string): CameraFeed {
		const { events, surroundings } = this.#options;
		const { transport, certificate } = this.#camera;
		let failedBefore = false;
		return new CameraFeed({
			cameraId: this.id,
			quality,
			source: { url, transport, certificate },
			surroundings,
			onStatus: (status) => {
				this.#publish();
				const failed = status.state === 'failed';
				// Whoever watches the small picture gets the full one while the small one is away.
				if (quality === 'sub' && failed && !failedBefore && !this.#closed) events.onProducers(this.id, 'sub');
				if (status.state !== 'connecting') failedBefore = failed;
			},
			onProducers: () => events.onProducers(this.id, quality),
			onLost: () => events.onLost(this.id, quality),
			onClock: (clocks) => events.onClock(this.id, quality, clocks),
		});
	}

	#feeds(): CameraFeed[] {
		return this.#sub === null ? [this.#main] : [this.#main, this.#sub];
	}

	#of(quality: Quality): CameraFeed | null {
		return quality === 'sub' ? this.#sub : this.#main;
	}

	/** The one whose state tells most about the camera: what is live, else what is wanted. */
	#shownFeed(): CameraFeed {
		const feeds = this.#feeds();
		return feeds.find((feed) => feed.status.state === 'live') ?? feeds.find((feed) => feed.leases > 0) ?? this.#main;
	}

	#publish(): void {
		if (!this.#closed) this.#options.events.onStatus(this.stream);
	}
}
