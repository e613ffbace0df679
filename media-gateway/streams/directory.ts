import { EventEmitter } from 'node:events';
import type { Camera, Quality, Stream, StreamClock } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { RtcEngine } from '../rtc/engine.ts';
import { type CameraAddress, parseCameraAddress } from '../rtsp/address.ts';
import type { Transcoders } from '../transcode/transcoders.ts';
import type { CameraUrls } from './camera-feed.ts';
import { CameraStream } from './camera-stream.ts';
import { type FeedSurroundings, type FeedTimes, feedTimes } from './feed-surroundings.ts';
import { FieldStream, type FieldStreamOptions } from './field-stream.ts';
import { KeyFrameSampler } from './key-frame-sampler.ts';
import { LastPictures } from './last-pictures.ts';
import type { LiveStream, StreamEvents } from './live-stream.ts';
import { Turns } from './turns.ts';

/** Connections that only look whether a camera answers, at the same time. */
const probesAtOnce = 8;
/** The pictures of cameras that are closed, all together. */
const keptPictures = 32 * 1024 * 1024;

export interface StreamDirectoryOptions {
	bus: Pick<Bus, 'publish'>;
	log: Logger;
	engine: RtcEngine;
	transcoders: Transcoders;
	/** Answers the one address of a host to connect to. Throws `SourceError` for what may not be reached. */
	resolve: (host: string) => Promise<string>;
	/** For RTP of cameras that comes by UDP. */
	cameraPorts: { first: number; last: number };
	times?: Partial<FeedTimes>;
}

/** How to reach a camera for talking to it. */
export interface CameraSource {
	address: CameraAddress;
	certificate: string | null;
	speaker: boolean;
}

/** All live pictures by id, their changes told to the bus and to those who watch. */
export class StreamDirectory extends EventEmitter<{
	/** There are producers that were not there before, or another quality suits: whoever watches may ask again. */
	producers: [streamId: string, quality: Quality];
	/** The producers are closed. */
	lost: [streamId: string, quality: Quality];
	clock: [streamId: string, quality: Quality, clocks: StreamClock[]];
	viewers: [streamId: string, viewers: number];
}> {
	readonly #options: StreamDirectoryOptions;
	readonly #streams = new Map<string, LiveStream>();
	readonly #events: StreamEvents;
	readonly #surroundings: FeedSurroundings;

	constructor(options: StreamDirectoryOptions) {
		super();
		this.#options = options;
		this.#events = {
			onStatus: (stream) => this.#tell(this.#options.bus.publish('stream.status', { stream })),
			onProducers: (streamId, quality) => this.emit('producers', streamId, quality),
			onLost: (streamId, quality) => this.emit('lost', streamId, quality),
			onClock: (streamId, quality, clocks) => this.emit('clock', streamId, quality, clocks),
			onViewers: (streamId, viewers) => this.emit('viewers', streamId, viewers),
		};
		this.#surroundings = {
			engine: options.engine,
			transcoders: options.transcoders,
			resolve: options.resolve,
			log: options.log,
			pictures: new LastPictures(keptPictures),
			probes: new Turns(probesAtOnce),
			sampler: new KeyFrameSampler(options.engine),
			udpPorts: options.cameraPorts,
			times: { ...feedTimes, ...options.times },
		};
	}

	get(streamId: string): LiveStream | undefined {
		return this.#streams.get(streamId);
	}

	all(): LiveStream[] {
		return [...this.#streams.values()];
	}

	list(): Stream[] {
		return this.all().map((each) => each.stream);
	}

	/** Begins, or goes on with, a camera; those who watch it go on, whatever has changed. */
	putCamera(camera: Camera, urls: CameraUrls): void {
		const existing = this.#streams.get(camera.id);
		if (existing instanceof CameraStream) {
			existing.update(camera, urls);
			return;
		}
		existing?.close();
		const stream = new CameraStream({ camera, urls, events: this.#events, surroundings: this.#surroundings });
		this.#streams.set(camera.id, stream);
		stream.start();
	}

	/** Null for what is no camera. */
	cameraSource(cameraId: string): CameraSource | null {
		const stream = this.#streams.get(cameraId);
		if (!(stream instanceof CameraStream)) return null;
		const address = parseCameraAddress(stream.urls.main);
		const { certificate, speaker } = stream.camera;
		return address === null ? null : { address, certificate, speaker };
	}

	/** The stream of a unit; null where its id belongs to a camera. */
	fieldStream(unitId: string, { agency, demo }: { agency: Agency; demo: boolean }): FieldStream | null {
		const existing = this.#streams.get(unitId);
		if (existing instanceof CameraStream) return null;
		if (existing instanceof FieldStream && existing.stream.agency === agency && existing.stream.demo === demo) return existing;
		existing?.close();
		const workerOf: FieldStreamOptions['workerOf'] = (producer) => this.#options.engine.nodeOf(producer)?.index ?? null;
		const stream = new FieldStream({ unitId, agency, demo, events: this.#events, workerOf });
		this.#streams.set(unitId, stream);
		return stream;
	}

	remove(streamId: string): void {
		const stream = this.#streams.get(streamId);
		if (stream === undefined) return;
		this.#streams.delete(streamId);
		stream.close();
		this.#tell(this.#options.bus.publish('stream.removed', { streamId }));
	}

	removeField(unitId: string): void {
		if (this.#streams.get(unitId) instanceof FieldStream) this.remove(unitId);
	}

	/** A media worker is up again. */
	retryNow(): void {
		for (const stream of this.#streams.values()) if (stream instanceof CameraStream) stream.retryNow();
	}

	close(): void {
		for (const stream of this.#streams.values()) stream.close();
		this.#streams.clear();
	}

	#tell(published: Promise<void>): void {
		published.catch((error: unknown) => this.#options.log.error({ err: error }, 'a stream could not be announced'));
	}
}
