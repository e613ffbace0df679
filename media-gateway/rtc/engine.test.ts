import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { types } from 'mediasoup';
import { afterEach, expect, test, vi } from 'vitest';
import { routerCodecs, rtpParametersOf } from './codecs.ts';
import type { RtcEngine } from './engine.ts';
import type { RtcNode, WorkerNode } from './node.ts';
import { SourceRelay } from './source-relay.ts';
import { receive, testEngine } from './testing/engine.ts';
import { lastByte, Pictures } from './testing/h264.ts';
import { senderReport } from './testing/sender-report.ts';

const h264 = { kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 } as const;
const soon = { timeout: 10_000, interval: 20 };

let engine: RtcEngine;
afterEach(() => engine.stop());

async function start(options: Parameters<typeof testEngine>[0] = {}): Promise<[RtcNode, RtcNode]> {
	engine = testEngine({ workers: 2, ...options });
	await engine.start();
	const [first, second] = engine.nodes;
	if (first === undefined || second === undefined) throw new Error('two workers were wanted');
	return [first, second];
}

async function source(): Promise<{ relay: SourceRelay; producer: types.Producer; show: (mark: number) => void }> {
	const relay = await SourceRelay.open(engine, 'test', () => {});
	const track = await relay.produce(h264);
	const pictures = new Pictures();
	return {
		relay,
		producer: track.producer,
		show: (mark) => {
			for (const packet of [...pictures.key(mark), ...pictures.delta(mark)]) track.send(packet);
		},
	};
}

/** Shows pictures until the last of them has come through. */
async function untilSeen(show: (mark: number) => void, mark: number, packets: Buffer[]): Promise<void> {
	await vi.waitFor(() => {
		show(mark);
		expect(packets.map(lastByte)).toContain(mark);
	}, soon);
}

const runs = (pid: number) => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

test('what one worker takes in, a viewer on another sees, by one pipe for all of them', async () => {
	const [first, second] = await start({ pipeLingerMs: 0 });
	const { relay, producer, show } = await source();
	expect([relay.node, engine.nodeOf(producer)]).toEqual([first, first]);
	const viewers = await Promise.all([1, 2, 3].map(() => receive(engine, second, producer)));
	const here = await receive(engine, first, producer);
	expect(engine.pipes).toBe(1);
	for (const { consumer, packets } of [...viewers, here]) {
		await untilSeen(show, 7, packets);
		expect(consumer.producerId).toBe(producer.id);
	}
	for (const { consumer } of viewers.slice(1)) consumer.close();
	await untilSeen(show, 8, viewers[0]?.packets ?? []);
	expect(engine.pipes).toBe(1);
	viewers[0]?.consumer.close();
	await vi.waitFor(() => expect(engine.pipes).toBe(0), soon);
	await untilSeen(show, 9, here.packets);
	const again = await receive(engine, second, producer);
	await untilSeen(show, 10, again.packets);
	expect(engine.pipes).toBe(1);
	// Ages of pictures rest on it: on every worker the timestamps are those that the source's were made to.
	const timestamps = (packets: Buffer[]) => new Set(packets.map((packet) => packet.readUInt32BE(4)));
	const all = timestamps(here.packets);
	expect([...timestamps(again.packets)].filter((timestamp) => !all.has(timestamp))).toEqual([]);
});

test('a pipe waits for the next viewer for a while', async () => {
	const [, second] = await start({ pipeLingerMs: 60_000 });
	const { producer, show } = await source();
	const before = await receive(engine, second, producer);
	const produced = vi.fn();
	second.router.observer.on('newtransport', (transport) => transport.observer.on('newproducer', produced));
	before.consumer.close();
	const after = await receive(engine, second, producer);
	await untilSeen(show, 3, after.packets);
	expect([engine.pipes, produced.mock.calls.length]).toEqual([1, 0]);
});

test('the end of a producer ends its consumers on every worker', async () => {
	const [first, second] = await start();
	const { producer } = await source();
	const { consumer } = await receive(engine, second, producer);
	const local = await receive(engine, first, producer);
	producer.close();
	await vi.waitFor(() => expect([consumer.closed, local.consumer.closed, engine.pipes]).toEqual([true, true, 0]), soon);
	await expect(receive(engine, second, producer)).rejects.toThrow('gone');
});

