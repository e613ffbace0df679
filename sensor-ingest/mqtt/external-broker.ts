import { redactUrl } from '@beilun/shared/runtime/config.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Sink } from './embedded-broker.ts';
import { subscriptions } from './topics.ts';

export interface ExternalBrokerOptions {
	/** With user and password where the broker asks for them. */
	url: string;
	log: Logger;
	sink: Sink;
	/** Names the session that the broker keeps for us while we are away. */
	clientId?: string;
}

/**
 * Takes the topics from somebody else's broker (MQTT 3.1.1) by a session that it keeps, QoS 1. A message is acknowledged to it when
 * `sink.take` resolves; without that it is delivered again with the next connection. Who may publish what is for that broker to judge.
 */
export class ExternalBroker {
	readonly #options: ExternalBrokerOptions;
	#client: MqttClient | undefined;
	#subscribed = false;
	/** Rises with every lost connection: an acknowledgement belongs to the connection its message came by. */
	#connection = 0;

	constructor(options: ExternalBrokerOptions) {
		this.#options = options;
	}

	/** Null, or what is wrong. */
	get trouble(): string | null {
		if (this.#client?.connected !== true) return `not connected to ${redactUrl(this.#options.url)}`;
		return this.#subscribed ? null : 'not subscribed';
	}

	/** Does not wait for the broker: it is tried for ever. */
	start(): void {
		const { url, log, clientId = 'beilun-sensor-ingest' } = this.#options;
		const client = connect(url, { clientId, clean: false, protocolVersion: 4, reconnectPeriod: 1000, connectTimeout: 10_000, resubscribe: false });
		client.handleMessage = (packet, done) => this.#take(packet, done);
		client.on('connect', () => {
			client.subscribe(subscriptions, { qos: 1 }, (error, granted) => {
				const refused = granted?.filter((each) => each.qos > 2).map((each) => each.topic) ?? [];
				this.#subscribed = !error && refused.length === 0;
				if (!this.#subscribed) log.error({ err: error, refused }, 'the MQTT broker refuses our subscriptions');
			});
		});
		client.on('close', () => {
			this.#connection += 1;
			this.#subscribed = false;
		});
		client.on('error', (error) => log.error({ reason: error.message, broker: redactUrl(url) }, 'the MQTT broker cannot be used'));
		this.#client = client;
	}

	async stop(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		// Forced: a message that waits for its commit would keep a polite end waiting; the broker delivers it again.
		await client?.endAsync(true);
	}

	#take(packet: IPublishPacket, done: (error?: Error) => void): void {
		const connection = this.#connection;
		const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
		this.#options.sink.take({ topic: packet.topic, payload, client: '', device: null }).then(
			() => {
				if (connection === this.#connection) done();
			},
			(error: Error) => {
				this.#options.log.error({ reason: error.message, topic: packet.topic }, 'a message was not stored and is not acknowledged');
				if (connection === this.#connection) this.#client?.reconnect();
			},
		);
	}
}
