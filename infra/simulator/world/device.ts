import { connect, type MqttClient } from 'mqtt';

export interface DeviceOptions {
	url: string;
	username: string;
	password: string;
	/** `v1/{agency}/{sensorId}/status`; null for a device without presence of its own (a tracker). */
	statusTopic: string | null;
	/** Hears why a connection failed. */
	trouble: (text: string) => void;
}

/** Messages that wait for the broker; beyond this the oldest goes. */
const longestQueue = 300;
/** Messages handed over and not acknowledged yet. */
const mostInFlight = 20;
/** Observations in one message when the queue is sent. */
const batch = 50;

/**
 * One device on its own MQTT connection: retained `online`, `offline` as last will, QoS 1, reconnecting for ever. What cannot
 * be sent waits here, bounded, and goes as arrays of observations later.
 */
export class Device {
	readonly #options: DeviceOptions;
	readonly #waiting = new Map<string, object[]>();
	#client: MqttClient | undefined;
	#inFlight = 0;

	constructor(options: DeviceOptions) {
		this.#options = options;
	}

	get connected(): boolean {
		return this.#client?.connected ?? false;
	}

	/** Resolves with the first connection. */
	start(): Promise<void> {
		const { url, username, password, statusTopic, trouble } = this.#options;
		const client = connect(url, {
			clientId: `demo-${username}`,
			username,
			password,
			keepalive: 30,
			reconnectPeriod: 2_000,
			connectTimeout: 10_000,
			reconnectOnConnackError: true,
			...(statusTopic === null ? {} : { will: { topic: statusTopic, payload: Buffer.from('offline'), qos: 1, retain: true } }),
		});
		this.#client = client;
		client.on('error', (error) => trouble(`${username}: ${error.message}`));
		return new Promise((resolve) => {
			client.on('connect', () => {
				this.#inFlight = 0;
				if (statusTopic !== null) this.#send(statusTopic, 'online', true);
				this.#drain();
				resolve();
			});
		});
	}

	/** Sends, or keeps for later. */
	report(topic: string, message: object): void {
		if (this.connected && this.#inFlight < mostInFlight && !this.#waiting.has(topic)) {
			this.#send(topic, JSON.stringify(message));
			return;
		}
		const queue = this.#waiting.get(topic) ?? [];
		queue.push(message);
		if (queue.length > longestQueue) queue.shift();
		this.#waiting.set(topic, queue);
		this.#drain();
	}

	/** Sends if it can go now; a position is worth nothing later. */
	mention(topic: string, message: object): void {
		if (this.connected && this.#inFlight < mostInFlight) this.#send(topic, JSON.stringify(message));
	}

	async stop(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		if (client === undefined) return;
		const { statusTopic } = this.#options;
		if (client.connected && statusTopic !== null) {
			await client.publishAsync(statusTopic, 'offline', { qos: 1, retain: true }).catch(() => undefined);
		}
		await client.endAsync(!client.connected).catch(() => undefined);
	}

	#drain(): void {
		for (const [topic, queue] of this.#waiting) {
			while (queue.length > 0 && this.connected && this.#inFlight < mostInFlight) this.#send(topic, JSON.stringify(queue.splice(0, batch)));
			if (queue.length === 0) this.#waiting.delete(topic);
		}
	}

	#send(topic: string, payload: string, retain = false): void {
		this.#inFlight += 1;
		this.#client?.publish(topic, payload, { qos: 1, retain }, () => {
			this.#inFlight = Math.max(0, this.#inFlight - 1);
		});
	}
}
