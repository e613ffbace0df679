import { networkInterfaces } from 'node:os';
import type { Config } from '@beilun/shared/runtime/config.ts';
import type { types } from 'mediasoup';
import * as mediasoup from 'mediasoup';
import { routerCodecs } from './codecs.ts';

export type RtcConfig = Pick<Config, 'rtcHost' | 'rtcPort' | 'rtcAnnouncedAddress' | 'rtcWorkers' | 'cameraPorts' | 'mediasoupWorkerBin'>;

/** One mediasoup worker with its router. Whoever starts it again makes a new object. */
export interface RtcNode {
	/** From 0 up; a worker that takes the place of a dead one has the same. */
	readonly index: number;
	readonly pid: number;
	readonly router: types.Router;
}

/** Told of everything that comes to be on a router. */
interface NodeListener {
	onTransport(node: WorkerNode, transport: types.Transport): void;
	onProducer(node: WorkerNode, producer: types.Producer): void;
	onDied(node: WorkerNode, error: Error): void;
}

/** A worker with its one UDP and TCP port, its router, and the count of what it carries. */
export class WorkerNode implements RtcNode {
	readonly index: number;
	readonly worker: types.Worker;
	readonly router: types.Router;
	readonly #server: types.WebRtcServer;
	#listener: NodeListener | null = null;
	#direct: Promise<types.DirectTransport> | null = null;
	/** Sources that send into it, and browsers with what is sent to them. */
	sources = 0;
	viewers = 0;

	private constructor(index: number, worker: types.Worker, server: types.WebRtcServer, router: types.Router) {
		this.index = index;
		this.worker = worker;
		this.#server = server;
		this.router = router;
	}

	/** Throws when the worker does not start or its port is taken. */
	static async launch(index: number, config: RtcConfig, listener: NodeListener): Promise<WorkerNode> {
		const worker = await mediasoup.createWorker({
			logLevel: 'warn',
			...(config.mediasoupWorkerBin === undefined ? {} : { workerBin: config.mediasoupWorkerBin }),
		});
		try {
			const port = config.rtcPort === 0 ? 0 : config.rtcPort + index;
			const server = await worker.createWebRtcServer({ listenInfos: listenInfos(config, port) });
			const router = await worker.createRouter({ mediaCodecs: routerCodecs });
			const node = new WorkerNode(index, worker, server, router);
			node.#observe(router, listener);
			worker.on('died', (error) => listener.onDied(node, error));
			return node;
		} catch (error) {
			worker.close();
			throw error;
		}
	}

	get pid(): number {
		return this.worker.pid;
	}

	/** A further router on this worker. */
	async createRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router> {
		const router = await this.worker.createRouter({ mediaCodecs });
		if (this.#listener !== null) this.#observe(router, this.#listener);
		return router;
	}

	createTransport(router = this.router): Promise<types.WebRtcTransport> {
		return router.createWebRtcTransport({
			webRtcServer: this.#server,
			enableUdp: true,
			enableTcp: true,
			preferUdp: true,
			initialAvailableOutgoingBitrate: 4_000_000,
		});
	}

	/** The one transport by which packets come out of the worker into this process. */
	directTransport(): Promise<types.DirectTransport> {
		this.#direct ??= this.router.createDirectTransport().catch((error: unknown) => {
			this.#direct = null;
			throw error;
		});
		return this.#direct;
	}

	/** Answers when the process has ended. mediasoup may have closed it already, at a signal to this process. */
	async close(): Promise<void> {
		if (this.worker.subprocessClosed) return;
		const ended = new Promise<void>((resolve) => this.worker.once('subprocessclose', () => resolve()));
		this.worker.close();
		await ended;
	}

	#observe(router: types.Router, listener: NodeListener): void {
		this.#listener = listener;
		router.observer.on('newtransport', (transport) => this.#watch(transport, listener));
	}

	#watch(transport: types.Transport, listener: NodeListener): void {
		listener.onTransport(this, transport);
		const browser = transport.type === 'webrtc';
		if (browser) {
			this.viewers += 1;
			transport.observer.once('close', () => {
				this.viewers -= 1;
			});
		} else if (transport.type === 'plain') {
			this.sources += 1;
			transport.observer.once('close', () => {
				this.sources -= 1;
			});
		}
		transport.observer.on('newproducer', (producer) => {
			listener.onProducer(this, producer);
			if (transport.type === 'pipe') return;
			this.sources += 1;
			producer.observer.once('close', () => {
				this.sources -= 1;
			});
		});
		if (!browser) return;
		transport.observer.on('newconsumer', (consumer) => {
			this.viewers += 1;
			consumer.observer.once('close', () => {
				this.viewers -= 1;
			});
		});
	}
}

function listenInfos(config: RtcConfig, port: number): types.TransportListenInfo[] {
	const { rtcHost, rtcAnnouncedAddress } = config;
	const where: { ip: string; announcedAddress?: string }[] =
		rtcAnnouncedAddress !== undefined
			? [{ ip: rtcHost, announcedAddress: rtcAnnouncedAddress }]
			: rtcHost === '0.0.0.0'
				? ownAddresses().map((ip) => ({ ip }))
				: [{ ip: rtcHost }];
	return (['udp', 'tcp'] as const).flatMap((protocol) => where.map((each) => ({ ...each, protocol, ...(port === 0 ? {} : { port }) })));
}

/** Every IPv4 address of this machine, loopback last: browsers here use it, all others the rest. */
function ownAddresses(): string[] {
	const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	const own = all.filter((each) => each.family === 'IPv4').sort((a, b) => Number(a.internal) - Number(b.internal));
	return [...new Set(own.map((each) => each.address))];
}
