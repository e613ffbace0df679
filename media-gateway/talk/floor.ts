import type { MediaNotices, MediaRefusal } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import type { CameraSpeaker } from './camera-speaker.ts';

/** What both ends can be spoken to in: phones in Opus, cameras in G.711. */
export type TalkCodec = 'opus' | 'PCMA' | 'PCMU';

/** Whoever has, or asks for, the floor. */
export interface Speaker {
	/** Login name, for the log. */
	readonly name: string;
	readonly displayName: string;
	notify(notice: 'talkEnded', body: Parameters<MediaNotices['talkEnded']>[0]): void;
}

export interface FloorOptions {
	stream: LiveStream;
	speaker: Speaker;
	/** Milliseconds of a steady clock. */
	now: number;
	onLost: (reason: MediaRefusal, detail: string) => void;
}

/** One speaker's turn towards one stream. */
export class Floor {
	readonly stream: LiveStream;
	readonly speaker: Speaker;
	readonly since: number;
	readonly #onLost: FloorOptions['onLost'];
	#camera: CameraSpeaker | null = null;
	#producer: types.Producer | null = null;
	#packets = 0;
	#soundAt: number;
	#liveAt: number;
	#opened = false;
	readonly #over = new AbortController();

	constructor({ stream, speaker, now, onLost }: FloorOptions) {
		this.stream = stream;
		this.speaker = speaker;
		this.since = now;
		this.#soundAt = now;
		this.#liveAt = now;
		this.#onLost = onLost;
	}

	get closed(): boolean {
		return this.#over.signal.aborted;
	}

	/** Aborted when it is closed. */
	get over(): AbortSignal {
		return this.#over.signal;
	}

	/** The other end listens. */
	get opened(): boolean {
		return this.#opened;
	}

	get codec(): TalkCodec {
		return this.#camera?.codec ?? 'opus';
	}

	/** The speaker's sound, once it is sent. */
	get producer(): types.Producer | null {
		return this.#producer;
	}

	/** `camera` is null where a field unit listens. */
	open(camera: CameraSpeaker | null): void {
		if (this.closed) {
			camera?.close();
			return;
		}
		this.#camera = camera;
		this.#opened = true;
	}

	/** A second producer takes the place of the first. */
	async hear(producer: types.Producer, engine: RtcEngine): Promise<void> {
		const before = this.#producer;
		this.#producer = producer;
		this.#packets = 0;
		before?.close();
		producer.observer.once('close', () => {
			if (this.#producer === producer && !this.closed) this.#onLost('failed', 'the sound is no longer sent');
		});
		await this.#camera?.hear(producer, engine);
	}

	/** Looks whether sound comes and the stream is there; `now` as in the constructor. */
	async check(now: number): Promise<void> {
		const { kind, status } = this.stream.stream;
		// A camera's loudspeaker needs no picture: what ends that talk is its own connection.
		if (kind === 'camera' || status.state === 'live') this.#liveAt = now;
		const producer = this.#producer;
		if (producer === null) return;
		const packets = (await producer.getStats()).reduce((sum, each) => sum + each.packetCount, 0);
		if (this.#producer !== producer || packets === this.#packets) return;
		this.#packets = packets;
		this.#soundAt = now;
	}

	silentMs(now: number): number {
		return now - this.#soundAt;
	}

	absentMs(now: number): number {
		return now - this.#liveAt;
	}

	close(): void {
		this.#over.abort();
		this.#producer?.close();
		this.#producer = null;
		this.#camera?.close();
		this.#camera = null;
	}
}
