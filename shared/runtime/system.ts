import { randomBytes } from 'node:crypto';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Bus, LocalBus } from './bus.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database.ts';
import { healthRoutes } from './health.ts';
import { type App, createHttp } from './http.ts';
import type { Identity } from './identity.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Logger } from './log.ts';
import { localPeers, type Peers } from './peers.ts';
import { RedisBus } from './redis-bus.ts';
import { SecretBox } from './secrets.ts';
import type { Service, ServiceContext } from './service.ts';

export interface SystemOptions {
	config: Config;
	log: Logger;
	identity: Identity;
	/** Builds the services of this process on the context. */
	services: (context: ServiceContext) => Service[];
	/** Runs between a service's migration and its routes. */
	afterMigration?: (service: Service) => void;
	/** More routes, before the port opens. */
	routes?: (app: App) => void;
	/** Other services' API; without it they are all in this process. */
	peers?: Peers;
	databaseInMemory?: boolean;
	/** Called with what is being done, in a few words. */
	progress?: (step: string) => void;
}

export interface System {
	context: ServiceContext;
	app: App;
	/** `http://127.0.0.1:<port>`: how this machine reaches it. */
	url: string;
	stop(): Promise<void>;
}

/** Opens what services stand on and runs them. A failure on the way undoes what was done. */
export async function startSystem(options: SystemOptions): Promise<System> {
	const lifecycle = new Lifecycle(options.log);
	try {
		return await start(options, lifecycle);
	} catch (error) {
		await lifecycle.stop();
		throw error;
	}
}

async function start({ config: given, log, identity, progress = () => undefined, ...options }: SystemOptions, lifecycle: Lifecycle): Promise<System> {
	const serviceToken = given.serviceToken ?? randomBytes(32).toString('base64url');
	const config = { ...given, serviceToken };

	progress(config.databaseUrl === undefined ? 'database (embedded)' : 'database');
	const { database, close } = await openDatabase(config, options.databaseInMemory);
	lifecycle.onStop('database', close);

	const bus: Bus = config.redisUrl === undefined ? new LocalBus(log) : await RedisBus.connect(config.redisUrl, log);
	lifecycle.onStop('bus', () => bus.close());

	const secrets = await SecretBox.open(config.dataDir);
	const metrics = new Registry();
	collectDefaultMetrics({ register: metrics });

	const { app, io } = await createHttp({ config, log, identity });
	lifecycle.onStop('http', async () => {
		await io.close();
		await app.close();
	});

	const peers = options.peers ?? localPeers(app, serviceToken);
	const context: ServiceContext = { config, log, database, bus, metrics, identity, io, peers, secrets };
	const services = options.services(context);
	let started = false;
	healthRoutes(app, { services: () => services, started: () => started, metrics });
	for (const service of services) {
		progress(`tables of ${service.name}`);
		await service.migrate();
		options.afterMigration?.(service);
	}
	for (const service of services) await service.routes(app);
	options.routes?.(app);

	progress('network');
	await app.listen({ port: config.httpPort, host: config.httpHost });
	const address = app.server.address();
	if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
	const host = config.httpHost === '0.0.0.0' || config.httpHost === '::' ? '127.0.0.1' : config.httpHost;

	for (const service of services) {
		progress(service.name);
		lifecycle.onStop(service.name, () => service.stop());
		await service.start();
	}
	started = true;
	return { context, app, url: `http://${host}:${address.port}`, stop: () => lifecycle.stop() };
}
