import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running system tells the tools of the same machine and user: `<dataDir>/run.json`, readable by its owner only. */
export interface RunFile {
	pid: number;
	/** Empty until the port is open. */
	url: string;
	mqttPort: number;
	serviceToken: string;
}

export class AlreadyRunning extends Error {
	override name = 'AlreadyRunning';
}

function pathOf(dataDir: string): string {
	return join(dataDir, 'run.json');
}

/**
 * Takes the data folder for this process: two of them on one embedded database would destroy it.
 * Throws `AlreadyRunning` when the process that has it lives.
 */
export async function claimDataDir(dataDir: string): Promise<void> {
	await mkdir(dataDir, { recursive: true });
	const path = pathOf(dataDir);
	const content = JSON.stringify({ pid: process.pid, url: '', mqttPort: 0, serviceToken: '' } satisfies RunFile);
	for (;;) {
		try {
			await writeFile(path, content, { mode: 0o600, flag: 'wx' });
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const holder = await readRunFile(dataDir);
		if (holder !== undefined && holder.pid !== process.pid && isAlive(holder.pid)) {
			throw new AlreadyRunning(
				`${dataDir} is in use by process ${holder.pid}${holder.url === '' ? '' : ` at ${holder.url}`}; stop it, or set BEILUN_DATA_DIR to another folder`,
			);
		}
		// Left behind by a process that was killed.
		await rm(path, { force: true });
	}
}

export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
	await writeFile(pathOf(dataDir), JSON.stringify(run), { mode: 0o600 });
}

export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
	try {
		return JSON.parse(await readFile(pathOf(dataDir), 'utf8')) as RunFile;
	} catch {
		return undefined;
	}
}

export async function releaseDataDir(dataDir: string): Promise<void> {
	await rm(pathOf(dataDir), { force: true });
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
