import type { Registry } from 'prom-client';
import type { Server } from 'socket.io';
import type { Bus } from './bus.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { App } from './http.ts';
import type { Identity } from './identity.ts';
import type { Logger } from './log.ts';
import type { Peers, ServiceName } from './peers.ts';
import type { SecretBox } from './secrets.ts';

/** What a service stands on. Handed to its constructor, which only keeps it. */
export interface ServiceContext {
	config: Config;
	log: Logger;
	database: Database;
	bus: Bus;
	metrics: Registry;
	identity: Identity;
	io: Server;
	peers: Peers;
	secrets: SecretBox;
}

/**
 * The order of a service's life: `migrate`, then `routes` (before the port opens), then `start` (background work; the port
 * is open and peers answer), then `stop`. `start` and `stop` may be called twice.
 */
export interface Service {
	readonly name: ServiceName;
	migrate(): Promise<void>;
	routes(app: App): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
	/** One entry for each dependency: `ok`, or what is wrong with it. */
	ready(): Promise<Record<string, string>>;
}
