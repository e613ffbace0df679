import type { StreamClock, TileSize, TrackDetail } from '@beilun/shared/protocol/media.ts';
import type { RelayTrack } from '../rtc/source-relay.ts';
import { CaptureClock } from '../rtp/capture-clock.ts';
import { FrozenPicture } from '../rtp/frozen.ts';
import { inspectH264 } from '../rtp/h264.ts';
import { KeyFrameCache } from '../rtp/key-frame-cache.ts';
import { buildRtp, parseRtp, type RtpHeader } from '../rtp/packet.ts';
import { ParameterSets, type ReadPacket } from '../rtp/parameter-sets.ts';
import { Reception } from '../rtp/reception.ts';
import { readSenderReport } from '../rtp/reports.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { Rate } from './rate.ts';
import { codecName, type SelectedTrack } from './selection.ts';

/** More at once would choke a viewer's network: the next key frame is there as soon. */
const maxReplayBytes = 512 * 1024;
/** Older pictures would count as a clock that jumps. */
const maxReplayMs = 8_000;
const videoClockRate = 90_000;

export interface FeedTrackOptions {
	selected: SelectedTrack;
	/** Where its packets go; null while there is nothing to take them. */
	output: () => RelayTrack | null;
	/** Where they go instead when ffmpeg stands between. */
	transcode: (packet: Buffer) => void;
	/** Which of the source's timestamps one of ffmpeg's stands for. */
	sourceTimestamp: (outputTimestamp: number) => number | null;
	/** The picture has another size, or the source has told its time: `sender report`. */
	onNews: (news: 'size' | 'sender report') => void;
}

/** One track of a camera on its way through this process. */
export class FeedTrack {
	readonly media: MediaDescription;
	readonly reception: Reception;
	readonly #options: FeedTrackOptions;
	readonly #clock: CaptureClock;
	readonly #isPicture: boolean;
	readonly #cache = new KeyFrameCache();
	readonly #frozen: FrozenPicture;
	readonly #rate = new Rate();
	#sets: ParameterSets;
	#size: TileSize | null = null;
	#timestamp: number | null = null;
	#keyFrameAt: number | null = null;
	#keyFrameIntervalMs: number | null = null;
	/** Of what viewers get. */
	#newestOutput: number | null = null;
	/** Milliseconds of `performance.now`: the last packet from the camera, and the last to viewers. */
	receivedAt: number | null = null;
	sentAt: number | null = null;

	constructor(options: FeedTrackOptions) {
		this.#options = options;
		this.media = options.selected.media;
		this.reception = new Reception(this.media.clockRate);
		this.#clock = new CaptureClock(this.media.clockRate);
		this.#frozen = new FrozenPicture(this.media.codec);
		this.#isPicture = this.media.kind === 'video';
		this.#sets = new ParameterSets(this.media.codec === 'H264' ? this.media.parameters.get('sprop-parameter-sets') : undefined);
		this.#size = this.#sets.size;
	}

	get isTranscoded(): boolean {
		return this.#options.selected.format === null;
	}

	get size(): TileSize | null {
		return this.#size;
	}

	get delayMs(): number | null {
		return this.#clock.delayMs;
	}

	get agreement(): CaptureClock['agreement'] {
		return this.#clock.agreement;
	}

	get bitrate(): number {
		return this.#rate.bitrate;
	}

	get keyFrameIntervalMs(): number | null {
		return this.#keyFrameIntervalMs;
	}

	/** Milliseconds of `performance.now`. */
	get frozenSince(): number | null {
		return this.#isPicture ? this.#frozen.since(performance.now()) : null;
	}

