import type { Stream } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';

export interface StreamCounters {
	packets: number;
	bytes: number;
	lost: number;
	reconnects: number;
}

/** What a stream's source tells the directory of streams. */
export interface StreamEvents {
	/** The status, viewers or another field is new. */
	onStatus: (stream: Stream) => void;
	/** There are producers that were not there before. */
	onProducers: (streamId: string) => void;
	/** The producers are gone. */
	onLost: (streamId: string) => void;
	onViewers: (streamId: string, viewers: number) => void;
}

/** A picture that can be watched: a camera's or a field unit's. */
export interface LiveStream {
	readonly id: string;
	readonly stream: Stream;
	/** Empty while it is not live. */
	readonly producers: readonly types.Producer[];
	readonly counters: StreamCounters;
	/** Counts a viewer; the answer takes it back, once. */
	acquire(): () => void;
	close(): void;
}
