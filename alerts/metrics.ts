import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Work } from './engine/work.ts';

export class Metrics {
	readonly #evaluated: Counter;
	readonly #raised: Counter<'severity'>;
	readonly #lag: Histogram;

	constructor(registry: Registry, progress: { seq: () => number }) {
		const registers = [registry];
		this.#evaluated = new Counter({ name: 'beilun_alerts_evaluated_total', help: 'Readings held against a rule', registers });
		this.#raised = new Counter({ name: 'beilun_alerts_raised_total', help: 'Alerts raised', labelNames: ['severity'], registers });
		this.#lag = new Histogram({
			name: 'beilun_alerts_evaluation_lag_seconds',
			help: 'From the report of a reading to its evaluation',
			buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
			registers,
		});
		new Gauge({
			name: 'beilun_alerts_last_evaluated_seq',
			help: 'Number of the last observation evaluated',
			registers,
			collect() {
				this.set(progress.seq());
			},
		});
	}

	noteEvaluated(work: Work): void {
		this.#evaluated.inc(work.outcomes.length);
		const oldest = work.observations[0];
		if (oldest !== undefined) this.#lag.observe(Math.max(0, (Date.now() - Date.parse(oldest.resultTime)) / 1000));
	}

	noteRaised(alert: Alert): void {
		this.#raised.inc({ severity: alert.severity });
	}
}
