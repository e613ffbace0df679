import type { CameraInput, FeedDetail, Preview, Quality, StreamClock, StreamState, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { FeedSurroundings } from './feed-surroundings.ts';
import type { StreamCounters, StreamMeasures } from './live-stream.ts';

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

/** One URL of a camera: opened while it is leased, looked after while it is not. */
export class CameraFeed {
	readonly quality: Quality;
	readonly status: StreamState = { state: 'idle', checkedAt: null };
	readonly counters: StreamCounters = { packets: 0, bytes: 0, lost: 0, reordered: 0, reconnects: 0 };
	readonly leases: number = 0;
	/** Of its picture, where it was ever seen or described. */
	readonly size: TileSize | null = null;
	readonly clocks: StreamClock[] = [];
	readonly producers: readonly types.Producer[] = [];

	constructor(options: CameraFeedOptions) {
		this.quality = options.quality;
	}

	get measures(): Omit<StreamMeasures, 'shownMs'> {
		return { jitterMs: null, bitrate: 0, keyFrameIntervalMs: null, delayMs: null };
	}

	start(): void {}
	configure(_source: FeedSource): void {}
	lease(_use: 'viewer' | 'service'): () => void {
		return () => undefined;
	}
	async preview(): Promise<Preview | null> {
		return null;
	}
	detail(_oldestShownMs: number | null): FeedDetail {
		throw new Error('not yet');
	}
	retryNow(): void {}
	close(): void {}
}
