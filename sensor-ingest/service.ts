import { fileURLToPath } from 'node:url';
import type { DeadLetter, Observation } from '@beilun/shared/protocol/sensors.ts';
import { migrate } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import type { Service, ServiceContext } from '@beilun/shared/runtime/service.ts';
import { sql } from 'kysely';
import { deadLettersOf } from './dead-letters/dead-letter.ts';
import { deadLetterRoutes } from './dead-letters/routes.ts';
import { authenticate } from './devices/credentials.ts';
import { deviceRoutes } from './devices/routes.ts';
import { IngestMetrics } from './metrics.ts';
import { EmbeddedBroker } from './mqtt/embedded-broker.ts';
import { ExternalBroker } from './mqtt/external-broker.ts';
import { Intake } from './mqtt/intake.ts';
import { Retention } from './observations/retention.ts';
import { observationRoutes } from './observations/routes.ts';
import { commitEntry } from './observations/store.ts';
import { type Committed, type Entry, Writer } from './observations/writer.ts';
import { Liveness } from './sensors/liveness.ts';
import { SensorRegistry } from './sensors/registry.ts';
import { sensorRoutes } from './sensors/routes.ts';

/** Observations of one `observations.stored` event. */
const maxAnnounced = 1000;

/** Sensors and trackers by MQTT: their registry, their credentials, and what they say, stored before it is acknowledged. */
export class SensorIngest implements Service {
	readonly name = 'sensor-ingest';
	readonly #context: ServiceContext;
	readonly #registry: SensorRegistry;
	readonly #liveness: Liveness;
	readonly #retention: Retention;
	#metrics: IngestMetrics | undefined;
	#writer: Writer | undefined;
	#broker: EmbeddedBroker | ExternalBroker | undefined;
	#starting: Promise<void> | undefined;
	#stopping: Promise<void> | undefined;

	constructor(context: ServiceContext) {
		this.#context = context;
		this.#registry = new SensorRegistry(context.database, context.bus);
		this.#liveness = new Liveness(this.#registry, context.log);
		this.#retention = new Retention(context.database, context.log);
	}

	/** Where the embedded broker listens; 0 where there is none (an external one is used, or before `start`). */
	get mqttPort(): number {
		return this.#broker instanceof EmbeddedBroker ? this.#broker.port : 0;
	}

	async migrate(): Promise<void> {
		await migrate(this.#context.database, 'ingest', fileURLToPath(new URL('migrations', import.meta.url)));
		await this.#registry.load();
	}

	async routes(app: App): Promise<void> {
		const { database } = this.#context;
		sensorRoutes(app, this.#registry, (sensorId) => this.#liveness.forget(sensorId));
		observationRoutes(app, database, this.#registry);
		deadLetterRoutes(app, database);
		deviceRoutes(app, database, (deviceId) => {
			if (this.#broker instanceof EmbeddedBroker) this.#broker.disconnect(deviceId);
		});
	}

	start(): Promise<void> {
		this.#stopping = undefined;
		this.#starting ??= this.#start();
		return this.#starting;
	}

	stop(): Promise<void> {
		this.#starting = undefined;
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	async ready(): Promise<Record<string, string>> {
		const database = await sql`select 1`.execute(this.#context.database).then(
			() => this.#writer?.trouble ?? 'ok',
			(error: Error) => error.message,
		);
		return { database, mqtt: this.#broker === undefined ? 'not started' : (this.#broker.trouble ?? 'ok') };
	}

	async #start(): Promise<void> {
		const { config, database, log, metrics } = this.#context;
		this.#metrics ??= new IngestMetrics(metrics, () => (this.#broker instanceof EmbeddedBroker ? this.#broker.clients : 0));
		const writer = new Writer({
			log,
			commit: (entry) => commitEntry(database, entry),
			committed: (stored) => {
				this.#announce(stored).catch((error) => log.error({ err: error }, 'what was stored could not be announced'));
			},
			refuse: refuseEntry,
		});
		const sink = new Intake({ registry: this.#registry, liveness: this.#liveness, store: writer });
		this.#writer = writer;
		this.#liveness.start();
		this.#retention.start();
		if (config.mqttUrl !== undefined) {
			const broker = new ExternalBroker({ url: config.mqttUrl, log, sink });
			this.#broker = broker;
			broker.start();
			return;
		}
		const broker = new EmbeddedBroker({
			host: config.mqttHost,
			port: config.mqttPort,
			log,
			sink,
			authenticate: (username, password) => authenticate(database, username, password),
		});
		this.#broker = broker;
		await broker.start();
		log.info({ port: broker.port }, 'sensors are listened to by MQTT');
	}

	async #stop(): Promise<void> {
		this.#liveness.stop();
		await this.#broker?.stop();
		await this.#writer?.stop();
		await this.#retention.stop();
		this.#broker = undefined;
		this.#writer = undefined;
	}

	async #announce(stored: Committed): Promise<void> {
		const { bus } = this.#context;
		this.#metrics?.committed(stored);
		this.#retention.deadLettersStored(stored.deadLetters.length);
		for (const observations of chunks(stored.observations)) await bus.publish('observations.stored', { observations });
		for (const { unitId, time, lon, lat, speed, heading, accuracy } of stored.positions) {
			await bus.publish('unit.moved', { unitId, position: { time, lon, lat, speed, heading, accuracy, source: 'tracker' } });
		}
		for (const { original: _, ...deadLetter } of stored.deadLetters) await bus.publish('deadletter.stored', { deadLetter });
	}
}

function chunks(observations: readonly Observation[]): Observation[][] {
	const parts: Observation[][] = [];
	for (let at = 0; at < observations.length; at += maxAnnounced) parts.push(observations.slice(at, at + maxAnnounced));
	return parts;
}

/** A message that the database will not take is kept as the values it held. */
function refuseEntry(entry: Entry, reason: string): DeadLetter[] {
	const { observations, positions } = entry;
	const id = observations[0]?.sensorId ?? positions[0]?.unitId ?? '';
	const payload = Buffer.from(JSON.stringify({ observations, positions }));
	return deadLettersOf({ topic: id, payload, client: '', arrived: Date.now() }, [
		{ reason: 'schema', detail: `(whole): the database refuses it: ${reason}` },
	]);
}
