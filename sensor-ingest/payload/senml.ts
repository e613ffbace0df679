import { PropertyKey } from '@beilun/shared/protocol/words.ts';
import { checkTime, type Decoded, show } from './decode.ts';

/** RFC 8428 §4.5.4: what does not begin with this version's number must not be read. */
const newestVersion = 10;
/** RFC 8428 §4.5.3: a time below this counts from now. */
const relativeBelow = 2 ** 28;
const marks = ['bn', 'bt', 'bu', 'bv', 'bver', 'n', 'u', 'v', 'vs', 'vb', 'vd', 's', 't'];

/** A SenML pack is told from our own arrays by what its records hold. */
export function isSenml(entries: readonly unknown[]): boolean {
	return entries.some((entry) => isRecord(entry) && !('values' in entry) && marks.some((mark) => Object.hasOwn(entry, mark)));
}

interface Base {
	name: string;
	time: number;
	unit: string | undefined;
	value: number;
}

/**
 * Resolves a SenML pack (RFC 8428 §4.6): base fields hold for their record and all that follow. The property is what stands after
 * the last `:`, `/` or `.` of the resolved name. Only numbers (`v`) are taken.
 */
export function decodeSenml(records: readonly unknown[], arrived: number): Decoded {
	const decoded: Decoded = { values: [], problems: [] };
	const base: Base = { name: '', time: 0, unit: undefined, value: 0 };
	records.forEach((record, index) => {
		const problem = isRecord(record) ? decodeRecord(record, base, arrived, decoded) : `: ${show(record)}; expected a SenML record`;
		if (problem !== null) decoded.problems.push({ reason: 'schema', detail: `[${index}]${problem}` });
	});
	if (decoded.values.length === 0 && decoded.problems.length === 0) {
		decoded.problems.push({ reason: 'schema', detail: '(whole): base fields only; expected at least one record with v' });
	}
	return decoded;
}

function decodeRecord(record: Record<string, unknown>, base: Base, arrived: number, decoded: Decoded): string | null {
	const misunderstood = Object.keys(record).find((key) => key.endsWith('_'));
	if (misunderstood !== undefined) return `: the field ${show(misunderstood)} asks to be understood; expected none that ends with _`;
	const { bver, bn, bt, bu, bv, n, t, u, v } = record;
	if (bver !== undefined && !(isNumber(bver) && bver <= newestVersion)) return `.bver: ${show(bver)}; expected at most ${newestVersion}`;
	for (const [key, value] of Object.entries({ bn, bu, n, u })) {
		if (value !== undefined && typeof value !== 'string') return `.${key}: ${show(value)}; expected text`;
	}
	for (const [key, value] of Object.entries({ bt, bv, t })) {
		if (value !== undefined && !isNumber(value)) return `.${key}: ${show(value)}; expected a finite number`;
	}
	if (bn !== undefined) base.name = bn as string;
	if (bt !== undefined) base.time = bt as number;
	if (bu !== undefined) base.unit = bu as string;
	if (bv !== undefined) base.value = bv as number;

	const holdsNothing = ['v', 'vs', 'vb', 'vd', 's'].every((key) => record[key] === undefined) && bv === undefined;
	if (holdsNothing) return n === undefined && t === undefined && u === undefined ? null : '.v: missing; expected a number';
	const other = ['vs', 'vb', 'vd', 's'].find((key) => record[key] !== undefined);
	if (v === undefined && other !== undefined) return `.${other}: ${show(record[other])}; expected a number in v`;
	if (v === undefined && n === undefined) return null;
	if (v !== undefined && !isNumber(v)) return `.v: ${show(v)}; expected a finite number`;

	const name = base.name + ((n as string | undefined) ?? '');
	const property = /[^:/.]*$/.exec(name)?.[0] ?? '';
	if (!PropertyKey.safeParse(property).success) return `.n: ${show(name)}; expected a name that ends with a property (letters, digits, underscores)`;
	const seconds = base.time + ((t as number | undefined) ?? 0);
	const milliseconds = Math.round(seconds < relativeBelow ? arrived + seconds * 1000 : seconds * 1000);
	if (!(Math.abs(milliseconds) <= 8.64e15)) return `.t: ${show(seconds)}; expected seconds since 1970, or from now`;
	const time = new Date(milliseconds).toISOString();
	const outside = checkTime(time, arrived);
	if (outside !== null) return `.t: ${outside}`;
	const value = base.value + ((v as number | undefined) ?? 0);
	if (!Number.isFinite(value)) return `.v: ${show(value)} with bv; expected a finite number`;
	const unit = (u as string | undefined) ?? base.unit;
	decoded.values.push({ property, time, value, ...(unit === undefined ? {} : { unit }) });
	return null;
}

/** SenML names of units (RFC 8428 §12.1) whose UCUM code is another. */
const ucum: Record<string, string> = {
	'%RH': '%',
	'/': '1',
	lat: 'deg',
	lon: 'deg',
	Cel: 'Cel',
	beat: '{beat}',
	count: '{count}',
	'l/s': 'L/s',
	l: 'L',
	dB: 'dB',
	Ohm: 'Ohm',
};

/** Whether a value in this SenML unit may go into a datastream in this UCUM unit as it is. */
export function isSameUnit(senml: string, unit: string): boolean {
	return senml === unit || (Object.hasOwn(ucum, senml) && ucum[senml] === unit);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value);
}
