import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from '../debian/packages.ts';

const here = dirname(fileURLToPath(import.meta.url));
const mediasoup = join(dirname(createRequire(import.meta.url).resolve('mediasoup')), '..', '..');
const buildPackages = [
	'meson',
	'ninja-build',
	'pkg-config',
	'g++',
	'libuv1-dev',
	'libssl-dev',
	'libsrtp2-dev',
	'libabsl-dev',
	'flatbuffers-compiler',
	'libflatbuffers-dev',
];

/**
 * The path of a mediasoup worker that runs here: the one named, else the cached one, else the official prebuilt, else built
 * from the source in the npm package (about 5 minutes, once for each machine).
 */
export async function provideWorker(named: string | undefined, say: (line: string) => void): Promise<string> {
	if (named !== undefined) {
		await access(named, constants.X_OK).catch(() => {
			throw new Error(`MEDIASOUP_WORKER_BIN = ${JSON.stringify(named)}: no such program`);
		});
		return named;
	}
	const cached = await cachePath();
	if (await runs(cached)) return cached;
	await mkdir(dirname(cached), { recursive: true });
	const made = `${cached}.${process.pid}`;
	if (!(await fetchPrebuilt(made, say))) await build(made, say);
	if (!(await runs(made))) throw new Error(`the mediasoup worker at ${made} does not run on this machine`);
	// Several starts at once may each have made one; the last rename wins and all are the same.
	await rename(made, cached);
	return cached;
}

/** Outside the checkout, keyed by mediasoup's version and everything that the build depends on. */
async function cachePath(): Promise<string> {
	const { version } = JSON.parse(await readFile(join(mediasoup, 'package.json'), 'utf8')) as { version: string };
	const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${version}`);
	for (const entry of (await readdir(here, { recursive: true, withFileTypes: true })).sort((a, b) =>
		join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
	)) {
		if (entry.isFile() && !entry.name.endsWith('.ts')) hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)));
	}
	const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
	return join(base, 'dynamic-beilun', 'mediasoup-worker', `${version}-${hash.digest('hex').slice(0, 16)}`, 'mediasoup-worker');
}

/** Started without its parent's version in the environment, a worker that can run at all exits with 41. */
async function runs(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const child = spawn(path, [], { stdio: 'ignore', env: {} });
		child.on('error', () => resolve(false));
		child.on('close', (code) => resolve(code === 41));
	});
}

/** mediasoup's own installer, kept from building (a build needs Python, which it is not given): it downloads and checks. */
async function fetchPrebuilt(output: string, say: (line: string) => void): Promise<boolean> {
	say('looking for an official mediasoup worker');
	const code = await pipe(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
		cwd: mediasoup,
		env: { ...process.env, PYTHON: 'false' },
		onLine: () => undefined,
	});
	const fetched = join(mediasoup, 'worker', 'out', 'Release', 'mediasoup-worker');
	if (code !== 0 || !(await runs(fetched))) {
		say('no official mediasoup worker can be had here');
		return false;
	}
	await copyFile(fetched, output);
	return true;
}

async function build(output: string, say: (line: string) => void): Promise<void> {
	await ensurePackages(buildPackages, 'build the mediasoup worker', say);
	say('building the mediasoup worker from source: about 5 minutes on 2 cores, once for this machine');
	let told = Date.now();
	const lines: string[] = [];
	const code = await pipe('bash', [join(here, 'build.sh'), mediasoup, output], {
		cwd: here,
		env: process.env,
		onLine: (line) => {
			lines.push(line);
			if (lines.length > 50) lines.shift();
			const step = /^\[(\d+)\/(\d+)\]/.exec(line);
			if (step !== null && Date.now() - told > 5_000) {
				told = Date.now();
				say(`  mediasoup worker: ${step[1]} of ${step[2]} files`);
			}
		},
	});
	if (code !== 0) throw new Error(`the mediasoup worker could not be built:\n${lines.join('\n')}`);
}

function pipe(
	command: string,
	args: string[],
	options: { cwd: string; env: NodeJS.ProcessEnv; onLine: (line: string) => void },
): Promise<number | null> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
		const onData = (chunk: Buffer) => {
			for (const line of chunk.toString().split('\n')) if (line.trim() !== '') options.onLine(line);
		};
		child.stdout.on('data', onData);
		child.stderr.on('data', onData);
		child.on('error', reject);
		child.on('close', resolve);
	});
}
