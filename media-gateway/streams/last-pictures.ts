import type { Preview } from '@beilun/shared/protocol/media.ts';

/** The last key frame of each feed that is closed; the oldest make room for new ones. */
export class LastPictures {
	readonly #maxBytes: number;
	readonly #pictures = new Map<string, Preview>();
	#bytes = 0;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	get(feed: string): Preview | null {
		return this.#pictures.get(feed) ?? null;
	}

	/** Keeps the key frame of `preview` only, as a copy. */
	keep(feed: string, { frames, ...about }: Preview): void {
		const [first] = frames;
		if (first === undefined) return;
		this.drop(feed);
		// A copy: the frame may be a view into something large.
		this.#pictures.set(feed, { ...about, frames: [{ ...first, data: Uint8Array.from(first.data) }] });
		this.#bytes += first.data.length;
		for (const oldest of this.#pictures.keys()) {
			if (this.#bytes <= this.#maxBytes) break;
			this.drop(oldest);
		}
	}

	drop(feed: string): void {
		this.#bytes -= this.#pictures.get(feed)?.frames[0]?.data.length ?? 0;
		this.#pictures.delete(feed);
	}
}
