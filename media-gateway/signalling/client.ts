import { type MediaNotices, type mediaRequests, packPreview, type Quality, type StreamClock } from '@beilun/shared/protocol/media.ts';
import type { Principal, Unit } from '@beilun/shared/protocol/people.ts';
import { maySee } from '@beilun/shared/runtime/identity.ts';
import type { types } from 'mediasoup';
import type { z } from 'zod';
import type { RtcEngine, RtcNode } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import { mayTalk, type Talk } from '../talk/talk.ts';
import { limits, RateLimit } from './limits.ts';
import { Refusal } from './refusal.ts';
import { Transports } from './transports.ts';
import { Watches } from './watches.ts';

export type Request<T extends keyof typeof mediaRequests> = z.infer<(typeof mediaRequests)[T]>;
export type Notify = <T extends keyof MediaNotices>(notice: T, body: Parameters<MediaNotices[T]>[0]) => void;

export interface MediaClientOptions {
	principal: Principal;
	engine: RtcEngine;
	streams: StreamDirectory;
	talk: Talk;
	/** Null where there is no such unit. */
	findUnit: (unitId: string) => Promise<Unit | null>;
	notify: Notify;
}

/** What one socket holds: transports, consumers, producers. All of it ends with `close`. */
export class MediaClient {
	readonly #options: MediaClientOptions;
	readonly #transports: Transports;
	readonly #watches: Watches;
	readonly #previews = new RateLimit(limits.previewBurst, limits.previewBytesPerSecond, performance.now());
	#previewsUnderWay = 0;
	#producers: types.Producer[] = [];
	#heard: types.Consumer | null = null;
	#closed = false;

	constructor(options: MediaClientOptions) {
		this.#options = options;
		this.#transports = new Transports(options.engine);
		this.#watches = new Watches({ engine: options.engine, notify: options.notify });
	}

	/** The stream this client sends, if it does. */
	get publishes(): string | null {
		return this.#producers.length > 0 ? this.#options.principal.unitId : null;
	}

	/** The unit whose phone this is. */
	get unitId(): string | null {
		const { role, unitId } = this.#options.principal;
		return role === 'field-unit' ? unitId : null;
	}

	get name(): string {
		return this.#options.principal.name;
	}

	get displayName(): string {
		return this.#options.principal.displayName;
	}

	get notify(): Notify {
		return this.#options.notify;
	}

	usesNode(node: RtcNode): boolean {
		return this.#transports.node === node;
	}

	capabilities(): { rtpCapabilities: types.RtpCapabilities } {
		const { rtpCapabilities } = this.#options.engine;
		if (rtpCapabilities === null) throw new Refusal('failed', 'the media worker is being restarted');
		return { rtpCapabilities };
	}

