import type { Hj212Frame } from './frame.ts';

/** A packet that cannot be read until the first of its message, which has the DataTime, is there. */
export interface HeldPart {
	frame: Hj212Frame;
	bytes: number;
	/** By which a repetition is known; null where it must not be. */
	id: string | null;
}

interface Assembly {
	mn: string;
	count: number;
	seen: Set<number>;
	held: HeldPart[];
	bytes: number;
	dataTime: string;
	since: number;
}

/** What a message that was given up lacks. */
export interface GivenUp {
	mn: string;
	count: number;
	missing: number[];
	held: HeldPart[];
}

export interface ReassemblyLimits {
	/** Messages at a time, of one connection. */
	messages: number;
	/** Packets of one message. */
	parts: number;
	/** Bytes of packets that wait for their first. */
	bytes: number;
	/** Milliseconds from the first packet that came. */
	timeout: number;
}

const defaults: ReassemblyLimits = { messages: 32, parts: 256, bytes: 256 * 1024, timeout: 60_000 };

/**
 * Messages in several packets (PNUM, PNO), told apart by MN, CN and QN. Each packet has a CP of its own and mostly a DataTime of its own:
 * it can be read, stored and answered as it comes, which a station that waits for each answer needs, and so that no packet that was
 * answered waits here in memory. Only a packet without DataTime waits for the first one.
 */
export class Reassembly {
	readonly #limits: ReassemblyLimits;
	readonly #assemblies = new Map<string, Assembly>();

	constructor(limits: Partial<ReassemblyLimits> = {}) {
		this.#limits = { ...defaults, ...limits };
	}

	/** The DataTime that an earlier packet of the same message had, or empty. */
	dataTimeOf(frame: Hj212Frame): string {
		return this.#assemblies.get(keyOf(frame))?.dataTime ?? '';
	}

	/** A packet that was read; `dataTime` is its own, or what was taken for it. Answers those that waited for it. */
	read(frame: Hj212Frame, dataTime: string, now: number): HeldPart[] {
		const assembly = this.#assembly(frame, now);
		if (assembly === null) return [];
		assembly.seen.add(frame.part?.number ?? 1);
		assembly.dataTime ||= dataTime;
		const ready = assembly.held;
		assembly.held = [];
		assembly.bytes = 0;
		if (assembly.seen.size === assembly.count) this.#assemblies.delete(keyOf(frame));
		return ready;
	}

	/** A packet that cannot be read yet. False where there is no room for it. */
	hold(part: HeldPart, now: number): boolean {
		const { frame, bytes } = part;
		const assembly = this.#assembly(frame, now);
		const number = frame.part?.number ?? 1;
		if (assembly === null || assembly.bytes + bytes > this.#limits.bytes) return false;
		if (assembly.seen.has(number)) return true;
		assembly.seen.add(number);
		assembly.held.push(part);
		assembly.bytes += bytes;
		return true;
	}

	/** Messages whose packets have not all come in time. */
	expire(now: number): GivenUp[] {
		const given: GivenUp[] = [];
		for (const [key, assembly] of this.#assemblies) {
			if (now - assembly.since < this.#limits.timeout) continue;
			this.#assemblies.delete(key);
			given.push(giveUp(assembly));
		}
		return given;
	}

	/** Null for a message of more packets than are taken, and where too many are open already: such packets are read one by one. */
	#assembly(frame: Hj212Frame, now: number): Assembly | null {
		const count = frame.part?.count ?? 1;
		const key = keyOf(frame);
		const known = this.#assemblies.get(key);
		if (known !== undefined) return known;
		if (count > this.#limits.parts || this.#assemblies.size >= this.#limits.messages) return null;
		const assembly: Assembly = { mn: frame.mn, count, seen: new Set(), held: [], bytes: 0, dataTime: '', since: now };
		this.#assemblies.set(key, assembly);
		return assembly;
	}
}

function keyOf(frame: Hj212Frame): string {
	return `${frame.mn};${frame.cn};${frame.qn};${frame.part?.count ?? 1}`;
}

function giveUp(assembly: Assembly): GivenUp {
	const missing: number[] = [];
	for (let number = 1; number <= assembly.count; number += 1) if (!assembly.seen.has(number)) missing.push(number);
	return { mn: assembly.mn, count: assembly.count, missing, held: assembly.held };
}
