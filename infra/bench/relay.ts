import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensurePackages } from '../debian/packages.ts';
import { launch } from '../harness/launcher.ts';
import { register } from './cameras.ts';
import { Farm } from './relay/farm.ts';
import { Janus, JanusSession } from './relay/janus.ts';
import { childrenNamed, cpuSeconds, residentMegabytes } from './relay/processes.ts';
import { monotonic, RtpCamera } from './relay/rtp-camera.ts';
import { ViewerProcess } from './relay/viewer-process.ts';
import { type Offerer, Viewer } from './relay/viewers.ts';
import { whep } from './relay/viewers-main.ts';
import { quantile, report, tell } from './report.ts';

const bench = 'relay';
const viewers = 100;
const measureMs = 20_000;
const peer = 'janus 1.1.2 streaming plugin';

/**
 * What relaying costs: one camera of 200 packets of 1,200 bytes a second to 100 viewers, by our gateway and by Janus, one after the
 * other. Then the gateway's own JavaScript with 50 cameras of 2 Mbit/s. Runs in a network namespace of its own.
 */
export async function relay(): Promise<void> {
	if (process.env.BENCH_NETWORK !== 'own') return inOwnNetwork();
	await ensurePackages(['janus'], 'measure the relay against its peer', tell);
	const ours = await measureGateway();
	const theirs = await measureJanus();
	report({
		bench,
		metric: 'SRTP packets out per processor second of the relay',
		value: ours.packetsPerCpuSecond,
		unit: 'packets/s',
		target: 80_000,
		atMost: false,
		peer: { name: peer, value: theirs.packetsPerCpuSecond },
	});
	report({
		bench,
		metric: 'memory of the relay for each viewer',
		value: ours.megabytesPerViewer,
		unit: 'MB',
		target: 1,
		peer: { name: peer, value: theirs.megabytesPerViewer },
	});
	for (const [name, share] of [
		['p50', 0.5],
		['p99', 0.99],
	] as const) {
		report({
			bench,
			metric: `delay from the camera's socket to a viewer's, ${name}`,
			value: quantile(ours.delays, share),
			unit: 'ms',
			target: 5,
			peer: { name: peer, value: quantile(theirs.delays, share) },
		});
	}
	report({ bench, metric: 'packets lost on the way', value: ours.lost, unit: 'packets', target: 0, peer: { name: peer, value: theirs.lost } });
	for (const transport of ['udp', 'tcp'] as const) {
		const share = await measureFarm(transport);
		report({
			bench,
			metric: `processor of the gateway's own process, 50 cameras of 2 Mbit/s by ${transport.toUpperCase()}`,
			value: share * 100,
			unit: '% of a core',
			target: transport === 'udp' ? 5 : 35,
		});
	}
}

/** Janus takes no loopback address for its viewers: a network of our own has another one that leads nowhere. */
async function inOwnNetwork(): Promise<void> {
	await ensurePackages(['janus', 'iproute2', 'util-linux'], 'measure the relay against its peer', tell);
	const script = `ip link set lo up && ip link add bench0 type veth peer name bench1 && ip address add 198.51.100.1/24 dev bench0 && ip link set bench0 up && ip link set bench1 up && exec "$@"`;
	const child = spawn('unshare', ['--net', 'bash', '-c', script, 'bench', process.execPath, ...process.argv.slice(1)], {
		stdio: 'inherit',
		env: { ...process.env, BENCH_NETWORK: 'own' },
	});
	const [code] = (await once(child, 'exit')) as [number | null];
	if (code !== 0) throw new Error(`the measurement in its own network ended with ${code}`);
}

interface Measured {
	packetsPerCpuSecond: number;
	megabytesPerViewer: number;
	delays: number[];
	lost: number;
}

async function measureGateway(): Promise<Measured> {
	tell('the gateway: one camera, 100 viewers');
	const camera = await RtpCamera.start();
	const system = await launch({ environment: { BEILUN_RTC_WORKERS: '1', BEILUN_CAMERA_NETWORKS: '127.0.0.0/8' } });
	try {
		await register(system, 'bench-camera', camera.url, 'udp');
		const at = { url: `${system.url}/whep/bench-camera`, token: system.serviceToken };
		const worker = (await childrenNamed(system.child.pid ?? 0, 'mediasoup-worker'))[0] ?? 0;
		return await measure({
			camera,
			relayPid: worker,
			probe: whep(at),
			connect: (process) => process.connectWhep(Array.from({ length: viewers }, () => at)),
		});
	} finally {
		await system.stop();
		await camera.stop();
	}
}

