const keptMs = 30_000;

/** How old the pictures are that viewers see, as they say themselves. */
export class Shown {
	#reports: { age: number; at: number }[] = [];

	/** `age` in milliseconds, told at `now`. */
	report(age: number, now: number): void {
		// Only what could still become the oldest is kept: a younger picture told later replaces nothing older.
		this.#reports = this.#reports.filter((each) => each.age > age && now - each.at < keptMs);
		this.#reports.push({ age, at: now });
	}

	/** The oldest of the last half minute; null where nobody told. */
	oldest(now: number): number | null {
		return this.#reports.find((each) => now - each.at < keptMs)?.age ?? null;
	}
}
