import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ObservationMessage, PositionMessage } from '@beilun/shared/protocol/sensors.ts';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sensors } from './world/district.ts';
import { rules } from './world/rules.ts';
import { units } from './world/units.ts';

const token = 'a-service-token-of-the-test-0123456789';

/** Stands for the system: takes every PUT, gives devices passwords, and lets only those in by MQTT. */
class FakeSystem {
	readonly puts = new Map<string, Record<string, unknown>>();
	readonly posts: { path: string; body: unknown }[] = [];
	readonly passwords = new Map<string, string>();
	readonly messages: { topic: string; payload: string; retain: boolean; client: string }[] = [];
	/** So many requests are answered 503 first. */
	notReady = 0;
	/** Requests being answered now, and the most there have ever been. */
	busy = 0;
	busiest = 0;
	#http: Server | undefined;
	#tcp: ReturnType<typeof createTcpServer> | undefined;
	#broker: Aedes | undefined;

	async start(): Promise<{ httpUrl: string; mqttUrl: string }> {
		const http = createHttpServer((request, response) => {
			this.busy += 1;
			this.busiest = Math.max(this.busiest, this.busy);
			let text = '';
			request.setEncoding('utf8');
			request.on('data', (chunk: string) => {
				text += chunk;
			});
			request.on('end', () => {
				setImmediate(() => {
					this.busy -= 1;
					const { status, body } = this.#answer(request.method ?? '', request.url ?? '', request.headers.authorization, text);
					response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
				});
			});
		});
		await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
		this.#http = http;
		const broker = await Aedes.createBroker({
			authenticate: (_client, username, password, done) => done(null, this.passwords.get(username ?? '') === password?.toString()),
		});
		broker.on('publish', (packet, client) => {
			if (client) this.messages.push({ topic: packet.topic, payload: packet.payload.toString(), retain: packet.retain, client: client.id });
		});
		this.#broker = broker;
		const tcp = createTcpServer(broker.handle);
		await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
		this.#tcp = tcp;
		return {
			httpUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
			mqttUrl: `mqtt://127.0.0.1:${(tcp.address() as AddressInfo).port}`,
		};
	}

	async stop(): Promise<void> {
		this.#http?.closeAllConnections();
		this.#http?.close();
		this.#tcp?.close();
		await new Promise<void>((resolve) => (this.#broker ? this.#broker.close(resolve) : resolve()));
	}

	/** The last payload of each topic that ends so. */
	last(ending: string): Map<string, string> {
		return new Map(this.messages.filter(({ topic }) => topic.endsWith(ending)).map(({ topic, payload }) => [topic, payload]));
	}

	#answer(method: string, path: string, authorization: string | undefined, text: string): { status: number; body: object } {
		if (this.notReady > 0) {
			this.notReady -= 1;
			return { status: 503, body: { title: 'not ready' } };
		}
		if (authorization !== `Bearer ${token}`) return { status: 401, body: { title: 'unauthenticated' } };
		const body = JSON.parse(text) as Record<string, unknown>;
		if (method === 'POST') {
			this.posts.push({ path, body });
			return { status: 200, body: {} };
		}
		this.puts.set(path, body);
		const id = /^\/api\/v1\/devices\/(.+)$/.exec(path)?.[1];
		if (id === undefined) return { status: 200, body };
		const password = `password-of-${id}`;
		this.passwords.set(id, password);
		return { status: 200, body: { id, username: id, password } };
	}
}

class Child {
	readonly lines: { step: string; text?: string }[] = [];
	errors = '';
	output = '';
	readonly process: ChildProcessWithoutNullStreams;
	readonly ended: Promise<number | null>;

	constructor(settings: object | string) {
		this.process = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))]);
		this.ended = new Promise((resolve) => this.process.on('close', resolve));
		this.process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
			this.output += chunk;
			this.lines.splice(
				0,
				this.lines.length,
				...this.output
					.split('\n')
					.slice(0, -1)
					.map((line) => JSON.parse(line) as { step: string }),
			);
		});
		this.process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
			this.errors += chunk;
		});
		this.say(settings);
	}

	say(line: object | string): void {
		this.process.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
	}

	step(name: string): Promise<void> {
		return vi.waitFor(() => expect(this.lines.map(({ step }) => step)).toContain(name), { timeout: 20_000, interval: 50 });
	}
}

