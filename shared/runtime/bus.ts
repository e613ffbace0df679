import type { BusEvents, BusTopic } from '../protocol/events.ts';
import type { Logger } from './log.ts';

export type BusHandler<T extends BusTopic> = (event: BusEvents[T]) => void | Promise<void>;

export interface Bus {
	/** Resolves when the bus has taken the event, not when handlers are done with it. */
	publish<T extends BusTopic>(topic: T, event: BusEvents[T]): Promise<void>;
	/**
	 * `group` names the consumer: each group sees every event, one member of it at a time, in order per key.
	 * A handler that throws sees the event again, up to `maxDeliveries` times; after that it is logged and left.
	 */
	subscribe<T extends BusTopic>(topic: T, group: string, handler: BusHandler<T>): Promise<Subscription>;
	close(): Promise<void>;
	/** For readiness: resolves or throws with the reason. */
	check(): Promise<void>;
}

export interface Subscription {
	close(): Promise<void>;
}

export const maxDeliveries = 5;

interface Consumer {
	queue: { event: unknown; tries: number }[];
	handler: (event: unknown) => void | Promise<void>;
	running: boolean;
	group: string;
	topic: string;
}

/** One process, nothing outside it: each consumer has a queue, worked off in order. */
export class LocalBus implements Bus {
	readonly #log: Logger;
	readonly #consumers = new Map<string, Set<Consumer>>();

	constructor(log: Logger) {
		this.#log = log;
	}

	async publish<T extends BusTopic>(topic: T, event: BusEvents[T]): Promise<void> {
		for (const consumer of this.#consumers.get(topic) ?? []) {
			consumer.queue.push({ event, tries: 0 });
			if (!consumer.running) void this.#drain(consumer);
		}
	}

	async subscribe<T extends BusTopic>(topic: T, group: string, handler: BusHandler<T>): Promise<Subscription> {
		const consumer: Consumer = { queue: [], handler: handler as Consumer['handler'], running: false, group, topic };
		const consumers = this.#consumers.get(topic) ?? new Set();
		this.#consumers.set(topic, consumers.add(consumer));
		return {
			close: async () => {
				consumers.delete(consumer);
				consumer.queue.length = 0;
			},
		};
	}

	async close(): Promise<void> {
		this.#consumers.clear();
	}

	async check(): Promise<void> {}

	async #drain(consumer: Consumer): Promise<void> {
		consumer.running = true;
		// The publisher goes on first: a handler must not run inside its caller's stack.
		await Promise.resolve();
		for (let item = consumer.queue[0]; item !== undefined; item = consumer.queue[0]) {
			try {
				await consumer.handler(item.event);
				consumer.queue.shift();
			} catch (error) {
				item.tries += 1;
				const giveUp = item.tries >= maxDeliveries;
				this.#log.error({ err: error, topic: consumer.topic, group: consumer.group, tries: item.tries, giveUp }, 'a bus handler failed');
				if (giveUp) consumer.queue.shift();
				else await new Promise((done) => setTimeout(done, 20 * item.tries));
			}
		}
		consumer.running = false;
	}
}
