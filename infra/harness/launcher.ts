import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunFile } from '../standalone/run-file.ts';

const run = promisify(execFile);
const launcher = join(dirname(fileURLToPath(import.meta.url)), '..', 'standalone', 'main.ts');

export interface LaunchOptions {
	demo?: boolean;
	/** Kept between launches, to see what survives; without it a folder that goes with the system. */
	dataDir?: string;
	environment?: Record<string, string>;
}

export interface Person {
	name: string;
	password: string;
	/** `beilun_session=…`, as a browser would send it. */
	cookie: string;
}

/** The whole system as its users start it: a process of its own on free ports. */
export class Launched {
	readonly child: ChildProcess;
	readonly dataDir: string;
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	readonly mqttPort: number;
	readonly serviceToken: string;
	/** Milliseconds from the start of the process to its line `ready`. */
	readonly readyMs: number;
	readonly setupToken: string | undefined;
	readonly #ownsDataDir: boolean;

	constructor(fields: {
		child: ChildProcess;
		dataDir: string;
		runFile: RunFile;
		readyMs: number;
		setupToken: string | undefined;
		ownsDataDir: boolean;
	}) {
		this.child = fields.child;
		this.dataDir = fields.dataDir;
		this.url = fields.runFile.url;
		this.mqttPort = fields.runFile.mqttPort;
		this.serviceToken = fields.runFile.serviceToken;
		this.readyMs = fields.readyMs;
		this.setupToken = fields.setupToken;
		this.#ownsDataDir = fields.ownsDataDir;
	}

	/** Calls the API; a person by cookie, otherwise the installation's own token. Throws for a status from 400 up. */
	async call<T>(method: string, path: string, body?: unknown, person?: Person): Promise<T> {
		const answer = await this.request(method, path, body, person);
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		return (answer.status === 204 ? undefined : await answer.json()) as T;
	}

	request(method: string, path: string, body?: unknown, person?: Person | null): Promise<Response> {
		const headers: Record<string, string> = {};
		if (person === undefined) headers.authorization = `Bearer ${this.serviceToken}`;
		else if (person !== null) headers.cookie = person.cookie;
		if (body !== undefined) headers['content-type'] = 'application/json';
		return fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
	}

	/** Makes a person and logs them in. The first one is made through the setup link. */
	async person(name: string, role: string, more: { agency?: string; unitId?: string } = {}): Promise<Person> {
		const password = `${name} is a long password`;
		await this.call('PUT', `/api/v1/users/${name}`, { name, displayName: name, role, password, ...more });
		return this.login(name, password);
	}

	async login(name: string, password: string): Promise<Person> {
		const answer = await this.request('POST', '/api/v1/login', { name, password }, null);
		if (!answer.ok) throw new Error(`login of ${name}: ${answer.status} ${await answer.text()}`);
		const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
		return { name, password, cookie: cookie.join('; ') };
	}

	/** Ends it as an operator would. */
	async stop(): Promise<void> {
		await this.#end('SIGTERM');
		if (this.#ownsDataDir) await rm(this.dataDir, { recursive: true, force: true });
	}

	/** The power goes: no process of the system gets to say anything. */
	async kill(): Promise<void> {
		// Its children first: a parent's death would let them end in an orderly way.
		const { stdout } = await run('pgrep', ['-P', String(this.child.pid)]).catch(() => ({ stdout: '' }));
		for (const pid of stdout.split('\n').filter((line) => line !== '')) {
			try {
				process.kill(Number(pid), 'SIGKILL');
			} catch {
				// It has ended meanwhile.
			}
		}
		await this.#end('SIGKILL');
	}

	#end(signal: NodeJS.Signals): Promise<void> {
		return new Promise((resolve) => {
			if (this.child.exitCode !== null || this.child.signalCode !== null) return resolve();
			this.child.once('close', () => resolve());
			this.child.kill(signal);
		});
	}
}

/** Starts the launcher and waits for its line `ready`. Throws with what it printed when it ends before. */
export async function launch(options: LaunchOptions = {}): Promise<Launched> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'beilun-system-')));
	const beganAt = performance.now();
	const child = spawn(process.execPath, [launcher, ...(options.demo ? ['--demo'] : [])], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			BEILUN_HTTP_PORT: '0',
			BEILUN_HTTP_HOST: '127.0.0.1',
			BEILUN_MQTT_PORT: '0',
			BEILUN_MQTT_HOST: '127.0.0.1',
			BEILUN_RTC_PORT: '0',
			BEILUN_RTC_HOST: '127.0.0.1',
			BEILUN_CAMERA_NETWORKS: '127.0.0.1/32',
			BEILUN_DATA_DIR: dataDir,
			...options.environment,
		},
	});
	const printed: string[] = [];
	const keep = (line: string) => {
		printed.push(line);
		if (printed.length > 500) printed.shift();
		if (process.env.TEST_LOG_LEVEL !== undefined) process.stderr.write(`${line}\n`);
	};
	createInterface({ input: child.stderr }).on('line', keep);
	const readyMs = await new Promise<number>((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (line) => {
			keep(line);
			if (line.startsWith('ready ')) resolve(performance.now() - beganAt);
		});
		child.on('error', reject);
		child.on('close', (code, signal) => reject(new Error(`the system ended (${code ?? signal}):\n${printed.join('\n')}`)));
	});
	const runFile = JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')) as RunFile;
	return new Launched({
		child,
		dataDir,
		runFile,
		readyMs,
		setupToken: printed.map((line) => /\/setup\?token=(\S+)/.exec(line)?.[1]).find((token) => token !== undefined),
		ownsDataDir: options.dataDir === undefined,
	});
}
