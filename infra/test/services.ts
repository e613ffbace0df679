import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'redis';

const run = promisify(execFile);

export interface RunningService {
	url: string;
	stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
	return address.port;
}

/** A Redis of our own, in memory. */
export async function startRedis(): Promise<RunningService> {
	const port = await freePort();
	const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
		stdio: 'ignore',
		cwd: tmpdir(),
	});
	const url = `redis://127.0.0.1:${port}`;
	await until('Redis', async () => {
		const client = createClient({ url, socket: { reconnectStrategy: false } });
		client.on('error', () => undefined);
		await client.connect();
		await client.close();
	});
	return { url, stop: () => end(child) };
}

/** A PostgreSQL cluster of our own in a folder that goes with it. PostgreSQL refuses to run as root: then as user postgres. */
export async function startPostgres(): Promise<RunningService> {
	const [version] = (await readdir('/usr/lib/postgresql')).sort((a, b) => Number(b) - Number(a));
	const bin = `/usr/lib/postgresql/${version}/bin`;
	const home = await mkdtemp(join(tmpdir(), 'beilun-postgres-'));
	const account = process.getuid?.() === 0 ? await accountOf('postgres') : undefined;
	if (account !== undefined) await chown(home, account.uid, account.gid);
	await run(
		join(bin, 'initdb'),
		['-D', join(home, 'data'), '-U', 'beilun', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
		account ?? {},
	);
	const port = await freePort();
	const child = spawn(join(bin, 'postgres'), ['-D', join(home, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', home], {
		stdio: 'ignore',
		...account,
	});
	await until('PostgreSQL', () => run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]));
	return {
		url: `postgres://beilun@127.0.0.1:${port}/postgres`,
		stop: async () => {
			await end(child);
			await rm(home, { recursive: true, force: true });
		},
	};
}

async function accountOf(name: string): Promise<{ uid: number; gid: number }> {
	const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)));
	return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function until(name: string, attempt: () => Promise<unknown>): Promise<void> {
	const deadline = Date.now() + 30_000;
	for (;;) {
		try {
			await attempt();
			return;
		} catch (error) {
			if (Date.now() > deadline) throw new Error(`${name} did not start within 30 s`, { cause: error });
			await new Promise((done) => setTimeout(done, 100));
		}
	}
}

function end(child: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		child.once('close', () => resolve());
		child.kill('SIGINT');
	});
}
