import { parseRtp } from '../rtp/packet.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { ffmpegArguments } from './arguments.ts';
import { decodersFor, describeTracks } from './codecs.ts';
import { FfmpegProcess } from './process.ts';
import { Rendezvous } from './rendezvous.ts';
import { TranscodedTrack } from './track.ts';
import type { Transcoder, TranscoderOptions } from './transcoders.ts';

type Kind = 'video' | 'audio';
const watchEvery = 500;

/** One source's ffmpeg, the connection it reads from and the one for each track that it writes to. */
export class FfmpegTranscoder implements Transcoder {
	readonly outputs: Transcoder['outputs'];
	readonly #options: TranscoderOptions;
	readonly #tracks = new Map<Kind, TranscodedTrack>();
	readonly #input: Rendezvous;
	readonly #outputs = new Map<Kind, Rendezvous>();
	readonly #startTime = Date.now();
	#process: FfmpegProcess | null = null;
	#playing = false;
	#watch: NodeJS.Timeout | undefined;
	#ended: Promise<void> | null = null;

	constructor(options: TranscoderOptions) {
		this.#options = options;
		const described: MediaDescription[] = [];
		for (const media of [options.video, options.audio]) {
			if (media === null) continue;
			this.#tracks.set(media.kind, new TranscodedTrack(media, described.length, this.#startTime));
			described.push(media);
		}
		this.outputs = { video: this.#tracks.get('video')?.format ?? null, audio: this.#tracks.get('audio')?.format ?? null };
		this.#input = new Rendezvous({ sdp: describeTracks(described), onReady: () => this.#begin(), onFrame: () => undefined });
		for (const kind of this.#tracks.keys()) {
			const onFrame = (channel: number, packet: Buffer) => this.#receive(kind, channel, packet);
			this.#outputs.set(kind, new Rendezvous({ sdp: null, onReady: () => undefined, onFrame }));
		}
	}

	/** Throws `SourceError` (`no-transcoder`, `gateway-error`). */
	async start(program: string): Promise<void> {
		const decoders = [this.#options.video, this.#options.audio].flatMap((media) => (media === null ? [] : (decodersFor(media) ?? [])));
		try {
			const listen = async (kind: Kind) => (await this.#outputs.get(kind)?.listen()) ?? null;
			const [input, video, audio] = await Promise.all([this.#input.listen(), listen('video'), listen('audio')]);
			this.#process = await FfmpegProcess.start(program, ffmpegArguments({ input, video, audio }, decoders, this.#startTime));
		} catch (error) {
			this.close();
			throw error instanceof SourceError ? error : new SourceError('gateway-error', 'no port for the transcoder', { cause: error });
		}
		const { exited } = this.#process;
		void exited.then(() => this.#fail(this.#process?.lastWords || 'ffmpeg ended'));
		this.#watch = setInterval(() => this.#check(), watchEvery);
	}

	/** Of ffmpeg, null before `start`. */
	get pid(): number | null {
		return this.#process?.pid ?? null;
	}

	get lastWords(): string {
		return this.#process?.lastWords ?? '';
	}

	/** Resolves when the process is gone, after `close` or its own end. */
	get ended(): Promise<void> {
		return this.#process?.exited ?? Promise.resolve();
	}

	send(kind: Kind, packet: Buffer): void {
		const track = this.#tracks.get(kind);
		if (track === undefined || this.#ended !== null) return;
		if (this.#playing && !this.#input.writable) return;
		const frame = track.enter(packet, performance.now());
		if (frame === null) return;
		if (this.#playing) this.#input.write(frame);
		else track.wait(frame);
	}

	sourceTimestamp(kind: Kind, outputTimestamp: number): number | null {
		return this.#tracks.get(kind)?.clock.toSource(outputTimestamp) ?? null;
	}

	close(): void {
		if (this.#ended !== null) return;
		clearInterval(this.#watch);
		this.#ended = this.#process?.stop() ?? Promise.resolve();
		this.#input.close();
		for (const output of this.#outputs.values()) output.close();
	}

	#begin(): void {
		this.#playing = true;
		for (const track of this.#tracks.values()) for (const frame of track.takeWaiting()) this.#input.write(frame);
	}

	#receive(kind: Kind, channel: number, packet: Buffer): void {
		const track = this.#tracks.get(kind);
		if (track === undefined || this.#ended !== null) return;
		if (channel === 1) {
			track.clock.takeReport(packet);
			return;
		}
		const header = parseRtp(packet);
		if (header === null) return;
		track.leave(header.timestamp);
		this.#options.onPacket(kind, packet, header);
	}

	#check(): void {
		for (const [kind, track] of this.#tracks) {
			// Sound that cannot be decoded does not take the picture with it.
			if (kind === 'audio' && this.#tracks.has('video')) continue;
			if (track.isStuck(performance.now())) this.#fail(this.#process?.lastWords || `no ${kind} came out within 5 s`);
		}
	}

	#fail(detail: string): void {
		if (this.#ended !== null) return;
		this.close();
		this.#options.onEnded(new SourceError('transcoder-failed', detail));
	}
}
