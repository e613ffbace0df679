import type { Alert, Rule, RuleInput } from '@beilun/shared/protocol/alerts.ts';
import type { Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Bus, Subscription } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { Peers } from '@beilun/shared/runtime/peers.ts';
import { findAlert, markAnnounced } from '../alerts/alerts.ts';
import type { ConditionState } from '../evaluation/condition.ts';
import type { Metrics } from '../metrics.ts';
import { deleteRule, findRule, listRules, putRule } from '../rules/rules.ts';
import { acknowledge, clear } from './compose.ts';
import { Coverage } from './coverage.ts';
import { Memory } from './memory.ts';
import { pipeline, run } from './pipeline.ts';
import { Serial } from './serial.ts';
import { type AlertUpdate, partsOf, type Stage } from './work.ts';

const lazyMs = 1000;
const retryMs = 1000;
const pageSize = 1000;

export interface EngineOptions {
	database: Database;
	bus: Bus;
	peers: Peers;
	log: Logger;
	metrics: Metrics;
}

/**
 * Evaluates every stored observation exactly once, in the order of `seq`. The bus brings them soon; the truth is the number of
 * the last one evaluated: whatever the bus did not bring (a crash, a failure here) is fetched from where that number stands.
 */
export class Engine {
	readonly #options: EngineOptions;
	readonly #memory: Memory;
	readonly #coverage = new Coverage();
	readonly #serial = new Serial();
	readonly #stages: readonly Stage[];
	/** By id the revision that was announced, to be noted in the database. */
	readonly #told = new Map<string, number>();
	#subscriptions: Subscription[] = [];
	#lazy: NodeJS.Timeout | undefined;
	#retry: NodeJS.Timeout | undefined;
	#running = false;
	#sensorsLoaded = false;
	/** Why it is behind, in words; null when it is not. */
	#behind: string | null = 'not started';

