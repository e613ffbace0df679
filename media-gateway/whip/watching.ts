import { once } from 'node:events';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { Lease, LiveStream } from '../streams/live-stream.ts';

export interface WatchingOptions {
	engine: RtcEngine;
	streams: StreamDirectory;
	stream: LiveStream;
	log: Logger;
}

/** What a section of the player's gets. */
interface Track {
	kind: 'audio' | 'video';
	/** Null where the player's is too long to be sent. */
	mid: string | null;
	rtpCapabilities: types.RtpCapabilities;
}

/** One player's claim on a stream, and its consumers: renewed on the same transport, MID and payload types when the source is another one. */
export class Watching {
	readonly #options: WatchingOptions;
	readonly #ends: ((reason: string) => void)[] = [];
	readonly #consumers = new Map<'audio' | 'video', { producer: types.Producer; consumer: types.Consumer }>();
	readonly #listener: (streamId: string) => void;
	#stream: LiveStream;
	#lease: Lease;
	#transport: types.WebRtcTransport | null = null;
	#tracks: Track[] = [];
	#turn: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: WatchingOptions) {
		this.#options = options;
		this.#stream = options.stream;
		this.#lease = options.stream.acquire(options.stream.qualityFor(null), 'viewer');
		this.#listener = (streamId) => {
			if (streamId === options.stream.id && this.#transport !== null) this.#renew();
		};
		options.streams.on('producers', this.#listener);
		options.streams.on('lost', this.#listener);
	}

	producers(): readonly types.Producer[] {
		return this.#stream.producers(this.#lease.quality);
	}

	consumer(kind: 'audio' | 'video'): types.Consumer | null {
		return this.#consumers.get(kind)?.consumer ?? null;
	}

	/** Answers once there are producers. Throws `RequestError` 503 when there are none in time, and what the signal is aborted with. */
	async untilLive(timeoutMs: number, signal: AbortSignal): Promise<void> {
		const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
		while (this.producers().length === 0) {
			try {
				await once(this.#options.streams, 'producers', { signal: until });
			} catch {
				signal.throwIfAborted();
				throw this.#notLive();
			}
		}
	}

	/** Sends from now on. Throws when what is there cannot be sent. */
	async begin(transport: types.WebRtcTransport, tracks: Track[]): Promise<void> {
		this.#transport = transport;
		this.#tracks = tracks;
		await this.#fit();
		this.#renew();
	}

	/** `work` runs once, at the end. */
	onClose(work: (reason: string) => void): void {
		this.#ends.push(work);
	}

	close(reason = 'it is closed'): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#options.streams.off('producers', this.#listener);
		this.#options.streams.off('lost', this.#listener);
		this.#lease.release();
		for (const work of this.#ends) work(reason);
	}

	#renew(): void {
		this.#turn = this.#turn.then(async () => {
			try {
				await this.#fit();
			} catch (error) {
				if (this.#closed) return;
				this.#options.log.warn({ err: error, stream: this.#stream.id }, 'a player could not be given the new source');
				this.close('the new source cannot be sent to it');
			}
		});
	}

	#notLive(): RequestError {
		const { status, id } = this.#stream.stream;
		return new RequestError(503, 'not-live', `the stream ${id} is not live${status.state === 'failed' ? `: ${status.detail}` : ''}`);
	}

	/** Makes the consumers those of what the stream has now. */
	async #fit(): Promise<void> {
		if (this.#closed || this.#transport === null) return;
		this.#follow();
		for (const { kind, mid, rtpCapabilities } of this.#tracks) {
			const producer = this.producers().find((each) => each.kind === kind);
			const held = this.#consumers.get(kind);
			if (held !== undefined && held.producer === producer && !held.consumer.closed) continue;
			held?.consumer.close();
			this.#consumers.delete(kind);
			if (producer === undefined || producer.closed || this.#closed) continue;
			try {
				const consumer = await this.#options.engine.consume(this.#transport, producer, { rtpCapabilities, ...(mid === null ? {} : { mid }) });
				if (this.#closed) consumer.close();
				else this.#consumers.set(kind, { producer, consumer });
			} catch (error) {
				// One that went meanwhile is followed by an event of its own.
				if (!producer.closed && !this.#transport.closed) throw error;
			}
		}
	}

	/** A camera of another address may be another object of the same id, and another quality may be the best now. */
	#follow(): void {
		const stream = this.#options.streams.get(this.#stream.id);
		if (stream === undefined) {
			this.close('the stream is removed');
			return;
		}
		const quality = stream.qualityFor(null);
		if (stream === this.#stream && quality === this.#lease.quality) return;
		const before = this.#lease;
		this.#stream = stream;
		this.#lease = stream.acquire(quality, 'viewer');
		before.release();
	}
}
