import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { appendChanges, listActiveAlerts, listUnannouncedAlerts, putAlerts } from '../alerts/alerts.ts';
import type { ConditionState } from '../evaluation/condition.ts';
import { loadProgress, loadStates, saveProgress, saveStates } from './states.ts';
import { type AlertUpdate, keyOf } from './work.ts';

export interface Commit {
	updates: AlertUpdate[];
	/** Null removes. */
	states: Iterable<[string, ConditionState | null]>;
	seq?: number;
}

/**
 * What the engine knows: how far it is, the states of rules and the active alerts, the same as in the database except for
 * states and progress that changed no alert. Those are written later, always together, so that the database is at one point of
 * the readings' order at any time, and a restart goes on from there with the same outcome.
 */
export class Memory {
	readonly #database: Database;
	#states = new Map<string, ConditionState>();
	#active = new Map<string, Alert>();
	#seq = 0;
	readonly #dirty = new Set<string>();
	#isDirty = false;
	/** Stored and still to be told. */
	unannounced: Alert[] = [];

	constructor(database: Database) {
		this.#database = database;
	}

	async load(): Promise<void> {
		this.#seq = await loadProgress(this.#database);
		this.#states = await loadStates(this.#database);
		this.#active = new Map((await listActiveAlerts(this.#database)).map((alert) => [keyOf(alert.ruleId, alert.datastreamId), alert]));
		this.#dirty.clear();
		this.#isDirty = false;
		this.unannounced = await listUnannouncedAlerts(this.#database);
	}

	/** The last observation that was evaluated. */
	get seq(): number {
		return this.#seq;
	}

	get dirty(): boolean {
		return this.#isDirty;
	}

	state(key: string): ConditionState | null {
		return this.#states.get(key) ?? null;
	}

	stateKeys(): string[] {
		return [...this.#states.keys()];
	}

	active(key: string): Alert | undefined {
		return this.#active.get(key);
	}

	activeAlerts(): Alert[] {
		return [...this.#active.values()];
	}

	/** Alerts with history, states and progress in one transaction; what changes no alert is only noted. Known only once stored. */
	async commit({ updates, states, seq = this.#seq }: Commit): Promise<void> {
		const changed = [...states];
		if (updates.length > 0) {
			await this.#write(seq, changed, updates);
		}
		for (const [key, state] of changed) {
			if (state === null) this.#states.delete(key);
			else this.#states.set(key, state);
			if (updates.length === 0) this.#dirty.add(key);
		}
		for (const { alert } of updates) {
			const key = keyOf(alert.ruleId, alert.datastreamId);
			if (alert.state === 'active') this.#active.set(key, alert);
			else if (this.#active.get(key)?.id === alert.id) this.#active.delete(key);
		}
		this.#isDirty ||= updates.length === 0 && (changed.length > 0 || seq !== this.#seq);
		this.#seq = seq;
		this.unannounced.push(...updates.map((update) => update.alert));
	}

	/** Writes what was only noted. */
	async flush(): Promise<void> {
		if (this.#isDirty) await this.#write(this.#seq, [], []);
	}

	async #write(seq: number, states: [string, ConditionState | null][], updates: AlertUpdate[]): Promise<void> {
		const all = new Map<string, ConditionState | null>([...this.#dirty].map((key) => [key, this.#states.get(key) ?? null]));
		for (const [key, state] of states) all.set(key, state);
		await this.#database.transaction().execute(async (transaction) => {
			if (updates.length > 0) {
				await putAlerts(
					transaction,
					updates.map((update) => update.alert),
				);
				await appendChanges(
					transaction,
					updates.map((update) => update.change),
				);
			}
			await saveStates(transaction, all);
			await saveProgress(transaction, seq);
		});
		this.#dirty.clear();
		this.#isDirty = false;
	}
}