async function measureJanus(): Promise<Measured> {
	tell('Janus: the same camera, the same viewers');
	const camera = await RtpCamera.start();
	const janus = await Janus.start();
	const session = await JanusSession.open(janus.url);
	try {
		camera.sendTo(janus.rtpPort);
		const pid = janus.child.pid ?? 0;
		return await measure({
			camera,
			relayPid: pid,
			probe: session.offerer,
			connect: (process) => process.connectJanus(janus.url, viewers),
		});
	} finally {
		session.close();
		await janus.stop();
		await camera.stop();
	}
}

interface Setup {
	camera: RtpCamera;
	relayPid: number;
	probe: Offerer;
	connect: (viewers: ViewerProcess) => Promise<void>;
}

async function measure({ camera, relayPid, probe, connect }: Setup): Promise<Measured> {
	const others = ViewerProcess.start();
	// Its own viewer first: what a first viewer sets up is not counted to the others.
	const own = await Viewer.connect(probe);
	try {
		const before = await residentMegabytes(relayPid);
		await connect(others);
		await new Promise((done) => setTimeout(done, 3_000));
		const delays: number[] = [];
		own.onPacket = (timestamp) => {
			const sentAt = camera.sentAt.get(timestamp);
			if (sentAt !== undefined) delays.push(monotonic() - sentAt);
		};
		const [cpu, packets] = [await cpuSeconds(relayPid), await others.packets()];
		const ownBefore = own.packets;
		await new Promise((done) => setTimeout(done, measureMs));
		const used = (await cpuSeconds(relayPid)) - cpu;
		const got = (await others.packets()).map((count, index) => count - (packets[index] ?? 0));
		const ownGot = own.packets - ownBefore;
		own.onPacket = undefined;
		const total = got.reduce((sum, each) => sum + each, ownGot);
		return {
			packetsPerCpuSecond: total / used,
			megabytesPerViewer: ((await residentMegabytes(relayPid)) - before) / viewers,
			delays,
			// Each viewer's share of what the best one got; the borders of the interval are a packet or two wide.
			lost: got.reduce((sum, each) => sum + Math.max(0, Math.max(...got) - each - 4), 0),
		};
	} finally {
		await others.stop();
		await own.close();
	}
}

/** Share of a core that the gateway's Node process needs for 50 cameras, each watched once. */
async function measureFarm(transport: 'udp' | 'tcp'): Promise<number> {
	const cameras = 50;
	tell(`50 cameras of 2 Mbit/s by ${transport.toUpperCase()}`);
	const farm = await Farm.start(cameras);
	const system = await launch({ environment: { BEILUN_CAMERA_NETWORKS: '127.0.0.0/8' } });
	const watching = ViewerProcess.start();
	try {
		const ids = farm.urls.map((_, n) => `bench-${n}`);
		for (const [n, id] of ids.entries()) await register(system, id, farm.urls[n] ?? '', transport);
		await watching.connectWhep(ids.map((id) => ({ url: `${system.url}/whep/${id}`, token: system.serviceToken })));
		await new Promise((done) => setTimeout(done, 5_000));
		const pid = system.child.pid ?? 0;
		const before = await cpuSeconds(pid);
		const packets = await watching.packets();
		await new Promise((done) => setTimeout(done, measureMs));
		const used = (await cpuSeconds(pid)) - before;
		const got = (await watching.packets()).map((count, index) => count - (packets[index] ?? 0));
		const still = got.filter((count) => count === 0).length;
		tell(`  ${Math.round((got.reduce((sum, each) => sum + each, 0) * 1000) / measureMs)} packets/s relayed, ${still} cameras without a packet`);
		if (still > 0) throw new Error(`${still} cameras gave no picture`);
		return (used * 1000) / measureMs;
	} finally {
		await watching.stop();
		await system.stop();
		await farm.stop();
	}
}
