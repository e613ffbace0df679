import { describe, expect, it } from 'vitest';
import type { StationSettings } from '../stations/protocol.ts';
import { dataAnswer, encodeFrame, encodeReport, executionResult, flagOf, requestAnswer, type StationReport } from './encode.ts';
import { decodeFrame, type Field, type Hj212Frame } from './frame.ts';
import { hj212 } from './hj212.ts';
import { Hj212Session } from './session.ts';
import { formatTime } from './time.ts';

const now = Date.UTC(2026, 4, 6, 2, 31);
const open: StationSettings = { password: null, crc: 'standard' };
const base: StationReport = {
	st: '32',
	cn: '2011',
	pw: '123456',
	mn: 'A330206_0001',
	version: 1,
	wantsAnswer: true,
	sent: now - 500,
	dataTime: now - 60_000,
	factors: [{ code: 'w01018', values: { Rtd: 21.4 }, flag: 'N' }],
};

function one(changes: Partial<StationReport> = {}): Buffer {
	return encodeReport({ ...base, ...changes })[0] ?? Buffer.alloc(0);
}

function read(bytes: Buffer | undefined): Hj212Frame {
	const decoded = decodeFrame(bytes ?? Buffer.alloc(0), () => 'modbus');
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
	return decoded.frame;
}

function segments(replies: Buffer[]): string[] {
	return replies.map((each) => each.toString('latin1', 6, each.length - 6));
}

/** A packet of the given number, with or without its own DataTime. */
function packet(number: number, count: number, code: string, changes: { dated?: boolean; version?: number; qn?: string } = {}): Buffer {
	const { dated = true, version = 1, qn = '20260506103059500' } = changes;
	const groups: Field[][] = [[[`${code}-Avg`, '1']]];
	if (dated) groups.unshift([['DataTime', '20260506103000']]);
	const flag = flagOf({ version, isPart: true, wantsAnswer: true });
	return encodeFrame({ qn, st: '31', cn: '2051', pw: '', mn: 'M1', flag, part: { count, number }, groups });
}

describe('The answer to data', () => {
	it('has the QN of the frame and an empty CP since 2017', () => {
		const outcome = hj212.session(() => open).handle(one(), now);
		expect(outcome.messages[0]?.readings[0]).toMatchObject({ property: 'cod', value: 21.4, time: '2026-05-06T02:30:00.000Z' });
		expect(segments(outcome.replies)).toEqual(['QN=20260506103059500;ST=91;CN=9014;PW=123456;MN=A330206_0001;Flag=4;CP=&&&&']);
	});

	it('keeps the version bits of a later edition', () => {
		expect(read(hj212.session(() => open).handle(one({ version: 2 }), now).replies[0]).flag).toBe(8);
	});

	it('names QN and command in CP in 2005', () => {
		const { replies } = hj212.session(() => open).handle(one({ version: 0, cn: '2051' }), now);
		expect(segments(replies)).toEqual(['ST=91;CN=9014;PW=123456;MN=A330206_0001;Flag=0;CP=&&QN=20260506103059500;CN=2051&&']);
	});

	it('is not sent where bit A of Flag does not ask, or where there is no Flag', () => {
		const session = hj212.session(() => open);
		expect(session.handle(one({ wantsAnswer: false }), now)).toMatchObject({ replies: [], error: null });
		const old = encodeFrame({ ...base, qn: null, flag: null, groups: [[['DataTime', '20260506103000']], [['011-Rtd', '1']]] });
		expect(session.handle(old, now)).toMatchObject({ replies: [], error: null, messages: [{ kind: 'readings' }] });
	});

	it('is never given to an answer', () => {
		const to = { qn: '20260506103059500', cn: '2011', pw: '', mn: 'M1', version: 1, part: null, crc: 'standard' as const };
		const session = hj212.session(() => open);
		for (const bytes of [requestAnswer(to, 1), executionResult(to, 1), dataAnswer(to)]) {
			expect(session.handle(bytes, now)).toMatchObject({ replies: [], error: null, messages: [{ kind: 'reply' }] });
		}
		const asking = encodeFrame({ ...base, qn: '20260506103059500', cn: '9012', flag: 5, groups: [[['ExeRtn', '1']]] });
		expect(session.handle(asking, now)).toMatchObject({ replies: [], messages: [{ kind: 'reply', notes: [{ text: 'ExeRtn=1' }] }] });
	});

	it('to a repetition is the same as the first, and nothing is stored again', () => {
		const session = hj212.session(() => open);
		const first = session.handle(one(), now);
		const again = session.handle(one(), now + 5000);
		expect(again).toEqual({ ...first, messages: [], repeated: true });
		expect(session.handle(one({ sent: now }), now).repeated).toBe(false);
	});

	it('is given to different data with the same QN too, and they are stored', () => {
		const session = hj212.session(() => open);
		session.handle(one(), now);
		const other = session.handle(one({ factors: [{ code: 'w01018', values: { Rtd: 22 }, flag: 'N' }] }), now);
		expect([other.repeated, other.messages.length]).toEqual([false, 1]);
	});

	it('is checked the way the station checks', () => {
		const session = hj212.session(() => ({ password: null, crc: 'modbus' }));
		const { replies } = session.handle(encodeReport(base, { crc: 'modbus-low-first' })[0] ?? Buffer.alloc(0), now);
		expect(read(replies[0]).crc).toBe('modbus-low-first');
	});
});

