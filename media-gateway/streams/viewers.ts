/** Who looks at one stream. */
export class Viewers {
	readonly #onChange: (count: number) => void;
	#count = 0;

	constructor(onChange: (count: number) => void) {
		this.#onChange = onChange;
	}

	get count(): number {
		return this.#count;
	}

	acquire(): () => void {
		let held = true;
		this.#count += 1;
		this.#onChange(this.#count);
		return () => {
			if (!held) return;
			held = false;
			this.#count -= 1;
			this.#onChange(this.#count);
		};
	}
}
