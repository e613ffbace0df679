import type { Unit } from '@beilun/shared/protocol/people.ts';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import type { Identity } from '@beilun/shared/runtime/identity.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { PeerError, type Peers } from '@beilun/shared/runtime/peers.ts';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { StreamTokens } from '../tokens/registry.ts';
import { MediaAccess } from './access.ts';
import type { Peer } from './peer.ts';
import { PlayerRouters } from './player-routers.ts';
import { publish } from './publish.ts';
import { type Endpoint, whipRoutes } from './routes.ts';
import { Sessions } from './sessions.ts';
import { watch } from './watch.ts';

export interface WhipOptions {
	engine: RtcEngine;
	streams: StreamDirectory;
	tokens: StreamTokens;
	identity: Identity;
	peers: Peers;
	log: Logger;
}

/** Encoders in by WHIP, players out by WHEP. */
export class Whip {
	readonly #options: WhipOptions;
	readonly #sessions: Sessions;
	readonly #routers: PlayerRouters;
	readonly #onPersonEnded = (sessionId: string) => this.#sessions.endOfPerson(sessionId);

	constructor(options: WhipOptions) {
		this.#options = options;
		this.#sessions = new Sessions(options.log);
		this.#routers = new PlayerRouters(options.engine);
	}

	/** Sessions that are open or being opened. */
	get sessions(): number {
		return this.#sessions.count;
	}

	async routes(app: App): Promise<void> {
		const { tokens, streams } = this.#options;
		const endpoints: Endpoint[] = [
			{ protocol: 'whip', action: 'publish', summary: 'Publish as a field unit (WHIP, RFC 9725)', open: (...given) => this.#publish(...given) },
			{ protocol: 'whep', action: 'watch', summary: 'Watch a stream (WHEP)', open: (...given) => this.#watch(...given) },
		];
		const access = new MediaAccess(tokens, (streamId) => streams.get(streamId));
		await whipRoutes(app, { access, sessions: this.#sessions, endpoints });
	}

	/** Sessions end with their persons' from now on. */
	open(): void {
		this.#options.identity.ends.on('ended', this.#onPersonEnded);
	}

	/** What was opened with this token ends. */
	revoked(tokenId: string): void {
		this.#sessions.endOfToken(tokenId);
	}

	close(): void {
		this.#options.identity.ends.off('ended', this.#onPersonEnded);
		this.#sessions.close();
	}

	async #publish(...[unitId, sdp, grant]: Parameters<Endpoint['open']>): Promise<Peer> {
		const { engine, streams } = this.#options;
		const unit = await this.#unit(unitId);
		if (unit === null) throw new RequestError(404, 'not-found', `the unit ${unitId} is not registered`);
		return publish({ engine, streams, unit, grant, sdp });
	}

	async #watch(...[streamId, sdp, grant, signal]: Parameters<Endpoint['open']>): Promise<Peer> {
		const { engine, streams, log } = this.#options;
		const stream = streams.get(streamId);
		if (stream === undefined) throw new RequestError(404, 'not-found', `there is no stream ${streamId}`);
		return watch({ engine, routers: this.#routers, streams, stream, log, grant, sdp, signal });
	}

	async #unit(unitId: string): Promise<Unit | null> {
		try {
			return await this.#options.peers.get<Unit>('command-center', `/api/v1/units/${unitId}`);
		} catch (error) {
			if (error instanceof PeerError && error.status === 404) return null;
			throw error;
		}
	}
}
