import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { BusTopic } from '@beilun/shared/protocol/events.ts';
import type { Camera, Stream } from '@beilun/shared/protocol/media.ts';
import type { Unit } from '@beilun/shared/protocol/people.ts';
import type { DeadLetterCounts, Reading, Topic } from '@beilun/shared/protocol/realtime.ts';
import { topics } from '@beilun/shared/protocol/realtime.ts';
import type { Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Wall } from '@beilun/shared/protocol/walls.ts';
import type { Bus, BusHandler, Subscription } from '@beilun/shared/runtime/bus.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { Peers } from '@beilun/shared/runtime/peers.ts';
import { FinishedAlerts, isFinished } from './alerts-kept.ts';
import type { Hub } from './hub.ts';

const retryMs = 1000;
const pageSize = 500;
const finishedKept = 500;
const recountMs = 500;

export interface FeedOptions {
	hub: Hub;
	bus: Bus;
	peers: Peers;
	log: Logger;
	units: () => Unit[];
	walls: () => Promise<Wall[]>;
}

/**
 * Fills the hub: first listens to the bus, then asks the other services for what there is, so that nothing falls between.
 * What the bus told meanwhile is newer than what was asked for, and wins.
 */
export class Feed {
	readonly #hub: Hub;
	readonly #bus: Bus;
	readonly #peers: Peers;
	readonly #log: Logger;
	readonly #units: () => Unit[];
	readonly #walls: () => Promise<Wall[]>;
	readonly #finished = new FinishedAlerts(finishedKept);
	/** Ids the bus has spoken of, until the topic is loaded. */
	readonly #touched = new Map<Topic, Set<string>>();
	#subscriptions: Subscription[] = [];
	#retries = new Set<NodeJS.Timeout>();
	#recount: NodeJS.Timeout | undefined;
	#running = false;
	#complaints = new Map<Topic, string>();

	constructor(options: FeedOptions) {
		this.#hub = options.hub;
		this.#bus = options.bus;
		this.#peers = options.peers;
		this.#log = options.log;
		this.#units = options.units;
		this.#walls = options.walls;
	}

