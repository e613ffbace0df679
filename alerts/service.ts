import { fileURLToPath } from 'node:url';
import { migrate } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import type { Service, ServiceContext } from '@beilun/shared/runtime/service.ts';
import { sql } from 'kysely';
import { alertRoutes } from './alerts/routes.ts';
import { Engine } from './engine/engine.ts';
import { Metrics } from './metrics.ts';
import { ruleRoutes } from './rules/routes.ts';

/** Turns stored readings into alerts by rules, and keeps the alerts. */
export class Alerts implements Service {
	readonly name = 'alerts';
	readonly #context: ServiceContext;
	readonly #engine: Engine;

	constructor(context: ServiceContext) {
		const { database, bus, peers, log } = context;
		this.#context = context;
		const metrics = new Metrics(context.metrics, { seq: () => this.#engine.seq });
		this.#engine = new Engine({ database, bus, peers, log, metrics });
	}

	migrate(): Promise<void> {
		return migrate(this.#context.database, 'alerts', fileURLToPath(new URL('./migrations', import.meta.url)));
	}

	async routes(app: App): Promise<void> {
		ruleRoutes(app, this.#context.database, this.#engine);
		alertRoutes(app, this.#context.database, this.#engine);
	}

	start(): Promise<void> {
		return this.#engine.start();
	}

	stop(): Promise<void> {
		return this.#engine.stop();
	}

	async ready(): Promise<Record<string, string>> {
		const database = await sql`select 1`.execute(this.#context.database).then(
			() => 'ok',
			(error: Error) => error.message,
		);
		return { database, observations: this.#engine.behind === null ? 'ok' : `catching up: ${this.#engine.behind}` };
	}
}
