import type { MapFeature } from './features.ts';

export interface FeatureDiff {
	add: MapFeature[];
	remove: string[];
}

/**
 * Holds what a map source shows and says what to change. Features are built only for things whose inputs are other objects
 * than before, so that ten thousand things of which twenty changed cost twenty.
 */
export class FeatureSet {
	readonly #held = new Map<string, { inputs: readonly unknown[]; shown: boolean }>();

	/** `wanted` yields every thing: its id, what its feature depends on, and how to build it (null: nothing to show). */
	update(wanted: Iterable<{ id: string; inputs: readonly unknown[]; build: () => MapFeature | null }>): FeatureDiff {
		const diff: FeatureDiff = { add: [], remove: [] };
		const seen = new Set<string>();
		for (const { id, inputs, build } of wanted) {
			seen.add(id);
			const before = this.#held.get(id);
			if (before !== undefined && sameInputs(before.inputs, inputs)) continue;
			const feature = build();
			if (feature !== null) diff.add.push(feature);
			else if (before?.shown === true) diff.remove.push(id);
			this.#held.set(id, { inputs, shown: feature !== null });
		}
		for (const [id, { shown }] of this.#held) {
			if (seen.has(id)) continue;
			this.#held.delete(id);
			if (shown) diff.remove.push(id);
		}
		return diff;
	}

	/** After this the next update brings everything anew. */
	clear(): void {
		this.#held.clear();
	}
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
	return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
