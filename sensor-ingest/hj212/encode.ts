import { type CrcKind, crcDigits } from './crc.ts';
import type { Field } from './frame.ts';
import { maxSegment } from './framing.ts';
import { formatTime } from './time.ts';

/** All that stands in a frame, in the order in which it stands there. Null leaves a field out, as frames of 2005 do. */
export interface FrameFields {
	qn: string | null;
	st: string;
	cn: string;
	pw: string;
	mn: string;
	flag: number | null;
	part?: { count: number; number: number } | null;
	groups: Field[][];
}

/** Flag: version bits (0 = 2005, 1 = 2017, 2 and above later ones), sub-packet bit, answer-wanted bit. */
export function flagOf(flag: { version: number; isPart?: boolean; wantsAnswer?: boolean }): number {
	return (flag.version << 2) | (flag.isPart ? 2 : 0) | (flag.wantsAnswer ? 1 : 0);
}

/** One frame (HJ 212-2017, 6.3) with the standard's CRC, or another that a device sends in its place. Throws RangeError above 9,999 bytes. */
export function encodeFrame(fields: FrameFields, crc: CrcKind = 'standard'): Buffer {
	const segment = Buffer.from(segmentOf(fields), 'latin1');
	if (segment.length > maxSegment) throw new RangeError(`a data segment of ${segment.length} bytes; at most ${maxSegment} can be stated`);
	const length = String(segment.length).padStart(4, '0');
	return Buffer.concat([Buffer.from(`##${length}`), segment, Buffer.from(`${crcDigits(segment, crc)}\r\n`)]);
}

function segmentOf(fields: FrameFields): string {
	const qn = fields.qn === null ? '' : `QN=${fields.qn};`;
	const flag = fields.flag === null ? '' : `Flag=${fields.flag};`;
	const part = fields.part ? `PNUM=${fields.part.count};PNO=${fields.part.number};` : '';
	return `${qn}ST=${fields.st};CN=${fields.cn};PW=${fields.pw};MN=${fields.mn};${flag}${part}CP=&&${cpOf(fields.groups)}&&`;
}

function cpOf(groups: Field[][]): string {
	return groups.map((group) => group.map(([name, value]) => `${name}=${value}`).join(',')).join(';');
}

/**
 * A message in as many frames as it takes with data segments of `limit` characters (the standard's 1,024 unless told); each repeats the
 * DataTime with which the groups begin, and has its PNUM and PNO. One that fits is one frame, without them.
 */
export function encodeMessage(fields: Omit<FrameFields, 'part'>, options: { limit?: number; crc?: CrcKind } = {}): Buffer[] {
	const { limit = 1024, crc = 'standard' } = options;
	if (segmentOf(fields).length <= limit) return [encodeFrame(fields, crc)];
	const dated = fields.groups[0]?.[0]?.[0] === 'DataTime' ? fields.groups[0] : null;
	const lead = dated === null ? [] : [dated];
	const flag = (fields.flag ?? 0) | 2;
	const room = limit - segmentOf({ ...fields, flag, part: { count: 9999, number: 9999 }, groups: lead }).length;
	const parts: Field[][][] = [];
	let used = Number.POSITIVE_INFINITY;
	for (const group of dated === null ? fields.groups : fields.groups.slice(1)) {
		const size = cpOf([group]).length + 1;
		if (used + size > room) {
			parts.push([...lead]);
			used = 0;
		}
		parts.at(-1)?.push(group);
		used += size;
	}
	return parts.map((groups, at) => encodeFrame({ ...fields, flag, part: { count: parts.length, number: at + 1 }, groups }, crc));
}

/** What an answer takes over from the frame it answers. */
export interface Answered {
	qn: string;
	cn: string;
	pw: string;
	mn: string;
	version: number;
	part: { count: number; number: number } | null;
	crc: CrcKind;
}

/** 9013: a notification was understood. */
export function notificationAnswer(to: Answered): Buffer {
	return answer(to, '9013', [], false);
}

