import type { AudioFormat, Preview, StreamClock, TileSize, TrackDetail, VideoFormat } from '@beilun/shared/protocol/media.ts';
import type { TrackFormat } from '../rtc/codecs.ts';
import type { CaptureClock } from '../rtp/capture-clock.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { Transcoder } from '../transcode/transcoders.ts';
import { FeedTrack } from './feed-track.ts';
import { firstPacketMs, type Intake, type IntakeOptions, silenceMs, UselessTransport } from './intake.ts';
import { codecName, type SelectedTrack } from './selection.ts';
import type { FeedTransport } from './transport-choice.ts';

const reportMs = 5_000;
/** From ffmpeg's first packet in to its first out, and between two. */
const transcoderSilenceMs = 8_000;
/** A transcoder that ends so often within a minute does not get another chance. */
const transcoderEnds = 3;
const transcoderAgainMs = 500;

/** Packets pass through this process: over TCP, or over UDP where something has to be done to them. */
export class RelayedIntake implements Intake {
	readonly transport: FeedTransport;
	readonly #options: IntakeOptions;
	readonly #ownSsrc = Math.floor(Math.random() * 0xffffffff);
	#tracks: FeedTrack[] = [];
	#transcoder: Transcoder | null = null;
	#transcoderAt = 0;
	#transcoderEnds: number[] = [];
	#again: NodeJS.Timeout | undefined;
	#reportedAt = performance.now();
	readonly #sending = new Set<FeedTrack>();
	#closed = false;

	constructor(options: IntakeOptions) {
		this.#options = options;
		this.transport = options.transport;
	}

