import type { FeedDetail, StreamDetail } from '@beilun/shared/protocol/media.ts';
import { useRef } from 'react';
import { feedLoss } from './advice.ts';
import type { Sample } from './trend.tsx';

export interface FeedSamples {
	/** kbit/s of all tracks. */
	bitrate: Sample[];
	/** Per cent of the packets since the sample before. */
	loss: Sample[];
	/** Milliseconds. */
	delay: Sample[];
}

export const sampleSpan = 60_000;

/** The last minute of each source, from one answer of the gateway to the next. */
export class Samples {
	readonly #feeds = new Map<string, { before: FeedDetail; samples: FeedSamples }>();

	add(detail: StreamDetail, now: number): void {
		for (const feed of detail.feeds) {
			const held = this.#feeds.get(feed.quality);
			const live = feed.status.state === 'live';
			// The first answer counts from the beginning of the source, which may be days ago.
			const loss = live && held !== undefined ? feedLoss(feed, held.before) : null;
			const values = {
				bitrate: live ? feed.tracks.reduce((sum, { bitrate }) => sum + bitrate, 0) / 1000 : null,
				loss: loss === null ? null : loss * 100,
				delay: live ? feed.delayMs : null,
			};
			const kept = (samples: Sample[] | undefined, value: number | null) =>
				[...(samples ?? []), { at: now, value }].filter(({ at }) => now - at <= sampleSpan);
			this.#feeds.set(feed.quality, {
				before: feed,
				samples: {
					bitrate: kept(held?.samples.bitrate, values.bitrate),
					// Counts that are as they were say nothing of loss: the gateway renews them in its own time.
					loss: live && loss === null ? (held?.samples.loss ?? []) : kept(held?.samples.loss, values.loss),
					delay: kept(held?.samples.delay, values.delay),
				},
			});
		}
	}

	of(quality: string): FeedSamples {
		return this.#feeds.get(quality)?.samples ?? { bitrate: [], loss: [], delay: [] };
	}

	/** The share lost over the whole minute, from 0 to 1; null while not known. */
	loss(quality: string): number | null {
		const known = this.of(quality).loss.flatMap(({ value }) => (value === null ? [] : [value]));
		return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length / 100;
	}
}

/** Samples of the answers as they come; `answers` counts them. */
export function useSamples(detail: StreamDetail | undefined, answers: number, now: number): Samples {
	const samples = useRef(new Samples());
	const taken = useRef(0);
	if (detail !== undefined && answers !== taken.current) {
		taken.current = answers;
		samples.current.add(detail, now);
	}
	return samples.current;
}
