import { fileURLToPath } from 'node:url';
import type { Subscription } from '@beilun/shared/runtime/bus.ts';
import { migrate } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import { Lifecycle } from '@beilun/shared/runtime/lifecycle.ts';
import type { Service, ServiceContext } from '@beilun/shared/runtime/service.ts';
import { sql } from 'kysely';
import { AddressGuard } from './cameras/guard.ts';
import { CameraRegistry } from './cameras/registry.ts';
import { cameraRoutes } from './cameras/routes.ts';
import { RtcEngine } from './rtc/engine.ts';
import { MediaNamespace } from './signalling/namespace.ts';
import { StreamDirectory } from './streams/directory.ts';
import { gatewayMetrics, streamMetrics } from './streams/metrics.ts';
import { streamRoutes } from './streams/routes.ts';
import { StreamTokens } from './tokens/registry.ts';
import { streamTokenRoutes } from './tokens/routes.ts';
import { Transcoders } from './transcode/transcoders.ts';
import { Whip } from './whip/whip.ts';

/** Cameras and field video in, WebRTC out. */
export class MediaGateway implements Service {
	readonly name = 'media-gateway';
	readonly #context: ServiceContext;
	readonly #engine: RtcEngine;
	readonly #transcoders: Transcoders;
	readonly #streams: StreamDirectory;
	readonly #cameras: CameraRegistry;
	readonly #signalling: MediaNamespace;
	readonly #tokens: StreamTokens;
	readonly #whip: Whip;
	#guard: AddressGuard | undefined;
	#lifecycle: Lifecycle | undefined;

	constructor(context: ServiceContext) {
		this.#context = context;
		this.#engine = new RtcEngine(context.config, context.log);
		this.#transcoders = new Transcoders({ log: context.log, limit: context.config.transcoders });
		this.#streams = new StreamDirectory({
			bus: context.bus,
			log: context.log,
			engine: this.#engine,
			transcoders: this.#transcoders,
			cameraPorts: context.config.cameraPorts,
			resolve: (host) => this.#addressGuard().resolve(host),
		});
		this.#cameras = new CameraRegistry({
			database: context.database,
			bus: context.bus,
			secrets: context.secrets,
			onPut: (camera, urls) => {
				if (this.#lifecycle !== undefined) this.#streams.putCamera(camera, urls);
			},
			onRemoved: (id) => this.#streams.remove(id),
		});
		this.#signalling = new MediaNamespace({
			io: context.io,
			identity: context.identity,
			peers: context.peers,
			log: context.log,
			engine: this.#engine,
			streams: this.#streams,
			resolve: (host) => this.#addressGuard().resolve(host),
		});
		this.#tokens = new StreamTokens({ database: context.database, onRevoked: (tokenId) => this.#whip.revoked(tokenId) });
		this.#whip = new Whip({
			engine: this.#engine,
			streams: this.#streams,
			tokens: this.#tokens,
			identity: context.identity,
			peers: context.peers,
			log: context.log,
		});
	}

	/** Process ids of the media workers that are up. */
	get workerPids(): number[] {
		return this.#engine.nodes.map((node) => node.pid);
	}

	async migrate(): Promise<void> {
		this.#addressGuard();
		await migrate(this.#context.database, 'media', fileURLToPath(new URL('./migrations', import.meta.url)));
	}

	async routes(app: App): Promise<void> {
		cameraRoutes(app, this.#cameras);
		streamRoutes(app, this.#streams);
		streamMetrics(this.#context.metrics, this.#streams);
		gatewayMetrics(this.#context.metrics, this.#engine, this.#transcoders);
		streamTokenRoutes(app, this.#tokens);
		await this.#whip.routes(app);
		this.#signalling.open();
	}

	async start(): Promise<void> {
		if (this.#lifecycle !== undefined) return;
		const { bus, log } = this.#context;
		const lifecycle = new Lifecycle(log);
		this.#lifecycle = lifecycle;
		lifecycle.onStop('media workers', () => this.#engine.stop());
		lifecycle.onStop('transcoders', () => this.#transcoders.close());
		await this.#engine.start();
		const retry = () => this.#streams.retryNow();
		this.#engine.on('up', retry);
		lifecycle.onStop('worker events', () => void this.#engine.off('up', retry));
		lifecycle.onStop('streams', () => this.#streams.close());
		lifecycle.onStop('signalling', () => this.#signalling.close());
		this.#whip.open();
		lifecycle.onStop('WHIP', () => this.#whip.close());
		const removed: Subscription = await bus.subscribe('unit.removed', 'media-gateway', ({ unitId }) => this.#streams.removeField(unitId));
		lifecycle.onStop('bus', () => removed.close());
		await this.#cameras.load();
	}

	async stop(): Promise<void> {
		await this.#lifecycle?.stop();
		this.#lifecycle = undefined;
	}

	async ready(): Promise<Record<string, string>> {
		const worker = this.#engine.nodes.length === 0 ? 'the media worker is down' : 'ok';
		const database = await sql`select 1`.execute(this.#context.database).then(
			() => 'ok',
			(error: Error) => error.message,
		);
		return { worker, database };
	}

	#addressGuard(): AddressGuard {
		this.#guard ??= new AddressGuard(this.#context.config.cameraNetworks);
		return this.#guard;
	}
}
