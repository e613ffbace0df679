import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureClock } from './capture-clock.ts';
import { readSenderReport } from './reports.ts';

const clockRate = 90_000;
const start = Date.parse('2026-11-24T00:00:00Z');

interface Source {
	/** What its clock shows more than ours, ms. */
	offset: number;
	/** RTP timestamp at `start`. */
	first: number;
	/** From capture to arrival of frame i, and of a report, ms. */
	delays: number[];
	/** Frames between two reports; 0 sends none. */
	reportEvery: number;
}

/** Frames every 40 ms; answers what the clock says of each frame when it has come, and the truth. */
function play(clock: CaptureClock, source: Source, from = start) {
	return source.delays.map((delay, i) => {
		const captured = from + i * 40;
		const rtpTimestamp = (source.first + i * 3_600) >>> 0;
		const arrivedAt = captured + delay;
		if (source.reportEvery > 0 && i % source.reportEvery === 0)
			clock.report({ ntpMs: captured + source.offset, rtpTimestamp, arrivedAt: captured + 1 });
		clock.packet(rtpTimestamp, arrivedAt);
		return { captured, arrivedAt, said: clock.captureTime(rtpTimestamp) ?? Number.NaN, delay, delayMs: clock.delayMs };
	});
}

const delays = fc.array(fc.integer({ min: 5, max: 900 }), { minLength: 30, maxLength: 200 });
const first = fc.nat(2 ** 32 - 1);

test('a clock that agrees with ours is believed, whatever the delay', () => {
	fc.assert(
		fc.property(delays, first, fc.integer({ min: 0, max: 400 }), (list, rtp, behind) => {
			const clock = new CaptureClock(clockRate);
			const frames = play(clock, { offset: -behind, first: rtp, delays: list, reportEvery: 10 });
			expect(clock.agreement).toBe('synchronised');
			for (const { captured, said } of frames) expect(Math.abs(said - (captured - behind))).toBeLessThan(1);
			expect(clock.clock()?.basis).toBe('sender');
		}),
	);
});

test('with a clock that is wrong by hours the smallest delay counts as none', () => {
	fc.assert(
		fc.property(delays, first, fc.integer({ min: 10_000, max: 1e9 }), fc.boolean(), (list, rtp, wrong, ahead) => {
			const clock = new CaptureClock(clockRate);
			const frames = play(clock, { offset: ahead ? wrong : -wrong, first: rtp, delays: list, reportEvery: 10 });
			expect(clock.agreement).toBe('relative');
			// The reports take 1 ms.
			for (const { captured, said } of frames) expect(Math.abs(said - captured - 1)).toBeLessThan(2);
		}),
	);
});

test('no picture was taken after it came, whatever a source says of its clock', () => {
	fc.assert(
		fc.property(delays, first, fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: 0, max: 20 }), (list, rtp, offset, reportEvery) => {
			for (const { said, arrivedAt, delayMs } of play(new CaptureClock(clockRate), { offset, first: rtp, delays: list, reportEvery })) {
				expect(said).toBeLessThanOrEqual(arrivedAt + 0.001);
				expect(delayMs ?? 0).toBeGreaterThanOrEqual(0);
			}
		}),
	);
});

test('without sender reports a picture is as old as the fastest one lets it be, and nothing is said of its delay', () => {
	const clock = new CaptureClock(clockRate);
	const frames = play(clock, { offset: 0, first: 4_294_960_000, delays: [50, 70, 30, 90, 30, 250], reportEvery: 0 });
	expect(frames.at(-1)?.said).toBeCloseTo((frames.at(-1)?.captured ?? 0) + 30, 3);
	expect(clock).toMatchObject({ agreement: 'none', delayMs: null });
	expect(clock.clock()).toMatchObject({ basis: 'arrival', clockRate });
});

test('a camera that sets its clock, or begins its timestamps anew, is believed from then on', () => {
	const clock = new CaptureClock(clockRate);
	const steady = Array.from({ length: 50 }, () => 100);
	play(clock, { offset: -3_600_000, first: 1, delays: steady, reportEvery: 5 });
	expect(clock.agreement).toBe('relative');
	const set = play(clock, { offset: 0, first: 1 + 50 * 3_600, delays: steady, reportEvery: 5 }, start + 2_000);
	expect(clock.agreement).toBe('synchronised');
	expect(set.at(-1)?.said).toBeCloseTo(set.at(-1)?.captured ?? 0, 1);
	const anew = play(clock, { offset: 0, first: 2 ** 31, delays: [120, 110], reportEvery: 0 }, start + 4_000);
	expect(clock.clock()?.basis).toBe('arrival');
	expect(anew.at(-1)?.said).toBeLessThanOrEqual(anew.at(-1)?.arrivedAt ?? 0);
});

test('a delay that shrinks counts at once, one that grows when the minute is over', () => {
	const clock = new CaptureClock(clockRate);
	const wrong = { offset: -1e7, first: 0, reportEvery: 0 };
	clock.report({ ntpMs: start - 1e7, rtpTimestamp: 0, arrivedAt: start + 200 });
	const slow = play(clock, { ...wrong, delays: [200, 200] });
	expect(slow.at(-1)?.delayMs).toBeCloseTo(0, 1);
	const fast = play(clock, { ...wrong, first: 2 * 3_600, delays: [80, 200] }, start + 80);
	expect(fast.at(-1)?.delayMs).toBeCloseTo(120, 1);
	const later = play(clock, { ...wrong, first: 4 * 3_600, delays: Array.from({ length: 1_700 }, () => 300) }, start + 160);
	expect(later[10]?.delayMs).toBeCloseTo(220, 1);
	expect(later.at(-1)?.delayMs).toBeCloseTo(0, 1);
});

test('a source that has no clock says zero, which says nothing', () => {
	const clock = new CaptureClock(clockRate);
	clock.report({ ntpMs: -2_208_988_800_000, rtpTimestamp: 5, arrivedAt: start });
	expect(clock.clock()).toBeNull();
	clock.packet(5, start);
	clock.restart();
	expect(clock.clock()).toBeNull();
});

test('a sender report is found in a compound packet, and in nothing else', () => {
	const report = Buffer.alloc(28);
	report.writeUInt8(0x80, 0);
	report.writeUInt8(200, 1);
	report.writeUInt16BE(6, 2);
	report.writeUInt32BE(7, 4);
	report.writeUInt32BE(2_208_988_800 + 10, 8);
	report.writeUInt32BE(0x80000000, 12);
	report.writeUInt32BE(1234, 16);
	const receiver = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 9]);
	expect(readSenderReport(Buffer.concat([receiver, report]), 5)).toEqual({ ssrc: 7, ntpMs: 10_500, rtpTimestamp: 1234, arrivedAt: 5 });
	expect(readSenderReport(receiver, 5)).toBeNull();
	fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void readSenderReport(Buffer.from(bytes), 0)));
});
