import type { Preview, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { DirectTrackStats } from '../rtc/direct-track.ts';
import { type KeyFramePrint, printOf, samePicture } from '../rtp/frozen.ts';
import { previewOf } from '../rtp/key-frame-cache.ts';
import { parseRtp } from '../rtp/packet.ts';
import type { ReadPacket } from '../rtp/parameter-sets.ts';
import type { KeyFrameSampler } from './key-frame-sampler.ts';

const watchedMs = 5_000;
const unwatchedMs = 30_000;
/** So small are packets of pictures that change nothing, where so many come in a second. */
const emptyPacket = 150;
const fewestPackets = 5;

export interface DirectSamplesOptions {
	sampler: KeyFrameSampler;
	viewers: () => number;
	/** A key frame was taken; `rtpTimestamp` is its own. */
	onSample: (rtpTimestamp: number) => void;
}

/** Looks now and then at a picture that does not pass through this process: for its size, for previews, and whether it moves. */
export class DirectSamples {
	readonly #options: DirectSamplesOptions;
	#packets: ReadPacket[] = [];
	#size: TileSize | null = null;
	/** Of the last key frame, if it was taken since the picture has been quiet. */
	#print: KeyFramePrint | null = null;
	#takenAt = Number.NEGATIVE_INFINITY;
	#taking = false;
	/** Key frames since packets were counted last. */
	#keyFrames = 0;
	/** Since when packets have been so small that nothing can move, and whether key frames agree. */
	#quietSince: number | null = null;
	#standing = false;

	constructor(options: DirectSamplesOptions) {
		this.#options = options;
	}

	get size(): TileSize | null {
		return this.#size;
	}

	/** Milliseconds of `performance.now`. */
	get frozenSince(): number | null {
		return this.#standing ? this.#quietSince : null;
	}

	preview(captureTime: (rtpTimestamp: number) => number | null): Preview | null {
		return previewOf(this.#packets, captureTime);
	}

	onKeyFrame(): void {
		this.#keyFrames += 1;
	}

	/** Small packets between key frames may be a calm night; only key frames that are the same make it a picture that stands still. */
	count(stats: DirectTrackStats, before: DirectTrackStats, passedMs: number): void {
		const packets = stats.packets - before.packets - this.#keyFrames * this.#packets.length;
		const bytes = stats.bytes - before.bytes - this.#keyFrames * this.#packets.reduce((sum, { packet }) => sum + packet.length, 0);
		this.#keyFrames = 0;
		const quiet = bytes / packets < emptyPacket && (packets * 1000) / passedMs >= fewestPackets;
		if (quiet && this.#quietSince === null) {
			this.#quietSince = performance.now() - passedMs;
			this.#print = null;
		} else if (!quiet) {
			this.#quietSince = null;
			this.#standing = false;
		}
	}

	/** Takes a key frame, if it is time. */
	take(producer: types.Producer): void {
		const now = performance.now();
		const wanted = this.#options.viewers() > 0 || this.#quietSince !== null || this.#packets.length === 0;
		if (this.#taking || now - this.#takenAt < (wanted ? watchedMs : unwatchedMs)) return;
		this.#taking = true;
		this.#takenAt = now;
		const startedQuiet = this.#quietSince;
		this.#options.sampler
			.take(producer, watchedMs)
			.then((packets) => this.#use(packets ?? [], startedQuiet))
			.catch(() => undefined)
			.finally(() => {
				this.#taking = false;
			});
	}

	#use(packets: Buffer[], startedQuiet: number | null): void {
		const read = packets.flatMap((packet) => {
			const header = parseRtp(packet);
			return header === null ? [] : { packet, header };
		});
		const [first] = read;
		if (first === undefined) return;
		this.#packets = read;
		const print = printOf(read);
		if (startedQuiet !== null && startedQuiet === this.#quietSince) {
			// Both were taken while nothing moved.
			if (this.#print !== null && print !== null) this.#standing = samePicture(this.#print, print);
			this.#print = print;
		}
		const shown = this.preview(() => 0);
		if (shown !== null) this.#size = { width: shown.width, height: shown.height };
		this.#options.onSample(first.header.timestamp);
	}
}