	/** Resolves when every topic was tried once; those that failed are tried again until they succeed. */
	async start(): Promise<void> {
		if (this.#running) return;
		this.#running = true;
		for (const topic of topics) if (!this.#hub.isLoaded(topic)) this.#touched.set(topic, new Set());
		await this.#listen();
		// Sensors before readings: a reading belongs to the agency of its sensor.
		await this.#load('sensors');
		await Promise.all(topics.filter((topic) => topic !== 'sensors').map((topic) => this.#load(topic)));
	}

	async stop(): Promise<void> {
		this.#running = false;
		for (const timer of this.#retries) clearTimeout(timer);
		this.#retries.clear();
		clearTimeout(this.#recount);
		this.#recount = undefined;
		for (const subscription of this.#subscriptions) await subscription.close();
		this.#subscriptions = [];
	}

	/** What could not be loaded yet, and why. */
	missing(): Map<Topic, string> {
		return this.#complaints;
	}

	wallChanged(wall: Wall): void {
		this.#touch('walls', wall.id);
		this.#hub.upsert('walls', wall.id, wall, null);
	}

	wallRemoved(id: string): void {
		this.#touch('walls', id);
		this.#hub.remove('walls', id);
	}

	async #listen(): Promise<void> {
		const on = async <T extends BusTopic>(topic: T, handler: BusHandler<T>) => {
			this.#subscriptions.push(await this.#bus.subscribe(topic, 'console', handler));
		};
		await on('observations.stored', ({ observations }) => observations.forEach((observation) => void this.#takeReading(observation, true)));
		await on('sensor.changed', ({ sensor }) => this.#takeSensor(sensor, true));
		await on('sensor.removed', ({ sensorId }) => this.#dropSensor(sensorId));
		await on('camera.changed', ({ camera }) => this.#takeCamera(camera, true));
		await on('camera.removed', ({ cameraId }) => this.#drop('cameras', cameraId));
		await on('stream.status', ({ stream }) => this.#takeStream(stream, true));
		await on('stream.removed', ({ streamId }) => this.#drop('streams', streamId));
		await on('unit.changed', ({ unit }) => this.#takeUnit(unit, true));
		await on('unit.removed', ({ unitId }) => this.#drop('units', unitId));
		await on('alert.changed', ({ alert }) => this.#takeAlert(alert, true));
		await on('deadletter.stored', () => this.#countAgain());
	}

	async #load(topic: Topic): Promise<void> {
		if (this.#hub.isLoaded(topic) || !this.#running) return;
		try {
			const take = await this.#fetch(topic);
			if (!this.#running) return;
			take();
			this.#touched.delete(topic);
			this.#complaints.delete(topic);
			this.#hub.markLoaded(topic);
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			if (this.#complaints.get(topic) !== message) this.#log.warn({ topic, reason: message }, 'a topic cannot be loaded yet; trying again');
			this.#complaints.set(topic, message);
			const timer = setTimeout(() => {
				this.#retries.delete(timer);
				void this.#load(topic);
			}, retryMs);
			this.#retries.add(timer);
		}
	}

	/** Asks for all of a topic, and answers what puts it into the hub in one go. */
	async #fetch(topic: Topic): Promise<() => void> {
		switch (topic) {
			case 'sensors':
				return this.#all<Sensor>('sensor-ingest', '/api/v1/sensors', (sensor) => this.#takeSensor(sensor, false));
			case 'readings':
				return this.#all<Reading>('sensor-ingest', '/api/v1/readings', (reading) => this.#takeReading(reading, false));
			case 'cameras':
				return this.#all<Camera>('media-gateway', '/api/v1/cameras', (camera) => this.#takeCamera(camera, false));
			case 'streams':
				return this.#all<Stream>('media-gateway', '/api/v1/streams', (stream) => this.#takeStream(stream, false));
			case 'units':
				return () => this.#units().forEach((unit) => void this.#takeUnit(unit, false));
			case 'walls': {
				const walls = await this.#walls();
				return () => {
					for (const wall of walls) if (!this.#wasTouched('walls', wall.id)) this.#hub.upsert('walls', wall.id, wall, null);
				};
			}
			case 'deadLetters': {
				const counts = await this.#peers.get<DeadLetterCounts>('sensor-ingest', '/api/v1/dead-letters/counts');
				return () => this.#hub.upsert('deadLetters', 'counts', counts, null);
			}
			case 'alerts': {
				const found = [
					...(await this.#alerts('state=active', Number.POSITIVE_INFINITY)),
					...(await this.#alerts('acknowledged=false', Number.POSITIVE_INFINITY)),
					...(await this.#alerts('state=cleared&acknowledged=true', finishedKept)),
				];
				return () => {
					for (const alert of found.sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : 1))) this.#takeAlert(alert, false);
				};
			}
		}
	}

	async #all<E>(service: 'sensor-ingest' | 'media-gateway', path: string, take: (entity: E) => void): Promise<() => void> {
		const { items } = await this.#peers.get<{ items: E[] }>(service, path);
		return () => items.forEach(take);
	}

	async #alerts(filter: string, limit: number): Promise<Alert[]> {
		const found: Alert[] = [];
		for (let before = ''; found.length < limit; ) {
			const { items } = await this.#peers.get<{ items: Alert[] }>('alerts', `/api/v1/alerts?${filter}&limit=${pageSize}${before}`);
			found.push(...items);
			const last = items.at(-1);
			if (last === undefined || items.length < pageSize) break;
			before = `&before=${last.id}`;
		}
		return found;
	}

	#takeSensor(sensor: Sensor, live: boolean): void {
		if (!this.#accept('sensors', sensor.id, live)) return;
		const before = this.#hub.collections.sensors.get(sensor.id);
		this.#hub.upsert('sensors', sensor.id, sensor, sensor.agency);
		if (before?.agency === sensor.agency) return;
		for (const reading of [...this.#readingsOf(sensor.id)]) this.#hub.upsert('readings', reading.datastreamId, reading, sensor.agency);
	}

	#dropSensor(sensorId: string): void {
		this.#drop('sensors', sensorId);
		for (const reading of [...this.#readingsOf(sensorId)]) this.#drop('readings', reading.datastreamId);
	}

	*#readingsOf(sensorId: string): Generator<Reading> {
		for (const reading of this.#hub.collections.readings.values()) if (reading.sensorId === sensorId) yield reading;
	}

	/** A late observation is a point of the chart, not the latest reading. */
	#takeReading(observation: Reading | Observation, live: boolean): void {
		const { datastreamId, sensorId, property, phenomenonTime, resultTime, value } = observation;
		const known = this.#hub.collections.readings.get(datastreamId);
		if (known !== undefined && Date.parse(known.phenomenonTime) > Date.parse(phenomenonTime)) return;
		if (known !== undefined && !live && known.phenomenonTime === phenomenonTime) return;
		const owner = this.#hub.collections.sensors.get(sensorId)?.agency ?? null;
		this.#hub.upsert('readings', datastreamId, { datastreamId, sensorId, property, phenomenonTime, resultTime, value }, owner);
	}

	#takeCamera(camera: Camera, live: boolean): void {
		if (this.#accept('cameras', camera.id, live)) this.#hub.upsert('cameras', camera.id, camera, camera.agency);
	}

	#takeStream(stream: Stream, live: boolean): void {
		if (this.#accept('streams', stream.id, live)) this.#hub.upsert('streams', stream.id, stream, stream.agency);
	}

	#takeUnit(unit: Unit, live: boolean): void {
		if (this.#accept('units', unit.id, live)) this.#hub.upsert('units', unit.id, unit, unit.agency);
	}

	/** An alert says itself how new it is, so one that was announced twice or overtaken changes nothing. */
	#takeAlert(alert: Alert, live: boolean): void {
		const known = this.#hub.collections.alerts.get(alert.id);
		if (known !== undefined && known.revision >= alert.revision) return;
		if (!live && isFinished(alert) && this.#wasTouched('alerts', alert.id)) return;
		this.#touch('alerts', alert.id);
		this.#hub.upsert('alerts', alert.id, alert, alert.agency);
		const gone = this.#finished.note(alert);
		if (gone !== null) this.#hub.remove('alerts', gone);
	}

	/** Counting is asked for anew instead of adding one: an event seen twice must not count twice. */
	#countAgain(): void {
		if (!this.#hub.isLoaded('deadLetters') || this.#recount !== undefined) return;
		this.#recount = setTimeout(() => {
			this.#recount = undefined;
			this.#peers.get<DeadLetterCounts>('sensor-ingest', '/api/v1/dead-letters/counts').then(
				(counts) => this.#hub.upsert('deadLetters', 'counts', counts, null),
				(error: unknown) => this.#log.warn({ err: error }, 'the dead letters could not be counted'),
			);
		}, recountMs);
	}

	#drop(topic: Topic, id: string): void {
		this.#touch(topic, id);
		this.#hub.remove(topic, id);
	}

	#accept(topic: Topic, id: string, live: boolean): boolean {
		if (!live) return !this.#wasTouched(topic, id);
		this.#touch(topic, id);
		return true;
	}

	#touch(topic: Topic, id: string): void {
		this.#touched.get(topic)?.add(id);
	}

	#wasTouched(topic: Topic, id: string): boolean {
		return this.#touched.get(topic)?.has(id) ?? false;
	}
}
