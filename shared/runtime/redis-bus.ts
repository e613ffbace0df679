import { createClient } from 'redis';
import type { BusEvents, BusTopic } from '../protocol/events.ts';
import { type Bus, type BusHandler, maxDeliveries, type Subscription } from './bus.ts';
import type { Logger } from './log.ts';

type Client = ReturnType<typeof createClient>;
interface Entry {
	id: string;
	message: Record<string, string>;
}
type Read = { name: string; messages: Entry[] }[] | null;

/** Entries kept in each stream; what a consumer has not read by then is gone, and it reloads from its peers. */
const streamLength = 100_000;
const batch = 256;

/** Redis Streams: a stream for each topic, a consumer group for each group, acknowledged after the handler. */
export class RedisBus implements Bus {
	readonly #log: Logger;
	readonly #client: Client;
	readonly #subscriptions = new Set<Subscription>();

	private constructor(client: Client, log: Logger) {
		this.#client = client;
		this.#log = log;
	}

	static async connect(url: string, log: Logger): Promise<RedisBus> {
		return new RedisBus(await open(url, log), log);
	}

	async publish<T extends BusTopic>(topic: T, event: BusEvents[T]): Promise<void> {
		await this.#client.xAdd(
			streamOf(topic),
			'*',
			{ event: JSON.stringify(event) },
			{ TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: streamLength } },
		);
	}

	/** One process of a group at a time: order per key is the order of the stream. */
	async subscribe<T extends BusTopic>(topic: T, group: string, handler: BusHandler<T>): Promise<Subscription> {
		await this.#client.xGroupCreate(streamOf(topic), group, '$', { MKSTREAM: true }).catch((error: Error) => {
			if (!error.message.includes('BUSYGROUP')) throw error;
		});
		// A blocking read holds its connection.
		const reader = this.#client.duplicate();
		reader.on('error', (error) => this.#log.warn({ err: error, topic, group }, 'the bus connection failed; trying again'));
		await reader.connect();
		let open = true;
		const finished = this.#consume({ reader, topic, group, handler: handler as (event: unknown) => void | Promise<void>, isOpen: () => open });
		const subscription: Subscription = {
			close: async () => {
				open = false;
				this.#subscriptions.delete(subscription);
				reader.destroy();
				await finished;
			},
		};
		this.#subscriptions.add(subscription);
		return subscription;
	}

	async close(): Promise<void> {
		await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
		if (this.#client.isOpen) await this.#client.close();
	}

	async check(): Promise<void> {
		await this.#client.ping();
	}

	async #consume(options: {
		reader: Client;
		topic: string;
		group: string;
		handler: (event: unknown) => void | Promise<void>;
		isOpen: () => boolean;
	}): Promise<void> {
		const { reader, topic, group, isOpen } = options;
		const stream = streamOf(topic);
		// First what this group was given before it stopped and never acknowledged, then what is new.
		let from = '0';
		while (isOpen()) {
			try {
				const read = (await reader.xReadGroup(group, 'main', { key: stream, id: from }, { COUNT: batch, BLOCK: 1_000 })) as Read;
				const entries = read?.[0]?.messages ?? [];
				if (entries.length === 0) from = '>';
				for (const entry of entries) {
					await this.#deliver(options, entry);
					await this.#client.xAck(stream, group, entry.id);
				}
			} catch (error) {
				if (!isOpen()) return;
				this.#log.warn({ err: error, topic, group }, 'reading from the bus failed; trying again');
				from = '0';
				await new Promise((done) => setTimeout(done, 500));
			}
		}
	}

	async #deliver(
		{ topic, group, handler }: { topic: string; group: string; handler: (event: unknown) => void | Promise<void> },
		entry: Entry,
	): Promise<void> {
		for (let tries = 1; tries <= maxDeliveries; tries += 1) {
			try {
				await handler(JSON.parse(entry.message.event ?? 'null'));
				return;
			} catch (error) {
				this.#log.error({ err: error, topic, group, tries, giveUp: tries === maxDeliveries }, 'a bus handler failed');
				await new Promise((done) => setTimeout(done, 20 * tries));
			}
		}
	}
}

async function open(url: string, log: Logger): Promise<Client> {
	const client = createClient({ url });
	client.on('error', (error) => log.warn({ err: error }, 'the bus connection failed; trying again'));
	await client.connect();
	return client as Client;
}

function streamOf(topic: string): string {
	return `beilun:${topic}`;
}
