import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Stream } from '@beilun/shared/protocol/media.ts';
import { type Launched, launch } from '../harness/launcher.ts';
import { FaultProxy } from '../harness/proxy.ts';
import { loadClips } from '../simulator/clips/clips.ts';
import { RtspServer } from '../simulator/rtsp/server.ts';
import { register } from './cameras.ts';
import { childrenNamed, residentMegabytes } from './relay/processes.ts';
import { Viewer } from './relay/viewers.ts';
import { whep } from './relay/viewers-main.ts';
import { quantile, report, tell } from './report.ts';

const bench = 'recover';
const faultsWanted = 100;
const registered = 200;
const mostLive = 50;
const openings = 500;
const stuckAfterMs = 20_000;

/** The viewer's packets are the witness, not what the gateway says of itself. */
interface Watched {
	id: string;
	clip: string;
	transport: 'tcp' | 'udp';
	proxy: FaultProxy;
	viewer: Viewer;
}

interface Outcome {
	fault: string;
	/** Null where the stream came back before it was looked at again. */
	detected: number | null;
	recovered: number;
}

const faults = ['silent', 'offline', 'cut', 'blackhole', 'reset'] as const;

/** 100 random faults over 14 cameras, half by TCP and half by UDP; then a working life of opening and closing, and what is left of it. */
export async function recover(): Promise<void> {
	const clips = await loadClips();
	const server = new RtspServer({ clips, username: 'bench', password: 'bench', maxConnections: 512 });
	const port = await server.start();
	const system = await launch();
	try {
		await breakAndMend(system, server, port);
		await churn(system, server, port);
	} finally {
		await system.stop();
		await server.stop();
	}
}

async function breakAndMend(system: Launched, server: RtspServer, port: number): Promise<void> {
	const watched: Watched[] = [];
	for (const [index, clip] of server.cameraIds.entries()) {
		const proxy = new FaultProxy(port);
		const id = `bench-${clip}`;
		const transport = index % 2 === 0 ? 'tcp' : 'udp';
		await register(system, id, `rtsp://bench:bench@127.0.0.1:${await proxy.start()}/${clip}`, transport);
		watched.push({ id, clip, transport, proxy, viewer: await watch(system, id) });
	}
	tell(`${faultsWanted} faults on ${watched.length} cameras`);
	const outcomes: Outcome[] = [];
	let left = faultsWanted;
	await Promise.all(
		watched.map(async (camera) => {
			while (left > 0) {
				left -= 1;
				outcomes.push(await breakOnce(system, server, camera));
				await pause(500 + Math.random() * 2_000);
			}
		}),
	);
	const stuck = outcomes.filter((outcome) => outcome.recovered >= stuckAfterMs);
	for (const { fault } of stuck) tell(`  stuck after ${fault}`);
	const detected = outcomes.flatMap(({ detected }) => detected ?? []);
	report({ bench, metric: 'faults tried', value: outcomes.length, unit: 'faults', target: faultsWanted, atMost: false });
	report({ bench, metric: 'fault noticed, slowest', value: Math.max(...detected) / 1000, unit: 's', target: 5 });
	report({
		bench,
		metric: 'picture back at the viewer after the camera was, p50',
		value:
			quantile(
				outcomes.map((each) => each.recovered),
				0.5,
			) / 1000,
		unit: 's',
		target: 2,
	});
	report({
		bench,
		metric: 'picture back at the viewer after the camera was, p95',
		value:
			quantile(
				outcomes.map((each) => each.recovered),
				0.95,
			) / 1000,
		unit: 's',
		target: 2,
	});
	report({
		bench,
		metric: 'picture back at the viewer after the camera was, slowest',
		value: Math.max(...outcomes.map((each) => each.recovered)) / 1000,
		unit: 's',
		target: 2,
	});
	for (const fault of faults) {
		const of = outcomes.filter((outcome) => outcome.fault === fault).map((outcome) => outcome.recovered);
		tell(`  ${fault}: ${of.length} times, back within p50 ${Math.round(quantile(of, 0.5))} ms, slowest ${Math.round(Math.max(...of))} ms`);
	}
	report({ bench, metric: 'streams that did not come back', value: stuck.length, unit: 'streams', target: 0 });
	for (const { viewer, proxy } of watched) {
		await viewer.close();
		await proxy.stop();
	}
}

