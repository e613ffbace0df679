import { type Config, ConfigError, loadConfig } from './config.ts';
import { type Identity, IdentitySlot } from './identity.ts';
import { createLog } from './log.ts';
import { remotePeers } from './peers.ts';
import { RemoteIdentity } from './remote-identity.ts';
import type { Service, ServiceContext } from './service.ts';
import { startSystem } from './system.ts';

/**
 * Runs one service as a process of its own. It shares PostgreSQL, Redis and the MQTT broker with the others and reaches them at
 * `serviceUrls`; a reverse proxy gives all of them one address. Ends on SIGTERM.
 */
export async function runAlone(build: (context: ServiceContext) => Service & { identity?: Identity }): Promise<void> {
	const config = loadConfig();
	const { serviceToken } = config;
	if (serviceToken === undefined) throw new ConfigError('BEILUN_SERVICE_TOKEN: expected at least 32 characters, the same for every service');
	for (const [variable, value] of [
		['DATABASE_URL', config.databaseUrl],
		['REDIS_URL', config.redisUrl],
	]) {
		if (value === undefined) throw new ConfigError(`${variable}: expected an address, as services that run apart share it`);
	}
	const log = createLog(config.logLevel);
	const slot = new IdentitySlot();
	let remote: RemoteIdentity | undefined;
	let group = '';
	const system = await startSystem({
		config,
		log,
		identity: slot,
		services: (context) => [build(context)],
		afterMigration: (service: Service & { identity?: Identity }) => {
			group = `${service.name}-identity`;
			remote = service.identity === undefined ? new RemoteIdentity({ commandCenterUrl: commandCenterOf(config), serviceToken }) : undefined;
			slot.fill(service.identity ?? (remote as RemoteIdentity));
		},
		peers: remotePeers(config.serviceUrls, serviceToken),
	});
	await remote?.listen(system.context.bus, group);
	log.info({ url: system.url }, 'ready');
	process.once('SIGTERM', () => {
		system.stop().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	});
}

function commandCenterOf(config: Config): string {
	const url = config.serviceUrls['command-center'];
	if (url === undefined) throw new ConfigError('BEILUN_SERVICE_URLS: expected an address for command-center');
	return url;
}
