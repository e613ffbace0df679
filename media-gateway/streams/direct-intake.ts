import type { AudioFormat, Preview, StreamClock, TileSize, TrackDetail, VideoFormat } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { TrackFormat } from '../rtc/codecs.ts';
import { DirectTrack, type DirectTrackStats } from '../rtc/direct-track.ts';
import { CaptureClock } from '../rtp/capture-clock.ts';
import { ParameterSets } from '../rtp/parameter-sets.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import type { TrackSetup } from '../rtsp/session.ts';
import { DirectSamples } from './direct-samples.ts';
import { type Intake, type IntakeOptions, silenceMs, UselessTransport } from './intake.ts';
import { codecName } from './selection.ts';

const firstPollMs = 250;
const pollMs = 1_000;
const soundPolls = 5;
const keyFrameMs = 5_000;
const sameKeyFrameMs = 50;
const nothing: DirectTrackStats = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, bitrate: 0 };

interface Track {
	media: MediaDescription;
	format: TrackFormat;
	direct: DirectTrack;
	clock: CaptureClock;
	stats: DirectTrackStats;
	/** Milliseconds of `performance.now`: when packets were first counted, and when there were last more of them. */
	firstAt: number | null;
	grownAt: number;
	keyFrameAt: number | null;
	keyFrameIntervalMs: number | null;
}

/** The camera sends by UDP into the media worker: no packet passes through this process, which only counts and looks now and then. */
export class DirectIntake implements Intake {
	readonly transport = 'udp-direct';
	readonly #options: IntakeOptions;
	#tracks: Track[] = [];
	#video: types.Producer | null = null;
	#poll: NodeJS.Timeout | undefined;
	readonly #samples: DirectSamples;
	/** As described. */
	#size: TileSize | null = null;
	#polls = 0;
	#live = false;
	#closed = false;

