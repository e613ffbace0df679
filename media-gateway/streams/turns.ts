/** Lets only so many do something at the same time; the others wait in line. */
export class Turns {
	readonly #places: number;
	readonly #waiting: (() => void)[] = [];
	#taken = 0;

	constructor(places: number) {
		this.#places = places;
	}

	async take<T>(work: () => Promise<T>): Promise<T> {
		if (this.#taken >= this.#places) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		else this.#taken += 1;
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#taken -= 1;
			else next();
		}
	}
}
