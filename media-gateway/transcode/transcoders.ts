import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { TrackFormat } from '../rtc/codecs.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { decodersFor } from './codecs.ts';
import { FfmpegTranscoder } from './transcoder.ts';

export interface TranscoderOptions {
	/** Only the tracks that need it; null for the others. */
	video: MediaDescription | null;
	audio: MediaDescription | null;
	/** RTP of `outputs`; SPS and PPS stand in front of each key frame, which comes every two seconds. The packet is the receiver's to keep. */
	onPacket(kind: 'video' | 'audio', packet: Buffer, header: RtpHeader): void;
	/** Once, with `transcoder-failed`; not after `close`. */
	onEnded(error: SourceError): void;
}

/** One ffmpeg process that turns a source's tracks into what browsers play. */
export interface Transcoder {
	readonly outputs: { video: TrackFormat | null; audio: TrackFormat | null };
	/** RTP as the source sent it, copied; changes of SSRC and jumps of its clock and numbers are allowed. The source's RTCP is not wanted. */
	send(kind: 'video' | 'audio', packet: Buffer): void;
	/** The source's RTP timestamp that an output's timestamp stands for: exact for video. Null while it is not known. */
	sourceTimestamp(kind: 'video' | 'audio', outputTimestamp: number): number | null;
	close(): void;
}

/** Whether `open` takes this track. */
export function transcodable(media: Pick<MediaDescription, 'kind' | 'codec'>): boolean {
	return decodersFor(media) !== null;
}

/** All transcoders of the gateway. `limit` is how many processes may run at once, `ffmpeg` the program, looked up on PATH. */
export class Transcoders {
	readonly #log: Logger;
	readonly #limit: number;
	readonly #program: string;
	readonly #running = new Set<FfmpegTranscoder>();
	#closed = false;

	constructor(options: { log: Logger; limit: number; ffmpeg?: string }) {
		this.#log = options.log;
		this.#limit = options.limit;
		this.#program = options.ffmpeg ?? 'ffmpeg';
	}

	/** Processes that run now. */
	get running(): number {
		return this.#running.size;
	}

	/** Throws `SourceError` `no-transcoder`, `transcoder-busy`, `no-usable-track` or `gateway-error`. Packets may be sent at once. */
	async open(options: TranscoderOptions): Promise<Transcoder> {
		const media = [options.video, options.audio].filter((each) => each !== null);
		const strange = media.find((each) => !transcodable(each));
		if (strange !== undefined) throw new SourceError('no-usable-track', `${strange.codec} cannot be transcoded`);
		if (media.length === 0) throw new SourceError('no-usable-track', 'there is nothing to transcode');
		if (this.#closed) throw new SourceError('gateway-error', 'the gateway is stopping');
		if (this.#running.size >= this.#limit) {
			throw new SourceError('transcoder-busy', `${this.#limit} sources are being transcoded already, and no more may be`);
		}
		const codecs = media.map(({ codec }) => codec).join(', ');
		const transcoder = new FfmpegTranscoder({
			...options,
			onEnded: (error) => {
				this.#log.warn({ codecs, detail: error.message }, 'a transcoder failed');
				options.onEnded(error);
			},
		});
		this.#running.add(transcoder);
		try {
			await transcoder.start(this.#program);
		} catch (error) {
			this.#running.delete(transcoder);
			throw error;
		}
		// Counted until the process is gone: it costs until then.
		void transcoder.ended.then(() => this.#running.delete(transcoder));
		if (this.#closed) transcoder.close();
		return transcoder;
	}

	/** Ends all; resolves when no process is left. */
	async close(): Promise<void> {
		this.#closed = true;
		const running = [...this.#running];
		for (const transcoder of running) transcoder.close();
		await Promise.all(running.map((transcoder) => transcoder.ended));
	}
}