describe('A station', () => {
	it('that is not approved is heard and not answered, and its frame counts as new once it is', () => {
		let settings: StationSettings | null = null;
		const session = hj212.session(() => settings);
		expect(session.handle(one(), now)).toMatchObject({ address: 'A330206_0001', replies: [], messages: [{ readings: [{ value: 21.4 }] }] });
		expect(session.timeSync(now)).toBeNull();
		settings = open;
		expect(session.handle(one(), now)).toMatchObject({ repeated: false, messages: [{ kind: 'readings' }], replies: [expect.any(Buffer)] });
	});

	it('with a wrong password is neither stored nor answered, and the error shows no password', () => {
		const session = hj212.session(() => ({ password: '654321', crc: 'standard' }));
		const outcome = session.handle(one(), now);
		expect(outcome).toMatchObject({ address: 'A330206_0001', messages: [], replies: [], error: { kind: 'authentication', field: 'PW' } });
		expect(JSON.stringify(outcome)).not.toMatch(/123456|654321/);
		expect(session.timeSync(now)).toBeNull();
		expect(session.handle(one({ pw: '654321' }), now).error).toBeNull();
	});

	it('is not believed behind a wrong CRC unless it is a known one', () => {
		const broken = one();
		broken[30] = (broken[30] ?? 0) ^ 1;
		expect(hj212.session(() => null).handle(broken, now)).toMatchObject({ address: null, error: { kind: 'checksum' } });
		expect(hj212.session(() => open).handle(broken, now)).toMatchObject({ address: 'A330206_0001', error: { kind: 'checksum' }, replies: [] });
	});

	it('has its clock set by 1012 once its address is known', () => {
		const session = hj212.session(() => ({ password: '123456', crc: 'standard' }));
		expect(session.timeSync(now)).toBeNull();
		session.handle(one(), now);
		const bytes = session.timeSync(now) ?? Buffer.alloc(0);
		expect(segments([bytes])).toEqual(['QN=20260506103100000;ST=32;CN=1012;PW=123456;MN=A330206_0001;Flag=5;CP=&&SystemTime=20260506103100&&']);
	});

	it('that asks for its clock is answered by 9013, and the clock is set to the time of the answer', () => {
		const session = hj212.session(() => open);
		const groups: Field[][] = [[['PolId', 'w01018']]];
		const asks = encodeFrame({ ...base, qn: formatTime(now, 17), cn: '1013', flag: 5, groups });
		const first = session.handle(asks, now).replies.map(read);
		expect(first.map((each) => each.cn)).toEqual(['9013', '1012']);
		expect(first[1]?.groups).toEqual([[['PolId', 'w01018']], [['SystemTime', '20260506103100']]]);
		const again = session.handle(asks, now + 60_000);
		expect(again).toMatchObject({ repeated: true, messages: [] });
		expect(read(again.replies[1]).groups[1]).toEqual([['SystemTime', '20260506103200']]);
	});
});

