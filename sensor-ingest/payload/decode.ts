import { type DeadLetterReason, ObservationMessage, PositionMessage } from '@beilun/shared/protocol/sensors.ts';
import { Instant, PropertyKey } from '@beilun/shared/protocol/words.ts';
import { decodeSenml, isSenml } from './senml.ts';

/** One number of one property at one time. `unit` only where the message names it (SenML). */
interface DecodedValue {
	property: string;
	/** UTC, ISO 8601. */
	time: string;
	value: number;
	unit?: string;
}

export interface Problem {
	reason: DeadLetterReason;
	/** Field, value and what was expected. */
	detail: string;
}

/** What could be taken of a message and what could not: neither harms the other. At least one of the two is not empty. */
export interface Decoded<T = DecodedValue> {
	values: T[];
	problems: Problem[];
}

export const maxEntries = 1000;
/** A clock further ahead than this would hold the newest place of its datastream until that day. */
const maxAhead = 24 * 3_600_000;
const earliest = Date.UTC(1970, 0, 1);

/** Takes `{time, values}`, an array of these, or SenML (RFC 8428). Never throws. `arrived`: milliseconds since the epoch. */
export function decodeObservations(payload: Uint8Array, arrived: number): Decoded {
	const parsed = parseJson(payload);
	if ('problem' in parsed) return { values: [], problems: [parsed.problem] };
	const { json } = parsed;
	const entries: unknown[] = Array.isArray(json) ? json : [json];
	if (entries.length === 0) return refuse('schema', '(whole): an empty array; expected at least one entry');
	if (entries.length > maxEntries) return refuse('schema', `(whole): ${entries.length} entries; expected at most ${maxEntries}`);
	if (Array.isArray(json) && isSenml(json)) return decodeSenml(json, arrived);
	const decoded: Decoded = { values: [], problems: [] };
	entries.forEach((entry, index) => {
		decodeEntry(entry, Array.isArray(json) ? `[${index}].` : '', arrived, decoded);
	});
	return decoded;
}

/** Takes one `PositionMessage`. Never throws. */
export function decodePosition(payload: Uint8Array, arrived: number): Decoded<PositionMessage> {
	const parsed = parseJson(payload);
	if ('problem' in parsed) return { values: [], problems: [parsed.problem] };
	const { json } = parsed;
	const result = PositionMessage.safeParse(json);
	if (!result.success) {
		const problems = result.error.issues.map((issue): Problem => {
			const field = issue.path.map(String).join('.');
			return { reason: 'schema', detail: `${field || '(whole)'}: ${show(valueAt(json, issue.path))}; ${issue.message}` };
		});
		return { values: [], problems };
	}
	const outside = checkTime(result.data.time, arrived);
	if (outside !== null) return refuse('schema', `time: ${outside}`);
	return { values: [result.data], problems: [] };
}

/** Null, or what is wrong with this time. */
export function checkTime(time: string, arrived: number): string | null {
	const at = Date.parse(time);
	if (!(at >= earliest)) return `${show(time)}; expected a time since 1970`;
	if (at > arrived + maxAhead) return `${show(time)}; expected at most 24 hours ahead of the arrival at ${new Date(arrived).toISOString()}`;
	return null;
}

/** A value as it may stand in a sentence: short, and without following its depth. */
export function show(value: unknown): string {
	if (value === undefined) return 'missing';
	if (Array.isArray(value)) return 'an array';
	if (typeof value === 'object' && value !== null) return 'an object';
	const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
	return text.slice(0, 100);
}

function decodeEntry(entry: unknown, prefix: string, arrived: number, decoded: Decoded): void {
	const whole = prefix === '' ? '(whole)' : prefix.slice(0, -1);
	if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
		decoded.problems.push({ reason: 'schema', detail: `${whole}: ${show(entry)}; expected an object with time and values` });
		return;
	}
	const { time, values } = entry as { time?: unknown; values?: unknown };
	const instant = Instant.safeParse(time);
	if (!instant.success) {
		decoded.problems.push({ reason: 'schema', detail: `${prefix}time: ${show(time)}; expected an ISO 8601 time with Z or an offset` });
		return;
	}
	const outside = checkTime(instant.data, arrived);
	if (outside !== null) {
		decoded.problems.push({ reason: 'schema', detail: `${prefix}time: ${outside}` });
		return;
	}
	if (typeof values !== 'object' || values === null || Array.isArray(values) || Object.keys(values).length === 0) {
		decoded.problems.push({ reason: 'schema', detail: `${prefix}values: ${show(values)}; expected an object with at least one number by property` });
		return;
	}
	for (const [property, value] of Object.entries(values)) {
		// The protocol's own schema judges each property apart, so that a bad one leaves the others alone.
		if (ObservationMessage.safeParse({ time, values: { [property]: value } }).success && PropertyKey.safeParse(property).success) {
			decoded.values.push({ property, time: instant.data, value: value as number });
		} else if (PropertyKey.safeParse(property).success) {
			decoded.problems.push({ reason: 'schema', detail: `${prefix}values.${property}: ${show(value)}; expected a finite number` });
		} else {
			const detail = `${prefix}values: the key ${show(property)}; expected a letter, then letters, digits or underscores, at most 64`;
			decoded.problems.push({ reason: 'schema', detail });
		}
	}
}

function parseJson(payload: Uint8Array): { json: unknown } | { problem: Problem } {
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
	} catch {
		return { problem: { reason: 'malformed', detail: `(whole): ${payload.length} bytes that are not UTF-8; expected JSON` } };
	}
	try {
		return { json: JSON.parse(text) as unknown };
	} catch (error) {
		const detail = `(whole): ${show(text)}; expected JSON (${show((error as Error).message)})`;
		return { problem: { reason: 'malformed', detail } };
	}
}

function refuse(reason: DeadLetterReason, detail: string): { values: never[]; problems: Problem[] } {
	return { values: [], problems: [{ reason, detail }] };
}

function valueAt(json: unknown, path: readonly PropertyKey_[]): unknown {
	let value: unknown = json;
	for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey_, unknown>)[key] : undefined;
	return value;
}
type PropertyKey_ = string | number | symbol;
