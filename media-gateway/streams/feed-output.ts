import type { types } from 'mediasoup';
import type { TrackFormat } from '../rtc/codecs.ts';
import type { RtcEngine } from '../rtc/engine.ts';
import { type RelayTrack, SourceRelay } from '../rtc/source-relay.ts';

const againMs = 500;
type Kind = TrackFormat['kind'];

export interface FeedOutputOptions {
	engine: RtcEngine;
	cname: string;
	/** There are producers that were not there before. */
	onProducers: () => void;
	/** All producers are closed. */
	onLost: () => void;
	/** A viewer waits for a key frame. */
	onKeyFrameRequest: () => void;
}

/** What viewers of one feed consume. It outlives connections to the camera, and comes back by itself when its media worker dies. */
export class FeedOutput {
	readonly #options: FeedOutputOptions;
	readonly #tracks = new Map<Kind, { format: TrackFormat; track: RelayTrack }>();
	#relay: SourceRelay | null = null;
	#wanted: readonly TrackFormat[] = [];
	/** Producers that are fed by the camera itself. */
	#direct: { producers: readonly types.Producer[]; worker: number } | null = null;
	#turn: Promise<void> = Promise.resolve();
	#again: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(options: FeedOutputOptions) {
		this.#options = options;
	}

	get producers(): readonly types.Producer[] {
		if (this.#direct !== null) return this.#direct.producers.filter((each) => !each.closed);
		return [...this.#tracks.values()].flatMap(({ track }) => (track.producer.closed ? [] : track.producer));
	}

	get worker(): number | null {
		return this.#direct?.worker ?? this.#relay?.node.index ?? null;
	}

	/** Null while the media worker is away. */
	track(kind: Kind): RelayTrack | null {
		return this.#tracks.get(kind)?.track ?? null;
	}

	/** Has tracks of these formats from now on; those that it had stay. Throws `SourceError` 'gateway-error'. */
	relay(formats: readonly TrackFormat[]): Promise<void> {
		this.#wanted = formats;
		this.#endDirect();
		return this.#inTurn(() => this.#build());
	}

	/** Offers producers that someone else feeds and closes. */
	offer(producers: readonly types.Producer[], worker: number): void {
		this.#wanted = [];
		this.#endRelay();
		const direct = { producers, worker };
		this.#direct = direct;
		for (const producer of producers) {
			producer.observer.once('close', () => {
				if (this.#direct === direct && this.producers.length === 0) this.#endDirect();
			});
		}
		this.#options.onProducers();
	}

	/** The next packets are those of another connection. */
	restart(): void {
		for (const { track } of this.#tracks.values()) track.restart();
	}

	/** A media worker is up again. */
	retryNow(): void {
		if (this.#relay === null && this.#wanted.length > 0) this.#rebuild();
	}

	/** Nobody watches: lets go of everything; `relay` and `offer` begin anew. */
	clear(): void {
		this.#wanted = [];
		clearTimeout(this.#again);
		this.#endDirect();
		this.#endRelay();
	}

	close(): void {
		this.clear();
		this.#closed = true;
	}

	async #build(): Promise<void> {
		clearTimeout(this.#again);
		if (this.#wanted.length === 0 || this.#closed) return;
		let relay = this.#relay;
		if (relay === null) {
			const { engine, cname } = this.#options;
			relay = await SourceRelay.open(engine, cname, () => this.#onRelayLost());
			// What was wanted when this began may be wanted no longer.
			if (this.#wanted.length === 0 || this.#closed) return relay.close();
			this.#relay = relay;
		}
		const had = this.producers.length > 0;
		for (const [kind, { format, track }] of [...this.#tracks]) {
			if (this.#wanted.some((each) => isSame(each, format))) continue;
			track.producer.close();
			this.#tracks.delete(kind);
		}
		if (had && this.producers.length === 0) this.#options.onLost();
		let fresh = false;
		for (const format of this.#wanted) {
			if (this.#tracks.has(format.kind)) continue;
			const track = await relay.produce(format, format.kind === 'video' ? this.#options.onKeyFrameRequest : undefined);
			if (this.#relay !== relay) return;
			this.#tracks.set(format.kind, { format, track });
			fresh = true;
		}
		if (fresh) this.#options.onProducers();
	}

	/** The camera goes on: only the worker is gone. */
	#onRelayLost(): void {
		this.#relay = null;
		this.#tracks.clear();
		this.#options.onLost();
		this.#rebuild();
	}

	#rebuild(): void {
		clearTimeout(this.#again);
		this.#inTurn(() => this.#build()).catch(() => {
			this.#again = setTimeout(() => this.#rebuild(), againMs);
		});
	}

	#endRelay(): void {
		const had = this.#direct === null && this.producers.length > 0;
		const relay = this.#relay;
		this.#relay = null;
		this.#tracks.clear();
		relay?.close();
		if (had) this.#options.onLost();
	}

	#endDirect(): void {
		const had = this.#direct !== null;
		this.#direct = null;
		if (had) this.#options.onLost();
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		const next = this.#turn.then(work);
		this.#turn = next.catch(() => undefined);
		return next;
	}
}

function isSame(a: TrackFormat, b: TrackFormat): boolean {
	return a.kind === b.kind && a.codec === b.codec && a.clockRate === b.clockRate && a.channels === b.channels;
}