describe('A message in several packets', () => {
	it('is read and answered packet by packet, so that nothing answered waits in memory', () => {
		const session = hj212.session(() => open);
		const outcomes = [packet(1, 2, 'a21026'), packet(2, 2, 'a21002')].map((bytes) => session.handle(bytes, now));
		expect(outcomes.map((each) => each.messages[0]?.readings[0]?.property)).toEqual(['sulfurDioxideAvg', 'nitrogenOxidesAvg']);
		expect(outcomes.map((each) => each.replies.length)).toEqual([1, 1]);
		expect(session.expire(now + 3_600_000)).toEqual([]);
	});

	it('lends the DataTime of its first packet to the others', () => {
		const session = hj212.session(() => open);
		session.handle(packet(1, 2, 'a21026'), now);
		const second = session.handle(packet(2, 2, 'a21002', { dated: false }), now);
		expect(second.messages[0]?.readings[0]?.time).toBe('2026-05-06T02:30:00.000Z');
	});

	it('waits with packets that came before the one with the DataTime, and answers them only then, once', () => {
		const session = hj212.session(() => open);
		const early = packet(2, 2, 'a21002', { dated: false, version: 0 });
		for (const bytes of [early, early]) expect(session.handle(bytes, now)).toMatchObject({ messages: [], replies: [], repeated: false, error: null });
		const outcome = session.handle(packet(1, 2, 'a21026', { version: 0 }), now);
		expect(outcome.messages.map((each) => each.readings[0]?.code)).toEqual(['a21026-Avg', 'a21002-Avg']);
		expect(outcome.replies.map((each) => read(each).groups.flat().at(-1))).toEqual([
			['PNO', '1'],
			['PNO', '2'],
		]);
		expect(session.handle(early, now)).toMatchObject({ messages: [], repeated: true, replies: [expect.any(Buffer)] });
	});

	it('that does not come whole in time is given up, and what is missing is told', () => {
		const session = hj212.session(() => open);
		session.handle(packet(1, 3, 'a21026'), now);
		session.handle(packet(3, 3, 'a21002'), now);
		expect(session.expire(now + 59_000)).toEqual([]);
		const [outcome] = session.expire(now + 60_000);
		expect(outcome).toMatchObject({
			address: 'M1',
			messages: [],
			replies: [],
			error: { field: 'PNO', expected: expect.stringContaining('missing 2') },
		});
		expect(session.expire(now + 60_000)).toEqual([]);
	});

	it('is not mixed up with another of the same station', () => {
		const session = hj212.session(() => open);
		session.handle(packet(1, 2, 'a21026'), now);
		const stranger = packet(2, 2, 'a21002', { dated: false, qn: '20260506104059500' });
		expect(session.handle(stranger, now).messages).toEqual([]);
	});

	it('cannot fill the memory: packets beyond the bounds are refused', () => {
		const session = new Hj212Session(() => open, { messages: 4, bytes: 500, timeout: 60_000 });
		const held = Array.from({ length: 50 }, (_, at) => session.handle(packet(2 + at, 60, 'a21002', { dated: false }), now));
		expect(held[0]?.error).toBeNull();
		expect(held.at(-1)?.error).toMatchObject({ kind: 'too-large', field: 'PNUM' });
		const messages = Array.from({ length: 9 }, (_, at) => session.handle(packet(2, 2, 'a21002', { dated: false, qn: `2026050610300000${at}` }), now));
		expect(messages.filter((each) => each.error !== null)).toHaveLength(6);
	});
});
