import type { Mark, ProtocolError, Reading, StationMessage, StationNote } from '../stations/protocol.ts';
import { describe } from './factors.ts';
import { type Field, type Hj212Frame, shown, words } from './frame.ts';
import { parseTime } from './time.ts';

/** Commands by number (HJ/T 212-2005 and HJ 212-2017, command tables). */
// biome-ignore format: a table
const commands: Record<string, string> = {
	'1000': 'set time-out and repetitions', '1001': 'set alarm time limit', '1011': 'station time', '1012': 'set station time',
	'1013': 'station wants its clock set', '1021': 'alarm limits', '1022': 'set alarm limits', '1031': 'alarm target', '1032': 'set alarm target',
	'1041': 'report time', '1042': 'set report time', '1061': 'real-time interval', '1062': 'set real-time interval', '1063': 'minute interval',
	'1064': 'set minute interval', '1072': 'set password', '2011': 'real-time data', '2012': 'stop real-time data', '2021': 'equipment state',
	'2022': 'stop equipment state', '2031': 'day data', '2041': 'equipment running time of the day', '2051': 'minute data', '2061': 'hour data',
	'2071': 'alarm records', '2072': 'alarm event', '2081': 'restart', '3011': 'zero and span calibration', '3012': 'sample at once',
	'3013': 'start cleaning', '3014': 'compare sample', '3015': 'keep a sample', '3016': 'set sampling period', '3017': 'sampling period',
	'3018': 'sampling duration', '3019': 'instrument identity', '3020': 'instrument log', '3021': 'instrument parameter',
	'9011': 'answer to a request', '9012': 'result of a request', '9013': 'answer to a notification', '9014': 'answer to data',
};

/** Station to centre as well as back: they answer something and are not answered. */
export function isAnswer(cn: string): boolean {
	return cn === '9011' || cn === '9012' || cn === '9013' || cn === '9014';
}

/** Letters of HJ 212-2017 (N F M S D C T B), of 2005 (P beside them, digits at air stations) and of surface water stations (L Z hd). */
const marksOf = new Map<string, Mark[]>([
	['N', []],
	['F', ['stopped']],
	['M', ['maintenance']],
	['S', ['estimated']],
	['D', ['fault']],
	['C', ['calibration']],
	['T', ['fault']],
	['B', ['fault']],
	['P', ['stopped']],
	['L', ['fault']],
	['Z', ['stopped']],
	['hd', ['maintenance']],
	['0', ['calibration']],
	['1', []],
	['2', ['fault']],
	['3', []],
]);

const timeForm = 'YYYYMMDDhhmmss, with or without milliseconds';

/** Times that a group can be dated by where there is no DataTime. */
const datedBy = new Set(['DataTime', 'AlarmTime', 'SystemTime', 'RestartTime', 'BeginTime']);

export type Told = { ok: true; message: StationMessage; dataTime: string } | { ok: false; error: ProtocolError };

/**
 * A frame's fields as readings and notes. `dataTime` stands in for a DataTime that only the first packet of a message holds; `heard`
 * (milliseconds) dates notes of frames that have no time at all. What is no number is kept as a note, never dropped.
 */
