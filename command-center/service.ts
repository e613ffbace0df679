import { fileURLToPath } from 'node:url';
import { migrate } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import type { Identity, SessionEnd } from '@beilun/shared/runtime/identity.ts';
import type { Service, ServiceContext } from '@beilun/shared/runtime/service.ts';
import { sql } from 'kysely';
import { auditEverything, auditRoutes } from './audit/routes.ts';
import { pageRoutes } from './pages/pages.ts';
import { SessionIdentity } from './people/identity.ts';
import { Passwords } from './people/passwords.ts';
import { People } from './people/people.ts';
import { peopleRoutes } from './people/routes.ts';
import { Feed } from './realtime/feed.ts';
import { Hub } from './realtime/hub.ts';
import { UnitRegistry } from './units/registry.ts';
import { unitRoutes } from './units/routes.ts';
import { wallRoutes } from './walls/routes.ts';
import { listWalls } from './walls/walls.ts';

const pruneEveryMs = 60_000;

/** The console for people: who they are, what they did, where units are, and the realtime channel that brings all services together. */
export class CommandCenter implements Service {
	readonly name = 'command-center';
	/** Whom a request comes from; to be given to the installation's identity slot after `migrate`. */
	readonly identity: Identity;
	readonly #context: ServiceContext;
	readonly #people: People;
	readonly #units: UnitRegistry;
	readonly #hub: Hub;
	readonly #feed: Feed;
	#prune: NodeJS.Timeout | undefined;

	constructor(context: ServiceContext) {
		const { config, database, bus, log, io, metrics, peers } = context;
		const identity = new SessionIdentity(database, config.serviceToken);
		this.identity = identity;
		this.#context = context;
		this.#people = new People({ database, identity, passwords: new Passwords(), sessionHours: config.sessionHours });
		this.#units = new UnitRegistry({ database, bus, log });
		// The slot, not our own: whoever answers for identity in this installation also answers here.
		this.#hub = new Hub({ io, identity: context.identity, log, metrics });
		this.#feed = new Feed({ hub: this.#hub, bus, peers, log, units: () => this.#units.list(), walls: () => listWalls(database) });
	}

	async migrate(): Promise<void> {
		await migrate(this.#context.database, 'command', fileURLToPath(new URL('./migrations', import.meta.url)));
		await this.#units.load();
	}

	async routes(app: App): Promise<void> {
		const { database, config, log } = this.#context;
		auditEverything(app, database, log);
		auditRoutes(app, database);
		peopleRoutes(app, { people: this.#people, database, config, identity: this.identity });
		unitRoutes(app, this.#units);
		wallRoutes(app, database, this.#feed);
		await pageRoutes(app, fileURLToPath(new URL('./web/dist', import.meta.url)), config);
		this.#hub.open();
	}

	async start(): Promise<void> {
		await this.#units.start();
		this.identity.ends.off('ended', this.#tellEnd).on('ended', this.#tellEnd);
		this.#hub.start();
		await this.#feed.start();
		this.#prune ??= setInterval(() => {
			this.#people.prune(new Date()).catch((error: unknown) => this.#context.log.error({ err: error }, 'old sessions could not be removed'));
		}, pruneEveryMs);
	}

	async stop(): Promise<void> {
		clearInterval(this.#prune);
		this.#prune = undefined;
		await this.#feed.stop();
		this.#hub.stop();
		this.identity.ends.off('ended', this.#tellEnd);
		await this.#units.stop();
	}

	/** Services that run apart hear of it by the bus. */
	readonly #tellEnd = (sessionId: string, reason: SessionEnd): void => {
		this.#context.bus
			.publish('session.ended', { sessionId, reason })
			.catch((error: unknown) => this.#context.log.error({ err: error }, 'the end of a session could not be told'));
	};

	async ready(): Promise<Record<string, string>> {
		const database = await sql`select 1`.execute(this.#context.database).then(
			() => 'ok',
			(error: Error) => error.message,
		);
		const missing = [...this.#feed.missing()].map(([topic, reason]) => `${topic}: ${reason}`);
		return { database, snapshot: missing.length === 0 ? 'ok' : missing.join('; ') };
	}

	/** `/setup?token=…` for the first admin, good until it is used or replaced; null once anybody exists. */
	async createSetupLink(): Promise<string | null> {
		const token = await this.#people.createSetupToken();
		return token === null ? null : `/setup?token=${token}`;
	}
}
