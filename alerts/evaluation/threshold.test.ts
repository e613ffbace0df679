import type { ThresholdCondition } from '@beilun/shared/protocol/alerts.ts';
import { type Severity, severities } from '@beilun/shared/protocol/words.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ConditionState, evaluate, type Sample } from './condition.ts';

function play(
	condition: ThresholdCondition,
	samples: (Sample & { now?: number })[],
): { kinds: string[]; severities: (Severity | null)[]; reasons: string[] } {
	let state: ConditionState | null = null;
	const kinds: string[] = [];
	const reached: (Severity | null)[] = [];
	const reasons: string[] = [];
	for (const { now, ...sample } of samples) {
		const result = evaluate({ condition, state, sample, now: now ?? sample.time, unit: 'm' });
		state = result.state;
		kinds.push(result.decision.kind);
		reasons.push(result.decision.reason);
		reached.push(state.severity);
	}
	return { kinds, severities: reached, reasons };
}

function condition(more: Partial<ThresholdCondition> = {}): ThresholdCondition {
	return { type: 'threshold', direction: 'above', levels: [{ severity: 'red', limit: 3 }], hysteresis: 0, durationSeconds: 0, ...more };
}

function series(...values: number[]): Sample[] {
	return values.map((value, n) => ({ time: n * 1000, value }));
}

test('beyond the limit raises, at the limit does not', () => {
	expect(play(condition(), series(3, 3.1, 3)).kinds).toEqual(['none', 'raise', 'clear']);
	expect(play(condition({ direction: 'below' }), series(3, 2.9, 3)).kinds).toEqual(['none', 'raise', 'clear']);
});

test('hysteresis keeps an alert until the value is well behind the limit, also where binary fractions are a hair off', () => {
	const low = condition({ hysteresis: 0.1, levels: [{ severity: 'red', limit: 3.3 }] });
	expect(play(low, series(3.4, 3.25, 3.21, 3.2)).kinds).toEqual(['raise', 'none', 'none', 'clear']);
});

test('severity follows the levels up and down, and each change says why', () => {
	const levels = [
		{ severity: 'yellow' as const, limit: 1 },
		{ severity: 'orange' as const, limit: 2 },
		{ severity: 'red' as const, limit: 3 },
	];
	const { kinds, reasons, severities: reached } = play(condition({ levels }), series(0, 1.5, 3.5, 2.5, 1.5, 0));
	expect(kinds).toEqual(['none', 'raise', 'change', 'change', 'change', 'clear']);
	expect(reached).toEqual([null, 'yellow', 'red', 'orange', 'yellow', null]);
	expect(reasons[1]).toBe('1.5 m is above 1 m');
	expect(reasons[2]).toBe('3.5 m: rose from yellow to red, whose limit is 3 m');
	expect(reasons[5]).toBe('0 m is back at or behind 1 m');
});

test('a duration is counted in phenomenon time, and one reading behind the limit begins it anew', () => {
	const slow = condition({ durationSeconds: 60 });
	const at = (second: number, value: number) => ({ time: second * 1000, value });
	expect(play(slow, [at(0, 4), at(59, 4), at(60, 4)]).kinds).toEqual(['none', 'none', 'raise']);
	expect(play(slow, [at(0, 4), at(30, 2), at(60, 4), at(119, 4), at(120, 4)]).kinds).toEqual(['none', 'none', 'none', 'none', 'raise']);
});

test('a late reading never moves the state back', () => {
	const at = (second: number, value: number) => ({ time: second * 1000, value });
	const { kinds, severities: reached } = play(condition(), [at(10, 4), at(5, 0), at(11, 4)]);
	expect(kinds).toEqual(['raise', 'none', 'none']);
	expect(reached).toEqual(['red', 'red', 'red']);
});

test('a clock that runs ahead does not shut out what comes after', () => {
	const { kinds } = play(condition(), [
		{ time: 1_000_000, value: 0, now: 1000 },
		{ time: 2000, value: 4 },
	]);
	expect(kinds).toEqual(['none', 'raise']);
});

test('a level taken out of the rule is left', () => {
	const before = evaluate({ condition: condition(), state: null, sample: { time: 0, value: 4 }, now: 0, unit: 'm' }).state;
	const changed = condition({ levels: [{ severity: 'blue', limit: 5 }] });
	const { decision } = evaluate({ condition: changed, state: before, sample: { time: 1, value: 4 }, now: 1, unit: 'm' });
	expect(decision).toMatchObject({ kind: 'clear', reason: expect.stringContaining('no longer has the level red') });
});

/** Judges each level from all the readings so far, remembering nothing but the readings. */
function naiveSeverity(rule: ThresholdCondition, samples: Sample[]): Severity | null {
	const counted: Sample[] = [];
	for (const sample of samples) if (sample.time >= (counted.at(-1)?.time ?? 0)) counted.push(sample);
	const sign = rule.direction === 'above' ? 1 : -1;
	const isOn = (limit: number) => {
		for (let n = counted.length - 1; n >= 0; n--) {
			const { time, value } = counted[n] as Sample;
			if (sign * value <= sign * limit - rule.hysteresis) return false;
			let first = n;
			while (first >= 0 && sign * (counted[first] as Sample).value > sign * limit) first -= 1;
			const began = counted[first + 1];
			if (first < n && began !== undefined && time - began.time >= rule.durationSeconds * 1000) return true;
		}
		return false;
	};
	return severities.find((severity) => rule.levels.some((level) => level.severity === severity && isOn(level.limit))) ?? null;
}

test('for every course of readings the state is what all readings together say', () => {
	const rules = fc.record({
		type: fc.constant('threshold' as const),
		direction: fc.constantFrom('above' as const, 'below' as const),
		// Whole numbers: the model must not be off by the rounding it is to check.
		levels: fc.uniqueArray(fc.record({ severity: fc.constantFrom(...severities), limit: fc.integer({ min: -5, max: 5 }) }), {
			selector: (level) => level.severity,
			minLength: 1,
			maxLength: 4,
		}),
		hysteresis: fc.integer({ min: 0, max: 3 }),
		durationSeconds: fc.integer({ min: 0, max: 4 }),
	});
	const samples = fc.array(
		fc.record({ time: fc.integer({ min: 0, max: 20 }).map((second) => second * 1000), value: fc.integer({ min: -8, max: 8 }) }),
		{ maxLength: 40 },
	);
	fc.assert(
		fc.property(rules, samples, (rule, course) => {
			// Mostly forward, some late.
			const sorted = course.map((sample, n) => (n % 5 === 4 ? sample : { ...sample, time: sample.time + n * 3000 }));
			let state: ConditionState | null = null;
			let open: Severity | null = null;
			sorted.forEach((sample, n) => {
				const result = evaluate({ condition: rule, state, sample, now: Number.MAX_SAFE_INTEGER, unit: '' });
				state = result.state;
				const expected = naiveSeverity(rule, sorted.slice(0, n + 1));
				expect(state.severity).toBe(expected);
				const { decision } = result;
				if (decision.kind === 'raise') expect(open).toBeNull();
				if (decision.kind === 'change' || decision.kind === 'clear') expect(open).not.toBeNull();
				if (decision.kind === 'clear') open = null;
				else if (decision.kind !== 'none') open = decision.severity;
				expect(open).toBe(expected);
			});
		}),
		{ numRuns: 500 },
	);
});
