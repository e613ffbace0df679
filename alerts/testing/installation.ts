import type { Alert, RuleInput } from '@beilun/shared/protocol/alerts.ts';
import type { Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import { LocalBus } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import type { Peers } from '@beilun/shared/runtime/peers.ts';
import { Registry } from 'prom-client';
import { Engine } from '../engine/engine.ts';
import { Metrics } from '../metrics.ts';

const epoch = Date.parse('2026-01-01T00:00:00Z');

export function at(second: number): string {
	return new Date(epoch + second * 1000).toISOString();
}

export function sensor(id: string, more: Partial<Sensor> = {}): Sensor {
	return {
		id,
		name: { zh: `水位 ${id}`, en: '' },
		agency: 'water',
		kind: 'water-level',
		place: { lon: 121.8, lat: 29.9, name: '', nameEn: '' },
		period: 60,
		datastreams: [{ property: 'level', name: { zh: '水位', en: 'level' }, unit: 'm', decimals: 2 }],
		demo: false,
		status: 'online',
		statusSince: null,
		...more,
	};
}

export function rule(more: Partial<RuleInput> = {}): RuleInput {
	return {
		id: 'high-water',
		name: { zh: '高水位', en: 'high water' },
		agency: 'water',
		property: 'level',
		sensorIds: [],
		condition: { type: 'threshold', direction: 'above', levels: [{ severity: 'red', limit: 3 }], hysteresis: 0, durationSeconds: 0 },
		enabled: true,
		demo: false,
		...more,
	};
}

/** Stands for sensor-ingest: what it has committed, and what its API answers. */
export class FakeIngest implements Peers {
	readonly sensors: Sensor[] = [];
	readonly observations: Observation[] = [];
	/** Set to make every request fail. */
	broken: Error | null = null;
	#seq = 0;

	/** Commits a reading, without telling anybody. */
	commit(sensorId: string, value: number, second: number, skipNumbers = 0): Observation {
		this.#seq += 1 + skipNumbers;
		const time = at(second);
		const seq = this.#seq;
		const observation = { seq, datastreamId: `${sensorId}.level`, sensorId, property: 'level', phenomenonTime: time, resultTime: at(100_000), value };
		this.observations.push(observation);
		return observation;
	}

	async get<T>(_service: string, path: string): Promise<T> {
		if (this.broken !== null) throw this.broken;
		if (path === '/api/v1/sensors') return { items: structuredClone(this.sensors) } as T;
		const query = new URL(path, 'http://x').searchParams;
		const after = this.observations.filter((each) => each.seq > Number(query.get('seq'))).sort((a, b) => a.seq - b.seq);
		return { items: after.slice(0, Number(query.get('limit'))), head: this.#seq } as T;
	}
}

/** One process of the alert service: an engine with a bus of its own, on a database that outlives it. */
export class Installation {
	readonly bus: LocalBus;
	readonly engine: Engine;
	/** What was announced, in order. */
	readonly announced: Alert[] = [];
	readonly metrics = new Registry();

	constructor(database: Database, ingest: FakeIngest) {
		const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
		this.bus = new LocalBus(log);
		const metrics = new Metrics(this.metrics, { seq: () => this.engine.seq });
		this.engine = new Engine({ database, bus: this.bus, peers: ingest, log, metrics });
	}

	async start(): Promise<this> {
		await this.bus.subscribe('alert.changed', 'test', ({ alert }) => void this.announced.push(alert));
		await this.engine.start();
		return this;
	}

	tell(...observations: Observation[]): Promise<void> {
		return this.bus.publish('observations.stored', { observations });
	}

	/** As kill -9: nothing more is heard, nothing more is written. Its lazy writer must never have been running. */
	async crash(): Promise<void> {
		await this.bus.close();
	}
}
