import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensurePackages } from '../debian/packages.ts';
import { provideWorker } from '../mediasoup-worker/provide.ts';
import { provideWeb } from '../standalone/web.ts';
import { type RunningService, startPostgres, startRedis } from './services.ts';

/** Real services, someone else's RTSP server and a real browser, all from Debian. */
const packages = [
	'chromium',
	'ffmpeg',
	'fonts-noto-cjk',
	'gir1.2-gst-rtsp-server-1.0',
	'gstreamer1.0-plugins-bad',
	'gstreamer1.0-plugins-base',
	'gstreamer1.0-plugins-good',
	'gstreamer1.0-plugins-ugly',
	'gstreamer1.0-rtsp',
	'mosquitto',
	'mosquitto-clients',
	'openssl',
	'postgresql',
	'python3-gi',
	'redis-server',
];

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
	const scratch = await mkdtemp(join(tmpdir(), 'beilun-tests-'));
	const running: RunningService[] = [];
	try {
		await ensurePackages(packages, 'run the tests', say);
		const workerBin = await provideWorker(process.env.MEDIASOUP_WORKER_BIN, say);
		await provideWeb(say);
		say('starting PostgreSQL and Redis for the tests');
		const postgres = await startPostgres();
		running.push(postgres);
		const redis = await startRedis();
		running.push(redis);
		return await vitest(join(scratch, 'report.json'), {
			...process.env,
			MEDIASOUP_WORKER_BIN: workerBin,
			TEST_DATABASE_URL: postgres.url,
			TEST_REDIS_URL: redis.url,
		});
	} finally {
		for (const service of running.reverse()) await service.stop();
		await rm(scratch, { recursive: true, force: true });
	}
}

/** Extra arguments go to vitest: `npm test -- alerts`. */
async function vitest(report: string, environment: NodeJS.ProcessEnv): Promise<number> {
	const program = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
	const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)];
	const code = await new Promise<number>((resolve, reject) => {
		const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit', env: environment });
		child.on('error', reject);
		child.on('close', (status) => resolve(status ?? 1));
	});
	const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8')) as { numPassedTests: number; numFailedTests: number };
	say(`${numPassedTests} passed, ${numFailedTests} failed`);
	return code;
}

process.exitCode = await main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	return 1;
});
