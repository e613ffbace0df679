import type { MediaNotices, mediaRequests } from '@beilun/shared/protocol/media.ts';
import type { Principal, Unit } from '@beilun/shared/protocol/people.ts';
import { maySee } from '@beilun/shared/runtime/identity.ts';
import type { types } from 'mediasoup';
import type { z } from 'zod';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

type Request<T extends keyof typeof mediaRequests> = z.infer<(typeof mediaRequests)[T]>;
type Notify = <T extends keyof MediaNotices>(notice: T, body: Parameters<MediaNotices[T]>[0]) => void;

export interface MediaClientOptions {
	principal: Principal;
	engine: RtcEngine;
	streams: StreamDirectory;
	/** Null where there is no such unit. */
	findUnit: (unitId: string) => Promise<Unit | null>;
	/** This client publishes the unit's stream from now on. */
	takeOver: (unitId: string, client: MediaClient) => void;
	notify: Notify;
}

interface Watch {
	/** The stream that was counted; a camera with a new address is another one of the same id. */
	source: LiveStream;
	release: () => void;
	consumers: types.Consumer[];
}

/** What one socket holds: transports, consumers, producers. All of it ends with `close`. */
export class MediaClient {
	readonly #options: MediaClientOptions;
	readonly #transports = new Map<string, { transport: types.WebRtcTransport; direction: 'send' | 'receive' }>();
	readonly #consumers = new Map<string, types.Consumer>();
	readonly #watches = new Map<string, Watch>();
	#producers: types.Producer[] = [];
	#transportsWanted = 0;
	#closed = false;

	constructor(options: MediaClientOptions) {
		this.#options = options;
	}

	/** The stream this client sends, if it does. */
	get publishes(): string | null {
		return this.#producers.length > 0 ? this.#options.principal.unitId : null;
	}

	get consumers(): number {
		return this.#consumers.size;
	}

