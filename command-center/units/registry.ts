import type { Position, Unit, UnitInput, UnitStatus } from '@beilun/shared/protocol/people.ts';
import type { Bus, Subscription } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { deleteTrackBefore, deleteUnit, listUnits, putUnit, savePositions, setUnitStatus } from './units.ts';

const saveEveryMs = 1000;
const pruneEveryMs = 10 * 60_000;
const keepTrackMs = 24 * 3_600_000;
/** A tracker whose clock runs ahead would otherwise hold its place against every later, right position. */
const clockToleranceMs = 60_000;

export interface UnitRegistryOptions {
	database: Database;
	bus: Bus;
	log: Logger;
}

/** The units as they are now. Positions come often: they are told at once and written once a second at most, the last one always. */
export class UnitRegistry {
	readonly #database: Database;
	readonly #bus: Bus;
	readonly #log: Logger;
	readonly #units = new Map<string, Unit>();
	readonly #unsaved = new Map<string, Position>();
	#timers: NodeJS.Timeout[] = [];
	#subscription: Subscription | undefined;
	#saving: Promise<void> = Promise.resolve();

	constructor(options: UnitRegistryOptions) {
		this.#database = options.database;
		this.#bus = options.bus;
		this.#log = options.log;
	}

	async load(): Promise<void> {
		this.#units.clear();
		for (const unit of await listUnits(this.#database)) this.#units.set(unit.id, unit);
	}

	async start(): Promise<void> {
		if (this.#subscription !== undefined) return;
		this.#subscription = await this.#bus.subscribe('unit.moved', 'command-center', async ({ unitId, position }) => {
			const taken = await this.move(unitId, position);
			if (taken !== 'moved') this.#log.debug({ unitId, taken }, 'a position was not taken');
		});
		this.#timers = [
			setInterval(() => void this.save(), saveEveryMs),
			setInterval(() => {
				deleteTrackBefore(this.#database, new Date(Date.now() - keepTrackMs)).catch((error: unknown) =>
					this.#log.error({ err: error }, 'old tracks could not be removed'),
				);
			}, pruneEveryMs),
		];
	}

	async stop(): Promise<void> {
		for (const timer of this.#timers) clearInterval(timer);
		this.#timers = [];
		await this.#subscription?.close();
		this.#subscription = undefined;
		await this.save();
	}

	list(): Unit[] {
		return [...this.#units.values()];
	}

	find(id: string): Unit | undefined {
		return this.#units.get(id);
	}

	async put(input: UnitInput): Promise<Unit> {
		await putUnit(this.#database, input);
		const before = this.#units.get(input.id);
		return this.#announce({
			...input,
			status: before?.status ?? 'available',
			statusAt: before?.statusAt ?? null,
			position: before?.position ?? null,
		});
	}

	/** Answers whether there was one. */
	async remove(id: string): Promise<boolean> {
		if (!this.#units.has(id)) return false;
		this.#unsaved.delete(id);
		await deleteUnit(this.#database, id);
		this.#units.delete(id);
		await this.#bus.publish('unit.removed', { unitId: id });
		return true;
	}

	async setStatus(id: string, status: UnitStatus): Promise<Unit | null> {
		if (!this.#units.has(id)) return null;
		const at = new Date();
		await setUnitStatus(this.#database, id, status, at);
		const unit = this.#units.get(id);
		return unit === undefined ? null : this.#announce({ ...unit, status, statusAt: at.toISOString() });
	}

	/** `late`: an older position than the known one changes nothing. */
	async move(id: string, position: Position): Promise<'moved' | 'unknown' | 'late' | 'ahead-of-time'> {
		const unit = this.#units.get(id);
		if (unit === undefined) return 'unknown';
		if (Date.parse(position.time) > Date.now() + clockToleranceMs) return 'ahead-of-time';
		if (unit.position !== null && Date.parse(position.time) <= Date.parse(unit.position.time)) return 'late';
		this.#unsaved.set(id, position);
		await this.#announce({ ...unit, position });
		return 'moved';
	}

	/** One write at a time; what could not be written is tried again unless something newer came. */
	save(): Promise<void> {
		this.#saving = this.#saving.then(async () => {
			if (this.#unsaved.size === 0) return;
			const batch = [...this.#unsaved].map(([unitId, position]) => ({ unitId, position }));
			this.#unsaved.clear();
			try {
				await savePositions(this.#database, batch);
			} catch (error) {
				for (const { unitId, position } of batch) {
					if (!this.#unsaved.has(unitId) && this.#units.has(unitId)) this.#unsaved.set(unitId, position);
				}
				this.#log.error({ err: error, units: batch.length }, 'positions could not be saved; they will be tried again');
			}
		});
		return this.#saving;
	}

	async #announce(unit: Unit): Promise<Unit> {
		this.#units.set(unit.id, unit);
		await this.#bus.publish('unit.changed', { unit });
		return unit;
	}
}
