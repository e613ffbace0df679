import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Debian package is missing and could not be installed; `message` names the command that would. */
export class MissingPackages extends Error {
	override name = 'MissingPackages';
}

/**
 * Makes sure that Debian packages are there: installs the missing ones when root, otherwise throws `MissingPackages`.
 * `purpose` completes the sentence "… are needed to …".
 */
export async function ensurePackages(names: readonly string[], purpose: string, say: (line: string) => void): Promise<void> {
	const missing = await missingOf(names);
	if (missing.length === 0) return;
	const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
	if (process.getuid?.() !== 0) throw new MissingPackages(`Debian packages are needed to ${purpose}:\n\n  sudo ${command}\n`);
	say(`installing Debian packages to ${purpose}: ${missing.join(' ')}`);
	await apt(['update', '-q'], say);
	await apt(['install', '-y', '-q', '--no-install-recommends', ...missing], say);
	const still = await missingOf(names);
	if (still.length > 0) throw new MissingPackages(`these Debian packages could not be installed: ${still.join(' ')}`);
}

async function missingOf(names: readonly string[]): Promise<string[]> {
	let listed: string;
	try {
		// dpkg-query exits 1 when it knows one of the names not at all, and still lists the others.
		listed =
			(await run('dpkg-query', ['-W', '-f', '$' + '{Package} $' + '{db:Status-Status}\n', ...names]).catch((error) => error as { stdout: string }))
				.stdout ?? '';
	} catch {
		listed = '';
	}
	const installed = new Set(
		listed
			.split('\n')
			.filter((line) => line.endsWith(' installed'))
			.map((line) => line.split(' ')[0]),
	);
	return names.filter((name) => !installed.has(name));
}

function apt(args: string[], say: (line: string) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn('apt-get', args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
		let tail = '';
		let told = Date.now();
		const collect = (chunk: Buffer) => {
			tail = (tail + chunk.toString()).slice(-4_000);
			const last = tail.trimEnd().split('\n').at(-1) ?? '';
			if (Date.now() - told > 5_000) {
				told = Date.now();
				say(`  ${last.slice(0, 100)}`);
			}
		};
		child.stdout.on('data', collect);
		child.stderr.on('data', collect);
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new MissingPackages(`apt-get ${args.join(' ')} failed:\n${tail}`))));
	});
}
