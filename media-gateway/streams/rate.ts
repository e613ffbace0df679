const windowMs = 5_000;
const maxSlots = 6;

/** Bits and frames per second over the last five seconds. Times in milliseconds. */
export class Rate {
	#slots: { at: number; bytes: number; frames: number }[] = [];

	add(bytes: number, frame: boolean, now: number): void {
		let slot = this.#slots.at(-1);
		if (slot === undefined || now - slot.at >= windowMs / (maxSlots - 1)) {
			slot = { at: now, bytes: 0, frames: 0 };
			this.#slots.push(slot);
			if (this.#slots.length > maxSlots) this.#slots.shift();
		}
		slot.bytes += bytes;
		if (frame) slot.frames += 1;
	}

	get bitrate(): number {
		return Math.round(this.#perSecond((slot) => slot.bytes) * 8);
	}

	get fps(): number {
		return Math.round(this.#perSecond((slot) => slot.frames) * 10) / 10;
	}

	/** Less than a second says too little: it counts as one. */
	#perSecond(of: (slot: { bytes: number; frames: number }) => number): number {
		const now = performance.now();
		const slots = this.#slots.filter((slot) => now - slot.at < windowMs + windowMs / (maxSlots - 1));
		const [first] = slots;
		if (first === undefined) return 0;
		const seconds = Math.max(now - first.at, 1_000) / 1000;
		return slots.reduce((sum, slot) => sum + of(slot), 0) / seconds;
	}
}