	constructor(options: EngineOptions) {
		this.#options = options;
		this.#memory = new Memory(options.database);
		const { metrics } = options;
		this.#stages = pipeline({
			coverage: this.#coverage,
			memory: this.#memory,
			announce: () => this.#announce(),
			evaluated: (work) => metrics.noteEvaluated(work),
			clock: () => new Date(),
		});
	}

	async start(): Promise<void> {
		if (this.#running) return;
		this.#running = true;
		this.#sensorsLoaded = false;
		await this.#memory.load();
		for (const rule of await listRules(this.#options.database)) this.#coverage.putRule(rule);
		const { bus } = this.#options;
		this.#subscriptions = [
			await bus.subscribe('observations.stored', 'alerts', ({ observations }) => this.#take(observations)),
			await bus.subscribe('sensor.changed', 'alerts', ({ sensor }) => this.#sensorChanged(sensor)),
			await bus.subscribe('sensor.removed', 'alerts', ({ sensorId }) => this.#sensorRemoved(sensorId)),
		];
		this.#lazy = setInterval(() => void this.#writeLazily(), lazyMs);
		await this.#serial.run(() => this.#catchUp());
	}

	async stop(): Promise<void> {
		if (!this.#running) return;
		this.#running = false;
		clearInterval(this.#lazy);
		clearTimeout(this.#retry);
		for (const subscription of this.#subscriptions) await subscription.close();
		this.#subscriptions = [];
		await this.#writeLazily();
	}

	/** The last observation that was evaluated. */
	get seq(): number {
		return this.#memory.seq;
	}

	/** Null when every observation it knows of is evaluated. */
	get behind(): string | null {
		return this.#behind;
	}

	putRule(input: RuleInput): Promise<Rule> {
		return this.#serial.run(async () => {
			const { database } = this.#options;
			const before = await findRule(database, input.id);
			if (before !== null && isSameRule(before, input)) return before;
			const rule = await database.transaction().execute((transaction) => putRule(transaction, input, new Date()));
			this.#coverage.putRule(rule);
			await this.#clearUncovered();
			return rule;
		});
	}

	removeRule(id: string): Promise<boolean> {
		return this.#serial.run(async () => {
			const removed = await this.#options.database.transaction().execute((transaction) => deleteRule(transaction, id, new Date()));
			this.#coverage.removeRule(id);
			await this.#clearUncovered();
			return removed;
		});
	}

	acknowledge(id: string, by: string): Promise<Alert | null> {
		return this.#serial.run(async () => {
			const alert = await findAlert(this.#options.database, id);
			if (alert === null || alert.acknowledged) return alert;
			const update = acknowledge(alert, by, new Date());
			await this.#memory.commit({ updates: [update], states: [] });
			await this.#announce();
			return update.alert;
		});
	}

	/** Never throws: the bus would give up after some tries, the number of the last evaluated one does not. */
	#take(observations: readonly Observation[]): Promise<void> {
		return this.#serial.run(async () => {
			if (!this.#running || this.#behind !== null) return;
			const fresh = observations.filter((each) => each.seq > this.#memory.seq).sort((a, b) => a.seq - b.seq);
			if (fresh[0] === undefined) return;
			const isGapless = fresh.every((each, n) => each.seq === this.#memory.seq + 1 + n);
			const areKnown = fresh.every((each) => this.#coverage.knowsSensor(each.sensorId));
			if (!isGapless || !areKnown) return this.#catchUp();
			try {
				await run(this.#stages, fresh);
			} catch (error) {
				this.#fallBehind(error);
			}
		});
	}

	/** Fetches and evaluates until nothing is left. What fails is tried again for as long as it takes. */
	async #catchUp(): Promise<void> {
		clearTimeout(this.#retry);
		if (!this.#running) return;
		try {
			await this.#loadSensors();
			for (let more = true; more && this.#running; ) {
				const path = `/api/v1/observations/after?seq=${this.#memory.seq}&limit=${pageSize}`;
				const { items } = await this.#options.peers.get<{ items: Observation[] }>('sensor-ingest', path);
				// A sensor registered a moment ago, whose announcement is still on its way.
				if (items.some((each) => !this.#coverage.knowsSensor(each.sensorId))) await this.#loadSensors(true);
				if (items.length > 0) await run(this.#stages, items);
				more = items.length === pageSize;
			}
			await this.#announce();
			this.#behind = null;
		} catch (error) {
			this.#fallBehind(error);
		}
	}

	#fallBehind(error: unknown): void {
		const reason = error instanceof Error ? error.message : String(error);
		if (this.#behind !== reason) this.#options.log.error({ err: error }, 'readings could not be evaluated; trying again from the last one that was');
		this.#behind = reason;
		clearTimeout(this.#retry);
		if (!this.#running) return;
		this.#retry = setTimeout(() => {
			void this.#serial.run(() => this.#catchUp());
		}, retryMs);
	}

	async #loadSensors(again = false): Promise<void> {
		if (this.#sensorsLoaded && !again) return;
		const { items } = await this.#options.peers.get<{ items: Sensor[] }>('sensor-ingest', '/api/v1/sensors');
		this.#coverage.replaceSensors(items);
		if (!this.#sensorsLoaded) await this.#clearUncovered();
		this.#sensorsLoaded = true;
	}

	#sensorChanged(sensor: Sensor): Promise<void> {
		return this.#serial.run(async () => {
			this.#coverage.putSensor(sensor);
			await this.#clearUncovered();
		});
	}

	#sensorRemoved(sensorId: string): Promise<void> {
		return this.#serial.run(async () => {
			this.#coverage.removeSensor(sensorId);
			await this.#clearUncovered();
		});
	}

	/** Ends the alerts, and forgets the states, of what no rule watches any more. */
	async #clearUncovered(): Promise<void> {
		const now = new Date();
		const updates: AlertUpdate[] = [];
		const states = new Map<string, ConditionState | null>();
		for (const alert of this.#memory.activeAlerts()) {
			const reason = this.#coverage.whyNotCovered(alert.ruleId, alert);
			if (reason !== null) updates.push(clear(alert, { now, reason, at: now.toISOString(), value: null }));
		}
		for (const key of this.#memory.stateKeys()) {
			const { ruleId, datastreamId } = partsOf(key);
			const sensorId = datastreamId.slice(0, datastreamId.indexOf('.'));
			if (this.#coverage.whyNotCovered(ruleId, { sensorId, datastreamId }) !== null) states.set(key, null);
		}
		if (updates.length === 0 && states.size === 0) return;
		await this.#memory.commit({ updates, states });
		if (updates.length > 0) await this.#announce();
	}

	/** In the order they were stored. What cannot be told now stays to be told, also after a restart. */
	async #announce(): Promise<void> {
		const { bus, log, metrics } = this.#options;
		try {
			for (let alert = this.#memory.unannounced[0]; alert !== undefined; alert = this.#memory.unannounced[0]) {
				await bus.publish('alert.changed', { alert });
				if (alert.revision === 1) metrics.noteRaised(alert);
				this.#memory.unannounced.shift();
				this.#told.set(alert.id, alert.revision);
			}
		} catch (error) {
			log.error({ err: error, waiting: this.#memory.unannounced.length }, 'alerts are stored but could not be announced; trying again');
		}
	}

	#writeLazily(): Promise<void> {
		return this.#serial.run(async () => {
			try {
				await this.#memory.flush();
				await this.#announce();
				if (this.#told.size === 0) return;
				await markAnnounced(
					this.#options.database,
					[...this.#told].map(([id, revision]) => ({ id, revision })),
				);
				this.#told.clear();
			} catch (error) {
				this.#options.log.error({ err: error }, 'the progress could not be written; trying again');
			}
		});
	}
}

function isSameRule(rule: Rule, input: RuleInput): boolean {
	return canonical({ ...input, version: rule.version, updatedAt: rule.updatedAt }) === canonical(rule);
}

/** The database does not keep the order of an object's fields. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_key, each: unknown) =>
		typeof each === 'object' && each !== null && !Array.isArray(each)
			? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
			: each,
	);
}
