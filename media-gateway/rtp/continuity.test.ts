import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Continuity } from './continuity.ts';
import { buildRtp } from './packet.ts';

const own = { ssrc: 77, payloadType: 96, clockRate: 90_000 };

interface Sent {
	sequence: number;
	timestamp: number;
}

/** As a source sends it: payload type 33, padding and marker left to chance. */
function rtp(sequence: number, timestamp: number, ssrc = 1, marker = false): Buffer {
	return buildRtp({ marker, payloadType: 33, sequence, timestamp: timestamp >>> 0, ssrc }, Buffer.from([1, 2, 3]));
}

/** Null where it was dropped; SSRC, payload type and the rest are checked for every packet. */
function pass(continuity: Continuity, packet: Buffer, now: number): Sent | null {
	const marker = packet.readUInt8(1) & 0x80;
	if (!continuity.rewrite(packet, now)) return null;
	expect([packet.readUInt8(0), packet.readUInt8(1), packet.readUInt32BE(8), packet.length]).toEqual([0x80, marker | 96, 77, 15]);
	return { sequence: packet.readUInt16BE(2), timestamp: packet.readUInt32BE(4) };
}

const difference32 = (a: number, b: number) => (a - b) | 0;

test('the first source keeps its clock, and its numbers begin above 0, across their wrap', () => {
	const continuity = new Continuity(own);
	for (let n = 0; n < 5; n += 1) {
		const sequence = (65_533 + n) & 0xffff;
		const timestamp = (2 ** 32 - 6000 + n * 3000) % 2 ** 32;
		expect(pass(continuity, rtp(sequence, timestamp, 1, n % 2 === 0), n * 33)).toEqual({ sequence: 1000 + n, timestamp });
	}
});

test('a source that begins again goes on one number behind the last, as much later as time has passed', () => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(100, 9000), 0);
	pass(continuity, rtp(101, 12_000), 33);
	continuity.restart();
	expect(continuity.relayed(12_000)).toBeNull();
	expect(pass(continuity, rtp(40_000, 5, 1), 2033)).toEqual({ sequence: 1002, timestamp: 12_000 + 180_000 });
	expect(pass(continuity, rtp(40_001, 3005, 1), 2066)).toEqual({ sequence: 1003, timestamp: 12_000 + 183_000 });
	expect(continuity.relayed(3005)).toBe(12_000 + 183_000);
});

test('a restart begins an epoch even where the numbers would fit', () => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(100, 9000), 0);
	continuity.restart();
	expect(pass(continuity, rtp(105, 9000), 1000)).toEqual({ sequence: 1001, timestamp: 99_000 });
});

test.each([
	['another SSRC', rtp(3, 15_000, 2)],
	['a jump of the sequence number', rtp(2_000, 15_000)],
	['a jump of the sequence number backwards', rtp(64_000, 15_000)],
	['a jump of the clock by eleven seconds', rtp(3, 12_000 + 11 * 90_000)],
	['a jump of the clock backwards', rtp(3, 12_000 - 11 * 90_000)],
])('%s leaves no gap', (_, packet) => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(1, 9000), 0);
	pass(continuity, rtp(2, 12_000), 33);
	expect(pass(continuity, packet, 66)).toEqual({ sequence: 1002, timestamp: 12_000 + 2970 });
});

test('a pause that the clock has lived through too is no jump; one that it slept through is', () => {
	const awake = new Continuity(own);
	pass(awake, rtp(1, 0), 0);
	expect(pass(awake, rtp(2, 60 * 90_000), 60_000)).toEqual({ sequence: 1001, timestamp: 60 * 90_000 });
	const asleep = new Continuity(own);
	pass(asleep, rtp(1, 0), 0);
	expect(pass(asleep, rtp(2, 3000), 60_000)).toEqual({ sequence: 1001, timestamp: 60 * 90_000 });
});

test('late packets keep their place, and loss stays a gap', () => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(500, 0, 9), 0);
	const sent = [10, 11, 14, 12, 13, 20, 14].map((n) => pass(continuity, rtp(n, n * 10, 1), 10));
	expect(sent.map((each) => each?.sequence)).toEqual([1001, 1002, 1005, 1003, 1004, 1011, 1005]);
	expect(sent.map((each) => (each === null ? null : each.timestamp - (sent[0]?.timestamp ?? 0)))).toEqual([0, 10, 40, 20, 30, 100, 40]);
});

