import { EventEmitter } from 'node:events';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import { CameraPorts } from './camera-ports.ts';
import { type RtcConfig, type RtcNode, WorkerNode } from './node.ts';
import { Pipes } from './pipes.ts';
import { grantedBuffer, socketBuffer } from './socket-buffers.ts';

export type { RtcNode } from './node.ts';

const restartDelayMs = 500;
const pipeLingerMs = 10_000;

/**
 * The mediasoup workers, one for each core. A worker that dies is started again: `lost` tells that all that stood on it is gone,
 * `up` that there is a new one. The other workers go on.
 */
export class RtcEngine extends EventEmitter<{ lost: [node: RtcNode]; up: [node: RtcNode] }> {
	readonly #config: RtcConfig;
	readonly #log: Logger;
	readonly #pipes: Pipes;
	/** By index; null while that worker is down. */
	#nodes: (WorkerNode | null)[] = [];
	readonly #homes = new WeakMap<types.Producer | types.Transport, WorkerNode>();
	/** Of transports that stand on another router than their node's. */
	readonly #routers = new WeakMap<types.Transport, types.Router>();
	readonly #restarts = new Map<number, NodeJS.Timeout>();
	readonly #launches = new Set<Promise<unknown>>();
	#stopped = true;
	#rtpCapabilities: types.RtpCapabilities | null = null;
	/** UDP ports that cameras may send to. */
	readonly cameraPorts: CameraPorts;

	constructor(config: RtcConfig, log: Logger, options: { pipeLingerMs?: number } = {}) {
		super();
		this.setMaxListeners(0);
		this.#config = config;
		this.#log = log;
		this.#pipes = new Pipes(options.pipeLingerMs ?? pipeLingerMs);
		this.cameraPorts = new CameraPorts(config.cameraPorts);
	}

	/** Those that are up. */
	get nodes(): readonly RtcNode[] {
		return this.#up();
	}

	/** The same for all; null before the start. */
	get rtpCapabilities(): types.RtpCapabilities | null {
		return this.#rtpCapabilities;
	}

	/** How many producers are piped to another worker than their own. */
	get pipes(): number {
		return this.#pipes.count;
	}

