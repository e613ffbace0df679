import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '@beilun/shared/runtime/config.ts';
import { type RunFile, readRunFile } from './run-file.ts';

const usage = `npm run admin -- create-user --name NAME --role ROLE [--agency AGENCY] [--unit UNIT] [--display-name NAME]
    creates or changes a person; the password is read from standard input
npm run admin -- create-device --sensor SENSOR
    makes MQTT credentials for a registered sensor; the password is shown this once`;

/** Said to the person at the terminal, without a stack. */
class AdminError extends Error {}

/** The embedded database belongs to the running process: everything goes through its API. */
async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			name: { type: 'string' },
			role: { type: 'string' },
			agency: { type: 'string' },
			unit: { type: 'string' },
			'display-name': { type: 'string' },
			sensor: { type: 'string' },
		},
	});
	switch (positionals[0]) {
		case 'create-user': {
			const { name, role, agency = null, unit = null } = values;
			if (name === undefined || role === undefined) throw new AdminError(`create-user needs --name and --role\n${usage}`);
			const run = await runningSystem();
			const body = { name, displayName: values['display-name'] ?? name, role, agency, unitId: unit, password: await readPassword(), disabled: false };
			await call(run, 'PUT', `/api/v1/users/${encodeURIComponent(name)}`, body);
			process.stdout.write(`${name} can log in as ${role}\n`);
			return;
		}
		case 'create-device': {
			const { sensor: id } = values;
			if (id === undefined) throw new AdminError(`create-device needs --sensor\n${usage}`);
			const run = await runningSystem();
			const sensor = (await call(run, 'GET', `/api/v1/sensors/${encodeURIComponent(id)}`)) as { agency: string };
			const device = { id, agency: sensor.agency, sensorIds: [id], unitIds: [], demo: false };
			const made = (await call(run, 'PUT', `/api/v1/devices/${encodeURIComponent(id)}`, device)) as { username: string; password: string };
			process.stdout.write(`username ${made.username}\npassword ${made.password}\n`);
			return;
		}
		default:
			throw new AdminError(usage);
	}
}

async function runningSystem(): Promise<RunFile> {
	const { dataDir } = loadConfig();
	const run = await readRunFile(dataDir);
	if (run === undefined || run.url === '') {
		throw new AdminError(`nothing is running on ${dataDir}: start it first (npm start or npm run serve), or set BEILUN_DATA_DIR to its folder`);
	}
	return run;
}

async function call(run: RunFile, method: string, path: string, body?: object): Promise<unknown> {
	const response = await fetch(run.url + path, {
		method,
		headers: { authorization: `Bearer ${run.serviceToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
		signal: AbortSignal.timeout(20_000),
	}).catch((error: unknown) => {
		throw new AdminError(`nothing answers at ${run.url}, where process ${run.pid} was: start the system first`, { cause: error });
	});
	const answer = (await response.json().catch(() => ({}))) as { detail?: string };
	if (!response.ok) throw new AdminError(`refused (${response.status}): ${answer.detail ?? response.statusText}`);
	return answer;
}

/** The first line of standard input; at a terminal it is asked for and not shown. */
async function readPassword(): Promise<string> {
	const isTerminal = process.stdin.isTTY === true;
	if (isTerminal) process.stderr.write('password: ');
	const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input: process.stdin, output: silence, terminal: isTerminal });
	for await (const line of lines) {
		lines.close();
		if (isTerminal) process.stderr.write('\n');
		if (line !== '') return line;
		break;
	}
	throw new AdminError('expected the password on standard input');
}

main().catch((error: unknown) => {
	const isExpected = error instanceof AdminError || error instanceof ConfigError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
	process.stderr.write(`${isExpected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
	process.exitCode = 1;
});
