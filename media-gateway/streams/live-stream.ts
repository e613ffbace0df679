import type { Preview, Quality, Stream, StreamClock, StreamDetail, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';

export interface StreamCounters {
	packets: number;
	bytes: number;
	lost: number;
	reordered: number;
	reconnects: number;
}

/** As of now; null where it is not known. */
export interface StreamMeasures {
	jitterMs: number | null;
	/** Bits per second of all tracks together. */
	bitrate: number;
	keyFrameIntervalMs: number | null;
	/** From capture to the gateway. */
	delayMs: number | null;
	/** The oldest picture that viewers reported lately. */
	shownMs: number | null;
}

/** What a stream's source tells the directory of streams. */
export interface StreamEvents {
	/** The status, viewers or another field is new. */
	onStatus: (stream: Stream) => void;
	/** There are producers that were not there before. */
	onProducers: (streamId: string, quality: Quality) => void;
	/** The producers are gone. */
	onLost: (streamId: string, quality: Quality) => void;
	onClock: (streamId: string, quality: Quality, clocks: StreamClock[]) => void;
	onViewers: (streamId: string, viewers: number) => void;
}

/** Someone's claim on a stream: while there is one, its source is kept open. */
export interface Lease {
	readonly quality: Quality;
	/** Once; later calls do nothing. */
	release(): void;
}

/** A picture that can be watched: a camera's or a field unit's. */
export interface LiveStream {
	readonly id: string;
	readonly stream: Stream;
	readonly counters: StreamCounters;
	readonly measures: StreamMeasures;
	/** Which source suits a tile of this size in device pixels; null asks for the best. */
	qualityFor(size: TileSize | null): Quality;
	/** Wants the source open, from now until the lease is released; a camera is closed 10 s after its last lease. Viewers are counted. */
	acquire(quality: Quality, use: 'viewer' | 'service'): Lease;
	/** They can be there before the first packet, and stay through a reconnection wherever that is possible; empty while idle. */
	producers(quality: Quality): readonly types.Producer[];
	clocks(quality: Quality): StreamClock[];
	/** The pictures since the last key frame, or the last picture there was; null where there never was one. */
	preview(quality: Quality): Promise<Preview | null>;
	/** Who speaks to it, as others are told; null for nobody. */
	setTalker(displayName: string | null): void;
	/** A viewer shows a picture of this age, in milliseconds. */
	reportShown(age: number): void;
	detail(): Promise<StreamDetail>;
	close(): void;
}
