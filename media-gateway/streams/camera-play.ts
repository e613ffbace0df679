import type { AudioFormat, VideoFormat } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import type { z } from 'zod';
import { CameraRelay } from '../rtc/camera-relay.ts';
import { selectMedia } from '../rtc/codecs.ts';
import { parseRtp, type RtpHeader } from '../rtp/packet.ts';
import { ParameterSets } from '../rtp/parameter-sets.ts';
import { Reception } from '../rtp/reception.ts';
import type { CameraAddress } from '../rtsp/address.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { RtspSession } from '../rtsp/session.ts';

const silenceMs = 3_000;
/** From PLAY to the first packet: some cameras start their encoder only then. */
const firstPacketMs = 5_000;
const reportMs = 5_000;
/** Packets that wait for their producer: a key frame and some. */
const maxWaiting = 1_000;
/** How long the picture waits for the sound (or the sound for the picture) before it is shown alone. */
const companionMs = 500;

interface Track {
	media: MediaDescription;
	reception: Reception;
	sets: ParameterSets | null;
	/** Source the producer was made for. */
	ssrc: number | null;
	/** What mediasoup knows it by: the same, unless the other track has it already. */
	relayedSsrc: number | null;
	producer: types.Producer | null;
	waiting: Buffer[];
	lastAt: number;
}

export interface CameraPlayOptions {
	address: CameraAddress;
	router: types.Router;
	resolve: (host: string) => Promise<string>;
	cname: string;
	/** A producer has come or gone; the first call means that there is something to see. */
	onProducers: () => void;
	/** Once, unless `close` was called before. */
	onEnded: (error: SourceError) => void;
}

/** One connection to a camera, from its first byte to its end: RTSP in, mediasoup out. */
export class CameraPlay {
	readonly #options: CameraPlayOptions;
	readonly #session: RtspSession;
	readonly #ownSsrc = Math.floor(Math.random() * 0xffffffff);
	readonly #timers: NodeJS.Timeout[] = [];
	#tracks: Track[] = [];
	#relay: CameraRelay | null = null;
	#ready = false;
	#ended = false;

