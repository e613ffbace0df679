import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const flag = z.union([z.boolean(), z.enum(['0', '1', 'true', 'false', '']).transform((text) => text === '1' || text === 'true')]);
const port = z.coerce.number().int().min(0).max(65_535);
const list = z.union([
	z.array(z.string()),
	z.string().transform((text) =>
		text
			.split(',')
			.map((part) => part.trim())
			.filter((part) => part !== ''),
	),
]);
const url = (...protocols: string[]) =>
	z.url({
		protocol: new RegExp(`^(${protocols.join('|')})$`),
		error: `expected an address that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`,
	});

/** `a=b,c=d` as an object; anything else as it is. */
function pairs(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return Object.fromEntries(
		value
			.split(',')
			.filter((part) => part.trim() !== '')
			.map((part) => [part.slice(0, Math.max(0, part.indexOf('='))).trim(), part.slice(part.indexOf('=') + 1).trim()]),
	);
}

/** `45000-45999`, or `{ first, last }`. At least one even port with the odd one behind it (RFC 3550 §11). */
const portRange = z.preprocess(
	(value) => {
		const parts = typeof value === 'string' ? /^\s*(\d{1,5})\s*-\s*(\d{1,5})\s*$/.exec(value) : null;
		return parts === null ? value : { first: Number(parts[1]), last: Number(parts[2]) };
	},
	z
		.object(
			{ first: z.number().int().min(1024).max(65_535), last: z.number().int().min(1024).max(65_535) },
			{ error: 'expected first-last, as in 45000-45999' },
		)
		.refine(
			({ first, last }) => last - first >= 2 || (last - first === 1 && first % 2 === 0),
			'expected an even port and the odd one behind it, or more',
		),
);

/** Everything that can be set. Port 0 takes a free one. The three URLs choose the production back ends. */
const Settings = z.strictObject({
	httpHost: z.string().default('0.0.0.0'),
	httpPort: port.default(8080),
	/** Where browsers reach the console, when it stands behind a proxy: `https://…`. Also makes cookies Secure. */
	publicUrl: url('https?').optional(),
	trustProxy: flag.default(false),
	mqttHost: z.string().default('0.0.0.0'),
	mqttPort: port.default(1883),
	/** UDP and TCP, one for each mediasoup worker from here up. */
	rtcPort: port.default(44_300),
	rtcHost: z.string().default('0.0.0.0'),
	/** The address that browsers are told; without it every address of the machine. */
	rtcAnnouncedAddress: z.string().optional(),
	/** How many mediasoup workers share the relaying; one for each core unless it is set. */
	rtcWorkers: z.coerce.number().int().min(1).max(256).default(availableParallelism()),
	/** UDP ports where cameras' RTP and RTCP arrive when it goes straight into a worker. */
	cameraPorts: portRange.default({ first: 45_000, last: 45_999 }),
	/** Networks (CIDR) that cameras may be in beyond the public and private ones: loopback and link-local are refused otherwise. */
	cameraNetworks: list.default([]),
	/** The program that turns H.265, MJPEG, MPEG-4 and AAC into what browsers play, and how many of it may run at once. */
	ffmpeg: z.string().min(1).default('ffmpeg'),
	transcoders: z.coerce.number().int().min(0).max(256).default(availableParallelism()),
	dataDir: z.string().default('data'),
	logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
	sessionHours: z.coerce
		.number()
		.min(0.001)
		.max(24 * 30)
		.default(12),
	/** Lets processes of one installation call each other's API; needed only when services run apart. */
	serviceToken: z.string().min(32).optional(),
	/** Where each service is reached when they run apart; in the environment `alerts=http://…,command-center=http://…`. */
	serviceUrls: z.preprocess(pairs, z.record(z.string(), url('https?'))).default({}),
	demo: flag.default(false),
	mediasoupWorkerBin: z.string().optional(),
	databaseUrl: url('postgres', 'postgresql').optional(),
	mqttUrl: url('mqtts?', 'wss?').optional(),
	redisUrl: url('rediss?').optional(),
});
export type Config = z.infer<typeof Settings>;

