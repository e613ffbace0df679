import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './body.ts';
import { type Addressed, encodeFrame, encodePackets, encodeReport } from './encode.ts';
import { decodeFrame, maxFrame } from './frame.ts';
import type { Item } from './item.ts';
import { sl651 } from './sl651.ts';

const runs = Number(process.env.FUZZ_RUNS ?? 20_000);
const now = Date.UTC(2026, 4, 6);
const settings = { password: null, crc: 'standard' } as const;

const minute = fc.integer({ min: Math.ceil(Date.UTC(2000, 0, 2) / 60_000), max: now / 60_000 }).map((value) => value * 60_000);
const address = fc.stringMatching(/^[0-9A-F]{10}$/);
const identifier = fc.constantFrom(0x01, 0x03, 0x10, 0x1a, 0x20, 0x26, 0x27, 0x38, 0x39, 0x3b, 0x4a, 0x57, 0x70, 0xc9, 0xff11);

const measured: fc.Arbitrary<Item> = fc
	.record({
		id: identifier,
		bytes: fc.integer({ min: 2, max: 7 }),
		decimals: fc.integer({ min: 0, max: 3 }),
		part: fc.double({ min: -1, max: 1, noNaN: true }),
	})
	.map(({ id, bytes, decimals, part }) => {
		const digits = Math.round(part * (10 ** (2 * bytes - 2) - 1)) + 0;
		return { kind: 'value', id, symbol: '', value: digits / 10 ** decimals, raw: '', bytes, decimals };
	});
const amounts = (scale: number, most: number) => fc.option(fc.integer({ min: 0, max: most }).map((value) => value / scale));
const item: fc.Arbitrary<Item> = fc.oneof(
	{ arbitrary: measured, weight: 6 },
	minute.map((time): Item => ({ kind: 'observed', time })),
	fc.integer({ min: 0, max: 0xffffffff }).map((word): Item => ({ kind: 'state', word })),
	fc.array(amounts(10, 254), { minLength: 12, maxLength: 12 }).map((values): Item => ({ kind: 'block', id: 0xf4, def: 0x60, values })),
	fc.array(amounts(100, 65_534), { minLength: 12, maxLength: 12 }).map((values): Item => ({ kind: 'block', id: 0xf5, def: 0xc0, values })),
);
const report = fc.record({
	center: fc.nat(255),
	station: address,
	password: fc.stringMatching(/^[0-9A-F]{4}$/),
	func: fc.constantFrom(0x30, 0x32, 0x33, 0x34, 0x37, 0x3a),
	serial: fc.nat(0xffff),
	sent: minute,
	items: fc.array(item, { maxLength: 12 }),
});

type Report = typeof report extends fc.Arbitrary<infer T> ? T : never;

function made({ center, station, password, func, serial, sent, items }: Report, mode: Addressed['mode'] = 'hex'): Buffer {
	const all: Item[] = [{ kind: 'station', station, letter: 'H' }, { kind: 'observed', time: sent }, ...items];
	return encodeReport({ mode, center, station, password }, func, { serial, sent, items: all });
}

/** Bytes set to others, left out, or put in. */
const edits = fc.array(fc.record({ at: fc.nat(2000), byte: fc.nat(255), how: fc.constantFrom('set', 'drop', 'insert') }), { maxLength: 4 });

function mutated(frame: Buffer, changes: { at: number; byte: number; how: string }[]): Buffer {
	const bytes = [...frame];
	for (const { at, byte, how } of changes) bytes.splice(at % (bytes.length + 1), how === 'insert' ? 0 : 1, ...(how === 'drop' ? [] : [byte]));
	return Buffer.from(bytes);
}

describe('Whatever comes', () => {
	it('a report is read as it was made', () => {
		fc.assert(
			fc.property(report, (given) => {
				const decoded = decodeFrame(made(given));
				if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
				const { center, station, password, func, serial, sent, items } = given;
				expect(decoded.frame).toMatchObject({ center, station, password, func });
				const all = [{ kind: 'station', station, letter: 'H' }, { kind: 'observed', time: sent }, ...items];
				expect(decodeBody(decoded.frame, decoded.frame.body)).toEqual({ ok: true, value: { serial, sent, items: all } });
			}),
			{ numRuns: Math.min(1000, runs) },
		);
	});

	it('mutated frames and noise neither throw nor hang, and a stream holds no more than one frame', () => {
		const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
		const session = sl651.session((station) => (station.endsWith('3') ? null : settings));
		let framer = sl651.framer();
		fc.assert(
			fc.property(report, fc.constantFrom('hex', 'ascii'), edits, noise, fc.nat(200), (given, mode, changes, around, cut) => {
				const bytes = Buffer.concat([around, mutated(made(given, mode), changes)]);
				if (cut === 0) framer = sl651.framer();
				for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
					for (const frame of framer.push(chunk).frames) session.handle(frame, now);
					expect(framer.waiting).toBeLessThanOrEqual(maxFrame);
				}
				session.handle(bytes.subarray(around.length), now);
			}),
			{ numRuns: runs },
		);
	});

	it('hostile bodies with a right check come to an outcome, whole or with a named field', () => {
		const session = sl651.session(() => settings);
		const anyFunc = fc.integer({ min: 0x2f, max: 0x51 });
		fc.assert(
			fc.property(report, fc.constantFrom('hex', 'ascii'), edits, anyFunc, fc.boolean(), (given, mode, changes, func, isOther) => {
				const decoded = decodeFrame(made(given, mode));
				if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
				const body = mutated(decoded.frame.body, changes);
				const outcome = session.handle(encodeFrame({ ...decoded.frame, func: isOther ? func : given.func, body }), now);
				if (outcome.error !== null) expect(outcome.error.field).not.toBe('');
				for (const message of outcome.messages) {
					for (const each of message.readings) {
						if (!Number.isFinite(each.value) || !/^[a-zA-Z]\w{0,63}$/.test(each.property)) throw new Error(JSON.stringify(each));
					}
				}
			}),
			{ numRuns: runs },
		);
	});

	it('packets in any order, twice or never, never throw, and a whole message is told once', () => {
		const order = fc.array(fc.nat(9), { maxLength: 20 });
		fc.assert(
			fc.property(report, fc.constantFrom('hex', 'ascii'), order, fc.integer({ min: 8, max: 64 }), (given, mode, sequence, size) => {
				const session = sl651.session(() => settings);
				const { center, station, password, serial, sent } = given;
				const items: Item[] = [{ kind: 'picture', data: Buffer.alloc(4 * size, 5) }];
				const frames = encodePackets({ mode, center, station, password }, 0x36, { serial, sent, items }, size);
				const pick = (index: number) => frames[index % frames.length] ?? Buffer.alloc(0);
				const told = [...sequence.map(pick), ...frames].flatMap((frame) => session.handle(frame, now).messages);
				expect(told).toHaveLength(1);
				for (let at = now; at < now + 100_000; at += 10_000) session.expire(at);
			}),
			{ numRuns: Math.min(20_000, Math.ceil(runs / 10)) },
		);
	});
});