	constructor(options: CameraPlayOptions) {
		this.#options = options;
		this.#session = new RtspSession({
			address: options.address,
			resolve: options.resolve,
			select: (media) => this.#select(media),
			onPacket: (track, rtcp, payload) => this.#take(track, rtcp, payload),
			onClosed: (error) => this.#end(error),
		});
	}

	get producers(): types.Producer[] {
		return this.#ready ? this.#tracks.flatMap((track) => track.producer ?? []) : [];
	}

	get packets(): number {
		return this.#sum((track) => track.reception.packets);
	}

	get bytes(): number {
		return this.#sum((track) => track.reception.bytes);
	}

	get lost(): number {
		return this.#sum((track) => track.reception.lost);
	}

	get videoBytes(): number {
		return this.#tracks.find((track) => track.media.kind === 'video')?.reception.bytes ?? 0;
	}

	get formats(): { video: Omit<z.infer<typeof VideoFormat>, 'bitrate'> | null; audio: z.infer<typeof AudioFormat> | null } {
		const playing = this.#tracks.filter((track) => track.producer !== null);
		const video = playing.find((track) => track.media.kind === 'video');
		const audio = playing.find((track) => track.media.kind === 'audio');
		const size = video?.sets?.size ?? null;
		return {
			video: video === undefined ? null : { codec: video.media.codec, width: size?.width ?? null, height: size?.height ?? null },
			audio: audio === undefined ? null : { codec: audio.media.codec },
		};
	}

	/** Failures arrive by `onEnded`. */
	start(): void {
		this.#open().catch((error: unknown) => {
			this.#end(error instanceof SourceError ? error : new SourceError('gateway-error', 'an internal error', { cause: error }));
		});
	}

	close(): void {
		this.#ended = true;
		for (const timer of this.#timers) clearTimeout(timer);
		this.#session.close();
		this.#relay?.close();
	}

	async #open(): Promise<void> {
		const relay = await CameraRelay.open(this.#options.router, this.#options.cname, () =>
			this.#end(new SourceError('gateway-error', 'the media worker is gone')),
		);
		if (this.#ended) return relay.close();
		this.#relay = relay;
		await this.#session.open();
		if (this.#ended) return;
		const opened = performance.now();
		for (const track of this.#tracks) if (track.lastAt === 0) track.lastAt = opened + firstPacketMs - silenceMs;
		this.#timers.push(setInterval(() => this.#listenForSilence(), 250));
		this.#timers.push(setInterval(() => this.#report(), reportMs));
	}

	#select(media: MediaDescription[]): MediaDescription[] {
		const selected = selectMedia(media);
		if (selected.length === 0) {
			const offered = media.map((each) => each.codec).join(', ') || 'nothing';
			throw new SourceError('no-usable-track', `the camera sends ${offered}; H264, PCMA or PCMU can be shown`);
		}
		this.#tracks = selected.map((each) => ({
			media: each,
			reception: new Reception(each.clockRate),
			sets: each.codec === 'H264' ? new ParameterSets(each.parameters.get('sprop-parameter-sets')) : null,
			ssrc: null,
			relayedSsrc: null,
			producer: null,
			waiting: [],
			lastAt: 0,
		}));
		return selected;
	}

	#take(index: number, rtcp: boolean, packet: Buffer): void {
		const track = this.#tracks[index];
		if (track === undefined || this.#ended) return;
		const now = performance.now();
		if (rtcp) {
			track.reception.takeRtcp(packet, now);
			return;
		}
		const header = parseRtp(packet);
		// Cameras that mix in packets of another type (metadata) would confuse the decoder.
		if (header === null || header.payloadType !== track.media.payloadType) return;
		track.reception.take(header, packet.length, now);
		track.lastAt = now;
		if (track.ssrc !== header.ssrc) this.#begin(track, header);
		if (track.relayedSsrc !== null && track.relayedSsrc !== header.ssrc) {
			packet.writeUInt32BE(track.relayedSsrc, 8);
			header.ssrc = track.relayedSsrc;
		}
		for (const each of track.sets?.pass(packet, header) ?? [packet]) {
			if (track.producer !== null) this.#relay?.send(each);
			else if (track.waiting.length < maxWaiting) track.waiting.push(each);
		}
	}

	/** A new source: a producer is bound to its SSRC. */
	#begin(track: Track, { ssrc }: RtpHeader): void {
		track.ssrc = ssrc;
		track.sets?.restart();
		track.waiting = [];
		track.producer?.close();
		track.producer = null;
		// There are cameras that number both their tracks 0, which mediasoup could not tell apart.
		const taken = this.#tracks.some((other) => other !== track && other.relayedSsrc === ssrc);
		const relayedSsrc = taken ? (ssrc ^ 1) >>> 0 : ssrc;
		track.relayedSsrc = relayedSsrc;
		this.#relay?.produce(track.media, relayedSsrc).then(
			(producer) => {
				if (this.#ended || track.ssrc !== ssrc) return producer.close();
				track.producer = producer;
				for (const packet of track.waiting) this.#relay?.send(packet);
				track.waiting = [];
				this.#announce();
			},
			(error: SourceError) => this.#end(error),
		);
	}

	#announce(): void {
		if (this.#ready) {
			this.#options.onProducers();
			return;
		}
		const show = () => {
			if (this.#ready || this.#ended) return;
			this.#ready = true;
			this.#options.onProducers();
		};
		if (this.#tracks.every((track) => track.producer !== null)) show();
		else this.#timers.push(setTimeout(show, companionMs));
	}

	/** A camera whose picture stands still while its sound goes on is silent too. */
	#listenForSilence(): void {
		const watched = this.#tracks.find((track) => track.media.kind === 'video') ?? this.#tracks[0];
		if (watched === undefined || performance.now() - watched.lastAt < silenceMs) return;
		const since = watched.reception.packets === 0 ? 'since PLAY' : `for ${silenceMs / 1000} s`;
		this.#end(new SourceError('silent', `the camera sent no ${watched.media.kind} ${since}`));
	}

	#report(): void {
		for (const [index, track] of this.#tracks.entries()) {
			const report = track.reception.report(this.#ownSsrc, performance.now());
			if (report !== null) this.#session.sendRtcp(index, report);
		}
	}

	#end(error: SourceError): void {
		if (this.#ended) return;
		this.close();
		this.#options.onEnded(error);
	}

	#sum(of: (track: Track) => number): number {
		return this.#tracks.reduce((total, track) => total + of(track), 0);
	}
}
