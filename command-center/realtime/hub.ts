import { randomUUID } from 'node:crypto';
import type { Changes, ConsoleClientEvents, ConsoleServerEvents, Heartbeat, Topic, Topics } from '@beilun/shared/protocol/realtime.ts';
import { Subscribe, topics } from '@beilun/shared/protocol/realtime.ts';
import type { Identity } from '@beilun/shared/runtime/identity.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { guardNamespace, principalOfSocket } from '@beilun/shared/runtime/sockets.ts';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Namespace, Server, Socket } from 'socket.io';
import { LiveCollection } from './collection.ts';
import { maySeeEntity, type Owner } from './visibility.ts';

/** How long changes of a topic may gather before they are sent. Alerts wait for nothing. */
const gatherMs: { [T in Topic]: number } = {
	alerts: 0,
	sensors: 100,
	readings: 250,
	cameras: 100,
	streams: 100,
	units: 100,
	walls: 100,
	deadLetters: 100,
};
const heartbeatMs = 1000;
/** Entities in one message: keeps what may wait in a slow client's buffer small. */
const messageSize = 500;
/** A client with more than this unsent is left alone until it has caught up. */
const bufferedBytes = 256 * 1024;
const bufferedMessages = 16;

export type Collections = { readonly [T in Topic]: LiveCollection<T> };
type ConsoleNamespace = Namespace<ConsoleClientEvents, ConsoleServerEvents>;
type ConsoleSocket = Socket<ConsoleClientEvents, ConsoleServerEvents>;

/** By topic the last number that was sent; null: everything anew. */
type Seen = Map<Topic, number | null>;

export interface HubOptions {
	io: Server;
	identity: Identity;
	log: Logger;
	metrics: Registry;
}

/**
 * The namespace `/console`. For each socket it remembers one number per topic and sends what changed since. A slow socket is
 * passed over and later sent the sum of what it missed, so nothing gathers for it and nobody waits for it.
 */
export class Hub {
	readonly epoch: string = randomUUID();
	readonly collections: Collections;
	readonly #io: Server;
	readonly #identity: Identity;
	readonly #log: Logger;
	readonly #sockets = new Map<ConsoleSocket, Seen>();
	/** Passed over, to be caught up. */
	readonly #behind = new Set<ConsoleSocket>();
	/** Topics that hold everything: before that nobody is told that "this is all there is". */
	readonly #loaded = new Set<Topic>();
	readonly #timers = new Map<Topic, NodeJS.Timeout>();
	readonly #skipped: Counter;
	#heartbeat: NodeJS.Timeout | undefined;
	#open = false;

