import { parseArgs } from 'node:util';
import { RtspServer } from '../simulator/rtsp/server.ts';
import { syntheticClip } from './synthetic.ts';

/**
 * Many cheap cameras in a process of their own. Prints a line of JSON, `{ port, username, password, cameras }` (their addresses are
 * rtsp://{username}:{password}@127.0.0.1:{port}/{camera}), and ends with its standard input, on a signal, or by itself, with
 * another line: `{ cpuSeconds, seconds }`.
 */
const { values } = parseArgs({
	options: {
		cameras: { type: 'string', default: '50' },
		bitrate: { type: 'string', default: '2000000' },
		fps: { type: 'string', default: '25' },
		/** Seconds. */
		'key-interval': { type: 'string', default: '2' },
		/** Bytes of an RTP packet. */
		'packet-size': { type: 'string', default: '1200' },
		width: { type: 'string', default: '640' },
		height: { type: 'string', default: '360' },
		transport: { type: 'string', default: 'any' },
		username: { type: 'string', default: 'bench' },
		password: { type: 'string', default: 'bench' },
		port: { type: 'string', default: '0' },
		seconds: { type: 'string', default: '600' },
	},
});

function number(name: keyof typeof values, least: number, most: number): number {
	const value = Number(values[name]);
	if (!(value >= least && value <= most)) throw new Error(`--${name} ${values[name]}: expected a number from ${least} to ${most}`);
	return value;
}

const transport = (['any', 'tcp', 'udp'] as const).find((each) => each === values.transport);
if (transport === undefined) throw new Error(`--transport ${values.transport}: expected any, tcp or udp`);
const fps = number('fps', 1, 60);
const clip = await syntheticClip({
	bitrate: number('bitrate', 50_000, 100_000_000),
	fps,
	keyInterval: number('key-interval', 0.1, 60),
	width: number('width', 64, 3840),
	height: number('height', 64, 2160),
});
const cameras = Array.from({ length: number('cameras', 1, 1000) }, (_, index) => `cam-${String(index + 1).padStart(3, '0')}`);
const { username, password } = values;
const server = new RtspServer({
	clips: cameras.map((id) => ({ ...clip, id })),
	username,
	password,
	transport,
	maxConnections: 4_000,
	payloadSize: number('packet-size', 100, 1472) - 12,
	// Six turns within a picture, so that not all cameras send at the same moment.
	beatsPerSecond: fps * 6,
});
const port = await server.start(number('port', 0, 65_535));
const startedAt = performance.now();
const before = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ port, username, password, cameras })}\n`);

await new Promise<void>((resolve) => {
	setTimeout(resolve, number('seconds', 1, 86_400) * 1000).unref();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	process.stdin.once('end', () => resolve());
	process.stdin.once('error', () => resolve());
	process.stdin.resume();
});
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - startedAt) / 1000 })}\n`);
await server.stop();
process.stdin.destroy();