	async createTransport({ direction }: Request<'createTransport'>): Promise<object> {
		if (direction === 'send' && this.unitId === null && !mayTalk(this.#options.principal)) {
			throw new Refusal('forbidden', 'only a field unit may send its picture, and only staff may speak');
		}
		return this.#transports.create(direction);
	}

	async connectTransport({ transportId, dtlsParameters }: Request<'connectTransport'>): Promise<object> {
		await byClient(this.#transports.get(transportId).connect({ dtlsParameters: dtlsParameters as unknown as types.DtlsParameters }));
		return {};
	}

	async restartIce({ transportId }: Request<'restartIce'>): Promise<object> {
		return { iceParameters: await this.#transports.get(transportId).restartIce() };
	}

	closeTransport({ transportId }: Request<'closeTransport'>): object {
		this.#transports.get(transportId).close();
		return {};
	}

	time(): { now: number } {
		return { now: Date.now() };
	}

	async watch({ streamId, transportId, rtpCapabilities, size }: Request<'watch'>): Promise<object> {
		const source = this.#visible(streamId);
		const transport = this.#transports.get(transportId, 'receive');
		const answer = this.#watches.watch(source, transport, rtpCapabilities as unknown as types.RtpCapabilities, size);
		return byClient(answer);
	}

	async prefer({ streamId, size }: Request<'prefer'>): Promise<object> {
		await this.#watches.get(streamId).prefer(size);
		return {};
	}

	unwatch({ streamId }: Request<'unwatch'>): object {
		this.#watches.unwatch(streamId);
		return {};
	}

	async preview({ streamId }: Request<'preview'>): Promise<object> {
		const source = this.#visible(streamId);
		if (this.#previewsUnderWay >= limits.previews) throw new Refusal('limit', `expected at most ${limits.previews} previews at once`);
		this.#previewsUnderWay += 1;
		try {
			const preview = await source.preview(this.#watches.find(streamId)?.wanted ?? 'main');
			const bytes = preview?.frames.reduce((sum, frame) => sum + frame.data.byteLength, 0) ?? 0;
			if (!this.#previews.take(performance.now(), bytes)) throw new Refusal('limit', 'too many bytes of previews; wait a second');
			return { preview: preview === null ? null : packPreview(preview) };
		} finally {
			this.#previewsUnderWay -= 1;
		}
	}

	report({ pictures }: Request<'report'>): object {
		for (const { streamId, age } of pictures) this.#watches.find(streamId)?.source.reportShown(age);
		return {};
	}

	/** mediasoup asks the source for a key frame; a camera that cannot hear it sends its next one by itself. */
	async resume({ consumerId }: Request<'resume'>): Promise<object> {
		if (this.#heard?.id === consumerId) await this.#heard.resume();
		else if (!(await this.#watches.resume(consumerId))) throw new Refusal('not-found', 'there is no such consumer');
		return {};
	}

	async publish({ transportId, kind, rtpParameters }: Request<'publish'>): Promise<object> {
		const { streams, findUnit } = this.#options;
		const unitId = this.#ownUnit();
		const transport = this.#transports.get(transportId, 'send');
		const unit = await findUnit(unitId);
		if (unit === null) throw new Refusal('not-found', `the unit ${unitId} is not registered`);
		if (streams.get(unitId)?.stream.kind === 'camera') throw new Refusal('failed', `a camera is called ${unitId} already`);
		const producer = await byClient(transport.produce({ kind, rtpParameters: rtpParameters as unknown as types.RtpParameters }));
		const stream = this.#closed ? null : streams.fieldStream(unitId, unit);
		if (stream === null) {
			producer.close();
			throw new Refusal('failed', 'the connection has ended meanwhile');
		}
		this.#producers.push(producer);
		producer.observer.once('close', () => {
			this.#producers = this.#producers.filter((each) => each !== producer);
			setImmediate(() => this.#tellIfTakenOver(unitId));
		});
		stream.add(producer);
		// One sender for each unit: the newer one wins, its phone may have changed networks before the old socket was missed.
		for (const other of stream.producers()) if (!this.#producers.includes(other)) other.close();
		this.#options.notify('viewers', { streamId: unitId, viewers: stream.stream.viewers });
		return { producerId: producer.id };
	}

	unpublish(): object {
		for (const producer of [...this.#producers]) producer.close();
		return {};
	}

	async talk({ streamId }: Request<'talk'>): Promise<object> {
		if (!mayTalk(this.#options.principal)) throw new Refusal('forbidden', 'only duty officers and commanders speak to cameras and units');
		return { codec: await this.#options.talk.take(this.#visible(streamId), this) };
	}

	async talkSend({ streamId, transportId, rtpParameters }: Request<'talkSend'>): Promise<object> {
		const transport = this.#transports.get(transportId, 'send');
		const parameters = rtpParameters as unknown as types.RtpParameters;
		const produce = () => byClient(transport.produce({ kind: 'audio', rtpParameters: parameters }));
		return { producerId: await this.#options.talk.send(streamId, this, parameters, produce) };
	}

	endTalk({ streamId }: Request<'endTalk'>): object {
		this.#options.talk.end(streamId, this);
		return {};
	}

	async listen({ transportId, rtpCapabilities }: Request<'listen'>): Promise<object> {
		const producer = this.#options.talk.heardBy(this.#ownUnit());
		if (producer === null) throw new Refusal('not-live', 'nobody speaks');
		const transport = this.#transports.get(transportId, 'receive');
		const capabilities = rtpCapabilities as unknown as types.RtpCapabilities;
		const consumer = await byClient(this.#options.engine.consume(transport, producer, { rtpCapabilities: capabilities, paused: true }));
		this.#heard?.close();
		this.#heard = consumer;
		consumer.observer.once('close', () => {
			if (this.#heard === consumer) this.#heard = null;
		});
		if (this.#closed) consumer.close();
		return { consumer: { id: consumer.id, producerId: producer.id, kind: consumer.kind, rtpParameters: consumer.rtpParameters } };
	}

	/** The source of a watched stream is gone or has come back. */
	onStream(event: 'lost' | 'producers', streamId: string, quality: Quality): void {
		const watch = this.#watches.find(streamId);
		if (event === 'lost') watch?.onLost(quality);
		else watch?.onProducers(quality);
	}

	onClock(streamId: string, quality: Quality, clocks: StreamClock[]): void {
		if (this.#watches.find(streamId)?.shown === quality) this.#options.notify('clock', { streamId, clocks });
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#options.talk.leave(this);
		this.unpublish();
		this.#watches.close();
		this.#transports.close();
	}

	#visible(streamId: string): LiveStream {
		const source = this.#options.streams.get(streamId);
		if (source === undefined) throw new Refusal('not-found', `there is no stream ${streamId}`);
		if (this.unitId === streamId || maySee(this.#options.principal, source.stream.agency)) return source;
		throw new Refusal('forbidden', `the stream ${streamId} is not yours to see`);
	}

	/** Another phone or an encoder sends the unit's picture now. */
	#tellIfTakenOver(unitId: string): void {
		const others = this.#options.streams.get(unitId)?.producers('main') ?? [];
		if (this.#producers.length === 0 && others.length > 0 && !this.#closed) this.#options.notify('publishEnded', { streamId: unitId });
	}

	/** The id of the stream this person may send. */
	#ownUnit(): string {
		if (this.unitId === null) throw new Refusal('forbidden', 'only a field unit may do this');
		return this.unitId;
	}
}

/** mediasoup throws for parameters it does not like, which is the client's mistake, and for what has closed meanwhile, which is nobody's. */
async function byClient<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Refusal) throw error;
		const { name, message } = error instanceof Error ? error : new Error('not valid');
		throw new Refusal(name === 'TypeError' || name === 'UnsupportedError' ? 'invalid' : 'failed', message);
	}
}
