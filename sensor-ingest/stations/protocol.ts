import type { Text } from '@beilun/shared/protocol/words.ts';

/** What a station's own mark on a value, or our look at it, says. Nothing is dropped for it. */
export type Mark =
	/** The instrument is faulty, or the value beyond what it can measure. */
	| 'fault'
	/** Taken during calibration, maintenance or a power cut: no true value. */
	| 'calibration'
	| 'maintenance'
	| 'stopped'
	/** Put in by hand, or filled in. */
	| 'estimated'
	/** The station itself calls it above its limit. */
	| 'over-limit';

/** One number that a station reported. */
export interface Reading {
	/** The protocol's own name for it, whole: `w01018-Avg`, `39`, `3.41.2.temperature`. */
	code: string;
	/** The property it is stored as, a key of its own: `codAvg`, `waterLevel`. */
	property: string;
	name: Text;
	/** UCUM. */
	unit: string;
	/** In `unit`. */
	value: number;
	/** UTC, ISO 8601: when it was true. */
	time: string;
	/** Within the station, where it has parts of its own: a fire panel's component. Empty for the station itself. */
	part: string;
	marks: Mark[];
}

interface StationPosition {
	time: string;
	/** WGS-84. */
	lon: number;
	lat: number;
	/** km/h */
	speed: number | null;
	/** Degrees from north. */
	heading: number | null;
	/** A batch sent late: history, not where it is now. */
	late: boolean;
}

/** Something that is no number: kept with its bytes or words. */
export interface StationNote {
	kind: 'text' | 'picture' | 'operation' | 'state';
	time: string;
	part: string;
	text: string;
	/** JPEG, for `picture`. */
	data: Buffer | null;
}

/** All that one frame, or the frames of one message, told. */
export interface StationMessage {
	/** MN, station address, transmitter address, terminal number: what tells stations apart, as text. */
	address: string;
	/** `heartbeat`: it lives and says nothing more. */
	kind: 'readings' | 'heartbeat' | 'registration' | 'reply';
	/** The command or function by its number and a short English name, for people who read raw frames. */
	command: string;
	readings: Reading[];
	positions: StationPosition[];
	notes: StationNote[];
}

/** A frame that cannot be taken: `field`, `value` and what was `expected`, and whether the stream can be followed further. */
export interface ProtocolError {
	kind: 'framing' | 'checksum' | 'too-large' | 'malformed' | 'unsupported' | 'authentication';
	field: string;
	value: string;
	expected: string;
}

/** What came of one frame. */
export interface Outcome {
	/** Null where it could not even be told who sends. */
	address: string | null;
	/** Empty for a part of a message that is not complete, for a repetition, and for an error. */
	messages: StationMessage[];
	/** To be sent after the messages are stored, in order; never twice for one frame. */
	replies: Buffer[];
	/** The same frame came before: nothing is stored again, and it is answered as the first time (its answer may have been lost). */
	repeated: boolean;
	error: ProtocolError | null;
}

/** Cuts a byte stream into frames. Total: never throws, holds at most `maxFrame` bytes, and finds the next frame after rubbish. */
export interface Framer {
	push(chunk: Buffer): { frames: Buffer[]; rubbish: Buffer[] };
	/** Bytes that wait for the rest of their frame. */
	readonly waiting: number;
}

/** What the operator has configured for a station. */
export interface StationSettings {
	/** HJ 212 PW, SL 651 password, JT/T 808 authentication code; null takes any. */
	password: string | null;
	/** HJ 212 only: devices that send a Modbus CRC are taken only where this says so. */
	crc: 'standard' | 'modbus';
}

/** The conversation with whoever is at the other end of one connection (or one UDP address). */
export interface Session {
	/** Total: never throws. `now` in milliseconds since the epoch. */
	handle(frame: Buffer, now: number): Outcome;
	/** Messages whose parts did not all come in time are given up; answers what is to be told of them. */
	expire(now: number): Outcome[];
	/** A request to the station: its clock is to be set. Null where the protocol has none or the address is not known yet. */
	timeSync(now: number): Buffer | null;
}

/** One of the national protocols. */
export interface StationProtocol {
	readonly name: 'hj212' | 'sl651' | 'gb26875' | 'jt808';
	/** Bytes of the longest frame that the standard allows, with some room. */
	readonly maxFrame: number;
	framer(): Framer;
	/** `settingsOf` answers null for a station that is not approved: it is heard, never confirmed. */
	session(settingsOf: (address: string) => StationSettings | null): Session;
}
