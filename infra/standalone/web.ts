import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const web = join(root, 'command-center', 'web');
const stamp = join(web, 'dist', '.built-from');

/** Builds the pages when there are none, or when they were built from other sources. */
export async function provideWeb(say: (line: string) => void): Promise<void> {
	const sources = await fingerprint();
	if ((await readFile(stamp, 'utf8').catch(() => '')) === sources) return;
	say('building the pages');
	const vite = join(dirname(createRequire(join(root, 'command-center', 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
	const output: string[] = [];
	const code = await new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [vite, 'build', '--config', join(web, 'vite.config.ts'), '--logLevel', 'warn'], {
			cwd: root,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		child.stdout.on('data', (chunk) => output.push(String(chunk)));
		child.stderr.on('data', (chunk) => output.push(String(chunk)));
		child.on('error', reject);
		child.on('close', resolve);
	});
	if (code !== 0) throw new Error(`the pages could not be built:\n${output.join('')}`);
	await writeFile(stamp, sources);
}

async function fingerprint(): Promise<string> {
	const hash = createHash('sha256');
	const names: string[] = [];
	for await (const name of glob(['command-center/web/**/*.{ts,tsx,css,html,geojson,json,svg}', 'shared/protocol/*.ts', 'package-lock.json'], {
		cwd: root,
		exclude: ['command-center/web/dist/**'],
	})) {
		names.push(name);
	}
	for (const name of names.sort()) hash.update(name).update(await readFile(join(root, name)));
	return hash.digest('hex');
}
