import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessUnits, packetise, splitAnnexB } from './h264.ts';

const startCode = Buffer.from([0, 0, 0, 1]);

describe('H.264 packetisation', () => {
	it('gives back every NAL unit after fragmenting and joining (RFC 6184 §5.8)', () => {
		fc.assert(
			fc.property(fc.integer({ min: 2, max: 9_000 }), fc.integer({ min: 1, max: 31 }), (length, kind) => {
				const unit = Buffer.alloc(length, 0xa5);
				unit[0] = 0x60 | kind;
				const payloads = packetise({ key: false, units: [unit] }, 1_200);
				expect(payloads.every((payload) => payload.length <= 1_200)).toBe(true);
				if (payloads.length === 1) {
					expect(payloads[0]).toEqual(unit);
					return;
				}
				const heads = payloads.map((payload) => payload[1] ?? 0);
				expect(heads.map((head) => head & 0xc0)).toEqual([0x80, ...Array(payloads.length - 2).fill(0), 0x40]);
				const header = ((payloads[0]?.[0] ?? 0) & 0xe0) | ((heads[0] ?? 0) & 0x1f);
				expect(Buffer.concat([Buffer.from([header]), ...payloads.map((payload) => payload.subarray(2))])).toEqual(unit);
			}),
		);
	});

	it('puts parameter sets and the slices of one picture together', () => {
		const units = [
			[0x67, 1],
			[0x68, 2],
			[0x65, 0x80, 3],
			[0x65, 0x40, 4],
			[0x41, 0x9a, 5],
			[0x67, 1],
			[0x68, 2],
			[0x65, 0x88, 6],
		].map((bytes) => Buffer.from(bytes));
		const stream = Buffer.concat(units.flatMap((unit) => [startCode, unit]));
		expect(splitAnnexB(stream)).toEqual(units);
		expect(accessUnits(stream).map(({ key, units: own }) => [key, own.length])).toEqual([
			[true, 4],
			[false, 1],
			[true, 3],
		]);
	});
});
