import type { MediaRefusal } from '@beilun/shared/protocol/media.ts';
import type { Principal } from '@beilun/shared/protocol/people.ts';
import { staff } from '@beilun/shared/runtime/identity.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import { SourceError } from '../rtsp/failure.ts';
import { limits } from '../signalling/limits.ts';
import { Refusal } from '../signalling/refusal.ts';
import type { CameraSource } from '../streams/directory.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import { CameraSpeaker } from './camera-speaker.ts';
import { Floor, type Speaker, type TalkCodec } from './floor.ts';

const checkMs = 5_000;

export interface TalkOptions {
	engine: RtcEngine;
	log: Logger;
	streams: { get: (streamId: string) => LiveStream | undefined; cameraSource: (cameraId: string) => CameraSource | null };
	/** Answers the one address of a host to connect to. */
	resolve: (host: string) => Promise<string>;
	/** Whether a phone of the unit is connected. */
	hasUnit: (unitId: string) => boolean;
	/** Someone speaks to the unit (a display name), or no longer does. */
	tellUnit: (unitId: string, by: string | null) => void;
	/** Milliseconds without a sound after which a speaker loses the floor, and without a phone after which a unit is given up. */
	silenceMs?: number;
	absenceMs?: number;
}

/** Duty officers, commanders and administrators speak; services and agencies do not. */
export function mayTalk({ kind, role }: Principal): boolean {
	return kind === 'person' && staff.some((each) => each === role);
}

/** Who speaks to which stream: one at a time each. */
export class Talk {
	readonly #options: Required<TalkOptions>;
	readonly #floors = new Map<string, Floor>();
	#timer: NodeJS.Timeout | undefined;

	constructor(options: TalkOptions) {
		this.#options = { silenceMs: 120_000, absenceMs: 15_000, ...options };
	}

