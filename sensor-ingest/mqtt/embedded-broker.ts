import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from 'aedes';
import type { DeviceInput } from '../devices/table.ts';
import type { Message } from './intake.ts';
import { limitPackets } from './packet-limit.ts';
import { maySubscribe, parseTopic } from './topics.ts';

/** What a broker hands its messages to: resolves when the message may be acknowledged, rejects when it must not be. */
export interface Sink {
	take(message: Message): Promise<boolean>;
}

export interface EmbeddedBrokerOptions {
	host: string;
	port: number;
	log: Logger;
	sink: Sink;
	/** Null for a wrong name or password. */
	authenticate: (username: string, password: Uint8Array) => Promise<DeviceInput | null>;
	maxClients?: number;
}

/** Bytes of one packet; a longer one ends the connection before it is read. Above `maxPayload`, so that a message little too large is kept. */
const maxPacket = 512 * 1024;
/** Seconds. A client that promises less often than this to be there, or never, is refused. */
const maxKeepalive = 1800;
/** Refused messages are acknowledged (they are kept) but must reach no subscriber; nobody may subscribe to this. */
const nowhere = '$refused';

/**
 * MQTT 3.1.1 over TCP. A PUBLISH is acknowledged when `sink.take` resolves; as Aedes reads on from a connection only when the packets
 * it has read are dealt with, a slow sink slows the senders. Sessions are not kept: what a device must not lose is what it sends, and
 * a sender repeats that itself.
 */
export class EmbeddedBroker {
	readonly #options: EmbeddedBrokerOptions;
	readonly #devices = new WeakMap<Client, DeviceInput>();
	readonly #clients = new Set<Client>();
	#server: Server | undefined;
	#aedes: Aedes | undefined;
	#stopping = false;

	constructor(options: EmbeddedBrokerOptions) {
		this.#options = options;
	}

	/** The port in use; 0 while there is none. */
	get port(): number {
		return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? 0;
	}

	get clients(): number {
		return this.#clients.size;
	}

	/** Null, or what is wrong. */
	get trouble(): string | null {
		return this.#server?.listening === true ? null : 'not listening';
	}

	async start(): Promise<void> {
		const { host, port, log, maxClients = 5000 } = this.#options;
		this.#stopping = false;
		const aedes = await Aedes.createBroker({
			connectTimeout: 10_000,
			drainTimeout: 30_000,
			keepaliveLimit: maxKeepalive,
			maxInflightInbound: 20,
			maxTopicLevels: 10,
			preConnect: (_client, packet, done) => {
				packet.clean = true;
				// A device must not put out another's connection by taking its client id (MQTT 3.1.1 §3.1.4-2).
				if (packet.clientId !== '') packet.clientId = `${packet.username ?? ''}/${packet.clientId}`;
				done(null, true);
			},
			authenticate: (client, username, password, done) => this.#authenticate(client, username, password, done),
			authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
			authorizeSubscribe: (client, subscription, done) => done(null, this.#subscribe(client, subscription)),
		});
		aedes.on('client', (client) => this.#clients.add(client));
		aedes.on('clientDisconnect', (client) => this.#clients.delete(client));
		aedes.on('clientError', (client, error) => log.debug({ client: client.id, reason: error.message }, 'an MQTT connection ended'));
		aedes.on('connectionError', (_client, error) => log.debug({ reason: error.message }, 'an MQTT connection was refused'));
		(aedes as NodeJS.EventEmitter).on('error', (error: unknown) => log.error({ err: error }, 'the MQTT broker failed'));
		this.#aedes = aedes;
		const server = createServer((socket) => this.#accept(aedes, socket));
		server.maxConnections = maxClients;
		server.on('drop', () => log.warn({ maxClients }, 'an MQTT connection was refused: there are too many'));
		this.#server = server;
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, host, () => {
				server.off('error', reject);
				server.on('error', (error) => log.error({ err: error }, 'the MQTT port failed'));
				resolve();
			});
		});
	}

	/** Last wills are not heard: it is we who go, not the sensors. */
	async stop(): Promise<void> {
		this.#stopping = true;
		const [server, aedes] = [this.#server, this.#aedes];
		this.#server = undefined;
		this.#aedes = undefined;
		const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
		if (aedes !== undefined) await new Promise<void>((resolve) => aedes.close(resolve));
		await closed;
	}

	/** Ends the connections of a device whose credentials have changed. */
	disconnect(deviceId: string): void {
		for (const client of this.#clients) if (this.#devices.get(client)?.id === deviceId) client.close();
	}

	#accept(aedes: Aedes, socket: Socket): void {
		socket.setNoDelay(true);
		socket.setKeepAlive(true, 60_000);
		const client = aedes.handle(socket);
		limitPackets(client, maxPacket, (bytes) => {
			this.#options.log.warn({ client: client.id, bytes, maxPacket }, 'an MQTT packet was too large, its connection was ended');
		});
	}

	#authenticate(
		client: Client,
		username: string | undefined,
		password: Uint8Array | undefined,
		done: (error: AuthenticateError | null, success: boolean | null) => void,
	): void {
		if (username === undefined || password === undefined) {
			done(refusal(notAuthorized, 'an anonymous client'), null);
			return;
		}
		this.#options.authenticate(username, password).then(
			(device) => {
				if (device === null) {
					done(refusal(badCredentials, 'a wrong name or password'), null);
					return;
				}
				this.#devices.set(client, device);
				done(null, true);
			},
			(error: unknown) => {
				this.#options.log.error({ err: error }, 'a device could not be authenticated');
				done(refusal(unavailable, 'the database is away'), null);
			},
		);
	}

	/** Also asked for last wills. An error ends the connection without an acknowledgement, so that the client sends again. */
	#publish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
		const device = client === null ? undefined : this.#devices.get(client);
		if (client === null || device === undefined || this.#stopping) {
			done(new Error('not now'));
			return;
		}
		const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
		this.#options.sink.take({ topic: packet.topic, payload, client: client.id, device }).then(
			(taken) => {
				if (!taken) {
					packet.topic = nowhere;
					packet.payload = Buffer.alloc(0);
				}
				packet.retain = packet.retain && parseTopic(packet.topic)?.channel === 'status';
				done(null);
			},
			(error: Error) => done(error),
		);
	}

	#subscribe(client: Client, subscription: Subscription): Subscription | null {
		const device = this.#devices.get(client);
		return device !== undefined && maySubscribe(subscription.topic, device) ? subscription : null;
	}
}

/** CONNACK return codes (MQTT 3.1.1 §3.2.2.3). */
const unavailable = 3;
const badCredentials = 4;
const notAuthorized = 5;

function refusal(returnCode: number, message: string): AuthenticateError {
	return Object.assign(new Error(message), { returnCode }) as AuthenticateError;
}