test('stragglers of the source before are dropped, as are packets that would come before the first of the new one', () => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(10, 0, 1), 0);
	pass(continuity, rtp(11, 0, 1), 0);
	expect(pass(continuity, rtp(900, 0, 2), 20)?.sequence).toBe(1002);
	expect(pass(continuity, rtp(12, 0, 1), 25)).toBeNull();
	expect(pass(continuity, rtp(899, 0, 2), 30)).toBeNull();
	expect(pass(continuity, rtp(901, 0, 2), 35)?.sequence).toBe(1003);
});

test('the source before is taken again when the present one has fallen silent', () => {
	const continuity = new Continuity(own);
	pass(continuity, rtp(10, 0, 1), 0);
	pass(continuity, rtp(900, 0, 2), 20);
	expect(pass(continuity, rtp(11, 9000, 1), 500)).toBeNull();
	expect(pass(continuity, rtp(12, 90_000, 1), 1020)).toEqual({ sequence: 1002, timestamp: 1800 + 90_000 });
});

test('pictures in another order than they are shown in do not set the clock back at the next epoch', () => {
	const continuity = new Continuity(own);
	const shown = [0, 9000, 3000, 6000].map((timestamp, n) => pass(continuity, rtp(n, timestamp), n));
	expect(shown.map((each) => each?.timestamp)).toEqual([0, 9000, 3000, 6000]);
	expect(pass(continuity, rtp(0, 0, 5), 3)?.timestamp).toBeGreaterThan(9000);
});

/** A source's life: epochs with any numbers, a restart or a new SSRC before each, packets in order with time passing as the clock says. */
const life = fc.array(
	fc.record({
		restart: fc.boolean(),
		ssrc: fc.integer({ min: 0, max: 0xffffffff }),
		sequence: fc.nat(0xffff),
		timestamp: fc.integer({ min: 0, max: 0xffffffff }),
		pauseMs: fc.nat(100_000),
		frames: fc.array(fc.record({ packets: fc.integer({ min: 1, max: 5 }), ms: fc.integer({ min: 0, max: 2000 }) }), { minLength: 1, maxLength: 20 }),
	}),
	{ minLength: 1, maxLength: 12 },
);

test('whatever epochs a source goes through, viewers see one stream without gap whose clock never goes back', () => {
	fc.assert(
		fc.property(life, fc.nat(1e9), (epochs, start) => {
			const continuity = new Continuity(own);
			let now = start;
			let last: Sent | null = null;
			let ssrc = -1;
			for (const epoch of epochs) {
				now += epoch.pauseMs;
				if (epoch.restart || epoch.ssrc === ssrc) continuity.restart();
				ssrc = epoch.ssrc;
				let sequence = epoch.sequence;
				let timestamp = epoch.timestamp;
				let first: { source: number; sent: number } | null = null;
				for (const frame of epoch.frames) {
					for (let n = 0; n < frame.packets; n += 1) {
						const sent = pass(continuity, rtp(sequence, timestamp, ssrc), now);
						if (sent === null) throw new Error('a packet in order was dropped');
						if (last !== null) {
							expect(sent.sequence).toBe((last.sequence + 1) & 0xffff);
							expect(difference32(sent.timestamp, last.timestamp)).toBeGreaterThanOrEqual(0);
						}
						first ??= { source: timestamp, sent: sent.timestamp };
						expect(difference32(sent.timestamp, first.sent)).toBe(difference32(timestamp, first.source));
						expect(continuity.relayed(timestamp)).toBe(sent.timestamp);
						last = sent;
						sequence = (sequence + 1) & 0xffff;
					}
					timestamp = (timestamp + frame.ms * 90) >>> 0;
					now += frame.ms;
				}
			}
		}),
		{ numRuns: 500 },
	);
});

test('any sequence of packets is rewritten or dropped, never half', () => {
	const anything = fc.array(
		fc.record({
			ssrc: fc.nat(2),
			sequence: fc.nat(0xffff),
			timestamp: fc.integer({ min: 0, max: 0xffffffff }),
			ms: fc.nat(3000),
			restart: fc.boolean(),
		}),
		{ maxLength: 60 },
	);
	fc.assert(
		fc.property(anything, (packets) => {
			const continuity = new Continuity(own);
			let now = 0;
			for (const { ssrc, sequence, timestamp, ms, restart } of packets) {
				now += ms;
				if (restart) continuity.restart();
				const packet = rtp(sequence, timestamp, ssrc);
				const before = packet.toString('hex');
				if (pass(continuity, packet, now) === null) expect(packet.toString('hex')).toBe(before);
			}
		}),
	);
});
