import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandSystem, serviceToken, startCommandCenter } from '@beilun/command-center/testing/system.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeRunFile } from './run-file.ts';

let system: CommandSystem;
let dataDir: string;
beforeAll(async () => {
	system = await startCommandCenter();
	dataDir = await mkdtemp(join(tmpdir(), 'beilun-admin-'));
});
afterAll(async () => {
	await system.stop();
	await rm(dataDir, { recursive: true, force: true });
});

function admin(input: string, ...parameters: string[]): Promise<{ code: number; out: string; problem: string }> {
	const script = fileURLToPath(new URL('./admin.ts', import.meta.url));
	return new Promise((resolve) => {
		const environment = { PATH: process.env.PATH, BEILUN_DATA_DIR: dataDir };
		const child = execFile(process.execPath, [script, ...parameters], { env: environment }, (error, out, problem) =>
			resolve({ code: error === null ? 0 : 1, out, problem }),
		);
		child.stdin?.end(input);
	});
}

test('a person made at the command line can log in, and mistakes are said in words', async () => {
	const create = ['create-user', '--name', 'anna', '--role', 'duty-officer'];
	expect(await admin('correct horse battery\n', ...create)).toMatchObject({ code: 1, problem: expect.stringContaining('nothing is running') });
	await writeRunFile(dataDir, { pid: process.pid, url: system.url, mqttPort: 0, serviceToken });
	expect(await admin('short\n', ...create)).toMatchObject({ code: 1, problem: expect.stringContaining('password') });
	expect(await admin('', ...create)).toMatchObject({ code: 1, problem: expect.stringContaining('expected the password') });
	expect(await admin('correct horse battery\n', ...create, '--role', 'king')).toMatchObject({ code: 1, problem: expect.stringContaining('role') });
	expect(await admin('correct horse battery\n', ...create)).toMatchObject({ code: 0, out: 'anna can log in as duty-officer\n' });
	expect(await system.logIn('anna')).toContain('beilun_session=');
	expect(await admin('', 'dance')).toMatchObject({ code: 1, problem: expect.stringContaining('npm run admin') });
}, 120_000);
