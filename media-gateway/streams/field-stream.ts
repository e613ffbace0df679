import type { Stream, StreamState } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { types } from 'mediasoup';
import type { LiveStream, StreamCounters, StreamEvents } from './live-stream.ts';
import { Viewers } from './viewers.ts';

const measureMs = 5_000;

export interface FieldStreamOptions {
	unitId: string;
	agency: Agency;
	demo: boolean;
	events: StreamEvents;
}

/** What a field unit's phone sends: live while at least one producer is, ended after that. */
export class FieldStream implements LiveStream {
	readonly #options: FieldStreamOptions;
	readonly #viewers: Viewers;
	#status: StreamState = { state: 'idle' };
	#producers: types.Producer[] = [];
	#measure: NodeJS.Timeout | undefined;
	#bitrate = 0;
	#closed = false;
	readonly #counters: StreamCounters = { packets: 0, bytes: 0, lost: 0, reconnects: 0 };
	#before = new Map<string, { packets: number; bytes: number; lost: number }>();

	constructor(options: FieldStreamOptions) {
		this.#options = options;
		this.#viewers = new Viewers((count) => {
			options.events.onViewers(this.id, count);
			this.#publish();
		});
	}

	get id(): string {
		return this.#options.unitId;
	}

	get stream(): Stream {
		const { unitId, agency, demo } = this.#options;
		return { id: unitId, kind: 'field', agency, status: this.#status, viewers: this.#viewers.count, demo };
	}

	get producers(): readonly types.Producer[] {
		return this.#producers;
	}

	get counters(): StreamCounters {
		return this.#counters;
	}

	acquire(): () => void {
		return this.#viewers.acquire();
	}

	/** A second producer of a kind takes the place of the first. */
	add(producer: types.Producer): void {
		for (const other of this.#producers) if (other.kind === producer.kind) other.close();
		this.#producers = [...this.#producers, producer];
		producer.observer.once('close', () => this.#remove(producer));
		if (this.#measure === undefined) this.#measure = setInterval(() => void this.#count().catch(() => undefined), measureMs);
		this.#setLive();
		this.#options.events.onProducers(this.id);
	}

	close(): void {
		for (const producer of this.#producers) producer.close();
		this.#closed = true;
		clearInterval(this.#measure);
	}

	#remove(producer: types.Producer): void {
		this.#producers = this.#producers.filter((each) => each !== producer);
		this.#before.delete(producer.id);
		if (this.#producers.length > 0) {
			this.#setLive();
			return;
		}
		clearInterval(this.#measure);
		this.#measure = undefined;
		this.#bitrate = 0;
		this.#status = { state: 'ended', since: new Date().toISOString() };
		this.#publish();
		this.#options.events.onLost(this.id);
	}

	async #count(): Promise<void> {
		let videoBytes = 0;
		for (const producer of this.#producers) {
			const stats = await producer.getStats();
			const now = { packets: 0, bytes: 0, lost: 0 };
			for (const each of stats) {
				now.packets += each.packetCount;
				now.bytes += each.byteCount;
				now.lost += Math.max(each.packetsLost, 0);
			}
			const before = this.#before.get(producer.id) ?? { packets: 0, bytes: 0, lost: 0 };
			this.#before.set(producer.id, now);
			this.#counters.packets += Math.max(now.packets - before.packets, 0);
			this.#counters.bytes += Math.max(now.bytes - before.bytes, 0);
			this.#counters.lost += Math.max(now.lost - before.lost, 0);
			if (producer.kind === 'video') videoBytes += Math.max(now.bytes - before.bytes, 0);
		}
		this.#bitrate = Math.round((videoBytes * 8000) / measureMs);
		if (this.#producers.length > 0) this.#setLive();
	}

	#setLive(): void {
		const video = this.#producers.find((each) => each.kind === 'video');
		const audio = this.#producers.find((each) => each.kind === 'audio');
		this.#status = {
			state: 'live',
			since: this.#status.state === 'live' ? this.#status.since : new Date().toISOString(),
			video: video === undefined ? null : { codec: codecOf(video), width: null, height: null, bitrate: this.#bitrate },
			audio: audio === undefined ? null : { codec: codecOf(audio) },
		};
		this.#publish();
	}

	#publish(): void {
		if (!this.#closed) this.#options.events.onStatus(this.stream);
	}
}

function codecOf(producer: types.Producer): string {
	return producer.rtpParameters.codecs[0]?.mimeType.split('/')[1] ?? '';
}
