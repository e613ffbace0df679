import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsoleClientEvents, ConsoleServerEvents } from '@beilun/shared/protocol/realtime.ts';
import type { Role } from '@beilun/shared/protocol/words.ts';
import { LocalBus } from '@beilun/shared/runtime/bus.ts';
import { type Config, loadConfig } from '@beilun/shared/runtime/config.ts';
import type { OpenDatabase } from '@beilun/shared/runtime/database.ts';
import { createHttp } from '@beilun/shared/runtime/http.ts';
import { IdentitySlot } from '@beilun/shared/runtime/identity.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import { PeerError, type ServiceName } from '@beilun/shared/runtime/peers.ts';
import { SecretBox } from '@beilun/shared/runtime/secrets.ts';
import { openTestDatabase } from '@beilun/shared/testing/database.ts';
import { Registry } from 'prom-client';
import type { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { CommandCenter } from '../service.ts';

export const serviceToken = 'a-token-for-tests-only-0123456789abcdef';
export const password = 'correct horse battery';

/** Answers for the other services: by path without its query what they would answer, an error to throw, or a function that is asked. */
type PeerAnswers = Record<string, unknown>;

export interface CommandSystem {
	url: string;
	bus: LocalBus;
	center: CommandCenter;
	io: Server;
	database: OpenDatabase['database'];
	answers: PeerAnswers;
	/** JSON in, JSON out. `cookie` as `logIn` gives it; without it the service token is used, with null nothing. */
	call(
		method: string,
		path: string,
		body?: unknown,
		cookie?: string | null,
		headers?: Record<string, string>,
	): Promise<{ status: number; body: unknown; headers: Headers }>;
	addPerson(name: string, role: Role, more?: object): Promise<string>;
	logIn(name: string, secret?: string): Promise<string>;
	console(cookie: string): Socket<ConsoleServerEvents, ConsoleClientEvents>;
	stop(): Promise<void>;
}

export interface CommandSystemOptions {
	config?: Partial<Config>;
	answers?: PeerAnswers;
	/** Reused by a second system: then it is neither opened nor closed here. */
	opened?: OpenDatabase;
	/** A port to come back to, as after a restart. */
	port?: number;
}

const nothing = { total: 0, lastAt: null, lastReason: null };

/** The command centre as the launcher runs it, with real identity; the other services are what `answers` says. */
export async function startCommandCenter(options: CommandSystemOptions = {}): Promise<CommandSystem> {
	const dataDir = await mkdtemp(join(tmpdir(), 'beilun-command-'));
	const config = loadConfig({}, { httpHost: '127.0.0.1', httpPort: 0, dataDir, logLevel: 'silent', serviceToken, ...options.config });
	const log = createLog(process.env.TEST_LOG_LEVEL ?? config.logLevel);
	const opened = options.opened ?? (await openTestDatabase());
	const slot = new IdentitySlot();
	const { app, io } = await createHttp({ config, log, identity: slot });
	const bus = new LocalBus(log);
	const answers: PeerAnswers = options.answers ?? {};
	const peers = {
		get: async <T>(service: ServiceName, path: string): Promise<T> => {
			const given = answers[path.split('?')[0] as string];
			const answer = typeof given === 'function' ? await given(bus) : given;
			if (answer instanceof Error) throw new PeerError(service, path, 503, answer.message);
			return (answer ?? (path.endsWith('/counts') ? nothing : { items: [] })) as T;
		},
	};
	const secrets = await SecretBox.open(dataDir);
	const center = new CommandCenter({ config, log, database: opened.database, bus, metrics: new Registry(), identity: slot, io, peers, secrets });
	await center.migrate();
	slot.fill(center.identity);
	await center.routes(app);
	const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
	await center.start();

	const sockets: Socket[] = [];
	const call: CommandSystem['call'] = async (method, path, body, cookie, headers = {}) => {
		const credentials: Record<string, string> =
			cookie === null ? {} : cookie === undefined ? { authorization: `Bearer ${serviceToken}` } : { cookie };
		const response = await fetch(url + path, {
			method,
			headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...credentials, ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		const isJson = response.headers.get('content-type')?.includes('json') ?? false;
		return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text, headers: response.headers };
	};
	const logIn: CommandSystem['logIn'] = async (name, secret = password) => {
		const answer = await call('POST', '/api/v1/login', { name, password: secret }, null);
		if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${JSON.stringify(answer.body)}`);
		return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
	};
	return {
		url,
		bus,
		center,
		io,
		database: opened.database,
		answers,
		call,
		logIn,
		addPerson: async (name, role, more = {}) => {
			const answer = await call('PUT', `/api/v1/users/${name}`, { name, displayName: name, role, password, ...more });
			if (answer.status !== 200) throw new Error(`adding ${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
			return logIn(name);
		},
		console: (cookie) => {
			const socket = connect(`${url}/console`, { transports: ['websocket'], extraHeaders: { cookie }, forceNew: true, reconnection: false });
			sockets.push(socket);
			return socket;
		},
		stop: async () => {
			for (const socket of sockets) socket.disconnect();
			await center.stop();
			await io.close();
			await app.close();
			await bus.close();
			if (options.opened === undefined) await opened.close();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}
