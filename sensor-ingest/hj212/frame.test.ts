import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeMessage, encodeReport, flagOf } from './encode.ts';
import { decodeFrame, type Hj212Frame, versionOf, wantsAnswer, words } from './frame.ts';
import { formatTime, parseTime } from './time.ts';

const fields = {
	qn: '20260506103000123',
	st: '32',
	cn: '2011',
	pw: '123456',
	mn: 'A330206_0001',
	flag: 5,
	groups: [[['DataTime', '20260506103000']], [['w01018-Rtd', '21.4'], ['w01018-Flag', 'N']]] as [string, string][][],
}; // biome-ignore format: one group a line

function decoded(bytes: Buffer, crc: 'standard' | 'modbus' = 'standard'): Hj212Frame {
	const result = decodeFrame(bytes, () => crc);
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.frame;
}

function errorOf(bytes: Buffer) {
	const result = decodeFrame(bytes);
	return result.ok ? null : result.error;
}

/** A frame around any data segment, with the right CRC. */
function around(segment: string): Buffer {
	const body = Buffer.from(segment);
	let crc = 0xffff;
	for (const byte of body) {
		crc = (crc >> 8) ^ byte;
		for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
	}
	return Buffer.from(`##${String(body.length).padStart(4, '0')}${segment}${crc.toString(16).padStart(4, '0')}\r\n`);
}

describe('An HJ 212 frame', () => {
	it('comes back from its bytes as it went in', () => {
		const { crc, part, ...rest } = decoded(encodeFrame(fields));
		expect(rest).toEqual(fields);
		expect([crc, part]).toEqual(['standard', null]);
		expect(encodeFrame({ ...rest, part })).toEqual(encodeFrame(fields));
	});

	it('may have neither QN nor Flag, as in 2005, and an empty CP', () => {
		const frame = decoded(encodeFrame({ ...fields, qn: null, flag: null, groups: [] }));
		expect([frame.qn, frame.flag, frame.groups, versionOf(frame), wantsAnswer(frame)]).toEqual(['', null, [], 0, false]);
	});

	it('says its edition, its sub-packet and whether it wants an answer by the bits of Flag', () => {
		expect(flagOf({ version: 1, isPart: true, wantsAnswer: true })).toBe(7);
		const frame = decoded(encodeFrame({ ...fields, flag: 11, part: { count: 3, number: 2 } }));
		expect([versionOf(frame), wantsAnswer(frame), frame.part]).toEqual([2, true, { count: 3, number: 2 }]);
	});

	it('has the check that the standard computes bit by bit, in either case', () => {
		expect(errorOf(around('ST=32;CN=2011;PW=;MN=M1;CP=&&DataTime=20260506103000&&'))).toBeNull();
		const bytes = encodeFrame(fields);
		bytes[20] = (bytes[20] ?? 0) ^ 1;
		expect(errorOf(bytes)).toMatchObject({ kind: 'checksum', field: 'CRC' });
	});

	it.each(['modbus', 'modbus-low-first'] as const)('is taken with a %s check only where the station is configured so', (kind) => {
		const bytes = encodeFrame(fields, kind);
		expect(errorOf(bytes)).toMatchObject({ kind: 'checksum', expected: expect.stringContaining('Modbus') });
		expect(decoded(bytes, 'modbus').crc).toBe(kind);
		expect(decoded(encodeFrame(fields), 'modbus').crc).toBe('standard');
	});

	it('is understood with FLAG in capitals, a comma before a name, and empty fields', () => {
		const frame = decoded(around('ST=32;CN=2011;PW=1;,MN=M1;FLAG=1;CP=&&DataTime=20260506103000;;011-Rtd=1,;&&'));
		expect([frame.mn, frame.flag, frame.groups]).toEqual(['M1', 1, [[['DataTime', '20260506103000']], [['011-Rtd', '1']]]]);
	});

	it.each([
		['ST=32;CN=2011;PW=1;MN=M1;', 'CP'],
		['ST=32;CN=2011;PW=1;MN=M1;CP=&&DataTime=2026', 'CP'],
		['ST=32;CN=2011;PW=1;CP=&&&&', 'MN'],
		['ST=32;CN=20x1;PW=1;MN=M1;CP=&&&&', 'CN'],
		['ST=32;CN=2011;PW=1;MN=M1;Flag=256;CP=&&&&', 'Flag'],
		['ST=32;CN=2011;PW=1;MN=M1;Flag=7;PNUM=0;PNO=1;CP=&&&&', 'PNUM'],
		['ST=32;CN=2011;PW=1;MN=M1;Flag=7;PNUM=2;PNO=3;CP=&&&&', 'PNO'],
	])('%s is refused, and %s is named', (segment, field) => {
		expect(errorOf(around(segment))).toMatchObject({ kind: 'malformed', field });
	});

	it('that is cut short or followed by something is refused as framing', () => {
		const bytes = encodeFrame(fields);
		expect(errorOf(bytes.subarray(0, 40))).toMatchObject({ kind: 'framing', field: 'length' });
		expect(errorOf(Buffer.concat([bytes, Buffer.from('x')]))).toMatchObject({ kind: 'framing', field: 'tail' });
		expect(errorOf(Buffer.from('$$'))).toMatchObject({ kind: 'framing' });
	});

	it('shows no control characters of a hostile frame in its error', () => {
		const error = errorOf(around('ST=32;CN=2011;PW=1;MN=M\u0000\u0007;CP=&&&&'));
		expect(error).toMatchObject({ field: 'MN', value: 'M??' });
	});

	it('may hold Chinese in UTF-8 or GB 18030', () => {
		expect(words(Buffer.from('清洗管路').toString('latin1'))).toBe('清洗管路');
		expect(words(Buffer.from([0xc7, 0xe5, 0xcf, 0xb4]).toString('latin1'))).toBe('清洗');
	});
});

