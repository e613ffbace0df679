import type { AudioFormat, Preview, StreamClock, TileSize, TrackDetail, VideoFormat } from '@beilun/shared/protocol/media.ts';
import type { CaptureClock } from '../rtp/capture-clock.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import type { Delivery, TrackSetup } from '../rtsp/session.ts';
import type { FeedOutput } from './feed-output.ts';
import type { FeedSurroundings } from './feed-surroundings.ts';
import type { SelectedTrack } from './selection.ts';
import type { FeedTransport } from './transport-choice.ts';

/** A camera that goes silent is away. */
export const silenceMs = 3_000;
/** From PLAY to the first packet: some cameras start their encoder only then. */
export const firstPacketMs = 5_000;

/** The camera would send, but not in this way: another transport may do. */
export class UselessTransport extends SourceError {
	override name = 'UselessTransport';

	constructor(detail: string) {
		super('silent', detail);
	}
}

export interface IntakeOptions {
	selected: readonly SelectedTrack[];
	transport: FeedTransport;
	output: FeedOutput;
	surroundings: FeedSurroundings;
	cname: string;
	cameraIp: string;
	/** How many people watch now. */
	viewers: () => number;
	sendRtcp: (track: number, packet: Buffer) => void;
	/** There is something to see (or hear). */
	onLive: () => void;
	/** Size, codec or another thing that is told of a live stream is new. */
	onNews: () => void;
	/** The source has told its time. */
	onClock: () => void;
	/** Something is amiss that does not end it. */
	onNote: (error: SourceError) => void;
	/** It cannot go on. */
	onFailed: (error: SourceError) => void;
}

/** How the media of one connection comes in and reaches the viewers: through this process, or past it. */
export interface Intake {
	readonly transport: FeedTransport;
	/** The tracks to set up. Throws `SourceError`. */
	prepare(): Promise<{ media: MediaDescription; delivery: Delivery }[]>;
	/** After SETUP, before PLAY. Throws `SourceError`, `UselessTransport` for answers that leave something out. */
	begin(setups: TrackSetup[]): Promise<void>;
	/** A packet of the RTSP session. */
	take(track: number, rtcp: boolean, packet: Buffer): void;
	/** Several times a second; times of `performance.now`. What is wrong, if anything is. */
	check(now: number, playedAt: number): SourceError | null;
	readonly video: VideoFormat | null;
	readonly audio: AudioFormat | null;
	readonly size: TileSize | null;
	/** Milliseconds of `performance.now`. */
	readonly frozenSince: number | null;
	readonly delayMs: number | null;
	readonly agreement: CaptureClock['agreement'];
	readonly tracks: TrackDetail[];
	clocks(): StreamClock[];
	preview(): Preview | null;
	/** A viewer waits for a key frame. */
	replay(): void;
	close(): void;
}