	async prepare() {
		const { output } = this.#options;
		const selected = await this.#withTranscoder();
		if (this.#closed) throw new SourceError('gateway-error', 'stopped');
		this.#tracks = selected.map((each) => this.#track(each));
		output.restart();
		await output.relay(selected.map((each) => this.#outputFormat(each)).filter((each) => each !== null));
		const kind = this.transport === 'tcp' ? ('tcp' as const) : ('udp' as const);
		return this.#tracks.map(({ media }) => ({ media, delivery: { kind } }));
	}

	async begin(): Promise<void> {}

	take(index: number, rtcp: boolean, packet: Buffer): void {
		const track = this.#tracks[index];
		if (track === undefined || this.#closed) return;
		if (rtcp) track.takeRtcp(packet);
		else if (track.take(packet) && !this.#sending.has(track) && track.sentAt !== null) this.#begin(track);
	}

	check(now: number, playedAt: number): SourceError | null {
		const watched = this.#watched;
		if (watched === undefined) return null;
		if (now - this.#reportedAt >= reportMs) this.#report(now);
		this.#checkTranscoder(now);
		if (watched.receivedAt !== null) {
			// A camera whose picture stands still while its sound goes on is silent too.
			if (now - watched.receivedAt < silenceMs) return null;
			return new SourceError('silent', `the camera sent no ${watched.media.kind} for ${silenceMs / 1000} s`);
		}
		const nothing = this.#tracks.every((each) => each.receivedAt === null);
		if (this.transport === 'udp' && nothing && now - playedAt >= silenceMs) return new UselessTransport('nothing arrived by UDP');
		return now - playedAt < firstPacketMs ? null : new SourceError('silent', `the camera sent no ${watched.media.kind} since PLAY`);
	}

	get video(): VideoFormat | null {
		const track = this.#of('video');
		if (track === undefined || track.sentAt === null) return null;
		const { codec } = track.media;
		const { width = null, height = null } = track.size ?? {};
		return { codec: 'H264', width, height, bitrate: track.bitrate, transcodedFrom: track.isTranscoded ? codecName(codec) : null };
	}

	get audio(): AudioFormat | null {
		const track = this.#of('audio');
		if (track === undefined || track.sentAt === null) return null;
		const { codec } = track.media;
		return track.isTranscoded
			? { codec: 'opus', transcodedFrom: codecName(codec) }
			: { codec: codec === 'OPUS' ? 'opus' : codec, transcodedFrom: null };
	}

	get size(): TileSize | null {
		return this.#of('video')?.size ?? null;
	}

	get frozenSince(): number | null {
		return this.#of('video')?.frozenSince ?? null;
	}

	get delayMs(): number | null {
		return this.#watched?.delayMs ?? null;
	}

	get agreement(): CaptureClock['agreement'] {
		return this.#watched?.agreement ?? 'none';
	}

	get tracks(): TrackDetail[] {
		return this.#tracks.map((track) => track.detail());
	}

	clocks(): StreamClock[] {
		const clock = this.#watched?.clock() ?? null;
		return clock === null ? [] : [clock];
	}

	preview(): Preview | null {
		return this.#of('video')?.preview() ?? null;
	}

	replay(): void {
		this.#of('video')?.replay();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#again);
		this.#transcoder?.close();
	}

	#track(selected: SelectedTrack): FeedTrack {
		const { kind } = selected.media;
		const track: FeedTrack = new FeedTrack({
			selected,
			output: () => this.#options.output.track(kind),
			transcode: (packet) => this.#transcoder?.send(kind, packet),
			sourceTimestamp: (timestamp) => this.#transcoder?.sourceTimestamp(kind, timestamp) ?? null,
			onNews: (news) => {
				if (news === 'size') this.#options.onNews();
				else if (track === this.#watched) this.#options.onClock();
			},
		});
		return track;
	}

	/** The tracks that can be had: without a transcoder for its sound a camera still has its picture. */
	async #withTranscoder(): Promise<readonly SelectedTrack[]> {
		const { selected, onNote } = this.#options;
		if (selected.every((each) => each.format !== null)) return selected;
		try {
			await this.#openTranscoder();
			return selected;
		} catch (error) {
			const picture = selected.find((each) => each.media.kind === 'video');
			if (!(error instanceof SourceError) || picture === undefined || picture.format === null) throw error;
			onNote(new SourceError(error.reason, `there is no sound: ${error.message}`));
			return [picture];
		}
	}

	async #openTranscoder(): Promise<void> {
		const { selected, surroundings } = this.#options;
		const mediaOf = (kind: 'video' | 'audio') => selected.find((each) => each.format === null && each.media.kind === kind)?.media ?? null;
		const transcoder = await surroundings.transcoders.open({
			video: mediaOf('video'),
			audio: mediaOf('audio'),
			onPacket: (kind, packet, header) => {
				const track = this.#of(kind);
				if (this.#closed || track === undefined) return;
				track.takeTranscoded(packet, header);
				if (!this.#sending.has(track)) this.#begin(track);
			},
			onEnded: (error) => this.#onTranscoderEnded(error),
		});
		if (this.#closed) transcoder.close();
		else this.#transcoder = transcoder;
		this.#transcoderAt = performance.now();
	}

	#outputFormat({ format, media }: SelectedTrack): TrackFormat | null {
		return format ?? this.#transcoder?.outputs[media.kind] ?? null;
	}

	#onTranscoderEnded(error: SourceError): void {
		if (this.#closed) return;
		this.#transcoder = null;
		const now = performance.now();
		this.#transcoderEnds = [...this.#transcoderEnds.filter((at) => now - at < 60_000), now];
		if (this.#transcoderEnds.length > transcoderEnds) {
			if (this.#of('video')?.isTranscoded === true || this.#of('video') === undefined) this.#options.onFailed(error);
			else this.#options.onNote(new SourceError(error.reason, `there is no sound: ${error.message}`));
			return;
		}
		this.#again = setTimeout(() => {
			this.#openTranscoder().catch((failure: unknown) => this.#onTranscoderEnded(failure instanceof SourceError ? failure : error));
		}, transcoderAgainMs * this.#transcoderEnds.length);
	}

	#checkTranscoder(now: number): void {
		const track = this.#of('video');
		if (this.#transcoder === null || track?.isTranscoded !== true || track.receivedAt === null) return;
		const since = Math.max(this.#transcoderAt, track.sentAt ?? 0);
		if (now - since < transcoderSilenceMs || now - track.receivedAt > 1_000) return;
		this.#transcoder.close();
		this.#onTranscoderEnded(new SourceError('transcoder-failed', `ffmpeg gave no picture for ${transcoderSilenceMs / 1000} s`));
	}

	/** The track has reached the viewers for the first time. */
	#begin(track: FeedTrack): void {
		this.#sending.add(track);
		if (track === this.#watched) this.#options.onLive();
		else this.#options.onNews();
	}

	#report(now: number): void {
		this.#reportedAt = now;
		for (const [index, { reception }] of this.#tracks.entries()) {
			const report = reception.report(this.#ownSsrc, now);
			if (report !== null) this.#options.sendRtcp(index, report);
		}
	}

	get #watched(): FeedTrack | undefined {
		return this.#of('video') ?? this.#tracks[0];
	}

	#of(kind: 'video' | 'audio'): FeedTrack | undefined {
		return this.#tracks.find((track) => track.media.kind === kind);
	}
}
