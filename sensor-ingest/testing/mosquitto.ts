import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ingest-system.ts';

export interface Mosquitto {
	port: number;
	url: string;
	stop(): Promise<void>;
}

/** A real broker on a free port; `apt-get install mosquitto mosquitto-clients` provides it. */
export async function startMosquitto(): Promise<Mosquitto> {
	const folder = await mkdtemp(join(tmpdir(), 'beilun-mosquitto-'));
	const port = await freePort();
	const file = join(folder, 'mosquitto.conf');
	// By default a busy session loses QoS 1 messages beyond 1,000.
	await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 100\nuser root\n`);
	const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
	await Promise.race([listening(port), failed(child)]);
	return {
		port,
		url: `mqtt://127.0.0.1:${port}`,
		stop: async () => {
			child.kill('SIGTERM');
			if (child.exitCode === null) await once(child, 'exit');
			await rm(folder, { recursive: true, force: true });
		},
	};
}

export interface Published {
	code: number;
	stderr: string;
}

/** `mosquitto_pub` as a device nobody here wrote. */
export function mosquittoPub(port: number, args: string[], input?: string): Promise<Published> {
	return new Promise((resolve) => {
		const child = execFile('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), ...args], { timeout: 10_000 }, (error, _stdout, stderr) => {
			resolve({ code: error === null ? 0 : Number(error.code ?? -1), stderr });
		});
		child.stdin?.on('error', () => undefined);
		if (input !== undefined) child.stdin?.end(input);
	});
}

async function listening(port: number): Promise<void> {
	for (;;) {
		const socket = connect(port, '127.0.0.1');
		const open = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
		socket.destroy();
		if (open) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

async function failed(child: ChildProcess): Promise<never> {
	const [reason] = (await Promise.race([once(child, 'error'), once(child, 'exit')]).catch((error) => [error])) as [unknown];
	throw new Error(`mosquitto did not start (${String(reason)}); apt-get install mosquitto mosquitto-clients provides it`);
}
