import type { Datastream, Sensor, SensorInput, SensorStatus } from '@beilun/shared/protocol/sensors.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { deleteSensor, readSensors, updateStatus, upsertSensor } from './table.ts';

const maxSensors = 20_000;

interface Known {
	sensor: Sensor;
	datastreams: Map<string, Datastream>;
}

export class RegistryFull extends Error {
	override name = 'RegistryFull';
}

/** The sensors there are, held in memory for every message that comes in. Each change is stored, then announced, one at a time. */
export class SensorRegistry {
	readonly #database: Database;
	readonly #bus: Bus;
	readonly #sensors = new Map<string, Known>();
	#changes: Promise<unknown> = Promise.resolve();

	constructor(database: Database, bus: Bus) {
		this.#database = database;
		this.#bus = bus;
	}

	async load(): Promise<void> {
		this.#sensors.clear();
		for (const sensor of await readSensors(this.#database)) this.#remember(sensor);
	}

	get(id: string): Sensor | undefined {
		return this.#sensors.get(id)?.sensor;
	}

	datastream(sensorId: string, property: string): Datastream | undefined {
		return this.#sensors.get(sensorId)?.datastreams.get(property);
	}

	all(): Sensor[] {
		return [...this.#sensors.values()].map((known) => known.sensor);
	}

	put(input: SensorInput): Promise<Sensor> {
		return this.#inTurn(async () => {
			const former = this.get(input.id);
			if (former === undefined && this.#sensors.size >= maxSensors) throw new RegistryFull(`there are ${maxSensors} sensors already`);
			await upsertSensor(this.#database, input);
			const sensor: Sensor = { ...input, status: former?.status ?? 'unknown', statusSince: former?.statusSince ?? null };
			this.#remember(sensor);
			await this.#bus.publish('sensor.changed', { sensor });
			return sensor;
		});
	}

	/** Its observations stay. False where there is no such sensor. */
	remove(id: string): Promise<boolean> {
		return this.#inTurn(async () => {
			if (!this.#sensors.has(id)) return false;
			await deleteSensor(this.#database, id);
			this.#sensors.delete(id);
			await this.#bus.publish('sensor.removed', { sensorId: id });
			return true;
		});
	}

	/** Does nothing where the status is that already. `at`: milliseconds since the epoch. */
	setStatus(id: string, status: SensorStatus, at: number): Promise<void> {
		return this.#inTurn(async () => {
			const former = this.get(id);
			if (former === undefined || former.status === status) return;
			const statusSince = new Date(at).toISOString();
			await updateStatus(this.#database, id, status, statusSince);
			const sensor: Sensor = { ...former, status, statusSince };
			this.#remember(sensor);
			await this.#bus.publish('sensor.changed', { sensor });
		});
	}

	#remember(sensor: Sensor): void {
		this.#sensors.set(sensor.id, { sensor, datastreams: new Map(sensor.datastreams.map((each) => [each.property, each])) });
	}

	/** Two changes of one sensor must not overtake each other between the database and the bus. */
	#inTurn<T>(change: () => Promise<T>): Promise<T> {
		const result = this.#changes.then(change);
		this.#changes = result.catch(() => undefined);
		return result;
	}
}
