import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { z } from 'zod';

const simulator = join(dirname(fileURLToPath(import.meta.url)), '..', 'simulator', 'main.ts');

export interface DemoSettings {
	httpUrl: string;
	mqttUrl: string;
	serviceToken: string;
}

const Message = z.looseObject({ step: z.string(), text: z.string().optional() });

/** The demo district, a process of its own that reaches the system only through its public ports. Ends with this process. */
export class Demo {
	readonly #log: Logger;
	readonly #say: (line: string) => void;
	#child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
	#scenario: { name: string; startedAt: string } | null = null;

	constructor(log: Logger, say: (line: string) => void) {
		this.#log = log;
		this.#say = say;
	}

	routes(app: App): void {
		const Scenario = z.object({ name: z.string(), startedAt: z.string() });
		const State = z.object({ scenario: Scenario.nullable() });
		app.get(
			'/api/v1/demo/scenario',
			{
				config: { access: ['duty-officer', 'commander', 'admin'] },
				schema: { tags: ['demo'], summary: 'The scenario being played', response: { 200: State } },
			},
			() => ({ scenario: this.#scenario }),
		);
		const Order = z.object({ name: z.enum(['typhoon-night']), action: z.enum(['start', 'stop']) });
		app.post(
			'/api/v1/demo/scenario',
			{
				config: { access: ['duty-officer', 'commander', 'admin'] },
				schema: { tags: ['demo'], summary: 'Start or stop a scenario of the demo district', body: Order, response: { 200: State } },
			},
			(request) => {
				this.#command({ command: 'scenario', ...request.body });
				this.#scenario = request.body.action === 'start' ? { name: request.body.name, startedAt: new Date().toISOString() } : null;
				return { scenario: this.#scenario };
			},
		);
	}

	/** Resolves when every sensor, camera and unit of the district is registered and reporting. */
	start(settings: DemoSettings): Promise<void> {
		// Nearly all that the simulator allocates dies at once: a small young generation saves 60 MB of resident memory.
		const child = spawn(process.execPath, ['--max-semi-space-size=2', simulator], { stdio: ['pipe', 'pipe', 'pipe'] });
		this.#child = child;
		child.stdin.write(`${JSON.stringify(settings)}\n`);
		child.stdin.on('error', () => undefined);
		return new Promise((resolve, reject) => {
			let lastError = '';
			createInterface({ input: child.stderr }).on('line', (line) => {
				lastError = line;
				this.#log.warn({ simulator: line.slice(0, 2_000) }, 'the simulator says');
			});
			createInterface({ input: child.stdout }).on('line', (line) => {
				const message = Message.safeParse(parse(line)).data;
				if (message === undefined) return;
				if (message.step === 'ready') resolve();
				else if (message.step === 'scenario-ended') this.#scenario = null;
				else this.#say(`demo district: ${message.text ?? message.step}`);
			});
			child.on('error', reject);
			child.on('close', (code) => {
				if (this.#child === child) {
					this.#child = undefined;
					this.#scenario = null;
					this.#log.error({ code, lastError }, 'the demo district has ended');
				}
				reject(new Error(`the demo district ended with code ${code}: ${lastError}`));
			});
		});
	}

	async stop(): Promise<void> {
		const child = this.#child;
		if (child === undefined) return;
		this.#child = undefined;
		await new Promise<void>((resolve) => {
			const force = setTimeout(() => child.kill('SIGKILL'), 3_000);
			child.once('close', () => {
				clearTimeout(force);
				resolve();
			});
			child.stdin.end();
		});
	}

	#command(command: object): void {
		if (this.#child === undefined) throw new RequestError(503, 'demo-not-running', 'the demo district is not running');
		this.#child.stdin.write(`${JSON.stringify(command)}\n`);
	}
}

function parse(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}
