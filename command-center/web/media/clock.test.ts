import type { StreamClock } from '@beilun/shared/protocol/media.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { captureTimeOf, clockOffset, frameCaptureTime, frameDelay } from './clock.ts';

const epoch = 1_790_000_000_000;
const wrap = 2 ** 32;
const clock = (more: Partial<StreamClock> = {}): StreamClock => ({
	rtpTimestamp: 0,
	clockRate: 90_000,
	captureTime: epoch,
	basis: 'sender',
	...more,
});
/** The RTP timestamp that a source writes on a frame of this moment. */
const stamp = (of: StreamClock, at: number) => (((of.rtpTimestamp + Math.round(((at - of.captureTime) / 1000) * of.clockRate)) % wrap) + wrap) % wrap;

const timestamps = fc.integer({ min: 0, max: wrap - 1 });
const rates = fc.constantFrom(8_000, 48_000, 90_000);
/** Within half of the 13 hours in which a 90 kHz timestamp begins anew. */
const distances = fc.integer({ min: -6 * 3_600_000, max: 6 * 3_600_000 });

test('the capture time comes back out of a timestamp, before and after it has begun anew', () => {
	fc.assert(
		fc.property(timestamps, rates, distances, (rtpTimestamp, clockRate, distance) => {
			const of = clock({ rtpTimestamp, clockRate });
			expect(Math.abs(captureTimeOf(stamp(of, epoch + distance), of) - (epoch + distance))).toBeLessThan(1);
		}),
	);
});

test('of several clocks the one counts that puts the frame nearest to its arrival', () => {
	const delays = fc.integer({ min: -200, max: 5_000 });
	fc.assert(
		fc.property(timestamps, timestamps, delays, (ours, theirs, delay) => {
			const right = clock({ rtpTimestamp: ours });
			const wrong = clock({ rtpTimestamp: theirs });
			const captured = epoch + 60_000;
			const arrived = captured + delay;
			const said = frameCaptureTime(stamp(right, captured), [wrong, right], arrived);
			expect(said).not.toBeNull();
			// Another clock may lie nearer by chance, never farther.
			expect(Math.abs(arrived - (said ?? 0))).toBeLessThan(Math.abs(delay) + 1);
		}),
	);
	const layers = [clock({ rtpTimestamp: 5 }), clock({ rtpTimestamp: 1_000_000_000 }), clock({ rtpTimestamp: 3_000_000_000 })];
	for (const layer of layers) expect(frameCaptureTime(stamp(layer, epoch + 900), layers, epoch + 1_000)).toBeCloseTo(epoch + 900, 0);
});

test('a clock that puts a frame more than ten seconds from its arrival says nothing', () => {
	const of = clock();
	expect(frameCaptureTime(stamp(of, epoch), [of], epoch + 9_999)).toBe(epoch);
	expect(frameCaptureTime(stamp(of, epoch), [of], epoch + 10_001)).toBeNull();
	expect(frameCaptureTime(stamp(of, epoch + 10_001), [of], epoch)).toBeNull();
	expect(frameCaptureTime(0, [], epoch)).toBeNull();
});

test('the offset to the gateway is within half of the shortest way there and back, however its clock stands', () => {
	const way = fc.record({ there: fc.integer({ min: 0, max: 400 }), back: fc.integer({ min: 0, max: 400 }) });
	fc.assert(
		fc.property(fc.array(way, { minLength: 1, maxLength: 8 }), fc.integer({ min: -1e12, max: 1e12 }), (ways, truth) => {
			const samples = ways.map(({ there, back }, index) => {
				const askedAt = index * 1_000;
				return { askedAt, answeredAt: askedAt + there + back, now: askedAt + there + truth };
			});
			const shortest = Math.min(...ways.map(({ there, back }) => there + back));
			expect(Math.abs((clockOffset(samples) ?? Number.NaN) - truth)).toBeLessThanOrEqual(shortest / 2 + 1e-3);
		}),
	);
	expect(clockOffset([])).toBeNull();
});

test('a frame is as old as its stream says; then as the browser says; then as its arrival', () => {
	const of = clock();
	const offset = epoch - 1_000;
	const times = { presentedAt: 5_000, receiveTime: 4_900, captureTime: 4_600, rtpTimestamp: stamp(of, epoch + 3_750) };
	expect(frameDelay(times, [of], offset)).toBeCloseTo(250, 0);
	expect(frameDelay(times, [], offset)).toBe(400);
	expect(frameDelay(times, [of], null)).toBe(400);
	expect(frameDelay({ presentedAt: 5_000, receiveTime: 4_900 }, [], offset)).toBe(100);
	expect(frameDelay({ presentedAt: 5_000 }, [], offset)).toBe(0);
});

test('times that cannot be believed are passed over, and no age is below zero', () => {
	expect(frameDelay({ presentedAt: 5_000, captureTime: 9_000, receiveTime: 4_990 }, [], null)).toBe(10);
	expect(frameDelay({ presentedAt: 5_000_000, captureTime: 4_000 }, [], null)).toBe(0);
	fc.assert(
		fc.property(
			fc.record({ presentedAt: fc.double({ min: 0, max: 1e9, noNaN: true }), rtpTimestamp: timestamps }),
			fc.array(timestamps, { maxLength: 4 }),
			(times, clocks) => {
				const delay = frameDelay(
					times,
					clocks.map((rtpTimestamp) => clock({ rtpTimestamp })),
					epoch,
				);
				expect(delay).toBeGreaterThanOrEqual(0);
				expect(delay).toBeLessThanOrEqual(10_001);
			},
		),
	);
});