	/** Throws when a worker does not start. */
	async start(): Promise<void> {
		if (!this.#stopped) return;
		this.#stopped = false;
		this.#nodes = Array.from({ length: this.#config.rtcWorkers }, () => null);
		const launches = await Promise.allSettled(this.#nodes.map((_, index) => this.#launch(index)));
		const failed = launches.find((launch) => launch.status === 'rejected');
		if (failed !== undefined) {
			await this.stop();
			throw failed.reason;
		}
		const granted = await grantedBuffer();
		if (granted < socketBuffer) {
			this.#log.warn(
				{ wanted: socketBuffer, granted },
				'the kernel grants small socket buffers, busy moments may lose packets: raise net.core.rmem_max',
			);
		}
	}

	/** Answers when no worker runs any more. */
	async stop(): Promise<void> {
		this.#stopped = true;
		for (const timer of this.#restarts.values()) clearTimeout(timer);
		this.#restarts.clear();
		this.#pipes.close();
		await Promise.allSettled(this.#launches);
		const nodes = this.#nodes.filter((node) => node !== null);
		this.#nodes = [];
		await Promise.all(nodes.map((node) => node.close()));
	}

	/** Where the fewest sources are; null while no worker is up. */
	nodeForSource(): RtcNode | null {
		return leastLoaded(this.#up(), (node) => node.sources);
	}

	/** Where the least is sent to browsers; null while no worker is up. */
	nodeForViewer(): RtcNode | null {
		return leastLoaded(this.#up(), (node) => node.viewers);
	}

	/** Null when the worker it stood on is gone. */
	nodeOf(of: types.Producer | types.Transport): RtcNode | null {
		return this.#homeOf(of);
	}

	/**
	 * A further router on the node's worker, for those who need other payload types than the node's own router has: mediasoup sends
	 * what its router says, whatever a receiver would like. It closes with the worker, or by whoever asked for it.
	 */
	async createRouter(node: RtcNode, mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router> {
		return this.#present(node).createRouter(mediaCodecs);
	}

	/** A transport for one browser, on a router of `createRouter` where one is given. Throws when the node is gone. */
	async createTransport(node: RtcNode, router: types.Router = node.router): Promise<types.WebRtcTransport> {
		const transport = await this.#present(node).createTransport(router);
		if (router !== node.router) this.#routers.set(transport, router);
		return transport;
	}

	/** The transport by which packets come out of this node into this process. Throws when the node is gone. */
	async directTransport(node: RtcNode): Promise<types.DirectTransport> {
		return this.#present(node).directTransport();
	}

	/**
	 * As `transport.consume`, wherever the producer is. Throws when the producer or the transport is gone, or goes meanwhile; a consumer
	 * from another worker closes with its producer as any does.
	 */
	async consume(
		transport: types.WebRtcTransport | types.DirectTransport,
		producer: types.Producer,
		options: Omit<types.ConsumerOptions, 'producerId'>,
	): Promise<types.Consumer> {
		const from = this.#homeOf(producer);
		const to = this.#homeOf(transport);
		if (from === null || to === null || producer.closed || transport.closed) throw new Error('the source or the transport is gone');
		const router = this.#routers.get(transport) ?? to.router;
		if (from.router === router) return transport.consume({ ...options, producerId: producer.id });
		const { producerId, release } = await this.#pipes.claim(producer, { from: from.router, to: router, sameWorker: from === to });
		try {
			const consumer: types.Consumer = await transport.consume({ ...options, producerId });
			if (consumer.closed) release();
			else consumer.observer.once('close', release);
			return consumer;
		} catch (error) {
			release();
			throw error;
		}
	}

	/** CPU that the workers that are up have taken so far, in seconds. */
	async workerCpuSeconds(): Promise<number> {
		const usages = await Promise.allSettled(this.#up().map((node) => node.worker.getResourceUsage()));
		return usages.reduce((sum, usage) => sum + (usage.status === 'fulfilled' ? (usage.value.ru_utime + usage.value.ru_stime) / 1000 : 0), 0);
	}

	/** A worker that has just died is closed before it is said to be: whoever hears of the end of their transport first asks here. */
	#up(): WorkerNode[] {
		return this.#nodes.filter((node) => node !== null && !node.worker.closed) as WorkerNode[];
	}

	#homeOf(of: types.Producer | types.Transport): WorkerNode | null {
		const node = this.#homes.get(of);
		return node !== undefined && this.#nodes[node.index] === node && !node.worker.closed ? node : null;
	}

	#present(node: RtcNode): WorkerNode {
		const present = this.#nodes[node.index];
		if (present !== node || present === undefined || present.worker.closed) throw new Error('the media worker is down');
		return present;
	}

	async #launch(index: number): Promise<void> {
		const launch = WorkerNode.launch(index, this.#config, {
			onTransport: (node, transport) => this.#homes.set(transport, node),
			onProducer: (node, producer) => this.#homes.set(producer, node),
			onDied: (node, error) => this.#onDied(node, error),
		});
		this.#launches.add(launch);
		try {
			const node = await launch;
			this.#nodes[index] = node;
			this.#rtpCapabilities ??= node.router.rtpCapabilities;
			if (!this.#stopped) this.emit('up', node);
		} finally {
			this.#launches.delete(launch);
		}
	}

	#onDied(node: WorkerNode, error: Error): void {
		if (this.#nodes[node.index] !== node || this.#stopped) return;
		this.#nodes[node.index] = null;
		this.#log.error({ err: error, worker: node.index }, 'a media worker died; a new one is started');
		this.#relaunch(node.index);
		this.emit('lost', node);
	}

	#relaunch(index: number): void {
		const again = () => {
			this.#restarts.delete(index);
			this.#launch(index).catch((error: unknown) => {
				this.#log.error({ err: error, worker: index }, 'a media worker could not be started');
				if (!this.#stopped) this.#relaunch(index);
			});
		};
		this.#restarts.set(index, setTimeout(again, restartDelayMs));
	}
}

function leastLoaded(nodes: WorkerNode[], load: (node: WorkerNode) => number): WorkerNode | null {
	return nodes.reduce<WorkerNode | null>((least, node) => (least === null || load(node) < load(least) ? node : least), null);
}
