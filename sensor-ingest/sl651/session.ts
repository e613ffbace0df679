import type { Outcome, ProtocolError, Session, StationSettings } from '../stations/protocol.ts';
import { type Body, decodeBody } from './body.ts';
import { sl651Crc } from './crc.ts';
import { codeOf } from './elements.ts';
import { type Addressed, encodeConfirmation, encodeSetClock } from './encode.ts';
import { decodeFrame, type Sl651Frame } from './frame.ts';
import { firstMissing, type PacketLimits, Packets, serialOf, type Waiting } from './packets.ts';
import { identityOf, messageOf } from './readings.ts';
import { control, functionName, isReport } from './words.ts';

/** Messages that are remembered, so that a repetition of one is confirmed and not stored again. */
const maxRemembered = 512;

/**
 * The centre's side of SL 651-2014 on one connection, for every station that speaks there.
 *
 * Nothing in a frame tells the link mode, so what is answered depends on the frame alone:
 *  - Reports (functions 30 to 36, M1 and M2) are confirmed by a frame of the same function and serial number with the centre's time,
 *    ended by EOT, or by ACK where the report itself ended with ETB (more follow). A station that works in M1 does not listen for it.
 *  - The keep-alive (2F) is not answered: the standard has no down frame for it (6.6.4).
 *  - Packets (SYN, M3) are confirmed once, when all came: EOT, with SYN and the numbers of the last packet. Once the last packet came, or
 *    after silence, the first one that is missing is asked for again by NAK with its number, one request at a time.
 *  - Answers to queries (37 and above, M4) end the exchange and are not confirmed, unless they came in packets.
 *
 * A station that is not approved is heard and not answered; so is a wrong password, and a body that cannot be read: the station keeps
 * what was not confirmed.
 */
export class Sl651Session implements Session {
	readonly #settingsOf: (address: string) => StationSettings | null;
	readonly #packets: Packets;
	readonly #remembered = new Set<string>();
	/** Check of the last packet of each message in packets that was confirmed → its serial number: where the confirmation was lost. */
	readonly #confirmed = new Map<string, number>();
	#last: Addressed | null = null;
	#serial = 0;

	constructor(settingsOf: (address: string) => StationSettings | null, limits: Partial<PacketLimits> = {}) {
		this.#settingsOf = settingsOf;
		this.#packets = new Packets(limits);
	}

