import { Alerts } from '@beilun/alerts/service.ts';
import { CommandCenter } from '@beilun/command-center/service.ts';
import { MediaGateway } from '@beilun/media-gateway/service.ts';
import { SensorIngest } from '@beilun/sensor-ingest/service.ts';
import { type Config, ConfigError, loadConfig } from '@beilun/shared/runtime/config.ts';
import { IdentitySlot } from '@beilun/shared/runtime/identity.ts';
import { Lifecycle } from '@beilun/shared/runtime/lifecycle.ts';
import { createLog, type Logger } from '@beilun/shared/runtime/log.ts';
import { startSystem } from '@beilun/shared/runtime/system.ts';
import closeWithGrace from 'close-with-grace';
import { MissingPackages } from '../debian/packages.ts';
import { provideWorker } from '../mediasoup-worker/provide.ts';
import { Demo } from './demo.ts';
import { AlreadyRunning, claimDataDir, releaseDataDir, writeRunFile } from './run-file.ts';
import { provideWeb } from './web.ts';

const beganAt = performance.now();

function say(line: string): void {
	process.stdout.write(`[${((performance.now() - beganAt) / 1000).toFixed(1).padStart(5)} s] ${line}\n`);
}

async function main(): Promise<void> {
	const wantsDemo = process.argv.includes('--demo');
	// A person watches the progress on standard output; what goes wrong is logged beside it.
	const config = loadConfig({ BEILUN_LOG_LEVEL: 'warn', ...process.env }, wantsDemo ? { demo: true } : {});
	const log = createLog(config.logLevel);
	const lifecycle = new Lifecycle(log);
	closeWithGrace({ delay: 20_000, logger: log }, async ({ err: error, signal }) => {
		if (error !== undefined) log.fatal({ err: error }, 'an error that nothing caught; stopping');
		else say(`stopping (${signal})`);
		await lifecycle.stop(10_000);
	});

	try {
		await run(config, log, lifecycle);
	} catch (error) {
		await lifecycle.stop();
		throw error;
	}
}

/** Resolves when the system is ready; what it opened is in `lifecycle`. */
async function run(config: Config, log: Logger, lifecycle: Lifecycle): Promise<void> {
	await claimDataDir(config.dataDir);
	lifecycle.onStop('data folder', () => releaseDataDir(config.dataDir));

	const [workerBin] = await Promise.all([provideWorker(config.mediasoupWorkerBin, say), provideWeb(say)]);

	const identity = new IdentitySlot();
	const demo = config.demo ? new Demo(log, say) : undefined;
	let ingest: SensorIngest | undefined;
	let commandCenter: CommandCenter | undefined;
	const system = await startSystem({
		config: {
			...config,
			mediasoupWorkerBin: workerBin,
			cameraNetworks: config.demo ? [...config.cameraNetworks, '127.0.0.1/32'] : config.cameraNetworks,
		},
		log,
		identity,
		services: (context) => {
			ingest = new SensorIngest(context);
			commandCenter = new CommandCenter(context);
			return [ingest, new MediaGateway(context), new Alerts(context), commandCenter];
		},
		afterMigration: (service) => {
			if (service === commandCenter) identity.fill(commandCenter.identity);
		},
		routes: (app) => demo?.routes(app),
		progress: (step) => say(`starting ${step}`),
	});
	lifecycle.onStop('system', () => system.stop());

	const mqttPort = ingest?.mqttPort ?? config.mqttPort;
	const serviceToken = system.context.config.serviceToken ?? '';
	await writeRunFile(config.dataDir, { pid: process.pid, url: system.url, mqttPort, serviceToken });
	if (demo !== undefined) {
		lifecycle.onStop('demo district', () => demo.stop());
		await demo.start({ httpUrl: system.url, mqttUrl: config.mqttUrl ?? `mqtt://127.0.0.1:${mqttPort}`, serviceToken });
	}

	await untilReady(system.url);
	const base = config.publicUrl ?? system.url;
	const setup = await commandCenter?.createSetupLink();
	process.stdout.write(`ready ${base}/console\n`);
	if (setup) process.stdout.write(`setup ${base}${setup}\n      (opens once: it makes the first administrator)\n`);
}

async function untilReady(url: string): Promise<void> {
	let told = '';
	for (;;) {
		const answer = await fetch(`${url}/readyz`);
		if (answer.status === 200) return;
		const { dependencies } = (await answer.json()) as { dependencies: Record<string, string> };
		const waiting = Object.entries(dependencies)
			.filter(([, state]) => state !== 'ok')
			.map(([name, state]) => `${name} (${state})`)
			.join(', ');
		if (waiting !== told) say(`waiting for ${waiting}`);
		told = waiting;
		await new Promise((done) => setTimeout(done, 100));
	}
}

main().catch((error: unknown) => {
	const expected = error instanceof ConfigError || error instanceof AlreadyRunning || error instanceof MissingPackages;
	process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
	process.exit(1);
});