const variables: Record<string, keyof Config> = {
	BEILUN_HTTP_HOST: 'httpHost',
	BEILUN_HTTP_PORT: 'httpPort',
	BEILUN_PUBLIC_URL: 'publicUrl',
	BEILUN_TRUST_PROXY: 'trustProxy',
	BEILUN_MQTT_HOST: 'mqttHost',
	BEILUN_MQTT_PORT: 'mqttPort',
	BEILUN_RTC_PORT: 'rtcPort',
	BEILUN_RTC_HOST: 'rtcHost',
	BEILUN_RTC_ANNOUNCED_ADDRESS: 'rtcAnnouncedAddress',
	BEILUN_RTC_WORKERS: 'rtcWorkers',
	BEILUN_CAMERA_PORTS: 'cameraPorts',
	BEILUN_CAMERA_NETWORKS: 'cameraNetworks',
	BEILUN_FFMPEG: 'ffmpeg',
	BEILUN_TRANSCODERS: 'transcoders',
	BEILUN_DATA_DIR: 'dataDir',
	BEILUN_LOG_LEVEL: 'logLevel',
	BEILUN_SESSION_HOURS: 'sessionHours',
	BEILUN_SERVICE_TOKEN: 'serviceToken',
	BEILUN_SERVICE_URLS: 'serviceUrls',
	BEILUN_DEMO: 'demo',
	MEDIASOUP_WORKER_BIN: 'mediasoupWorkerBin',
	DATABASE_URL: 'databaseUrl',
	MQTT_URL: 'mqttUrl',
	REDIS_URL: 'redisUrl',
};
/** Named by the environment but no settings of a service. */
const otherVariables = new Set(['BEILUN_CONFIG']);

/** Bad configuration: `message` names the setting, its value and what was expected, one per line. */
export class ConfigError extends Error {
	override name = 'ConfigError';
}

/** Defaults → YAML file named by `BEILUN_CONFIG` → environment → `overrides`; unknown keys are errors. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env, overrides: Partial<Config> = {}): Config {
	const settings: Record<string, unknown> = { ...fromFile(environment.BEILUN_CONFIG) };
	const origin = new Map(Object.keys(settings).map((key) => [key, `${environment.BEILUN_CONFIG}: ${key}`]));
	for (const [name, value] of Object.entries(environment)) {
		const key = variables[name];
		if (key === undefined) {
			if (name.startsWith('BEILUN_') && !otherVariables.has(name)) {
				throw new ConfigError(`${name}: no such setting; expected one of ${Object.keys(variables).join(', ')}`);
			}
			continue;
		}
		settings[key] = value;
		origin.set(key, name);
	}
	const result = Settings.safeParse({ ...settings, ...overrides });
	if (!result.success) {
		const lines = result.error.issues.map((issue) => {
			const key = String(issue.path[0] ?? '');
			const shown = isSecret(key) ? '[redacted]' : JSON.stringify(settings[key]);
			return `${origin.get(key) ?? key} = ${shown}: ${issue.message}`;
		});
		throw new ConfigError(lines.join('\n'));
	}
	return { ...result.data, dataDir: resolve(result.data.dataDir) };
}

/** The configuration as it may be printed. */
export function redactConfig(config: Config): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(config).map(([key, value]) => {
			if (isSecret(key)) return [key, '[redacted]'];
			if (typeof value === 'string' && URL.canParse(value)) return [key, redactUrl(value)];
			return [key, value];
		}),
	);
}

/** The address without user and password. */
export function redactUrl(text: string): string {
	const address = new URL(text);
	if (address.username !== '' || address.password !== '') {
		address.username = '';
		address.password = '';
		return address.toString().replace('://', '://***@');
	}
	return text;
}

function isSecret(key: string): boolean {
	return /token|password|secret/i.test(key);
}

function fromFile(path: string | undefined): Record<string, unknown> {
	if (path === undefined) return {};
	if (!existsSync(path)) throw new ConfigError(`BEILUN_CONFIG = ${JSON.stringify(path)}: no such file`);
	const content: unknown = parse(readFileSync(path, 'utf8'));
	if (content === null) return {};
	if (typeof content !== 'object' || Array.isArray(content)) throw new ConfigError(`${path}: expected settings by name`);
	return content as Record<string, unknown>;
}

/** Where the embedded database lives. */
export function databaseDir(config: Config): string {
	return join(config.dataDir, 'database');
}
