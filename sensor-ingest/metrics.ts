import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Committed } from './observations/writer.ts';

/** What this service counts. */
export class IngestMetrics {
	readonly #stored: Counter;
	readonly #deadLetters: Counter<'reason'>;
	readonly #batch: Histogram;
	readonly #seconds: Histogram;

	constructor(registry: Registry, clients: () => number) {
		const registers = [registry];
		this.#stored = new Counter({ name: 'beilun_ingest_observations_stored_total', help: 'Observations committed', registers });
		this.#deadLetters = new Counter({
			name: 'beilun_ingest_dead_letters_total',
			help: 'Messages, or parts of them, that could not be taken',
			labelNames: ['reason'],
			registers,
		});
		this.#batch = new Histogram({
			name: 'beilun_ingest_batch_observations',
			help: 'Observations in one transaction',
			buckets: [1, 10, 100, 500, 1000, 5000],
			registers,
		});
		this.#seconds = new Histogram({
			name: 'beilun_ingest_commit_seconds',
			help: 'Time of one transaction',
			buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
			registers,
		});
		new Gauge({
			name: 'beilun_ingest_mqtt_clients',
			help: 'Devices connected to the embedded broker',
			registers,
			collect() {
				this.set(clients());
			},
		});
	}

	committed({ observations, deadLetters, seconds }: Committed): void {
		this.#stored.inc(observations.length);
		for (const { reason } of deadLetters) this.#deadLetters.inc({ reason });
		this.#batch.observe(observations.length);
		this.#seconds.observe(seconds);
	}
}