/** 9014: data have come, and are stored. In 2005 it names the command, and the packet of several. */
export function dataAnswer(to: Answered): Buffer {
	return answer(to, '9014', [], true);
}

/** 9011, from a station: 1 will be done, 2 refused, 3 wrong password (2017 has more: 4 MN, 5 ST, 6 Flag, 7 QN, 8 CN, 9 CRC, 100 unknown). */
export function requestAnswer(to: Answered, qnRtn: number): Buffer {
	return answer(to, '9011', [['QnRtn', String(qnRtn)]], false);
}

/** 9012, from a station: 1 done, 2 failed, 100 no data. */
export function executionResult(to: Answered, exeRtn: number): Buffer {
	return answer(to, '9012', [['ExeRtn', String(exeRtn)]], false);
}

/**
 * System 91 speaks. Since 2017 the answer has the QN of what it answers in its header and an empty CP (9013, 9014); in 2005 there is no
 * QN in an answer's header, it stands in CP.
 */
function answer(to: Answered, cn: string, result: Field[], namesCommand: boolean): Buffer {
	const fields: FrameFields = { qn: to.qn || null, st: '91', cn, pw: to.pw, mn: to.mn, flag: flagOf({ version: to.version }), groups: [] };
	if (to.version > 0) return encodeFrame({ ...fields, groups: result.map((field) => [field]) }, to.crc);
	const named: Field[] = to.qn === '' ? [] : [['QN', to.qn]];
	if (namesCommand) {
		named.push(['CN', to.cn]);
		if (to.part !== null) named.push(['PNUM', String(to.part.count)], ['PNO', String(to.part.number)]);
	}
	return encodeFrame({ ...fields, qn: null, groups: [...named, ...result].map((field) => [field]) }, to.crc);
}

/** 1012: set the station's clock; answered by 9011 and 9012. `now` in milliseconds since the epoch. */
export function setTime(to: { st: string; pw: string; mn: string; version: number; crc: CrcKind }, now: number, polId = ''): Buffer {
	const groups: Field[][] = [[['SystemTime', formatTime(now)]]];
	// Since 2017: one instrument's clock, not the station's own.
	if (polId !== '') groups.unshift([['PolId', polId]]);
	return encodeFrame(
		{
			qn: formatTime(now, 17),
			st: to.st,
			cn: '1012',
			pw: to.pw,
			mn: to.mn,
			flag: flagOf({ version: to.version, wantsAnswer: true }),
			groups,
		},
		to.crc,
	);
}

/** One factor of a report: `{ code: 'w01018', values: { Avg: 21.4 }, flag: 'N' }`. */
interface FactorReport {
	code: string;
	values: Record<string, number>;
	/** Left out where null. */
	flag: string | null;
}

/** What a station reports, from the simulator or a test: 2011, 2051, 2061, 2031, or 2021 with `RS` values. */
export interface StationReport {
	st: string;
	cn: string;
	pw: string;
	mn: string;
	version: number;
	wantsAnswer: boolean;
	/** Milliseconds since the epoch: when it is sent (QN), and what it is true of (DataTime). */
	sent: number;
	dataTime: number;
	factors: FactorReport[];
}

/** A report as a station of that edition sends it, in sub-packets where it must be. */
export function encodeReport(report: StationReport, options: { limit?: number; crc?: CrcKind } = {}): Buffer[] {
	const { st, cn, pw, mn, version, wantsAnswer } = report;
	const groups: Field[][] = [[['DataTime', formatTime(report.dataTime)]]];
	for (const { code, values, flag } of report.factors) {
		const group: Field[] = Object.entries(values).map(([sub, value]) => [`${code}-${sub}`, String(value)]);
		if (flag !== null) group.push([`${code}-Flag`, flag]);
		groups.push(group);
	}
	return encodeMessage({ qn: formatTime(report.sent, 17), st, cn, pw, mn, flag: flagOf({ version, wantsAnswer }), groups }, options);
}
