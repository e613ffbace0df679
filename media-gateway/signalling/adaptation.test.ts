import { expect, test } from 'vitest';
import { type Adaptable, Adaptation } from './adaptation.ts';

class Picture implements Adaptable {
	score: number | null = 10;
	reduced = false;
	readonly full: number;
	readonly hasSub: boolean;
	constructor(full = 2_000_000, hasSub = true) {
		this.full = full;
		this.hasSub = hasSub;
	}
	get reducible() {
		return this.hasSub && !this.reduced;
	}
	get bitrate() {
		return this.reduced ? 0 : this.full;
	}
	reduce() {
		this.reduced = true;
	}
	restore() {
		this.reduced = false;
	}
}

/** A second each; answers the second after which `until` was true. */
function run(
	adaptation: Adaptation,
	pictures: Picture[],
	from: number,
	{ available = null, until }: { available?: number | null; until: () => boolean },
) {
	for (let second = from; second < from + 2_000; second += 1) {
		adaptation.sample(pictures, available, second * 1000);
		if (until()) return second - from;
	}
	return null;
}

test('five bad seconds bring the smaller picture, thirty good ones the full one back', () => {
	const adaptation = new Adaptation();
	const picture = new Picture();
	picture.score = 4;
	expect(run(adaptation, [picture], 0, { until: () => picture.reduced })).toBe(5);
	expect(run(adaptation, [picture], 6, { until: () => !picture.reduced })).toBeNull();
	picture.score = 9;
	expect(run(adaptation, [picture], 3_000, { until: () => !picture.reduced })).toBe(30);
});

test('a bad moment changes nothing', () => {
	const adaptation = new Adaptation();
	const picture = new Picture();
	for (let second = 0; second < 100; second += 1) {
		picture.score = second % 5 === 0 ? 10 : 1;
		adaptation.sample([picture], null, second * 1000);
	}
	expect(picture.reduced).toBe(false);
});

test('each failed try makes the next one wait twice as long', () => {
	const adaptation = new Adaptation();
	const picture = new Picture();
	const waits: (number | null)[] = [];
	for (let round = 0; round < 6; round += 1) {
		picture.score = 2;
		run(adaptation, [picture], round * 4_000, { until: () => picture.reduced });
		picture.score = 10;
		waits.push(run(adaptation, [picture], round * 4_000 + 1_000, { until: () => !picture.reduced }));
	}
	expect(waits).toEqual([30, 60, 120, 240, 480, 480]);
});

test('where the network carries clearly less than is sent, and something is lost, the largest pictures are reduced, one after the other', () => {
	const adaptation = new Adaptation();
	const [small, large, single] = [new Picture(1_000_000), new Picture(4_000_000), new Picture(6_000_000, false)];
	const pictures = [small, large, single];
	expect(run(adaptation, pictures, -3_000, { available: 6_000_000, until: () => large.reduced })).toBeNull();
	small.score = 9;
	run(adaptation, pictures, 0, { available: 6_000_000, until: () => large.reduced });
	expect(pictures.map((each) => each.reduced)).toEqual([false, true, false]);
	expect(run(adaptation, pictures, 20, { available: 6_000_000, until: () => !large.reduced })).toBe(30);
	expect(run(adaptation, pictures, 51, { available: 6_000_000, until: () => large.reduced })).toBe(4);
});

test('a camera without a second stream is left alone, and an estimate that suffices too', () => {
	const adaptation = new Adaptation();
	const single = new Picture(2_000_000, false);
	single.score = 0;
	const good = new Picture();
	good.score = 9;
	expect(run(adaptation, [single], 0, { until: () => single.reduced })).toBeNull();
	expect(run(adaptation, [good], 3_000, { available: 1_500_000, until: () => good.reduced })).toBeNull();
});
