import type { SensorStatus } from '@beilun/shared/protocol/sensors.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { SensorRegistry } from './registry.ts';

/** Periods of silence after which a sensor is offline. */
const silentPeriods = 3;
const sweepEvery = 1000;

/** Tells online from offline by when messages arrive (not by what their clocks say). */
export class Liveness {
	readonly #registry: SensorRegistry;
	readonly #log: Logger;
	/** Arrival of the last message of each sensor, milliseconds of the monotonic clock. */
	readonly #heard = new Map<string, number>();
	#timer: NodeJS.Timeout | undefined;

	constructor(registry: SensorRegistry, log: Logger) {
		this.#registry = registry;
		this.#log = log;
	}

	start(): void {
		this.#timer ??= setInterval(() => this.#sweep(performance.now()), sweepEvery);
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	/** At arrival: a database that is slow does not make a sensor silent. */
	heard(sensorId: string): void {
		this.#heard.set(sensorId, performance.now());
	}

	/** After the observations are stored. */
	observed(sensorId: string, at: number): void {
		if (this.#registry.get(sensorId)?.status !== 'online') this.#set(sensorId, 'online', at).catch(() => undefined);
	}

	/** The sensor itself, or its last will, says so. Resolves when it is stored. */
	async reported(sensorId: string, status: 'online' | 'offline', at: number): Promise<void> {
		if (status === 'online') this.heard(sensorId);
		await this.#set(sensorId, status, at);
	}

	forget(sensorId: string): void {
		this.#heard.delete(sensorId);
	}

	#sweep(now: number): void {
		for (const sensor of this.#registry.all()) {
			if (sensor.status !== 'online') continue;
			const heard = this.#heard.get(sensor.id);
			// Online since before the last start: its silence counts from now.
			if (heard === undefined) this.#heard.set(sensor.id, now);
			else if (now - heard > silentPeriods * sensor.period * 1000) this.#set(sensor.id, 'offline', Date.now()).catch(() => undefined);
		}
	}

	async #set(sensorId: string, status: SensorStatus, at: number): Promise<void> {
		try {
			await this.#registry.setStatus(sensorId, status, at);
		} catch (error) {
			// The next observation or sweep tries again.
			this.#log.error({ err: error, sensorId, status }, 'a status could not be stored');
			throw error;
		}
	}
}