	/** RTP as the camera sent it; false for what does not belong to this track. */
	take(packet: Buffer): boolean {
		const header = parseRtp(packet);
		// Cameras that mix in packets of another type (metadata) would confuse the decoder.
		if (header === null || header.payloadType !== this.media.payloadType) return false;
		const now = performance.now();
		if (this.reception.ssrc !== null && this.reception.ssrc !== header.ssrc) this.#restart();
		this.reception.take(header, packet.length, now);
		this.receivedAt = now;
		const begins = header.timestamp !== this.#timestamp;
		this.#timestamp = header.timestamp;
		if (begins) this.#clock.packet(header.timestamp, Date.now());
		this.#rate.add(packet.length, begins, now);
		// What ffmpeg makes of it is not looked at: it may smooth away what moves.
		if (this.#isPicture) this.#frozen.take(packet, header, now);
		if (this.isTranscoded) this.#options.transcode(packet);
		else this.#forward({ packet, header }, now);
		return true;
	}

	/** RTCP of the camera. */
	takeRtcp(packet: Buffer): void {
		this.reception.takeSenderReport(packet, performance.now());
		const report = readSenderReport(packet, Date.now());
		if (report === null || (this.reception.ssrc !== null && report.ssrc !== this.reception.ssrc)) return;
		this.#clock.report(report);
		this.#options.onNews('sender report');
	}

	/** RTP that ffmpeg made of it. */
	takeTranscoded(packet: Buffer, header: RtpHeader): void {
		this.#forward({ packet, header }, performance.now());
	}

	/** What the newest timestamp that viewers get stands for. */
	clock(): StreamClock | null {
		const point = this.#outputClock();
		const rtpTimestamp = point === null ? null : (this.#options.output()?.relayed(point.rtpTimestamp) ?? null);
		return point === null || rtpTimestamp === null ? null : { ...point, rtpTimestamp };
	}

	preview() {
		const point = this.#outputClock();
		if (!this.#isPicture || point === null) return null;
		return this.#cache.preview((timestamp) => point.captureTime + (((timestamp - point.rtpTimestamp) | 0) * 1000) / point.clockRate);
	}

	/**
	 * Sends the present group of pictures once more, for viewers who came after its key frame. With its own numbers and times: those who
	 * have had it drop it, and the newcomer is at the present picture as soon as all of it is decoded.
	 */
	replay(): void {
		const { packets } = this.#cache;
		const [first, last] = [packets[0]?.header.timestamp ?? 0, packets.at(-1)?.header.timestamp ?? 0];
		const bytes = packets.reduce((sum, { packet }) => sum + packet.length, 0);
		if (bytes > maxReplayBytes || (((last - first) | 0) * 1000) / videoClockRate > maxReplayMs) return;
		const output = this.#options.output();
		for (const { packet, header } of packets) output?.send(buildRtp(header, packet.subarray(header.payloadStart, header.payloadEnd)));
	}

	detail(): TrackDetail {
		const { packets, bytes, lost, reordered, jitterMs } = this.reception;
		const { bitrate, fps } = this.#rate;
		return {
			kind: this.media.kind,
			codec: codecName(this.media.codec),
			packets,
			bytes,
			lost,
			reordered,
			jitterMs,
			bitrate,
			keyFrameIntervalMs: this.#keyFrameIntervalMs,
			fps: this.#isPicture ? fps : null,
		};
	}

	#forward(read: ReadPacket, now: number): void {
		const output = this.#options.output();
		this.sentAt = now;
		this.#newestOutput = read.header.timestamp;
		if (!this.#isPicture) {
			output?.send(read.packet);
			return;
		}
		const content = inspectH264(read.packet, read.header);
		const sets = this.#sets.pass(content, read);
		if (sets !== null) {
			this.#cache.take(sets, inspectH264(sets.packet, sets.header));
			output?.send(sets.packet);
		}
		if (content.sps !== null) this.#noticeSize();
		if (content.startsIdr) this.#noticeKeyFrame(read.header.timestamp);
		this.#cache.take(read, content);
		output?.send(read.packet);
	}

	#noticeSize(): void {
		const { size } = this.#sets;
		if (size === null || (size.width === this.#size?.width && size.height === this.#size.height)) return;
		this.#size = size;
		this.#options.onNews('size');
	}

	#noticeKeyFrame(timestamp: number): void {
		if (this.#keyFrameAt === timestamp) return;
		const clockRate = this.#options.selected.format?.clockRate ?? videoClockRate;
		if (this.#keyFrameAt !== null) {
			const interval = (((timestamp - this.#keyFrameAt) | 0) * 1000) / clockRate;
			this.#keyFrameIntervalMs = interval > 0 && interval < 600_000 ? interval : null;
		}
		this.#keyFrameAt = timestamp;
	}

	/** Another source in the same place. */
	#restart(): void {
		this.#sets.restart();
		this.#clock.restart();
		this.#frozen.restart();
		this.#cache.clear();
		this.#timestamp = null;
		this.#keyFrameAt = null;
	}

	/** In the timestamps that are sent, before they are made continuous. */
	#outputClock(): StreamClock | null {
		if (!this.isTranscoded) return this.#clock.clock();
		const newest = this.#newestOutput;
		if (newest === null) return null;
		const clockRate = this.#isPicture ? videoClockRate : 48_000;
		const source = this.#options.sourceTimestamp(newest);
		const captureTime = source === null ? null : this.#clock.captureTime(source);
		if (captureTime === null) return null;
		return { rtpTimestamp: newest, clockRate, captureTime, basis: this.#clock.agreement === 'none' ? 'arrival' : 'sender' };
	}
}
