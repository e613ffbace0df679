import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReport, type StationReport } from './encode.ts';
import { decodeFrame } from './frame.ts';
import { maxFrame } from './framing.ts';
import { hj212 } from './hj212.ts';

const runs = Number(process.env.FUZZ_RUNS ?? 20_000);
const now = Date.UTC(2026, 4, 6);
const settings = { password: null, crc: 'modbus' } as const;

const values = fc.dictionary(fc.constantFrom('Rtd', 'Min', 'Avg', 'Max', 'Cou', 'ZsRtd'), fc.integer({ min: -99_999, max: 99_999 }), { minKeys: 1 });
const code = fc.oneof(fc.constantFrom('w01018', '011', 'B01', 'a21026', 'Leq'), fc.stringMatching(/^[a-z0-9]{1,8}$/));
const report: fc.Arbitrary<StationReport> = fc.record({
	st: fc.constantFrom('21', '22', '31', '32'),
	cn: fc.constantFrom('2011', '2051', '2061', '2031', '2021', '2072', '1013', '9014'),
	pw: fc.stringMatching(/^[A-Za-z0-9]{0,9}$/),
	mn: fc.stringMatching(/^[A-Za-z0-9_]{1,24}$/),
	version: fc.integer({ min: 0, max: 3 }),
	wantsAnswer: fc.boolean(),
	sent: fc.integer({ min: 0, max: now }),
	dataTime: fc.integer({ min: 0, max: now }),
	factors: fc.uniqueArray(fc.record({ code, values, flag: fc.constantFrom('N', 'D', 'T', null) }), { maxLength: 12, selector: (each) => each.code }),
});

/** Bytes set to others, left out, or put in. */
const edits = fc.array(fc.record({ at: fc.nat(2000), byte: fc.integer({ min: 0, max: 255 }), how: fc.constantFrom('set', 'drop', 'insert') }), {
	maxLength: 4,
});

type Edit = { at: number; byte: number; how: string };

function mutated(frame: Buffer, changes: Edit[]): Buffer {
	const bytes = [...frame];
	for (const { at, byte, how } of changes) bytes.splice(at % (bytes.length + 1), how === 'insert' ? 0 : 1, ...(how === 'drop' ? [] : [byte]));
	return Buffer.from(bytes);
}

/** `##`, length, segment and CRC that are right around whatever stands inside. */
function sealed(segment: Buffer): Buffer {
	let crc = 0xffff;
	for (const byte of segment) {
		crc = (crc >> 8) ^ byte;
		for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
	}
	const length = String(segment.length).padStart(4, '0');
	return Buffer.concat([Buffer.from(`##${length}`), segment, Buffer.from(`${crc.toString(16).padStart(4, '0')}\r\n`)]);
}

describe('Whatever comes', () => {
	it('a report is read as it was made', () => {
		fc.assert(
			fc.property(report, (made) => {
				const frames = encodeReport(made).map((bytes) => decodeFrame(bytes));
				for (const decoded of frames) expect(decoded).toMatchObject({ ok: true, frame: { mn: made.mn, cn: made.cn, pw: made.pw } });
				const session = hj212.session(() => settings);
				const told = encodeReport(made).flatMap((bytes) => session.handle(bytes, now).messages);
				const numbers = told.flatMap((message) => message.readings.map((each) => [each.code, each.value]));
				const sent = made.factors.flatMap((each) => Object.entries(each.values).map(([sub, value]) => [`${each.code}-${sub}`, value]));
				expect(numbers).toEqual(sent);
			}),
			{ numRuns: Math.min(1000, runs) },
		);
	});

	it('mutated frames and noise neither throw nor hang, and a stream holds no more than one frame', () => {
		const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
		const session = hj212.session((mn) => (mn.length % 3 === 0 ? null : settings));
		let framer = hj212.framer();
		fc.assert(
			fc.property(report, edits, noise, fc.nat(200), (made, changes, around, cut) => {
				const bytes = Buffer.concat([around, mutated(encodeReport(made)[0] ?? Buffer.alloc(0), changes)]);
				if (cut === 0) framer = hj212.framer();
				for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
					for (const frame of framer.push(chunk).frames) session.handle(frame, now);
					expect(framer.waiting).toBeLessThanOrEqual(maxFrame);
				}
				session.handle(bytes.subarray(around.length), now);
			}),
			{ numRuns: runs },
		);
	});

	it('hostile segments with a right CRC come to an outcome, whole or with a named field', () => {
		const session = hj212.session(() => settings);
		fc.assert(
			fc.property(report, edits, (made, changes) => {
				const frame = encodeReport(made)[0] ?? Buffer.alloc(0);
				const outcome = session.handle(sealed(mutated(frame.subarray(6, -6), changes)), now);
				if (outcome.error !== null) expect(outcome.error.field).not.toBe('');
				for (const message of outcome.messages) {
					for (const each of message.readings) expect(Number.isFinite(each.value) && each.property.length <= 64).toBe(true);
				}
			}),
			{ numRuns: runs },
		);
	});
});
