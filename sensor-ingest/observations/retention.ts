import type { Database } from '@beilun/shared/runtime/database.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { pruneDeadLetters } from '../dead-letters/table.ts';
import { deletePositionsBefore } from '../positions/table.ts';
import { deleteObservationsBefore } from './table.ts';

const retentionDays = 30;
const every = 3_600_000;
const step = 2000;
/** After so many new dead letters the table is cut back. */
const pruneAfter = 1000;

/** Deletes what is older than `retentionDays`, in small steps that leave room for the writer between them. */
export class Retention {
	readonly #database: Database;
	readonly #log: Logger;
	#timer: NodeJS.Timeout | undefined;
	#running: Promise<void> | undefined;
	#stopped = false;
	#newDeadLetters = 0;

	constructor(database: Database, log: Logger) {
		this.#database = database;
		this.#log = log;
	}

	start(): void {
		this.#stopped = false;
		this.#timer ??= setInterval(() => {
			this.#begin(() => this.run(new Date()));
		}, every).unref();
	}

	/** A flood of bad messages must not wait for the hour. */
	deadLettersStored(count: number): void {
		this.#newDeadLetters += count;
		if (this.#newDeadLetters < pruneAfter || this.#stopped || this.#running !== undefined) return;
		this.#newDeadLetters = 0;
		this.#begin(() => pruneDeadLetters(this.#database));
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		clearInterval(this.#timer);
		this.#timer = undefined;
		await this.#running;
	}

	#begin(work: () => Promise<void>): void {
		this.#running ??= work()
			.catch((error) => this.#log.error({ err: error }, 'what is old could not be deleted'))
			.finally(() => {
				this.#running = undefined;
			});
	}

	async run(now: Date): Promise<void> {
		const before = new Date(now.getTime() - retentionDays * 86_400_000);
		for (const remove of [deleteObservationsBefore, deletePositionsBefore]) {
			while (!this.#stopped && (await remove(this.#database, before, step)) === step) await new Promise((resolve) => setTimeout(resolve, 50));
		}
		if (!this.#stopped) await pruneDeadLetters(this.#database);
	}
}