	constructor(options: HubOptions) {
		this.#io = options.io;
		this.#identity = options.identity;
		this.#log = options.log;
		const epoch = this.epoch;
		this.collections = Object.fromEntries(topics.map((topic) => [topic, new LiveCollection({ topic, epoch })])) as unknown as Collections;
		const sockets = this.#sockets;
		new Gauge({
			name: 'beilun_console_clients',
			help: 'Consoles connected now',
			registers: [options.metrics],
			collect() {
				this.set(sockets.size);
			},
		});
		this.#skipped = new Counter({
			name: 'beilun_console_skipped_total',
			help: 'Times a slow console was passed over, to be caught up later',
			registers: [options.metrics],
		});
	}

	/** Lets consoles in. */
	open(): void {
		if (this.#open) return;
		this.#open = true;
		const namespace: ConsoleNamespace = this.#io.of('/console');
		guardNamespace(namespace as unknown as Namespace, this.#identity, 'anyone-logged-in');
		namespace.on('connection', (socket) => this.#welcome(socket));
	}

	start(): void {
		this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs);
	}

	stop(): void {
		clearInterval(this.#heartbeat);
		this.#heartbeat = undefined;
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
	}

	upsert<T extends Topic>(topic: T, id: string, entity: Topics[T], owner: Owner): void {
		this.collections[topic].upsert(id, entity, owner);
		this.#changed(topic);
	}

	remove(topic: Topic, id: string): void {
		this.collections[topic].remove(id);
		this.#changed(topic);
	}

	isLoaded(topic: Topic): boolean {
		return this.#loaded.has(topic);
	}

	markLoaded(topic: Topic): void {
		this.#loaded.add(topic);
		this.#flush(topic);
	}

	#welcome(socket: ConsoleSocket): void {
		const seen: Seen = new Map();
		this.#sockets.set(socket, seen);
		// The transport is ready again when the kernel has taken what was written: time to catch up.
		const { transport } = socket.conn;
		const onReady = () => {
			if (!this.#behind.delete(socket)) return;
			for (const topic of seen.keys()) this.#sendTo(socket, topic);
		};
		transport.on('ready', onReady);
		socket.on('disconnect', () => {
			transport.off('ready', onReady);
			this.#sockets.delete(socket);
			this.#behind.delete(socket);
		});
		socket.on('subscribe', (request, reply) => {
			const parsed = Subscribe.safeParse(request);
			const answer = typeof reply === 'function' ? reply : () => undefined;
			if (!parsed.success) {
				const detail = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`).join('; ');
				answer({ ok: false, reason: 'invalid', detail });
				return;
			}
			answer({ ok: true });
			this.#subscribe(socket, seen, parsed.data);
		});
	}

	#subscribe(socket: ConsoleSocket, seen: Seen, request: Subscribe): void {
		const sameEpoch = request.epoch === this.epoch;
		seen.clear();
		for (const topic of topics) {
			const last = request.topics[topic];
			if (last === undefined) continue;
			// 0 is "none seen": an empty collection must be said to be empty.
			seen.set(topic, sameEpoch && last > 0 ? last : null);
		}
		for (const topic of seen.keys()) this.#sendTo(socket, topic);
	}

	#changed(topic: Topic): void {
		if (!this.#loaded.has(topic)) return;
		const wait = gatherMs[topic];
		if (wait === 0) this.#flush(topic);
		else if (!this.#timers.has(topic)) {
			this.#timers.set(
				topic,
				setTimeout(() => this.#flush(topic), wait),
			);
		}
	}

	#flush(topic: Topic): void {
		clearTimeout(this.#timers.get(topic));
		this.#timers.delete(topic);
		for (const socket of this.#sockets.keys()) this.#sendTo(socket, topic);
	}

	/** Sends what this socket lacks of the topic, unless it is behind with what it already has. */
	#sendTo(socket: ConsoleSocket, topic: Topic): void {
		const seen = this.#sockets.get(socket);
		const from = seen?.get(topic);
		if (seen === undefined || from === undefined || !this.#loaded.has(topic)) return;
		const collection = this.collections[topic] as LiveCollection<Topic>;
		const principal = principalOfSocket(socket as unknown as Socket);
		const sees = (id: string, owner: Owner) => maySeeEntity(principal, topic, id, owner);
		let last = from;
		for (let sent = 0; last === null || last !== collection.head; sent++) {
			// A long catching-up goes on message by message, as fast as the client takes them.
			if (isBusy(socket, sent === 0 ? bufferedMessages : 0)) {
				this.#skipped.inc();
				this.#behind.add(socket);
				return;
			}
			const changes: Changes = collection.changesSince(last, sees, messageSize);
			last = changes.to;
			seen.set(topic, last);
			try {
				socket.emit('changes', changes);
			} catch (error) {
				this.#log.error({ err: error, topic }, 'changes could not be sent');
				socket.disconnect(true);
				return;
			}
		}
	}

	/** The heads are those of what was sent to this very client, right behind it: a gap is then a loss and never mere delay. */
	#beat(): void {
		for (const topic of topics) if (this.#timers.has(topic)) this.#flush(topic);
		const time = new Date().toISOString();
		for (const [socket, seen] of this.#sockets) {
			for (const topic of seen.keys()) this.#sendTo(socket, topic);
			if (isBusy(socket)) continue;
			const heads: Heartbeat['heads'] = {};
			for (const [topic, last] of seen) if (last !== null) heads[topic] = last;
			socket.emit('heartbeat', { time, epoch: this.epoch, heads });
		}
	}
}

/** engine.io writes on only when the kernel has taken what was written before; until then packets gather in `writeBuffer`. */
function isBusy(socket: ConsoleSocket, allowedMessages = bufferedMessages): boolean {
	const conn = socket.conn as unknown as { writeBuffer: unknown[]; transport: { socket?: { bufferedAmount?: number } } };
	return conn.writeBuffer.length > allowedMessages || (conn.transport.socket?.bufferedAmount ?? 0) > bufferedBytes;
}
