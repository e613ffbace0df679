// Runs a program of this project with the pinned Node 24, whichever Node npm itself runs on:
//   node infra/node24.mjs infra/standalone/main.ts --demo
// npm 11 also links the pinned one as `node` for scripts; npm 10, which comes with Node 20, does not.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
const require = createRequire(import.meta.url);

function pinnedNode() {
	for (const name of names) {
		try {
			return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
		} catch {
			// Not this platform's package.
		}
	}
	if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
	process.stderr.write(
		`Node 24 is needed, and npm installed none for ${process.platform}-${process.arch}: run \`npm ci\` first, or use Node 24 yourself\n`,
	);
	process.exit(1);
}

// The database's WebAssembly is compiled by several threads; an arena of malloc for each of them keeps what it once took.
const child = spawn(pinnedNode(), process.argv.slice(2), { stdio: 'inherit', env: { MALLOC_ARENA_MAX: '2', ...process.env } });
// At Ctrl-C the terminal tells both; only the program decides when it ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
	process.stderr.write(`${error.message}\n`);
	process.exit(1);
});
child.on('close', (code, signal) => {
	process.exitCode = code ?? (signal === null ? 1 : 128);
});
