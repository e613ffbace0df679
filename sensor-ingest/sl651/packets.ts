import type { Sl651Frame } from './frame.ts';

export interface PacketLimits {
	/** Messages that wait for packets at the same time on one connection. */
	messages: number;
	/** Bytes of one message: a picture (function 36), and any other. */
	pictureBytes: number;
	bytes: number;
	/** Milliseconds of silence after which a missing packet is asked for again, and how often that is done. */
	silence: number;
	requests: number;
}

const standardLimits: PacketLimits = { messages: 4, pictureBytes: 2_000_000, bytes: 64_000, silence: 10_000, requests: 3 };

/** A message of which packets are missing. */
export interface Waiting {
	/** The frame that came last: to whom a request goes. */
	frame: Sl651Frame;
	total: number;
	/** By number, from 1. */
	parts: Map<number, Buffer>;
	bytes: number;
	heard: number;
	/** The last packet came, or silence set in: what is missing now was lost. */
	isOver: boolean;
	/** The packet that was asked for again, 0 for none, and how often silence made us ask. */
	asked: number;
	requests: number;
}

export type Taken =
	| { is: 'whole'; body: Buffer }
	| { is: 'waiting'; waiting: Waiting; repeated: boolean }
	/** Beyond a limit; what was held of the message is dropped. */
	| { is: 'too-large'; value: string; expected: string };

/** Packets of messages (M3) of every station on one connection, by station and function. A new message puts an old one of its kind out. */
export class Packets {
	readonly #limits: PacketLimits;
	readonly #waiting = new Map<string, Waiting>();
	/** Put out by a newer message before they were whole. */
	readonly #given: Waiting[] = [];

	constructor(limits: Partial<PacketLimits>) {
		this.#limits = { ...standardLimits, ...limits };
	}

	take(frame: Sl651Frame, packet: { total: number; index: number }, now: number): Taken {
		const key = keyOf(frame);
		let waiting = this.#waiting.get(key);
		const held = waiting?.parts.get(packet.index);
		const repeated = waiting !== undefined && waiting.total === packet.total && held?.equals(frame.body) === true;
		if (waiting !== undefined && !repeated && (waiting.total !== packet.total || held !== undefined)) {
			this.#giveUp(key, waiting);
			waiting = undefined;
		}
		waiting ??= this.#open(key, frame, packet.total, now);
		waiting.frame = frame;
		waiting.heard = now;
		if (packet.index === packet.total) waiting.isOver = true;
		if (repeated) return { is: 'waiting', waiting, repeated };
		waiting.parts.set(packet.index, Buffer.from(frame.body));
		waiting.bytes += frame.body.length;
		const limit = frame.func === 0x36 ? this.#limits.pictureBytes : this.#limits.bytes;
		if (waiting.bytes > limit) {
			this.#waiting.delete(key);
			return { is: 'too-large', value: `${waiting.bytes} bytes`, expected: `at most ${limit}` };
		}
		if (waiting.parts.size < waiting.total) return { is: 'waiting', waiting, repeated };
		this.#waiting.delete(key);
		return { is: 'whole', body: joined(waiting) };
	}

	isWaitingFor(frame: Sl651Frame): boolean {
		return this.#waiting.has(keyOf(frame));
	}

	/** Those to ask for a packet again after silence, and those that are given up. */
	expire(now: number): { asked: Waiting[]; given: Waiting[] } {
		const asked: Waiting[] = [];
		for (const [key, waiting] of this.#waiting) {
			if (now - waiting.heard < this.#limits.silence) continue;
			if (waiting.requests >= this.#limits.requests) {
				this.#giveUp(key, waiting);
				continue;
			}
			waiting.isOver = true;
			waiting.heard = now;
			waiting.requests += 1;
			asked.push(waiting);
		}
		return { asked, given: this.#given.splice(0) };
	}

	#open(key: string, frame: Sl651Frame, total: number, now: number): Waiting {
		const oldest = this.#waiting.entries().next().value;
		if (this.#waiting.size >= this.#limits.messages && oldest !== undefined) this.#giveUp(...oldest);
		const waiting: Waiting = { frame, total, parts: new Map(), bytes: 0, heard: now, isOver: false, asked: 0, requests: 0 };
		this.#waiting.set(key, waiting);
		return waiting;
	}

	/** Its bytes go at once, the word of it stays until it is asked for; not of more than a few. */
	#giveUp(key: string, waiting: Waiting): void {
		this.#waiting.delete(key);
		if (this.#given.length < 16) this.#given.push({ ...waiting, parts: new Map([...waiting.parts.keys()].map((index) => [index, empty])) });
	}
}

const empty = Buffer.alloc(0);

/** The lowest number that did not come. */
export function firstMissing({ parts, total }: Waiting): number {
	let index = 1;
	while (index <= total && parts.has(index)) index += 1;
	return index;
}

/** The serial number of the message, where its first packet came; 0 otherwise. */
export function serialOf({ parts, frame }: Waiting): number {
	const first = parts.get(1);
	if (first === undefined) return 0;
	const serial = frame.mode === 'ascii' ? Number.parseInt(first.toString('latin1', 0, 4), 16) : first.length < 2 ? 0 : first.readUInt16BE(0);
	return Number.isNaN(serial) ? 0 : serial;
}

function joined({ parts, total }: Waiting): Buffer {
	return Buffer.concat(Array.from({ length: total }, (_, at) => parts.get(at + 1) ?? empty));
}

function keyOf(frame: Sl651Frame): string {
	return `${frame.station} ${frame.func} ${frame.center}`;
}
