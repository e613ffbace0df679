import type { Changes, Topic, Topics } from '@beilun/shared/protocol/realtime.ts';
import type { Owner } from './visibility.ts';

interface Entry<E> {
	seq: number;
	/** Null: a tombstone. */
	entity: E | null;
	owner: Owner;
	/** Every owner it had in this epoch: who could see it once must hear that it is gone. */
	owners: Set<Owner>;
}

export interface CollectionOptions<T extends Topic> {
	topic: T;
	epoch: string;
	/** Tombstones kept; a client that is further back gets everything anew. */
	tombstones?: number;
}

export type Sees = (id: string, owner: Owner) => boolean;

/**
 * Entities of one topic by id, each with the number of its last change. It can tell for any earlier number what changed since,
 * so it needs to remember nothing about who has seen what.
 */
export class LiveCollection<T extends Topic> {
	readonly topic: T;
	readonly epoch: string;
	readonly #limit: number;
	/** In the order of `seq`: a changed entry moves to the end. */
	readonly #entries = new Map<string, Entry<Topics[T]>>();
	readonly #tombstones = new Map<string, number>();
	#head = 0;
	#pruned = 0;

	constructor(options: CollectionOptions<T>) {
		this.topic = options.topic;
		this.epoch = options.epoch;
		this.#limit = options.tombstones ?? 10_000;
	}

	/** The newest number. */
	get head(): number {
		return this.#head;
	}

	/** How many entities there are. */
	get size(): number {
		return this.#entries.size - this.#tombstones.size;
	}

	get(id: string): Topics[T] | undefined {
		return this.#entries.get(id)?.entity ?? undefined;
	}

	*values(): Generator<Topics[T]> {
		for (const entry of this.#entries.values()) if (entry.entity !== null) yield entry.entity;
	}

	upsert(id: string, entity: Topics[T], owner: Owner): void {
		const owners = this.#entries.get(id)?.owners ?? new Set();
		this.#tombstones.delete(id);
		this.#place(id, { seq: ++this.#head, entity, owner, owners: owners.add(owner) });
	}

	remove(id: string): void {
		const entry = this.#entries.get(id);
		if (entry === undefined || entry.entity === null) return;
		this.#place(id, { ...entry, seq: ++this.#head, entity: null });
		this.#tombstones.set(id, this.#head);
		if (this.#tombstones.size <= this.#limit) return;
		const [oldest, seq] = this.#tombstones.entries().next().value as [string, number];
		this.#tombstones.delete(oldest);
		this.#entries.delete(oldest);
		this.#pruned = seq;
	}

	/** Whether somebody who has seen everything up to `seq` can be told the difference. */
	canContinueFrom(seq: number): boolean {
		return seq <= this.#head && seq >= this.#pruned;
	}

	/**
	 * What changed after `from`, at most `limit` entities of it, for somebody who sees what `sees` says. `from` null, or too far
	 * back, begins anew. What is not for them still counts in `to`.
	 */
	changesSince(from: number | null, sees: Sees, limit: number): Changes<T> {
		const reset = from === null || !this.canContinueFrom(from);
		const start = reset ? 0 : from;
		const changes: Changes<T> = { topic: this.topic, epoch: this.epoch, reset, from: start, to: this.#head, upserts: [], removes: [] };
		for (const [id, entry] of this.#entries) {
			if (entry.seq <= start) continue;
			if (changes.upserts.length + changes.removes.length >= limit) {
				// Entries come in order, so the next message takes over exactly here.
				changes.to = entry.seq - 1;
				break;
			}
			if (entry.entity !== null && sees(id, entry.owner)) changes.upserts.push({ id, seq: entry.seq, entity: entry.entity });
			else if (!reset && couldSee(id, entry, sees)) changes.removes.push({ id, seq: entry.seq });
		}
		return changes;
	}

	#place(id: string, entry: Entry<Topics[T]>): void {
		this.#entries.delete(id);
		this.#entries.set(id, entry);
	}
}

function couldSee(id: string, entry: Entry<unknown>, sees: Sees): boolean {
	for (const owner of entry.owners) if (sees(id, owner)) return true;
	return false;
}
