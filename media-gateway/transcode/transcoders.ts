import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { TrackFormat } from '../rtc/codecs.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';

export interface TranscoderOptions {
	/** Only the tracks that need it; null for the others. */
	video: MediaDescription | null;
	audio: MediaDescription | null;
	/** RTP of `outputs`, each picture with its SPS and PPS in front of a key frame. */
	onPacket(kind: 'video' | 'audio', packet: Buffer, header: RtpHeader): void;
	/** Once, with `transcoder-failed`; not after `close`. */
	onEnded(error: SourceError): void;
}

/** One ffmpeg process that turns a source's tracks into what browsers play. */
export interface Transcoder {
	readonly outputs: { video: TrackFormat | null; audio: TrackFormat | null };
	/** RTP as the source sent it; changes of SSRC and jumps of its clock and numbers are allowed. The source's RTCP is not wanted. */
	send(kind: 'video' | 'audio', packet: Buffer): void;
	/** The source's RTP timestamp that an output's timestamp stands for; null while it is not known. */
	sourceTimestamp(kind: 'video' | 'audio', outputTimestamp: number): number | null;
	close(): void;
}

/** Whether `open` takes this track. */
export function transcodable(_media: Pick<MediaDescription, 'kind' | 'codec'>): boolean {
	return false;
}

/** All transcoders of the gateway. `limit` is how many processes may run at once, `ffmpeg` the program, looked up on PATH. */
export class Transcoders {
	constructor(_options: { log: Logger; limit: number; ffmpeg?: string }) {}

	/** Throws `SourceError` `no-transcoder`, `transcoder-busy` or `no-usable-track`. Packets may be sent at once. */
	open(_options: TranscoderOptions): Promise<Transcoder> {
		return Promise.reject(new SourceError('no-transcoder', 'ffmpeg is not installed'));
	}

	async close(): Promise<void> {}
}
