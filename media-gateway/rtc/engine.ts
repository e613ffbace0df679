import { EventEmitter } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { Config } from '@beilun/shared/runtime/config.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import * as mediasoup from 'mediasoup';
import { routerCodecs } from './codecs.ts';

type RtcConfig = Pick<Config, 'rtcHost' | 'rtcPort' | 'rtcAnnouncedAddress' | 'mediasoupWorkerBin'>;

const restartDelayMs = 500;

interface Running {
	worker: types.Worker;
	server: types.WebRtcServer;
	router: types.Router;
}

/**
 * The mediasoup worker with its one UDP and TCP port and its router. A worker that dies is started again; `lost` tells that all
 * transports are gone with it, `up` that new ones can be made.
 */
export class RtcEngine extends EventEmitter<{ lost: []; up: [] }> {
	readonly #config: RtcConfig;
	readonly #log: Logger;
	#running: Running | null = null;
	#stopped = true;
	#restart: NodeJS.Timeout | undefined;

	constructor(config: RtcConfig, log: Logger) {
		super();
		this.setMaxListeners(0);
		this.#config = config;
		this.#log = log;
	}

	/** Null while the worker is down. */
	get router(): types.Router | null {
		return this.#running?.router ?? null;
	}

	get workerPid(): number | null {
		return this.#running?.worker.pid ?? null;
	}

	/** Throws when the worker does not start. */
	async start(): Promise<void> {
		if (!this.#stopped) return;
		this.#stopped = false;
		await this.#launch();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		clearTimeout(this.#restart);
		const running = this.#running;
		this.#running = null;
		if (running === null || running.worker.died) return;
		const ended = new Promise<void>((resolve) => running.worker.once('subprocessclose', () => resolve()));
		running.worker.close();
		await ended;
	}

	/** A transport for one browser. Throws while the worker is down. */
	async createTransport(): Promise<types.WebRtcTransport> {
		if (this.#running === null) throw new Error('the media worker is down');
		const { router, server } = this.#running;
		return router.createWebRtcTransport({
			webRtcServer: server,
			enableUdp: true,
			enableTcp: true,
			preferUdp: true,
			initialAvailableOutgoingBitrate: 4_000_000,
		});
	}

	/** CPU of the worker so far, in seconds. */
	async workerCpuSeconds(): Promise<number> {
		const usage = await this.#running?.worker.getResourceUsage();
		return usage === undefined ? 0 : (usage.ru_utime + usage.ru_stime) / 1000;
	}

	async #launch(): Promise<void> {
		const { mediasoupWorkerBin } = this.#config;
		const worker = await mediasoup.createWorker({
			logLevel: 'warn',
			...(mediasoupWorkerBin === undefined ? {} : { workerBin: mediasoupWorkerBin }),
		});
		try {
			worker.on('died', (error) => this.#onDied(error));
			const server = await worker.createWebRtcServer({ listenInfos: this.#listenInfos() });
			const router = await worker.createRouter({ mediaCodecs: routerCodecs });
			this.#running = { worker, server, router };
		} catch (error) {
			worker.close();
			throw error;
		}
		this.emit('up');
	}

	#onDied(error: Error): void {
		if (this.#running === null || this.#stopped) return;
		this.#running = null;
		this.#log.error({ err: error }, 'the media worker died; a new one is started');
		this.emit('lost');
		this.#relaunch();
	}

	#relaunch(): void {
		this.#restart = setTimeout(() => {
			this.#launch().catch((error: unknown) => {
				this.#log.error({ err: error }, 'the media worker could not be started');
				if (!this.#stopped) this.#relaunch();
			});
		}, restartDelayMs);
	}

	#listenInfos(): types.TransportListenInfo[] {
		const { rtcHost, rtcPort, rtcAnnouncedAddress } = this.#config;
		const where: { ip: string; announcedAddress?: string }[] =
			rtcAnnouncedAddress !== undefined
				? [{ ip: rtcHost, announcedAddress: rtcAnnouncedAddress }]
				: rtcHost === '0.0.0.0'
					? ownAddresses().map((ip) => ({ ip }))
					: [{ ip: rtcHost }];
		return (['udp', 'tcp'] as const).flatMap((protocol) => where.map((each) => ({ ...each, protocol, ...(rtcPort === 0 ? {} : { port: rtcPort }) })));
	}
}

/** Every IPv4 address of this machine, loopback last: browsers here use it, all others the rest. */
function ownAddresses(): string[] {
	const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	const own = all.filter((each) => each.family === 'IPv4').sort((a, b) => Number(a.internal) - Number(b.internal));
	return [...new Set(own.map((each) => each.address))];
}