	/** Takes the floor; answers the codec to speak in. Throws `Refusal`: `busy`, `not-live`, `limit`, `failed`. */
	async take(stream: LiveStream, speaker: Speaker): Promise<TalkCodec> {
		const taken = this.#floors.get(stream.id);
		if (taken !== undefined && taken.speaker !== speaker) throw new Refusal('busy', `${taken.speaker.displayName} speaks to it now`);
		if (taken?.opened) return taken.codec;
		if (taken !== undefined) throw new Refusal('busy', 'the camera is being called');
		const held = [...this.#floors.values()].filter((floor) => floor.speaker === speaker).length;
		if (held >= limits.talks) throw new Refusal('limit', `expected at most ${limits.talks} talks at once`);
		const floor = new Floor({
			stream,
			speaker,
			now: performance.now(),
			onLost: (reason, detail) => this.#lose(floor, reason, detail),
		});
		this.#floors.set(stream.id, floor);
		this.#timer ??= setInterval(() => this.#check(), checkMs);
		try {
			if (stream.stream.kind === 'camera') floor.open(await this.#openCamera(stream.id, floor));
			else if (stream.stream.status.state === 'live' && this.#options.hasUnit(stream.id)) floor.open(null);
			else throw new Refusal('not-live', 'no phone of the unit sends and listens');
			if (floor.closed) throw new Refusal('failed', 'the talk has ended meanwhile');
		} catch (error) {
			this.#release(floor);
			throw error;
		}
		stream.setTalker(speaker.displayName);
		this.#options.log.info({ streamId: stream.id, by: speaker.name }, 'someone speaks to a stream');
		return floor.codec;
	}

	/** The speaker's sound. `produce` makes the producer on the speaker's transport; answers its id. */
	async send(streamId: string, speaker: Speaker, parameters: types.RtpParameters, produce: () => Promise<types.Producer>): Promise<string> {
		const floor = this.#floors.get(streamId);
		if (floor === undefined || floor.speaker !== speaker || !floor.opened)
			throw new Refusal('forbidden', `expected talk before talkSend to ${streamId}`);
		const codecs: unknown[] = Array.isArray(parameters.codecs) ? parameters.codecs : [];
		const mimeType = (codecs[0] as { mimeType?: unknown } | undefined)?.mimeType;
		if (codecs.length !== 1 || String(mimeType).toLowerCase() !== `audio/${floor.codec.toLowerCase()}`) {
			throw new Refusal('invalid', `rtpParameters.codecs: expected audio/${floor.codec} only`);
		}
		const producer = await produce();
		if (floor.closed) {
			producer.close();
			throw new Refusal('failed', 'the talk has ended meanwhile');
		}
		try {
			await floor.hear(producer, this.#options.engine);
		} catch (error) {
			this.#release(floor);
			throw error instanceof SourceError ? new Refusal('failed', error.message) : error;
		}
		if (floor.stream.stream.kind === 'field') this.#options.tellUnit(streamId, speaker.displayName);
		return producer.id;
	}

	/** The speaker has said what was to be said. */
	end(streamId: string, speaker: Speaker): void {
		const floor = this.#floors.get(streamId);
		if (floor?.speaker === speaker) this.#release(floor);
	}

	/** The speaker has gone. */
	leave(speaker: Speaker): void {
		for (const floor of [...this.#floors.values()]) if (floor.speaker === speaker) this.#release(floor);
	}

	/** The display name of who speaks to a unit; null while there is nothing to hear. */
	speakerTo(unitId: string): string | null {
		return this.heardBy(unitId) === null ? null : (this.#floors.get(unitId)?.speaker.displayName ?? null);
	}

	heardBy(unitId: string): types.Producer | null {
		const floor = this.#floors.get(unitId);
		return floor?.stream.stream.kind === 'field' ? floor.producer : null;
	}

	close(): void {
		for (const floor of [...this.#floors.values()]) this.#release(floor);
	}

	async #openCamera(streamId: string, floor: Floor): Promise<CameraSpeaker> {
		const source = this.#options.streams.cameraSource(streamId);
		if (source === null || !source.speaker) throw new Refusal('failed', 'the camera has no loudspeaker');
		try {
			return await CameraSpeaker.open({
				source,
				resolve: this.#options.resolve,
				signal: floor.over,
				onClosed: (error) => this.#lose(floor, 'failed', `the camera ended the talk: ${error.message}`),
			});
		} catch (error) {
			if (error instanceof SourceError) throw new Refusal('failed', error.message);
			throw error;
		}
	}

	#lose(floor: Floor, reason: MediaRefusal, detail: string): void {
		if (this.#floors.get(floor.stream.id) !== floor) return;
		this.#release(floor);
		floor.speaker.notify('talkEnded', { streamId: floor.stream.id, reason, detail });
	}

	#release(floor: Floor): void {
		const { stream, speaker } = floor;
		if (this.#floors.get(stream.id) !== floor) return;
		this.#floors.delete(stream.id);
		if (this.#floors.size === 0) {
			clearInterval(this.#timer);
			this.#timer = undefined;
		}
		const { opened, producer } = floor;
		floor.close();
		if (!opened) return;
		stream.setTalker(null);
		if (producer !== null && stream.stream.kind === 'field') this.#options.tellUnit(stream.id, null);
		const seconds = Math.round((performance.now() - floor.since) / 1000);
		this.#options.log.info({ streamId: stream.id, by: speaker.name, seconds }, 'a talk has ended');
	}

	#check(): void {
		const { streams, silenceMs, absenceMs } = this.#options;
		const now = performance.now();
		for (const floor of [...this.#floors.values()]) {
			const { stream } = floor;
			floor.check(now).catch(() => undefined);
			if (streams.get(stream.id) !== stream) this.#lose(floor, 'not-live', 'the stream is gone');
			else if (floor.absentMs(now) > absenceMs) this.#lose(floor, 'not-live', 'the unit no longer sends its picture');
			else if (floor.silentMs(now) > silenceMs) this.#lose(floor, 'limit', `no sound came for ${Math.round(silenceMs / 1000)} s`);
			// A phone that was away for a moment: its stream has begun anew.
			else if (floor.opened && stream.stream.talker === null) stream.setTalker(floor.speaker.displayName);
		}
	}
}