async function breakOnce(system: Launched, server: RtspServer, { id, clip, transport, proxy, viewer }: Watched): Promise<Outcome> {
	// What comes by UDP goes on while its control connection hangs: no fault.
	const possible = faults.filter((fault) => transport === 'tcp' || fault !== 'blackhole');
	const fault = possible[Math.floor(Math.random() * possible.length)] ?? 'silent';
	const brokenAt = performance.now();
	if (fault === 'silent' || fault === 'offline') server.fail(clip, fault);
	else proxy[fault]();
	let detected: number | null = null;
	const lasts = fault === 'reset' ? 0 : 6_000 + Math.random() * 3_000;
	while (performance.now() - brokenAt < lasts) {
		if (detected === null && (await stateOf(system, id)) !== 'live') detected = performance.now() - brokenAt;
		await pause(50);
	}
	if (lasts > 0) detected ??= Number.POSITIVE_INFINITY;
	server.restore(clip);
	proxy.mend();
	const before = viewer.packets;
	const mendedAt = performance.now();
	// More than what was still under way.
	while (viewer.packets < before + 20 && performance.now() - mendedAt < stuckAfterMs) await pause(20);
	return { fault, detected, recovered: performance.now() - mendedAt };
}

interface Held {
	memory: number;
	workers: number;
	files: number;
	udpPorts: number;
}

async function churn(system: Launched, server: RtspServer, port: number): Promise<void> {
	tell(`${openings} openings of ${registered} cameras, at most ${mostLive} at a time`);
	const ids: string[] = [];
	for (let n = 0; n < registered; n += 1) {
		const clip = server.cameraIds[n % server.cameraIds.length] ?? '';
		const id = `churn-${n}`;
		await register(system, id, `rtsp://bench:bench@127.0.0.1:${port}/${clip}`, n % 2 === 0 ? 'tcp' : 'udp');
		ids.push(id);
	}
	const open: Viewer[] = [];
	const turn = async (count: number) => {
		for (let n = 0; n < count; n += 1) {
			if (open.length >= mostLive || (open.length > 10 && Math.random() < 0.4))
				await open.splice(Math.floor(Math.random() * open.length), 1)[0]?.close();
			open.push(await watch(system, ids[Math.floor(Math.random() * ids.length)] ?? ''));
		}
	};
	const closeAll = async () => {
		for (const viewer of open.splice(0)) await viewer.close();
		// Ten seconds after the last use cameras are closed; sessions whose viewer is gone, sooner.
		await untilQuiet(system);
	};
	// What a first round loads and caches is no leak.
	await turn(60);
	await closeAll();
	const before = await held(system);
	await turn(openings);
	await closeAll();
	const after = await held(system);
	tell(`  before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
	report({ bench, metric: 'file descriptors left over by 500 openings', value: after.files - before.files, unit: 'files', target: 5 });
	report({ bench, metric: 'UDP ports left over by 500 openings', value: after.udpPorts - before.udpPorts, unit: 'ports', target: 0 });
	report({ bench, metric: 'memory of the gateway grown over 500 openings', value: after.memory - before.memory, unit: 'MB', target: 50 });
	report({ bench, metric: 'memory of the media workers grown over 500 openings', value: after.workers - before.workers, unit: 'MB', target: 20 });
}

async function untilQuiet(system: Launched): Promise<void> {
	for (let tries = 0; tries < 600; tries += 1) {
		const { items } = await system.call<{ items: Stream[] }>('GET', '/api/v1/streams');
		const busy = items.filter((stream) => stream.status.state === 'live' || stream.status.state === 'connecting' || stream.viewers > 0);
		if (busy.length === 0) return;
		await pause(100);
	}
	throw new Error('streams were still open a minute after their last viewer');
}

async function held(system: Launched): Promise<Held> {
	const pid = system.child.pid ?? 0;
	const workers = await childrenNamed(pid, 'mediasoup-worker');
	const all = [pid, ...workers];
	const files = await Promise.all(all.map(async (each) => (await readdir(`/proc/${each}/fd`)).length));
	const workerMemory = await Promise.all(workers.map(residentMegabytes));
	return {
		memory: await residentMegabytes(pid),
		workers: workerMemory.reduce((sum, each) => sum + each, 0),
		files: files.reduce((sum, each) => sum + each, 0),
		udpPorts: await udpPortsOf(all),
	};
}

/** UDP sockets that these processes hold. */
async function udpPortsOf(pids: number[]): Promise<number> {
	const inodes = new Set<string>();
	for (const pid of pids) {
		for (const file of await readdir(`/proc/${pid}/fd`)) {
			const inode = /socket:\[(\d+)\]/.exec(await readlink(`/proc/${pid}/fd/${file}`).catch(() => ''))?.[1];
			if (inode !== undefined) inodes.add(inode);
		}
	}
	const tables = (await Promise.all(['udp', 'udp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))).join('\n');
	return tables.split('\n').filter((line) => inodes.has(line.trim().split(/\s+/)[9] ?? '')).length;
}

function watch(system: Launched, id: string): Promise<Viewer> {
	return Viewer.connect(whep({ url: `${system.url}/whep/${id}`, token: system.serviceToken }));
}

async function stateOf(system: Launched, id: string): Promise<string> {
	return (await system.call<Stream>('GET', `/api/v1/streams/${id}`)).status.state;
}

function pause(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}