	constructor(options: IntakeOptions) {
		this.#options = options;
		this.#samples = new DirectSamples({
			sampler: options.surroundings.sampler,
			viewers: options.viewers,
			onSample: (rtpTimestamp) => this.#onSample(rtpTimestamp),
		});
	}

	async prepare() {
		const tracks = [];
		for (const { media, format } of this.#options.selected) {
			if (format === null) throw new UselessTransport(`${codecName(media.codec)} has to be transcoded`);
			const track = await this.#open({ media, format });
			tracks.push({ media, delivery: { kind: 'udp-to' as const, rtpPort: track.direct.rtpPort, rtcpPort: track.direct.rtcpPort } });
		}
		return tracks;
	}

	async begin(setups: TrackSetup[]): Promise<void> {
		const producers: types.Producer[] = [];
		for (const [index, track] of this.#tracks.entries()) {
			const { ssrc = null, serverRtpPort = null, serverRtcpPort = null, serverIp = '' } = setups[index] ?? {};
			if (ssrc === null || serverRtpPort === null) throw new UselessTransport('the camera does not name SSRC and ports beforehand');
			producers.push(await track.direct.start({ serverIp, serverRtpPort, serverRtcpPort: serverRtcpPort ?? serverRtpPort + 1, ssrc }));
		}
		if (this.#closed) return;
		this.#video = producers.find((each) => each.kind === 'video') ?? null;
		const worker = this.#tracks[0]?.direct.node.index ?? 0;
		this.#options.output.offer(producers, worker);
		this.#schedule();
	}

	take(): void {}

	check(now: number, playedAt: number): SourceError | null {
		const watched = this.#watched;
		if (watched === undefined) return null;
		const { firstAt, grownAt, format, keyFrameAt } = watched;
		if (firstAt === null)
			return now - playedAt < silenceMs + pollMs ? null : new UselessTransport('no packet of the camera reached the media worker');
		if (format.kind === 'video' && keyFrameAt === null && now - firstAt >= keyFrameMs) {
			return new UselessTransport('the camera sends key frames without parameter sets');
		}
		return now - grownAt < silenceMs ? null : new SourceError('silent', `the camera sent no ${format.kind} for ${silenceMs / 1000} s`);
	}

	get video(): VideoFormat | null {
		const track = this.#of('video');
		if (track === undefined) return null;
		const { width = null, height = null } = this.size ?? {};
		return {
			codec: track.format.codec,
			width,
			height,
			bitrate: track.stats.bitrate,
			transcodedFrom: null,
		};
	}

	get audio(): AudioFormat | null {
		const track = this.#of('audio');
		return track === undefined ? null : { codec: track.format.codec, transcodedFrom: null };
	}

	get size(): TileSize | null {
		return this.#samples.size ?? this.#size;
	}

	get frozenSince(): number | null {
		return this.#samples.frozenSince;
	}

	get delayMs(): number | null {
		return this.#watched?.clock.delayMs ?? null;
	}

	get agreement(): CaptureClock['agreement'] {
		return this.#watched?.clock.agreement ?? 'none';
	}

	get tracks(): TrackDetail[] {
		return this.#tracks.map(({ media, stats, keyFrameIntervalMs }) => ({
			kind: media.kind,
			codec: codecName(media.codec),
			packets: stats.packets,
			bytes: stats.bytes,
			lost: stats.lost,
			reordered: 0,
			jitterMs: stats.jitterMs,
			bitrate: stats.bitrate,
			keyFrameIntervalMs,
			fps: null,
		}));
	}

	clocks(): StreamClock[] {
		const clock = this.#watched?.clock.clock() ?? null;
		return clock === null ? [] : [clock];
	}

	preview(): Preview | null {
		const clock = this.#of('video')?.clock;
		return clock === undefined ? null : this.#samples.preview((timestamp) => clock.captureTime(timestamp));
	}

	replay(): void {}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#poll);
		for (const { direct } of this.#tracks) direct.close();
	}

	async #open({ media, format }: { media: MediaDescription; format: TrackFormat }): Promise<Track> {
		const { surroundings, cname, cameraIp, onClock, onFailed } = this.#options;
		const clock = new CaptureClock(media.clockRate);
		const direct: DirectTrack = await DirectTrack.open(surroundings.engine, {
			cameraIp,
			format,
			payloadType: media.payloadType,
			cname,
			onLost: () => onFailed(new SourceError('gateway-error', 'the media worker is gone')),
			onSenderReport: (report) => {
				clock.report(report);
				if (track === this.#watched) onClock();
			},
			onKeyFrame: () => this.#onKeyFrame(track),
		});
		const track: Track = {
			media,
			format,
			direct,
			clock,
			stats: nothing,
			firstAt: null,
			grownAt: performance.now(),
			keyFrameAt: null,
			keyFrameIntervalMs: null,
		};
		this.#tracks.push(track);
		if (this.#closed) {
			direct.close();
			throw new SourceError('gateway-error', 'stopped');
		}
		if (format.kind === 'video') this.#size = new ParameterSets(media.parameters.get('sprop-parameter-sets')).size;
		return track;
	}

	#onKeyFrame(track: Track): void {
		if (this.#closed) return;
		const now = performance.now();
		// Told once for each of its packets that begins with a parameter set.
		if (track.keyFrameAt !== null && now - track.keyFrameAt < sameKeyFrameMs) return;
		if (track.keyFrameAt !== null) track.keyFrameIntervalMs = now - track.keyFrameAt;
		track.keyFrameAt = now;
		this.#samples.onKeyFrame();
		track.firstAt ??= now;
		track.grownAt = now;
		this.#goLive();
		this.#takeSample();
	}

	#schedule(): void {
		this.#poll = setTimeout(
			() => {
				this.#count()
					.catch(() => undefined)
					.finally(() => {
						if (!this.#closed) this.#schedule();
					});
			},
			this.#live ? pollMs : firstPollMs,
		);
	}

	async #count(): Promise<void> {
		this.#polls += 1;
		for (const track of this.#tracks) {
			// Every question costs: the sound is only counted.
			if (track !== this.#watched && this.#polls % soundPolls !== 1) continue;
			const before = track.stats;
			const stats = await track.direct.stats();
			if (this.#closed) return;
			const now = performance.now();
			track.stats = stats;
			if (stats.packets <= before.packets) continue;
			if (track === this.#of('video')) this.#samples.count(stats, before, now - track.grownAt);
			track.firstAt ??= now;
			track.grownAt = now;
			// A picture is there with its first key frame.
			if (track === this.#watched && track.format.kind === 'audio') this.#goLive();
		}
		this.#takeSample();
	}

	#goLive(): void {
		if (this.#live) return;
		this.#live = true;
		this.#options.onLive();
	}

	#takeSample(): void {
		if (this.#video !== null) this.#samples.take(this.#video);
	}

	#onSample(rtpTimestamp: number): void {
		if (this.#closed) return;
		this.#of('video')?.clock.packet(rtpTimestamp, Date.now());
		this.#options.onNews();
	}

	get #watched(): Track | undefined {
		return this.#of('video') ?? this.#tracks[0];
	}

	#of(kind: 'video' | 'audio'): Track | undefined {
		return this.#tracks.find((track) => track.format.kind === kind);
	}
}
