import { hash } from 'node:crypto';
import type { Outcome, ProtocolError, Session, StationMessage, StationSettings } from '../stations/protocol.ts';
import type { CrcKind } from './crc.ts';
import { type Answered, dataAnswer, notificationAnswer, setTime } from './encode.ts';
import { decodeFrame, type Hj212Frame, versionOf, wantsAnswer } from './frame.ts';
import { isAnswer, readFrame } from './readings.ts';
import { type HeldPart, Reassembly, type ReassemblyLimits } from './reassembly.ts';

/** Frames that are remembered, so that a repetition of one is answered and not stored again. */
const maxRemembered = 512;

/** Commands by which a station notifies: answered by 9013. All else it sends is data: 9014. */
const notifications = new Set(['1013', '2072']);

interface Spoken {
	st: string;
	pw: string;
	mn: string;
	version: number;
	crc: CrcKind;
}

/**
 * The centre's side of HJ 212 on one connection, for every MN that speaks there.
 *
 * Answers: only where bit A of Flag asks (frames of 2005 without Flag ask for none), by 9014 for data and 9013 for notifications, with the
 * CRC the station itself uses. A wrong password is not answered: the standard's code for it (QnRtn=3) is the station's, for requests.
 */
export class Hj212Session implements Session {
	readonly #settingsOf: (address: string) => StationSettings | null;
	readonly #parts: Reassembly;
	readonly #remembered = new Set<string>();
	#last: Spoken | null = null;

	constructor(settingsOf: (address: string) => StationSettings | null, limits: Partial<ReassemblyLimits> = {}) {
		this.#settingsOf = settingsOf;
		this.#parts = new Reassembly(limits);
	}

	handle(bytes: Buffer, now: number): Outcome {
		const decoded = decodeFrame(bytes, (mn) => this.#settingsOf(mn)?.crc ?? 'standard');
		if (!decoded.ok) {
			// Behind a wrong CRC the MN may be wrong as well: it is believed where it is a known one.
			const isSure = decoded.error.kind !== 'checksum' && decoded.error.kind !== 'framing';
			const mn = decoded.mn !== null && (isSure || this.#settingsOf(decoded.mn) !== null) ? decoded.mn : null;
			return refused(mn, decoded.error);
		}
		const { frame } = decoded;
		const settings = this.#settingsOf(frame.mn);
		if (settings !== null && settings.password !== null && settings.password !== frame.pw) {
			return refused(frame.mn, { kind: 'authentication', field: 'PW', value: '***', expected: 'the password of this station' });
		}
		this.#remember(frame);
		const id = settings === null ? null : identityOf(bytes);
		if (id !== null && this.#remembered.has(id)) {
			return { address: frame.mn, messages: [], replies: this.#replies(frame, now), repeated: true, error: null };
		}
		const outcome = this.#read({ frame, bytes: bytes.length, id }, now, settings !== null);
		if (id !== null && outcome.error === null && outcome.messages.length > 0) this.#keep(id);
		return outcome;
	}

	expire(now: number): Outcome[] {
		return this.#parts.expire(now).map(({ mn, count, missing, held }) => {
			const absent = missing.length > 0 ? `missing ${missing.slice(0, 10).join(', ')}` : 'no DataTime in any';
			const expected = `${count} packets in time; ${absent}`;
			return refused(mn, { kind: 'malformed', field: 'PNO', value: `${count - missing.length} came, ${held.length} unread`, expected });
		});
	}

	timeSync(now: number): Buffer | null {
		if (this.#last === null) return null;
		const settings = this.#settingsOf(this.#last.mn);
		return settings === null ? null : setTime({ ...this.#last, pw: settings.password ?? this.#last.pw }, now);
	}

	#read(part: HeldPart, now: number, isApproved: boolean): Outcome {
		const { frame } = part;
		const told = readFrame(frame, now, frame.part === null ? '' : this.#parts.dataTimeOf(frame));
		if (!told.ok) {
			const waitsForFirst = frame.part !== null && told.error.field === 'DataTime' && told.error.value === '';
			if (!waitsForFirst) return refused(frame.mn, told.error);
			if (this.#parts.hold(part, now)) return { address: frame.mn, messages: [], replies: [], repeated: false, error: null };
			return refused(frame.mn, { kind: 'too-large', field: 'PNUM', value: String(frame.part?.count), expected: 'fewer or smaller packets' });
		}
		const messages = [told.message];
		const replies = isApproved ? this.#replies(frame, now) : [];
		if (frame.part !== null) {
			for (const held of this.#parts.read(frame, told.dataTime, now)) this.#release(held, told.dataTime, now, isApproved, messages, replies);
		}
		return { address: frame.mn, messages, replies, repeated: false, error: null };
	}

	/** A packet that waited for the DataTime of another. */
	#release(held: HeldPart, dataTime: string, now: number, isApproved: boolean, messages: StationMessage[], replies: Buffer[]): void {
		const told = readFrame(held.frame, now, dataTime);
		if (!told.ok) return;
		messages.push(told.message);
		if (held.id !== null) this.#keep(held.id);
		if (isApproved) replies.push(...this.#replies(held.frame, now));
	}

	/** Always the same bytes for the same frame, but for the time that a station asked for. */
	#replies(frame: Hj212Frame, now: number): Buffer[] {
		if (isAnswer(frame.cn)) return [];
		const version = versionOf(frame);
		const { qn, cn, pw, mn, part, crc } = frame;
		const to: Answered = { qn, cn, pw, mn, version, part, crc };
		const replies: Buffer[] = [];
		if (wantsAnswer(frame)) replies.push(notifications.has(cn) ? notificationAnswer(to) : dataAnswer(to));
		if (cn === '1013') {
			const polId = frame.groups.find((group) => group[0]?.[0] === 'PolId')?.[0]?.[1] ?? '';
			replies.push(setTime({ st: frame.st, pw, mn, version, crc }, now, polId));
		}
		return replies;
	}

	#remember(frame: Hj212Frame): void {
		// Answers come as system 91, which is no station's own.
		const st = frame.st === '91' && this.#last?.mn === frame.mn ? this.#last.st : frame.st;
		this.#last = { st, pw: frame.pw, mn: frame.mn, version: versionOf(frame), crc: frame.crc };
	}

	#keep(id: string): void {
		this.#remembered.add(id);
		if (this.#remembered.size <= maxRemembered) return;
		const oldest = this.#remembered.values().next().value;
		if (oldest !== undefined) this.#remembered.delete(oldest);
	}
}

/**
 * The data segment whole, and not the QN alone: some stations never change theirs. A frame with neither QN nor time in it looks the same
 * each time it is said anew, and is no repetition.
 */
function identityOf(bytes: Buffer): string | null {
	const end = 6 + Number(bytes.toString('latin1', 2, 6));
	const isDated = bytes.includes('QN=') || bytes.includes('Time=');
	return isDated ? hash('sha256', bytes.subarray(6, end), 'base64') : null;
}

function refused(address: string | null, error: ProtocolError): Outcome {
	return { address, messages: [], replies: [], repeated: false, error };
}
