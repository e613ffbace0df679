import { deadLetterReasons } from '@beilun/shared/protocol/sensors.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLettersOf } from '../dead-letters/dead-letter.ts';
import { decodeObservations, decodePosition, maxEntries } from './decode.ts';

const arrived = Date.parse('2026-05-01T12:00:00Z');
const time = '2026-05-01T11:59:00.000Z';
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const decode = (value: unknown) => decodeObservations(bytes(value), arrived);
const details = (value: unknown) => decode(value).problems.map((problem) => problem.detail);

describe('our own JSON', () => {
	test('an object or an array, any offset turned to UTC', () => {
		expect(decode({ time: '2026-05-01T19:59:00+08:00', values: { waterLevel: 3.2 } })).toEqual({
			values: [{ property: 'waterLevel', time, value: 3.2 }],
			problems: [],
		});
		const two = [
			{ time, values: { a: 1, b: -2 } },
			{ time, values: { c: 1e300 } },
		];
		expect(decode(two).values).toHaveLength(3);
	});

	test('a bad property or entry is named and harms no other', () => {
		const decoded = decode([
			{ time, values: { a: 1, b: '2', 'no good': 3 } },
			{ values: { a: 1 } },
			'x',
			{ time: 'soon', values: { a: 1 } },
			{ time, values: {} },
		]);
		expect(decoded.values).toEqual([{ property: 'a', time, value: 1 }]);
		expect(decoded.problems.map((problem) => problem.detail.split(';')[0])).toEqual([
			'[0].values.b: "2"',
			'[0].values: the key "no good"',
			'[1].time: missing',
			'[2]: "x"',
			'[3].time: "soon"',
			'[4].values: an object',
		]);
	});

	test('a number beyond a double, a time before 1970 or from a clock far ahead is refused', () => {
		expect(details(`{"time":"${time}","values":{"a":1e999}}`)[0]).toContain('Infinity; expected a finite number');
		expect(details({ time: '0001-01-01T00:00:00Z', values: { a: 1 } })[0]).toContain('since 1970');
		expect(details({ time: '2026-05-03T00:00:00Z', values: { a: 1 } })[0]).toContain('24 hours ahead');
	});

	test('what is no JSON, no UTF-8, empty or too many is refused as a whole', () => {
		expect(decode('{').problems[0]?.reason).toBe('malformed');
		expect(decode('').problems[0]?.reason).toBe('malformed');
		expect(decodeObservations(Buffer.from([0xff, 0xfe]), arrived).problems[0]).toMatchObject({ reason: 'malformed' });
		expect(decode([]).problems[0]?.reason).toBe('schema');
		expect(details(Array.from({ length: maxEntries + 1 }, () => ({ time, values: { a: 1 } })))[0]).toContain('expected at most 1000');
		expect(decode('['.repeat(100_000)).problems[0]?.reason).toBe('malformed');
		expect(decode('['.repeat(50_000) + ']'.repeat(50_000)).values).toEqual([]);
	});
});

describe('SenML', () => {
	test('base fields hold for their record and those that follow (RFC 8428 §5.1.3)', () => {
		const pack = [
			{ bn: 'urn:dev:ow:10e2073a0108006:', bt: 1.276020076001e9, bu: 'A', bver: 5, n: 'voltage', u: 'V', v: 120.1 },
			{ n: 'current', t: -5, v: 1.2 },
			{ bn: 'other/', bv: 10, n: 'current', v: 1.5 },
		];
		expect(decode(pack)).toEqual({
			values: [
				{ property: 'voltage', time: '2010-06-08T18:01:16.001Z', value: 120.1, unit: 'V' },
				{ property: 'current', time: '2010-06-08T18:01:11.001Z', value: 1.2, unit: 'A' },
				{ property: 'current', time: '2010-06-08T18:01:16.001Z', value: 11.5, unit: 'A' },
			],
			problems: [],
		});
	});

	test('a small or missing time counts from the arrival', () => {
		expect(decode([{ n: 'a', v: 1, t: -60 }]).values).toEqual([{ property: 'a', time, value: 1 }]);
		expect(decode([{ n: 'a', v: 1 }]).values[0]?.time).toBe('2026-05-01T12:00:00.000Z');
	});

	test('records that cannot be taken are named and harm no other', () => {
		const decoded = decode([{ n: 'a', vs: 'x' }, { n: 'b', v: 1 }, { n: '1', v: 1 }, { n: 'c', v: 1, later_: 1 }, { bver: 11, n: 'd', v: 1 }, null]);
		expect(decoded.values.map((value) => value.property)).toEqual(['b']);
		expect(decoded.problems.map((problem) => problem.detail.split(/[:;]/)[0])).toEqual(['[0].vs', '[2].n', '[3]', '[4].bver', '[5]']);
	});
});

describe('anything at all', () => {
	const word = fc.constantFrom(
		'time',
		'values',
		'bn',
		'bt',
		'bv',
		'bu',
		'n',
		't',
		'v',
		'u',
		'vs',
		'bver',
		'__proto__',
		'constructor',
		'lon',
		'lat',
		'a_',
	);
	const leaf = fc.oneof(
		fc.constantFrom(time, '2026-02-30T00:00:00Z', '0000-01-01T00:00:00+23:59'),
		fc.double(),
		fc.string({ unit: 'binary' }),
		fc.constant(null),
	);
	const { thing } = fc.letrec((tie) => ({
		thing: fc.oneof(
			{ depthSize: 'small' },
			leaf,
			fc.array(tie('thing'), { maxLength: 4 }),
			fc.dictionary(fc.oneof(word, fc.string()), tie('thing'), { maxKeys: 6 }),
		),
	}));
	const payload = fc.oneof(
		fc.uint8Array({ maxLength: 300 }),
		fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
		thing.map((value) => bytes(JSON.stringify(value) ?? '')),
	);

	test('is either taken or kept as a dead letter that the database can hold', () => {
		fc.assert(
			fc.property(payload, fc.string({ unit: 'binary' }), (input, topic) => {
				for (const decoded of [decodeObservations(input, arrived), decodePosition(input, arrived)]) {
					expect(decoded.values.length + decoded.problems.length).toBeGreaterThan(0);
					for (const letter of deadLettersOf({ topic, payload: input, client: topic, arrived }, decoded.problems)) {
						expect(deadLetterReasons).toContain(letter.reason);
						const { original, encoding, ...rest } = letter;
						expect(Buffer.from(original, encoding).equals(input)).toBe(true);
						for (const text of [original, ...Object.values(rest)]) expect(text.includes('\0') || !text.isWellFormed()).toBe(false);
						expect(letter.detail.length).toBeLessThanOrEqual(2000);
					}
				}
				for (const value of decodeObservations(input, arrived).values) {
					expect(Number.isFinite(value.value)).toBe(true);
					expect(new Date(value.time).toISOString()).toBe(value.time);
				}
			}),
			{ numRuns: 3000 },
		);
	});

	test('a cut original ends between two characters', () => {
		const [letter] = deadLettersOf({ topic: 't', payload: Buffer.from('水'.repeat(100_000)), client: 'c', arrived }, [
			{ reason: 'too-large', detail: '' },
		]);
		expect(letter?.encoding).toBe('utf8');
		expect(letter?.original).toBe('水'.repeat(Math.floor((256 * 1024) / 3)));
	});
});