export function readFrame(frame: Hj212Frame, heard: number, dataTime = ''): Told {
	const times = new Map<string, string>();
	for (const group of frame.groups) {
		for (const [name, value] of group) {
			if (!datedBy.has(name) || value === '') continue;
			const at = parseTime(value);
			if (Number.isNaN(at)) return malformed(name, value, timeForm);
			times.set(name, new Date(at).toISOString());
		}
	}
	const time = times.get('DataTime') ?? (dataTime || (times.get('AlarmTime') ?? ''));
	const readings: Reading[] = [];
	const notes: StationNote[] = [];
	const noted = time || times.values().next().value || new Date(heard).toISOString();
	const note = (kind: StationNote['kind'], text: string, at = noted): void => {
		notes.push({ kind, time: at, part: '', text: words(text).replaceAll('\0', '').slice(0, 2000), data: null });
	};
	const isOver = frame.cn === '2072' && frame.groups.some((group) => group.some(([name, value]) => name === 'AlarmType' && value === '1'));
	for (const group of frame.groups) {
		const { flags, sampleTime } = aboutGroup(group);
		for (const flag of flags.values()) if (!marksOf.has(flag)) note('text', `Flag=${flag}`);
		let at = time;
		if (sampleTime !== null) {
			const sampled = parseTime(sampleTime.value);
			if (Number.isNaN(sampled)) return malformed(sampleTime.name, sampleTime.value, timeForm);
			at = new Date(sampled).toISOString();
		}
		for (const [name, value] of group) {
			const dash = name.lastIndexOf('-');
			if (value === '' || value === '//' || times.has(name)) continue;
			if (dash <= 0) {
				note(isAnswer(frame.cn) ? 'operation' : 'text', `${name}=${isSecret(name) ? '***' : value}`);
				continue;
			}
			if (name.endsWith('-Flag') || name.endsWith('-SampleTime')) continue;
			const number = toNumber(value);
			if (Number.isNaN(number)) {
				note('text', `${name}=${value}`);
				continue;
			}
			if (at === '') return malformed('DataTime', '', 'the time of the data');
			const { property, name: text, unit, part } = describe(frame.st, frame.cn, name);
			const marks = marksFor(flags, name.slice(0, dash), frame.st);
			if (isOver) marks.push('over-limit');
			readings.push({ code: name, property, name: text, unit, value: number, time: at, part, marks });
		}
	}
	for (const name of ['RestartTime', 'SystemTime']) {
		const at = times.get(name);
		if (at !== undefined) note('operation', name, at);
	}
	const kind = isAnswer(frame.cn) ? 'reply' : readings.length > 0 || notes.length > 0 ? 'readings' : 'heartbeat';
	const command = `${frame.cn} ${commands[frame.cn] ?? 'unknown command'}`;
	return { ok: true, message: { address: frame.mn, kind, command, readings, positions: [], notes }, dataTime: time };
}

interface GroupNotes {
	/** By factor; a group mostly has one. */
	flags: Map<string, string>;
	sampleTime: { name: string; value: string } | null;
}

const noFlags = new Map<string, string>();

function aboutGroup(group: Field[]): GroupNotes {
	let flags = noFlags;
	let sampleTime: GroupNotes['sampleTime'] = null;
	for (const [name, value] of group) {
		if (value === '') continue;
		if (name.endsWith('-Flag')) {
			if (flags === noFlags) flags = new Map();
			flags.set(name.slice(0, -5), value);
		} else if (name.endsWith('-SampleTime')) sampleTime = { name, value };
	}
	return { flags, sampleTime };
}

function marksFor(flags: Map<string, string>, factor: string, st: string): Mark[] {
	const flag = flags.get(factor);
	if (flag === undefined) return [];
	// Surface water stations say F where the instrument does not answer.
	if (flag === 'F' && st === '21') return ['fault'];
	return [...(marksOf.get(flag) ?? [])];
}

/** Set-password commands (1072) carry the new one in CP. */
function isSecret(name: string): boolean {
	return /^(new)?(pw|pwd|password)$/i.test(name);
}

/** A decimal number, or NaN. */
function toNumber(text: string): number {
	if (text.length > 32) return Number.NaN;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		// Digits, point, sign, exponent: what Number() reads besides (hexadecimal, blanks, Infinity) is no measurement.
		if (!((code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d || code === 0x2b || code === 0x65 || code === 0x45)) return Number.NaN;
	}
	const number = Number(text);
	return Number.isFinite(number) ? number : Number.NaN;
}

function malformed(field: string, value: string, expected: string): Told {
	return { ok: false, error: { kind: 'malformed', field, value: shown(value), expected } };
}
