import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../protocol/people.ts';
import type { Role } from '../protocol/words.ts';
import { type Config, loadConfig } from '../runtime/config.ts';
import type { App } from '../runtime/http.ts';
import type { Identity } from '../runtime/identity.ts';
import { createLog } from '../runtime/log.ts';
import type { Service, ServiceContext } from '../runtime/service.ts';
import { startSystem } from '../runtime/system.ts';

/** Knows whom it was told of: the credential `Bearer <name>` (or the cookie `session=<name>`) is the principal's name. */
export class TestIdentity implements Identity {
	readonly ends: Identity['ends'] = new EventEmitter();
	readonly #principals = new Map<string, Principal>();

	/** Returns the name back, to be used as the bearer token. */
	add(name: string, role: Role, more: Partial<Principal> = {}): string {
		const principal: Principal = {
			kind: 'person',
			id: name,
			name,
			displayName: name,
			role,
			agency: null,
			unitId: null,
			sessionId: name,
			expiresAt: Date.now() + 3_600_000,
			...more,
		};
		this.#principals.set(name, principal);
		return name;
	}

	async resolve(headers: { cookie?: string | undefined; authorization?: string | undefined }): Promise<Principal | null> {
		const name = headers.authorization?.replace('Bearer ', '') ?? /session=([^;]+)/.exec(headers.cookie ?? '')?.[1];
		return this.#principals.get(name ?? '') ?? null;
	}
}

export interface TestSystem {
	context: ServiceContext;
	identity: TestIdentity;
	app: App;
	/** `http://127.0.0.1:<port>` */
	url: string;
	stop(): Promise<void>;
}

export interface TestSystemOptions {
	/** Builds the services under test on the context. */
	services: (context: ServiceContext) => Service[];
	config?: Partial<Config>;
}

/**
 * Runs services as the standalone launcher does, on free ports. The database is PGlite in memory unless `config.databaseUrl`
 * is given. `service` is a principal of kind service; people are added through `identity`.
 */
export async function startTestSystem({ services, config: overrides = {} }: TestSystemOptions): Promise<TestSystem> {
	const dataDir = overrides.dataDir ?? (await mkdtemp(join(tmpdir(), 'beilun-test-')));
	const config = loadConfig(
		{},
		{
			httpPort: 0,
			httpHost: '127.0.0.1',
			mqttPort: 0,
			mqttHost: '127.0.0.1',
			rtcPort: 0,
			rtcHost: '127.0.0.1',
			rtcWorkers: 2,
			serviceToken: 'service-token-of-the-test-system-0000',
			dataDir,
			...overrides,
		},
	);
	const identity = new TestIdentity();
	identity.add('service', 'admin', { kind: 'service' });
	identity.add(config.serviceToken ?? '', 'admin', { kind: 'service' });
	const system = await startSystem({
		config,
		log: createLog(process.env.TEST_LOG_LEVEL ?? 'silent'),
		identity,
		services,
		databaseInMemory: overrides.dataDir === undefined,
	});
	return {
		...system,
		identity,
		stop: async () => {
			await system.stop();
			if (overrides.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
		},
	};
}
