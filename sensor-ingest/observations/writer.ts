import type { DeadLetter, Observation } from '@beilun/shared/protocol/sensors.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { TrackedPosition } from '../positions/table.ts';
import { type NewObservation, readingKey } from './table.ts';

/** What one message asks to be stored; all of it is committed together. */
export interface Entry {
	observations: NewObservation[];
	positions: TrackedPosition[];
	deadLetters: DeadLetter[];
}

/** What a transaction has stored: observations that were new or corrected. */
export interface Committed {
	observations: Observation[];
	positions: TrackedPosition[];
	deadLetters: DeadLetter[];
	seconds: number;
}

export interface WriterOptions {
	log: Logger;
	/** Stores all of it in one transaction and answers the observations that were new or corrected. */
	commit: (entry: Entry) => Promise<Observation[]>;
	/** After the acknowledgements. */
	committed: (stored: Committed) => void;
	/** A message that the database will never take. */
	refuse: (entry: Entry, reason: string) => DeadLetter[];
	maxBatch?: number;
	maxQueued?: number;
	/** Milliseconds before a failed commit is tried again, doubled up to `maxRetry`. */
	retry?: number;
	maxRetry?: number;
}

interface Waiting {
	entry: Entry;
	weight: number;
	done: () => void;
	failed: (error: Error) => void;
}

/** The writer was stopped before this was stored: it must not be acknowledged. */
class NotStored extends Error {
	override name = 'NotStored';
}

/**
 * The one place that commits. What is waiting goes into one transaction, one after the other, so that `seq` rises by commit order.
 * While the database is away it holds everything (nothing is acknowledged) and tries again.
 */
export class Writer {
	readonly #options: Required<WriterOptions>;
	readonly #queue: Waiting[] = [];
	readonly #roomWanted: (() => void)[] = [];
	#queued = 0;
	#running: Promise<void> | undefined;
	#stopped = false;
	#wake: (() => void) | undefined;
	/** Why the last commit failed; null when it did not. */
	trouble: string | null = null;

	constructor(options: WriterOptions) {
		this.#options = { maxBatch: 5000, maxQueued: 50_000, retry: 100, maxRetry: 2000, ...options };
	}

	/** Resolves when the entry is committed, in the order of the calls. Rejects with `NotStored` when the writer stops before. */
	write(entry: Entry): Promise<void> {
		if (this.#stopped) return Promise.reject(new NotStored('the writer has stopped'));
		const weight = weigh(entry);
		this.#queued += weight;
		return new Promise((done, failed) => {
			this.#queue.push({ entry, weight, done, failed });
			this.#running ??= this.#run();
		});
	}

	/** Undefined while there is room; else resolves when there is again. Whoever feeds the writer waits here before reading on. */
	room(): Promise<void> | undefined {
		if (this.#queued < this.#options.maxQueued || this.#stopped) return undefined;
		return new Promise((resolve) => this.#roomWanted.push(resolve));
	}

	/** Commits what is waiting, giving up at the first failure. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#wake?.();
		await this.#running;
		for (const resolve of this.#roomWanted.splice(0)) resolve();
	}

	async #run(): Promise<void> {
		while (this.#queue.length > 0) {
			// One turn of the loop, so that every socket that has something to say is in this batch.
			await new Promise((resolve) => setImmediate(resolve));
			const batch = this.#take();
			const failure = await this.#store(batch);
			this.#queued -= batch.reduce((sum, each) => sum + each.weight, 0);
			if (failure === null) for (const each of batch) each.done();
			else for (const each of [...batch, ...this.#queue.splice(0)]) each.failed(failure);
			while (this.#roomWanted.length > 0 && this.#queued < this.#options.maxQueued) this.#roomWanted.shift()?.();
		}
		this.#running = undefined;
	}

	/** The longest run of waiting messages in which no reading occurs twice with different values: those become a correction. */
	#take(): Waiting[] {
		const values = new Map<string, number>();
		let count = 0;
		let weight = 0;
		for (const { entry, weight: own } of this.#queue) {
			const isCorrection = entry.observations.some((each) => {
				const value = values.get(readingKey(each.datastreamId, each.phenomenonTime));
				return value !== undefined && value !== each.value;
			});
			if (count > 0 && (isCorrection || weight + own > this.#options.maxBatch)) break;
			for (const each of entry.observations) values.set(readingKey(each.datastreamId, each.phenomenonTime), each.value);
			count += 1;
			weight += own;
		}
		return this.#queue.splice(0, count);
	}

	/** Null, or why these were not stored. */
	async #store(batch: Waiting[]): Promise<Error | null> {
		let delay = this.#options.retry;
		for (;;) {
			try {
				await this.#commit(merge(batch));
				this.trouble = null;
				return null;
			} catch (error) {
				if (isBadData(error)) return this.#storeEach(batch, error as Error);
				this.trouble = (error as Error).message;
				this.#options.log.error({ err: error, waiting: this.#queued }, 'observations could not be committed; holding their acknowledgements');
				if (this.#stopped) return new NotStored('the writer has stopped', { cause: error });
				await this.#pause(delay);
				delay = Math.min(delay * 2, this.#options.maxRetry);
			}
		}
	}

	/** The database refuses a value: find whose it is, so that one message harms no other. */
	async #storeEach(batch: Waiting[], error: Error): Promise<Error | null> {
		const [only] = batch;
		if (batch.length === 1 && only !== undefined) {
			if (only.entry.observations.length + only.entry.positions.length === 0)
				return new NotStored('the database takes no dead letter', { cause: error });
			const deadLetters = [...only.entry.deadLetters, ...this.#options.refuse(only.entry, error.message)];
			only.entry = { observations: [], positions: [], deadLetters };
		}
		for (const each of batch) {
			const failure = await this.#store([each]);
			if (failure !== null) return failure;
		}
		return null;
	}

	async #commit(entry: Entry): Promise<void> {
		if (entry.observations.length + entry.positions.length + entry.deadLetters.length === 0) return;
		const begun = performance.now();
		const observations = await this.#options.commit(entry);
		const seconds = (performance.now() - begun) / 1000;
		// After the acknowledgements: promise reactions of this turn run before it.
		setImmediate(() => this.#options.committed({ ...entry, observations, seconds }));
	}

	async #pause(milliseconds: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
			timer = setTimeout(resolve, milliseconds);
		});
		clearTimeout(timer);
		this.#wake = undefined;
	}
}

function weigh({ observations, positions, deadLetters }: Entry): number {
	const letters = deadLetters.reduce((sum, letter) => sum + Math.ceil(letter.original.length / 256) + 1, 0);
	return Math.max(1, observations.length + positions.length + letters);
}

/** One statement cannot touch a row twice: a repeated reading or position counts once. */
function merge(batch: readonly Waiting[]): Entry {
	const observations = new Map<string, NewObservation>();
	const positions = new Map<string, TrackedPosition>();
	for (const { entry } of batch) {
		for (const each of entry.observations) observations.set(readingKey(each.datastreamId, each.phenomenonTime), each);
		for (const each of entry.positions) positions.set(readingKey(each.unitId, each.time), each);
	}
	return {
		observations: [...observations.values()],
		positions: [...positions.values()],
		deadLetters: batch.flatMap(({ entry }) => entry.deadLetters),
	};
}

/** SQLSTATE class 22 (data exception) and 23 (constraint): trying again would not help. */
function isBadData(error: unknown): boolean {
	const code = (error as { code?: unknown }).code;
	return typeof code === 'string' && /^2[23]/.test(code);
}