	handle(bytes: Buffer, now: number): Outcome {
		const decoded = decodeFrame(bytes);
		if (!decoded.ok) {
			// Behind a wrong check the address may be wrong as well: it is believed where it is a known one.
			const { station, error } = decoded;
			const isSure = station !== null && (error.kind !== 'checksum' || this.#settingsOf(station) !== null);
			return refused(isSure ? station : null, error);
		}
		const { frame } = decoded;
		if (frame.direction === 'down') {
			return refused(frame.station, { kind: 'unsupported', field: 'direction', value: 'down', expected: 'a frame from a station' });
		}
		if (functionName(frame.func) === null) {
			return refused(frame.station, { kind: 'unsupported', field: 'function', value: codeOf(frame.func), expected: '2F to 51' });
		}
		const settings = this.#settingsOf(frame.station);
		if (settings !== null && settings.password !== null && settings.password.toUpperCase() !== frame.password) {
			return refused(frame.station, { kind: 'authentication', field: 'password', value: '***', expected: 'the password of this station' });
		}
		const { mode, center, station, password } = frame;
		this.#last = { mode, center, station, password };
		const isApproved = settings !== null;
		return frame.packet === null ? this.#whole(frame, frame.body, now, isApproved) : this.#packet(frame, frame.packet, now, isApproved);
	}

	expire(now: number): Outcome[] {
		const { asked, given } = this.#packets.expire(now);
		const outcomes = asked
			.filter(({ frame }) => this.#settingsOf(frame.station) !== null)
			.map((waiting) => taken(waiting.frame.station, { replies: [askAgain(waiting, now)] }));
		for (const waiting of given) {
			const value = `${waiting.parts.size} of ${waiting.total} came; ${firstMissing(waiting)} is missing`;
			outcomes.push(refused(waiting.frame.station, { kind: 'malformed', field: 'packet', value, expected: 'all packets in time' }));
		}
		return outcomes;
	}

	/** Function 4A: by the time of this frame the station sets its clock. */
	timeSync(now: number): Buffer | null {
		if (this.#last === null) return null;
		const settings = this.#settingsOf(this.#last.station);
		if (settings === null) return null;
		this.#serial = (this.#serial % 0xffff) + 1;
		const { password } = settings;
		const isPassword = password !== null && /^[0-9A-Fa-f]{4}$/.test(password);
		return encodeSetClock(isPassword ? { ...this.#last, password: password.toUpperCase() } : this.#last, this.#serial, now);
	}

	#packet(frame: Sl651Frame, packet: { total: number; index: number }, now: number, isApproved: boolean): Outcome {
		const isLast = packet.index === packet.total;
		const mark = `${frame.station} ${frame.func} ${packet.total} ${sl651Crc(frame.body)}`;
		// Two pictures may end alike: while packets of another are held, this is the last of that one.
		const confirmed = isLast && !this.#packets.isWaitingFor(frame) ? this.#confirmed.get(mark) : undefined;
		if (confirmed !== undefined) {
			return taken(frame.station, { replies: isApproved ? [confirm(frame, confirmed, now, packet)] : [], repeated: true });
		}
		const result = this.#packets.take(frame, packet, now);
		if (result.is === 'too-large') {
			const { value, expected } = result;
			return refused(frame.station, { kind: 'too-large', field: 'packet', value, expected });
		}
		if (result.is === 'whole') {
			const outcome = this.#whole(frame, result.body, now, isApproved);
			const serial = outcome.error === null && isApproved ? serialIn(frame, result.body) : null;
			// The check of the last packet is known only where it is the one that came last; otherwise the whole message is sent anew.
			if (serial !== null && isLast) limited(this.#confirmed, 16).set(mark, serial);
			return outcome;
		}
		const { waiting, repeated } = result;
		const isAsking = waiting.isOver && isApproved && (isLast || firstMissing(waiting) !== waiting.asked);
		return taken(frame.station, { replies: isAsking ? [askAgain(waiting, now)] : [], repeated });
	}

	#whole(frame: Sl651Frame, bytes: Buffer, now: number, isApproved: boolean): Outcome {
		const body = decodeBody(frame, bytes);
		if (!body.ok) return refused(frame.station, body.error);
		const replies = isApproved ? repliesTo(frame, body.value, now) : [];
		const id = isApproved ? identityOf(frame, body.value) : null;
		if (id !== null && this.#remembered.has(id)) return taken(frame.station, { replies, repeated: true });
		if (id !== null) limited(this.#remembered, maxRemembered).add(id);
		return { ...taken(frame.station, { replies }), messages: [messageOf(frame, body.value)] };
	}
}

function repliesTo(frame: Sl651Frame, body: Body, now: number): Buffer[] {
	if (frame.packet !== null) return [confirm(frame, body.serial, now, { total: frame.packet.total, index: frame.packet.total })];
	if (frame.func === 0x2f || !isReport(frame.func)) return [];
	return [confirm(frame, body.serial, now, null)];
}

function confirm(frame: Sl651Frame, serial: number, now: number, packet: Sl651Frame['packet']): Buffer {
	const end = packet === null && frame.end === control.etb ? control.ack : control.eot;
	return encodeConfirmation(frame, frame.func, { end, serial, now, packet });
}

function askAgain(waiting: Waiting, now: number): Buffer {
	const { frame, total } = waiting;
	const packet = { total, index: firstMissing(waiting) };
	waiting.asked = packet.index;
	return encodeConfirmation(frame, frame.func, { end: control.nak, serial: serialOf(waiting), now, packet });
}

function serialIn(frame: Sl651Frame, body: Buffer): number | null {
	const decoded = decodeBody({ ...frame, direction: 'down' }, body);
	return decoded.ok ? decoded.value.serial : null;
}

/** Room for one more: the oldest goes. */
function limited<T extends Set<string> | Map<string, number>>(kept: T, most: number): T {
	const oldest = kept.size >= most ? kept.keys().next().value : undefined;
	if (oldest !== undefined) kept.delete(oldest);
	return kept;
}

function taken(address: string, { replies, repeated = false }: { replies: Buffer[]; repeated?: boolean }): Outcome {
	return { address, messages: [], replies, repeated, error: null };
}

function refused(address: string | null, error: ProtocolError): Outcome {
	return { address, messages: [], replies: [], repeated: false, error };
}
