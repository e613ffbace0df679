import { type MediaReply, type MediaRequest, mediaRequests } from '@beilun/shared/protocol/media.ts';
import type { Unit } from '@beilun/shared/protocol/people.ts';
import type { Identity } from '@beilun/shared/runtime/identity.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { PeerError, type Peers } from '@beilun/shared/runtime/peers.ts';
import { guardNamespace, principalOfSocket } from '@beilun/shared/runtime/sockets.ts';
import type { Namespace, Server, Socket } from 'socket.io';
import type { z } from 'zod';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import { Talk } from '../talk/talk.ts';
import { MediaClient } from './client.ts';
import { limits, RateLimit } from './limits.ts';
import { Refusal } from './refusal.ts';

export interface MediaNamespaceOptions {
	io: Server;
	identity: Identity;
	peers: Peers;
	log: Logger;
	engine: RtcEngine;
	streams: StreamDirectory;
	/** Answers the one address of a camera's host to connect to. */
	resolve: (host: string) => Promise<string>;
}

/** The socket.io namespace `/media`: one `MediaClient` for each socket. */
export class MediaNamespace {
	readonly #options: MediaNamespaceOptions;
	readonly #clients = new Map<Socket, MediaClient>();
	readonly #talk: Talk;
	#namespace: Namespace | undefined;

	constructor(options: MediaNamespaceOptions) {
		this.#options = options;
		const { engine, streams, log, resolve } = options;
		this.#talk = new Talk({
			engine,
			streams,
			log,
			resolve,
			hasUnit: (unitId) => [...this.#clients.values()].some((client) => client.unitId === unitId),
			tellUnit: (unitId, by) => this.#each((client) => client.unitId === unitId && client.notify('talk', { by })),
		});
	}

	/** Once; sockets are taken from now on. */
	open(): void {
		const { io, identity, engine, streams } = this.#options;
		const namespace = io.of('/media');
		this.#namespace = namespace;
		guardNamespace(namespace, identity, 'anyone-logged-in');
		namespace.on('connection', (socket) => this.#connect(socket));
		streams.on('producers', (streamId, quality) => this.#each((client) => client.onStream('producers', streamId, quality)));
		streams.on('lost', (streamId, quality) => this.#each((client) => client.onStream('lost', streamId, quality)));
		streams.on('clock', (streamId, quality, clocks) => this.#each((client) => client.onClock(streamId, quality, clocks)));
		streams.on('viewers', (streamId, viewers) => {
			this.#each((client) => client.publishes === streamId && client.notify('viewers', { streamId, viewers }));
		});
		// Nothing these browsers hold is worth anything now: cutting the connection (not the namespace) makes them begin anew by themselves.
		engine.on('lost', (node) => {
			for (const [socket, client] of [...this.#clients]) if (client.usesNode(node)) socket.conn.close();
		});
	}

	close(): void {
		this.#namespace?.disconnectSockets();
		for (const client of this.#clients.values()) client.close();
		this.#clients.clear();
		this.#talk.close();
	}

	#connect(socket: Socket): void {
		const { engine, streams } = this.#options;
		const client = new MediaClient({
			principal: principalOfSocket(socket),
			engine,
			streams,
			talk: this.#talk,
			findUnit: (unitId) => this.#findUnit(unitId),
			notify: (notice, body) => void socket.emit(notice, body),
		});
		this.#clients.set(socket, client);
		const by = client.unitId === null ? null : this.#talk.speakerTo(client.unitId);
		if (by !== null) client.notify('talk', { by });
		const rate = new RateLimit(limits.requestBurst, limits.requestsPerSecond, performance.now());
		for (const name of Object.keys(mediaRequests) as MediaRequest[]) {
			socket.on(name, (body: unknown, reply: unknown) => {
				const answer = typeof reply === 'function' ? (reply as (answer: MediaReply) => void) : () => undefined;
				if (!rate.take(performance.now())) return answer({ ok: false, reason: 'limit', detail: 'too many requests; wait a second' });
				this.#handle(client, name, body).then(answer, (error: unknown) => {
					this.#options.log.error({ err: error, request: name }, 'a media request failed');
					answer({ ok: false, reason: 'failed', detail: 'the media gateway failed' });
				});
			});
		}
		socket.on('disconnect', () => {
			this.#clients.delete(socket);
			client.close();
		});
	}

	async #handle(client: MediaClient, name: MediaRequest, body: unknown): Promise<MediaReply> {
		const parsed = mediaRequests[name].safeParse(body);
		if (!parsed.success) {
			const detail = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`).join('; ');
			return { ok: false, reason: 'invalid', detail: detail.slice(0, 500) };
		}
		try {
			// The schema of `name` is the type of that method's argument.
			const method = client[name] as (body: z.infer<(typeof mediaRequests)[MediaRequest]>) => object | Promise<object>;
			return { ok: true, ...(await method.call(client, parsed.data)) };
		} catch (error) {
			if (error instanceof Refusal) return { ok: false, reason: error.reason, detail: error.message };
			throw error;
		}
	}

	async #findUnit(unitId: string): Promise<Unit | null> {
		try {
			return await this.#options.peers.get<Unit>('command-center', `/api/v1/units/${unitId}`);
		} catch (error) {
			if (error instanceof PeerError && error.status === 404) return null;
			throw error;
		}
	}

	#each(work: (client: MediaClient) => unknown): void {
		for (const client of this.#clients.values()) work(client);
	}
}