test('a pause of the producer reaches consumers on the other worker', async () => {
	const [, second] = await start();
	const { producer } = await source();
	await producer.pause();
	const { consumer } = await receive(engine, second, producer);
	expect(consumer.producerPaused).toBe(true);
	await producer.resume();
	await vi.waitFor(() => expect(consumer.producerPaused).toBe(false), soon);
});

test('a router of its own payload types is served like another worker, on the same and on the other worker', async () => {
	const nodes = await start({ pipeLingerMs: 0 });
	const { producer, show } = await source();
	for (const [index, node] of nodes.entries()) {
		const router = await engine.createRouter(
			node,
			routerCodecs.filter((codec) => codec.mimeType === 'video/H264').map((codec, n) => ({ ...codec, preferredPayloadType: 120 + n })),
		);
		const copies: types.Producer[] = [];
		router.observer.on('newtransport', (transport) => transport.observer.on('newproducer', (copy) => copies.push(copy)));
		const transport = await engine.createTransport(node, router);
		const consumer = await engine.consume(transport, producer, { rtpCapabilities: router.rtpCapabilities });
		expect(consumer.rtpParameters.codecs[0]?.payloadType).toBe(120);
		await vi.waitFor(async () => {
			show(index);
			expect((await copies[0]?.getStats())?.[0]?.packetCount).toBeGreaterThan(0);
		}, soon);
		router.close();
		await vi.waitFor(() => expect([consumer.closed, engine.pipes]).toEqual([true, 0]), soon);
	}
	expect(producer.closed).toBe(false);
});

test('layers of a simulcast producer stay layers through a pipe', async () => {
	const [first, second] = await start();
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const transport = await first.router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, comedia: true });
	const producer = await transport.produce({
		kind: 'video',
		rtpParameters: { ...rtpParametersOf(h264, { ssrc: 11, payloadType: 33, cname: 'x' }), encodings: [{ ssrc: 11 }, { ssrc: 12 }, { ssrc: 13 }] },
	});
	const { consumer, packets } = await receive(engine, second, producer);
	expect(consumer.type).toBe('simulcast');
	const layers = [11, 12, 13].map((ssrc) => new Pictures({ ssrc }));
	// Which layer of a stream mediasoup chooses depends on there being sender reports of all, but for the lowest.
	const show = (mark: number) => {
		for (const [layer, pictures] of layers.entries()) {
			for (const packet of [
				senderReport({ ...pictures, rtpTimestamp: pictures.timestamp, ntpMs: 1_700_000_000_000 }),
				...pictures.key(mark + layer),
				...pictures.delta(mark + layer),
			]) {
				socket.send(packet, transport.tuple.localPort, '127.0.0.1');
			}
		}
	};
	for (const [spatialLayer, mark] of [
		[0, 20],
		[2, 32],
		[1, 41],
	] as const) {
		await consumer.setPreferredLayers({ spatialLayer });
		await vi.waitFor(() => {
			show(mark - spatialLayer);
			expect(lastByte(packets.at(-1) as Buffer)).toBe(mark);
		}, soon);
	}
	socket.close();
});

test('sources and viewers go where the fewest are', async () => {
	const [first, second] = await start();
	const relays = await Promise.all([await SourceRelay.open(engine, 'a', () => {}), await SourceRelay.open(engine, 'b', () => {})]);
	expect(relays.map((relay) => relay.node)).toEqual([first, second]);
	relays[0]?.close();
	expect(engine.nodeForSource()).toBe(first);
	await relays[1]?.produce(h264);
	expect(engine.nodeForViewer()).toBe(first);
	const transport = await engine.createTransport(first);
	expect([engine.nodeOf(transport), engine.nodeForViewer()]).toEqual([first, second]);
	transport.close();
	expect(engine.nodeForViewer()).toBe(first);
});

test('a transport offers UDP and TCP, UDP first', async () => {
	const [first] = await start();
	const { iceCandidates } = await engine.createTransport(first);
	expect(iceCandidates.map(({ protocol, address }) => [protocol, address])).toEqual([
		['udp', '127.0.0.1'],
		['tcp', '127.0.0.1'],
	]);
	expect(iceCandidates[0]?.priority).toBeGreaterThan(iceCandidates[1]?.priority ?? 0);
});