	capabilities(): { rtpCapabilities: types.RtpCapabilities } {
		return { rtpCapabilities: this.#router().rtpCapabilities };
	}

	async createTransport({ direction }: Request<'createTransport'>): Promise<object> {
		if (direction === 'send') this.#ownStream();
		if (this.#transportsWanted >= limits.transports) throw new Refusal('limit', `expected at most ${limits.transports} transports`);
		this.#transportsWanted += 1;
		let transport: types.WebRtcTransport;
		try {
			this.#router();
			transport = await this.#options.engine.createTransport();
		} catch (error) {
			this.#transportsWanted -= 1;
			throw error;
		}
		transport.observer.once('close', () => {
			this.#transportsWanted -= 1;
			this.#transports.delete(transport.id);
		});
		if (this.#closed) transport.close();
		// A browser that vanished leaves DTLS or ICE broken; its consumers would be sent to nobody.
		transport.on('dtlsstatechange', (state) => {
			if (state === 'closed' || state === 'failed') transport.close();
		});
		this.#transports.set(transport.id, { transport, direction });
		const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
		return { id, iceParameters, iceCandidates, dtlsParameters };
	}

	async connectTransport({ transportId, dtlsParameters }: Request<'connectTransport'>): Promise<object> {
		const { transport } = this.#transport(transportId);
		await byClient(transport.connect({ dtlsParameters: dtlsParameters as unknown as types.DtlsParameters }));
		return {};
	}

	async restartIce({ transportId }: Request<'restartIce'>): Promise<object> {
		return { iceParameters: await this.#transport(transportId).transport.restartIce() };
	}

	closeTransport({ transportId }: Request<'closeTransport'>): object {
		this.#transport(transportId).transport.close();
		return {};
	}

	async watch({ streamId, transportId, rtpCapabilities }: Request<'watch'>): Promise<object> {
		const { principal, streams } = this.#options;
		const source = streams.get(streamId);
		if (source === undefined) throw new Refusal('not-found', `there is no stream ${streamId}`);
		const own = principal.role === 'field-unit' && principal.unitId === streamId;
		if (!own && !maySee(principal, source.stream.agency)) throw new Refusal('forbidden', `the stream ${streamId} is not yours to see`);
		const { transport, direction } = this.#transport(transportId);
		if (direction !== 'receive') throw new Refusal('invalid', 'transportId: expected a transport that receives');
		if (source.producers.length === 0) throw new Refusal('not-live', `the stream ${streamId} is not live`);
		if (this.#watches.get(streamId)?.source !== source) this.unwatch({ streamId });
		const watch: Watch = this.#watches.get(streamId) ?? { source, release: source.acquire(), consumers: [] };
		this.#watches.set(streamId, watch);
		// What plays goes on when sound joins a picture; what the browser never resumed it may not hold.
		const playing = watch.consumers.filter((each) => !each.paused && !each.closed && transport.id === each.appData.transportId);
		for (const consumer of [...watch.consumers]) if (!playing.includes(consumer)) consumer.close();
		if (this.#consumers.size + source.producers.length > limits.consumers) {
			this.unwatch({ streamId });
			throw new Refusal('limit', `expected at most ${limits.consumers} consumers`);
		}
		const answers: object[] = [];
		for (const producer of [...source.producers]) {
			const consumer =
				playing.find((each) => each.producerId === producer.id) ??
				(await this.#consume(transport, producer, rtpCapabilities).catch((error: unknown) => {
					if (producer.closed) return null;
					this.unwatch({ streamId });
					throw error;
				}));
			if (consumer === null) continue;
			if (this.#closed || this.#watches.get(streamId) !== watch) {
				consumer.close();
				throw new Refusal('failed', 'the watch has ended meanwhile');
			}
			this.#hold(consumer, watch);
			answers.push({ id: consumer.id, producerId: producer.id, kind: consumer.kind, rtpParameters: consumer.rtpParameters });
		}
		return { consumers: answers };
	}

	unwatch({ streamId }: Request<'unwatch'>): object {
		this.#closeConsumers(streamId);
		this.#watches.get(streamId)?.release();
		this.#watches.delete(streamId);
		return {};
	}

	/** mediasoup asks the source for a key frame; a camera that cannot hear it sends its next one by itself. */
	async resume({ consumerId }: Request<'resume'>): Promise<object> {
		const consumer = this.#consumers.get(consumerId);
		if (consumer === undefined) throw new Refusal('not-found', 'there is no such consumer');
		await consumer.resume();
		return {};
	}

	async publish({ transportId, kind, rtpParameters }: Request<'publish'>): Promise<object> {
		const { streams, findUnit, takeOver } = this.#options;
		const unitId = this.#ownStream();
		const { transport, direction } = this.#transport(transportId);
		if (direction !== 'send') throw new Refusal('invalid', 'transportId: expected a transport that sends');
		const unit = await findUnit(unitId);
		if (unit === null) throw new Refusal('not-found', `the unit ${unitId} is not registered`);
		if (streams.get(unitId)?.stream.kind === 'camera') throw new Refusal('failed', `a camera is called ${unitId} already`);
		const producer = await byClient(transport.produce({ kind, rtpParameters: rtpParameters as unknown as types.RtpParameters }));
		const stream = this.#closed ? null : streams.fieldStream(unitId, unit);
		if (stream === null) {
			producer.close();
			throw new Refusal('failed', 'the connection has ended meanwhile');
		}
		takeOver(unitId, this);
		this.#producers.push(producer);
		producer.observer.once('close', () => {
			this.#producers = this.#producers.filter((each) => each !== producer);
		});
		stream.add(producer);
		this.#options.notify('viewers', { streamId: unitId, viewers: stream.stream.viewers });
		return { producerId: producer.id };
	}

	unpublish(): object {
		for (const producer of [...this.#producers]) producer.close();
		return {};
	}

	/** The source of a watched stream is gone or has come back. */
	onStream(event: 'lost' | 'producers', streamId: string): void {
		if (!this.#watches.has(streamId)) return;
		if (event === 'lost') this.#closeConsumers(streamId);
		this.#options.notify(event === 'lost' ? 'streamEnded' : 'streamChanged', { streamId });
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.unpublish();
		for (const streamId of [...this.#watches.keys()]) this.unwatch({ streamId });
		for (const { transport } of [...this.#transports.values()]) transport.close();
	}

	#consume(transport: types.WebRtcTransport, producer: types.Producer, rtpCapabilities: Record<string, unknown>): Promise<types.Consumer> {
		return byClient(
			transport.consume({
				producerId: producer.id,
				rtpCapabilities: rtpCapabilities as unknown as types.RtpCapabilities,
				paused: true,
				appData: { transportId: transport.id },
			}),
		);
	}

	#hold(consumer: types.Consumer, watch: Watch): void {
		if (this.#consumers.has(consumer.id)) return;
		this.#consumers.set(consumer.id, consumer);
		watch.consumers.push(consumer);
		consumer.observer.once('close', () => {
			this.#consumers.delete(consumer.id);
			watch.consumers = watch.consumers.filter((each) => each !== consumer);
		});
	}

	#closeConsumers(streamId: string): void {
		for (const consumer of [...(this.#watches.get(streamId)?.consumers ?? [])]) consumer.close();
	}

	/** The id of the stream this person may send. */
	#ownStream(): string {
		const { role, unitId } = this.#options.principal;
		if (role !== 'field-unit' || unitId === null) throw new Refusal('forbidden', 'only a field unit may send its picture');
		return unitId;
	}

	#transport(transportId: string) {
		const found = this.#transports.get(transportId);
		if (found === undefined) throw new Refusal('not-found', 'there is no such transport');
		return found;
	}

	#router(): types.Router {
		const { router } = this.#options.engine;
		if (router === null) throw new Refusal('failed', 'the media worker is being restarted');
		return router;
	}
}

/** mediasoup throws for parameters it does not like: the client's mistake, not ours. */
async function byClient<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw new Refusal('invalid', error instanceof Error ? error.message : 'not valid');
	}
}