describe('A time of HJ 212', () => {
	it('is China Standard Time, with or without milliseconds', () => {
		expect(new Date(parseTime('20260506103000')).toISOString()).toBe('2026-05-06T02:30:00.000Z');
		expect(new Date(parseTime('20260101000000007')).toISOString()).toBe('2025-12-31T16:00:00.007Z');
		expect(formatTime(parseTime('20260506103000123'), 17)).toBe('20260506103000123');
	});

	it.each(['20260230000000', '20261301000000', '20260506250000', '20260506106000', '2026050610300', '2026050610300x', '20250229000000'])(
		'%s is none',
		(text) => {
			expect(parseTime(text)).toBeNaN();
		},
	);

	it('may be 29 February of a leap year', () => {
		expect(parseTime('20240229000000')).not.toBeNaN();
	});
});

describe('A report', () => {
	const factors = Array.from({ length: 60 }, (_, at) => ({
		code: `a24${String(at).padStart(3, '0')}`,
		values: { Min: at, Avg: at + 1, Max: at + 2 },
		flag: 'N',
	}));
	const report = { st: '31', cn: '2051', pw: '123456', mn: 'M1', version: 1, wantsAnswer: true, sent: 0, dataTime: 0, factors };

	it('that is too long goes in packets of 1,024 characters or fewer, each with its DataTime', () => {
		const frames = encodeReport(report).map((bytes) => decoded(bytes));
		expect(frames.length).toBeGreaterThan(2);
		expect(frames.map((frame) => frame.part)).toEqual(frames.map((_, at) => ({ count: frames.length, number: at + 1 })));
		expect(frames.every((frame) => frame.flag === 7 && frame.groups[0]?.[0]?.[0] === 'DataTime')).toBe(true);
		expect(frames.flatMap((frame) => frame.groups.slice(1))).toHaveLength(60);
		for (const bytes of encodeReport(report)) expect(bytes.length).toBeLessThanOrEqual(1024 + 12);
	});

	it('of any other kind is cut between groups, and none is lost or changed', () => {
		const groups = Array.from({ length: 40 }, (_, at): [string, string][] => [[`i1100${at}-Info`, `//${'x'.repeat(at)}//`]]);
		const frames = encodeMessage({ ...fields, cn: '3020', groups }, { limit: 300 });
		for (const bytes of frames) expect(bytes.length).toBeLessThanOrEqual(300 + 12);
		expect(frames.flatMap((bytes) => decoded(bytes).groups)).toEqual(groups);
		expect(encodeMessage({ ...fields, cn: '3020', groups: groups.slice(0, 2) })).toHaveLength(1);
	});
});