test('a worker that is killed takes only its own streams with it, and there is a new one', async () => {
	const [first, second] = await start();
	const lost = vi.fn();
	const up = vi.fn();
	const relayLost = vi.fn();
	const doomed = await SourceRelay.open(engine, 'doomed', relayLost);
	const { producer: doomedProducer } = await doomed.produce(h264);
	const { relay, producer, show } = await source();
	expect([doomed.node, relay.node]).toEqual([first, second]);
	const piped = await receive(engine, first, producer);
	const local = await receive(engine, second, producer);
	const other = await receive(engine, second, doomedProducer);
	engine.on('lost', lost);
	engine.on('up', up);
	process.kill(first.pid, 'SIGKILL');
	await vi.waitFor(() => expect(lost.mock.calls).toEqual([[first]]), soon);
	expect([piped.consumer.closed, other.consumer.closed, doomedProducer.closed, producer.closed, local.consumer.closed]).toEqual([
		true,
		true,
		true,
		false,
		false,
	]);
	expect(relayLost).toHaveBeenCalledOnce();
	expect([engine.nodes, engine.nodeOf(doomedProducer), engine.nodeForSource(), engine.nodeForViewer(), engine.pipes]).toEqual([
		[second],
		null,
		second,
		second,
		0,
	]);
	await expect(engine.createTransport(first)).rejects.toThrow('down');
	await untilSeen(show, 5, local.packets);
	await vi.waitFor(() => expect(up).toHaveBeenCalledOnce(), soon);
	const [reborn] = up.mock.calls[0] as [RtcNode];
	expect([reborn.index, engine.nodes.length]).toEqual([first.index, 2]);
	expect(reborn.pid).not.toBe(first.pid);
	const renewed = await receive(engine, reborn, producer);
	await untilSeen(show, 6, renewed.packets);
});

test('a pipe into a worker that dies meanwhile is refused, and works with the next one', async () => {
	const [, second] = await start();
	const { producer, show } = await source();
	const transport = await engine.directTransport(second);
	process.kill(second.pid, 'SIGKILL');
	const tries = [1, 2].map(() => engine.consume(transport, producer, { rtpCapabilities: second.router.rtpCapabilities }));
	for (const result of await Promise.allSettled(tries)) expect(result).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
	const [reborn] = (await once(engine, 'up')) as [RtcNode];
	expect(engine.pipes).toBe(0);
	const { packets } = await receive(engine, reborn, producer);
	await untilSeen(show, 4, packets);
});

test('when all have died none is chosen, until they are back', async () => {
	const nodes = await start();
	const lost = vi.fn();
	engine.on('lost', lost);
	for (const node of nodes) process.kill(node.pid, 'SIGKILL');
	await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(2), soon);
	expect([engine.nodeForSource(), engine.nodeForViewer()]).toEqual([null, null]);
	await expect(SourceRelay.open(engine, 'x', () => {})).rejects.toMatchObject({ name: 'SourceError', reason: 'gateway-error' });
	expect(engine.rtpCapabilities?.codecs?.length).toBeGreaterThan(0);
	await vi.waitFor(() => expect(engine.nodes.map((node) => node.index)).toEqual([0, 1]), soon);
});

test('after stop no worker runs and none is started again', async () => {
	const nodes = await start();
	expect(nodes.map((node) => runs(node.pid))).toEqual([true, true]);
	expect(await engine.workerCpuSeconds()).toBeGreaterThan(0);
	process.kill(nodes[0].pid, 'SIGKILL');
	await once(engine, 'lost');
	await engine.stop();
	expect([...nodes.map((node) => runs(node.pid)), engine.nodes.length]).toEqual([false, false, 0]);
});

test('workers that mediasoup has closed by itself, at a signal, are not waited for', async () => {
	const nodes = await start();
	for (const node of nodes) (node as WorkerNode).worker.close();
	await vi.waitFor(() => expect(nodes.map((node) => runs(node.pid))).toEqual([false, false]), soon);
	expect([engine.nodes, engine.nodeForViewer()]).toEqual([[], null]);
	await engine.stop();
});

test('a port that is taken is told at the start, and leaves no worker behind', async () => {
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const before = new Set(await children());
	// The second worker's port is one above the first's.
	engine = testEngine({ workers: 2, config: { rtcPort: socket.address().port - 1 } });
	await expect(engine.start()).rejects.toThrow(/address already in use/);
	socket.close();
	await vi.waitFor(async () => expect((await children()).filter((pid) => !before.has(pid))).toEqual([]), soon);
});

async function children(): Promise<string[]> {
	const threads = await readdir('/proc/self/task');
	const lists = await Promise.all(threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')));
	return lists.join(' ').split(' ').filter(Boolean);
}
