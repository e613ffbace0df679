import type { FeedDetail } from '@beilun/shared/protocol/media.ts';

const kept = 20;
type Entry = FeedDetail['history'][number];

/** What happened to a source lately, newest first. A failure that repeats is told once. */
export class History {
	#entries: Entry[] = [];

	get entries(): Entry[] {
		return this.#entries;
	}

	add(entry: Entry): void {
		this.#entries = [entry, ...this.#entries].slice(0, kept);
	}
}