let system: FakeSystem;
let addresses: { httpUrl: string; mqttUrl: string };
let child: Child | undefined;
beforeEach(async () => {
	system = new FakeSystem();
	addresses = await system.start();
});
afterEach(async () => {
	child?.process.kill('SIGKILL');
	child = undefined;
	await system.stop();
});

test('registers the district, reports everything by MQTT, plays the scenario, and says goodbye', async () => {
	system.notReady = 3;
	child = new Child({ ...addresses, serviceToken: token });
	await child.step('ready');
	expect(system.busiest).toBeLessThanOrEqual(8);
	const registered = (kind: string) => [...system.puts.keys()].filter((path) => path.startsWith(`/api/v1/${kind}/`)).length;
	expect(registered('sensors')).toBe(sensors.length);
	expect(registered('rules')).toBe(rules.length);
	expect(registered('units')).toBe(units.length);
	expect(registered('devices')).toBeGreaterThanOrEqual(sensors.length);
	expect(system.puts.has('/api/v1/walls/main')).toBe(true);
	for (const [path, body] of system.puts) expect(body.demo, path).toBe(true);

	await vi.waitFor(
		() => {
			expect([...system.last('/status').values()].filter((payload) => payload === 'online').length).toBe(sensors.length);
			expect(system.last('/observations').size).toBe(sensors.length);
			expect(system.last('/position').size).toBe(units.length);
		},
		{ timeout: 10_000, interval: 100 },
	);
	for (const { input } of sensors) {
		const payload = system.last('/observations').get(`v1/${input.agency}/${input.id}/observations`) ?? '';
		expect(ObservationMessage.safeParse(JSON.parse(payload)).success, input.id).toBe(true);
	}
	for (const payload of system.last('/position').values()) expect(PositionMessage.safeParse(JSON.parse(payload)).success).toBe(true);
	// Each sensor speaks on a connection of its own.
	expect(new Set(system.messages.filter(({ topic }) => topic.endsWith('/observations')).map(({ client }) => client)).size).toBe(sensors.length);

	child.say('this is no command');
	child.say({ command: 'scenario', name: 'earthquake', action: 'start' });
	child.say({ command: 'scenario', name: 'typhoon-night', action: 'start' });
	await child.step('scenario-started');
	await vi.waitFor(
		() => {
			const rain = system.last('/observations').get('v1/water/rain-chaiqiao/observations') ?? '{}';
			expect((JSON.parse(rain) as ObservationMessage).values.rainRate).toBeGreaterThan(1);
		},
		{ timeout: 15_000, interval: 100 },
	);
	child.say({ command: 'scenario', name: 'typhoon-night', action: 'stop' });
	await child.step('scenario-ended');
	expect(child.errors).toContain('command: expected one line of JSON');
	expect(child.errors).toContain('name:');

	child.say({ command: 'stop' });
	expect(await child.ended).toBe(0);
	await vi.waitFor(() => expect([...system.last('/status').values()].every((payload) => payload === 'offline')).toBe(true));
	const said = child.output + child.errors;
	expect(said).not.toContain(token);
	expect(said).not.toContain('password-of');
	expect(said).not.toContain('rtsp://');
}, 60_000);

test('ends when standard input closes', async () => {
	child = new Child({ ...addresses, serviceToken: token });
	await child.step('sensors');
	child.process.stdin.end();
	expect(await child.ended).toBe(0);
});

test('settings that do not fit are told by name', async () => {
	child = new Child({ httpUrl: 'nowhere', mqttUrl: addresses.mqttUrl });
	expect(await child.ended).toBe(2);
	expect(child.errors).toContain('httpUrl');
	expect(child.errors).toContain('serviceToken');
});

test('a refusal that will not pass ends it at once, naming the request and not the token', async () => {
	const wrong = 'a-token-that-is-not-the-right-one-000';
	child = new Child({ ...addresses, serviceToken: wrong });
	expect(await child.ended).toBe(1);
	expect(child.errors).toMatch(/PUT \/api\/v1\/sensors\/.* was answered 401/);
	expect(child.errors).not.toContain(wrong);
});
