import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateLimit } from './limits.ts';

test('over any time no more is taken than the bucket held and what has flowed in', () => {
	const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 5_000 }), amount: fc.integer({ min: 0, max: 2_000 }) }), { maxLength: 100 });
	fc.assert(
		fc.property(steps, (each) => {
			const rate = new RateLimit(1_000, 100, 0);
			let now = 0;
			let taken = 0;
			for (const { wait, amount } of each) {
				now += wait;
				if (rate.take(now, amount)) taken += amount;
				expect(taken).toBeLessThanOrEqual(1_000 + (now / 1000) * 100);
			}
		}),
	);
});

test('what is too much takes nothing away from the next', () => {
	const rate = new RateLimit(10, 1, 0);
	expect(rate.take(0, 11)).toBe(false);
	expect(rate.take(0, 10)).toBe(true);
	expect(rate.take(1_999, 2)).toBe(false);
	expect(rate.take(2_000, 2)).toBe(true);
});
