import { EventEmitter } from 'node:events';
import type { Camera, Stream } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import { CameraStream } from './camera-stream.ts';
import { FieldStream } from './field-stream.ts';
import type { LiveStream, StreamEvents } from './live-stream.ts';

export interface StreamDirectoryOptions {
	bus: Bus;
	log: Logger;
	router: () => types.Router | null;
	resolve: (host: string) => Promise<string>;
}

/** All live pictures by id, their changes told to the bus and to those who watch. */
export class StreamDirectory extends EventEmitter<{
	producers: [streamId: string];
	lost: [streamId: string];
	viewers: [streamId: string, viewers: number];
}> {
	readonly #options: StreamDirectoryOptions;
	readonly #streams = new Map<string, LiveStream>();
	readonly #urls = new Map<string, string>();
	readonly #events: StreamEvents;

	constructor(options: StreamDirectoryOptions) {
		super();
		this.#options = options;
		this.#events = {
			onStatus: (stream) => this.#tell(this.#options.bus.publish('stream.status', { stream })),
			onProducers: (streamId) => this.emit('producers', streamId),
			onLost: (streamId) => this.emit('lost', streamId),
			onViewers: (streamId, viewers) => this.emit('viewers', streamId, viewers),
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

	/** Begins, or goes on with, a camera. A new address begins anew. */
	putCamera(camera: Camera, url: string): void {
		const existing = this.#streams.get(camera.id);
		if (existing instanceof CameraStream && this.#urls.get(camera.id) === url) {
			existing.update(camera);
			return;
		}
		existing?.close();
		const { router, resolve, log } = this.#options;
		const stream = new CameraStream({ camera, url, router, resolve, log, events: this.#events });
		this.#streams.set(camera.id, stream);
		this.#urls.set(camera.id, url);
		stream.start();
	}

	/** The stream of a unit; null where its id belongs to a camera. */
	fieldStream(unitId: string, { agency, demo }: { agency: Agency; demo: boolean }): FieldStream | null {
		const existing = this.#streams.get(unitId);
		if (existing instanceof CameraStream) return null;
		if (existing instanceof FieldStream && existing.stream.agency === agency && existing.stream.demo === demo) return existing;
		existing?.close();
		const stream = new FieldStream({ unitId, agency, demo, events: this.#events });
		this.#streams.set(unitId, stream);
		return stream;
	}

	remove(streamId: string): void {
		const stream = this.#streams.get(streamId);
		if (stream === undefined) return;
		this.#streams.delete(streamId);
		this.#urls.delete(streamId);
		stream.close();
		this.#tell(this.#options.bus.publish('stream.removed', { streamId }));
	}

	removeField(unitId: string): void {
		if (this.#streams.get(unitId) instanceof FieldStream) this.remove(unitId);
	}

	/** The media worker is up again. */
	retryNow(): void {
		for (const stream of this.#streams.values()) if (stream instanceof CameraStream) stream.retryNow();
	}

	close(): void {
		for (const stream of this.#streams.values()) stream.close();
		this.#streams.clear();
		this.#urls.clear();
	}

	#tell(published: Promise<void>): void {
		published.catch((error: unknown) => this.#options.log.error({ err: error }, 'a stream could not be announced'));
	}
}
