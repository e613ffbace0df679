import { createInterface } from 'node:readline';
import { z } from 'zod';
import { loadClips } from './clips/clips.ts';
import { RtspServer } from './rtsp/server.ts';
import { newCredentials, Simulator, scenarios } from './simulator.ts';
import { camerasFor } from './world/cameras.ts';

const Settings = z.strictObject({ httpUrl: z.url(), mqttUrl: z.url(), serviceToken: z.string().min(1) });
const Command = z.discriminatedUnion('command', [
	z.strictObject({ command: z.literal('scenario'), name: z.enum(Object.keys(scenarios)), action: z.enum(['start', 'stop']) }),
	z.strictObject({ command: z.literal('stop') }),
]);

/**
 * The demo district as a process. Standard input: one line of settings, then commands, all JSON; when it closes the process
 * ends, so that it never outlives who started it. Standard output: progress as JSON lines. Standard error: troubles in words.
 */
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const trouble = (text: string) => process.stderr.write(`${text}\n`);

let simulator: Simulator | undefined;
let ending = false;

async function end(code: number): Promise<void> {
	if (ending) return;
	ending = true;
	setTimeout(() => process.exit(code), 2_000).unref();
	await simulator?.stop();
	process.exit(code);
}

function parse<T>(schema: z.ZodType<T>, line: string, what: string): T | undefined {
	let content: unknown;
	try {
		content = JSON.parse(line);
	} catch {
		trouble(`${what}: expected one line of JSON`);
		return undefined;
	}
	const result = schema.safeParse(content);
	if (result.success) return result.data;
	trouble(`${what}: ${result.error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`).join('; ')}`);
	return undefined;
}

async function begin(line: string): Promise<void> {
	const settings = parse(Settings, line, 'settings');
	if (settings === undefined) return end(2);
	const clips = await loadClips();
	const credentials = newCredentials();
	const video = { server: new RtspServer({ clips, ...credentials }), cameras: camerasFor(clips), ...credentials };
	simulator = new Simulator({ ...settings, video, say, trouble });
	await simulator.start();
}

function obey(line: string): void {
	const command = parse(Command, line, 'command');
	if (command === undefined) return;
	try {
		if (command.command === 'stop') void end(0);
		else if (simulator === undefined) trouble('command: the district is not ready yet');
		else if (command.action === 'start') simulator.startScenario(command.name);
		else simulator.stopScenario();
	} catch (error) {
		trouble(`command: ${error instanceof Error ? error.message : String(error)}`);
	}
}

let begun = false;
createInterface({ input: process.stdin })
	.on('line', (line) => {
		if (line.trim() === '') return;
		if (begun) return obey(line);
		begun = true;
		begin(line).catch((error: unknown) => {
			trouble(`the demo district cannot start: ${error instanceof Error ? error.message : String(error)}`);
			void end(1);
		});
	})
	.on('close', () => void end(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0));
