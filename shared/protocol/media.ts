import { z } from 'zod';
import { Agency, Instant, Place, Slug, Text } from './words.ts';

const cameraUrl = z
	.string()
	.max(2048)
	.regex(/^rtsps?:\/\//, 'expected rtsp://[user:password@]host[:port]/path, or rtsps://');

/** What a person registers. The URLs carry user and password; they are never given out again. */
export const CameraInput = z.object({
	id: Slug,
	name: Text,
	agency: Agency,
	place: Place,
	url: cameraUrl,
	/** The camera's second, smaller stream, for small tiles. Without user and password it takes those of `url` on the same host and port. */
	subUrl: cameraUrl.nullable().default(null),
	/** How RTP travels. `auto`: TCP, and UDP where the camera refuses TCP. `udp`: UDP, and TCP where nothing arrives by UDP. */
	transport: z.enum(['auto', 'tcp', 'udp']).default('auto'),
	/** SHA-256 of the certificate of an `rtsps://` camera that no authority has signed, as 64 hexadecimal digits. */
	certificate: z
		.string()
		.regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
		.nullable()
		.default(null),
	/** It has a loudspeaker that can be spoken to (ONVIF Streaming Specification §5.3, G.711). */
	speaker: z.boolean().default(false),
	/** Where it looks, degrees from north, and how wide; both null for a dome or when unknown. */
	bearing: z.number().min(0).lt(360).nullable().default(null),
	fieldOfView: z.number().min(1).max(360).nullable().default(null),
	demo: z.boolean().default(false),
});
export type CameraInput = z.infer<typeof CameraInput>;

/** The camera as others see it: the addresses without passwords. */
export const Camera = CameraInput.omit({ url: true, subUrl: true }).extend({
	address: z.string(),
	subAddress: z.string().nullable(),
	hasPassword: z.boolean(),
});
export type Camera = z.infer<typeof Camera>;

export const streamFailures = [
	'unreachable',
	'refused-address',
	'unauthorized',
	'not-found',
	'no-usable-track',
	'silent',
	'closed-by-peer',
	'protocol-error',
	/** The certificate of an `rtsps://` camera is not trusted; the detail names its fingerprint. */
	'certificate',
	/** The codec needs ffmpeg, which is not installed. */
	'no-transcoder',
	/** As many sources are transcoded as may be. */
	'transcoder-busy',
	'transcoder-failed',
	'gateway-error',
] as const;
export const StreamFailure = z.enum(streamFailures);
export type StreamFailure = z.infer<typeof StreamFailure>;

/** `main` is the full picture; `sub` a camera's smaller second stream. A field unit has only `main`, in layers. */
export const Quality = z.enum(['main', 'sub']);
export type Quality = z.infer<typeof Quality>;

export const VideoFormat = z.object({
	/** As viewers get it. */
	codec: z.string(),
	width: z.int().nullable(),
	height: z.int().nullable(),
	/** Bits per second over the last seconds. */
	bitrate: z.number(),
	/** The camera's own codec where ffmpeg stands between, otherwise null. */
	transcodedFrom: z.string().nullable(),
});
export type VideoFormat = z.infer<typeof VideoFormat>;
export const AudioFormat = z.object({ codec: z.string(), transcodedFrom: z.string().nullable() });
export type AudioFormat = z.infer<typeof AudioFormat>;

export const StreamState = z.discriminatedUnion('state', [
	/** Nobody watches. `checkedAt`: when a camera last answered, null while that is not known. */
	z.object({ state: z.literal('idle'), checkedAt: Instant.nullable() }),
	z.object({ state: z.literal('connecting'), since: Instant, attempt: z.int() }),
	z.object({
		state: z.literal('live'),
		since: Instant,
		video: VideoFormat.nullable(),
		audio: AudioFormat.nullable(),
		/** Packets arrive, but the picture in them has stood still since then: the encoder hangs. */
		frozenSince: Instant.nullable(),
	}),
	z.object({
		state: z.literal('failed'),
		since: Instant.meta({ description: 'when the picture was lost, or the first attempt failed' }),
		reason: StreamFailure,
		detail: z.string(),
		attempt: z.int(),
		nextTryAt: Instant,
	}),
	z.object({ state: z.literal('ended'), since: Instant }),
]);
export type StreamState = z.infer<typeof StreamState>;

/** A live picture: of a camera (id = camera id) or of a field unit (id = unit id). */
export const Stream = z.object({
	id: Slug,
	kind: z.enum(['camera', 'field']),
	agency: Agency,
	status: StreamState,
	viewers: z.int().min(0),
	/** Whether a person can be spoken to there. */
	canTalk: z.boolean(),
	/** The display name of who speaks to it now. */
	talker: z.string().nullable(),
	demo: z.boolean(),
});
export type Stream = z.infer<typeof Stream>;

/** One track as the gateway receives it. */
export const TrackDetail = z.object({
	kind: z.enum(['video', 'audio']),
	/** As it comes, before any transcoding. */
	codec: z.string(),
	packets: z.int(),
	bytes: z.int(),
	lost: z.int(),
	/** Packets that came after a later one. */
	reordered: z.int(),
	/** RFC 3550 §6.4.1, in milliseconds. */
	jitterMs: z.number().nullable(),
	/** Bits per second. */
	bitrate: z.number(),
	keyFrameIntervalMs: z.number().nullable(),
	fps: z.number().nullable(),
});
export type TrackDetail = z.infer<typeof TrackDetail>;

/** One source of a stream, for the inspector. */
export const FeedDetail = z.object({
	quality: Quality,
	/** Without user and password; null for a field unit. */
	address: z.string().nullable(),
	status: StreamState,
	/** `udp-direct` goes from the camera into the media worker; `webrtc` comes from a phone or an encoder. */
	transport: z.enum(['tcp', 'udp', 'udp-direct', 'webrtc']).nullable(),
	/** Media worker that relays it. */
	worker: z.int().nullable(),
	tracks: z.array(TrackDetail),
	viewers: z.int(),
	/** From capture to the gateway, milliseconds; null while the source tells no time. */
	delayMs: z.number().nullable(),
	/** `synchronised`: the source's clock agrees with ours. `relative`: it does not, and its smallest delay counts as none. */
	clock: z.enum(['synchronised', 'relative', 'none']),
	/** GB/T 28181-2022 §6: at most 2 s from the camera to the screen. Null while not known. */
	withinGbt28181: z.boolean().nullable(),
	reconnects: z.int(),
	/** What happened to it lately, newest first. */
	history: z.array(z.object({ at: Instant, state: z.string(), reason: StreamFailure.nullable(), detail: z.string() })),
});
export type FeedDetail = z.infer<typeof FeedDetail>;

export const StreamDetail = Stream.extend({
	feeds: z.array(FeedDetail),
	/** The oldest picture that a viewer reported within the last half minute, milliseconds. */
	oldestShownMs: z.number().nullable(),
});
export type StreamDetail = z.infer<typeof StreamDetail>;

/** Lets a player or an encoder in by `Authorization: Bearer`, for one stream and one direction (RFC 9725 §4.7). */
export const StreamTokenInput = z.object({
	id: Slug,
	streamId: Slug,
	action: z.enum(['publish', 'watch']),
	expiresAt: Instant,
});
export type StreamTokenInput = z.infer<typeof StreamTokenInput>;
export const StreamToken = StreamTokenInput.extend({ createdBy: z.string(), createdAt: Instant, lastUsedAt: Instant.nullable() });
export type StreamToken = z.infer<typeof StreamToken>;

/**
 * Which moment an RTP timestamp of a track stands for. `captureTime` is in milliseconds of the gateway's clock (`time` asks for it).
 * A phone's layers have a clock each: the right one is that which puts a frame near the time it arrived.
 */
export interface StreamClock {
	rtpTimestamp: number;
	clockRate: number;
	captureTime: number;
	/** `sender`: from the source's sender reports. `arrival`: the source tells no time, its packets count as new when they come. */
	basis: 'sender' | 'arrival';
}

/** What is on the camera's picture now, or was last, for the time until the live picture joins. H.264, Annex B, in decoding order from a key frame. */
export interface Preview {
	/** `avc1.640028` */
	codec: string;
	width: number;
	height: number;
	/** `captureTime` in milliseconds of the gateway's clock. */
	frames: { data: Uint8Array; key: boolean; captureTime: number }[];
}

/** A preview as it travels: the data of all frames in one piece, for a socket.io client takes no more than ten pieces in a message. */
export interface PackedPreview extends Omit<Preview, 'frames'> {
	data: Uint8Array;
	/** `length` in bytes; their data follow each other in `data`. */
	frames: { length: number; key: boolean; captureTime: number }[];
}

export function packPreview({ frames, ...preview }: Preview): PackedPreview {
	const data = new Uint8Array(frames.reduce((sum, frame) => sum + frame.data.byteLength, 0));
	let at = 0;
	const packed = frames.map(({ data: each, key, captureTime }) => {
		data.set(each, at);
		at += each.byteLength;
		return { length: each.byteLength, key, captureTime };
	});
	return { ...preview, data, frames: packed };
}

/** A browser gets binary data as an `ArrayBuffer`. */
export function unpackPreview({ data, frames, ...preview }: Omit<PackedPreview, 'data'> & { data: Uint8Array | ArrayBuffer }): Preview {
	const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
	let at = 0;
	const unpacked = frames.map(({ length, key, captureTime }) => {
		const each = bytes.subarray(at, at + length);
		at += length;
		return { data: each, key, captureTime };
	});
	return { ...preview, frames: unpacked };
}

/**
 * Signalling on the socket.io namespace `/media`. Every request is an event with one argument and an acknowledgement
 * of `{ ok: true, … }` or `{ ok: false, reason, detail }`. mediasoup's own objects (RTP capabilities and parameters, ICE and DTLS
 * parameters) are passed as they are: mediasoup validates them.
 */
const Opaque = z.record(z.string(), z.unknown());
const Id = z.string().min(1).max(64);
const TileSize = z.object({ width: z.int().min(1).max(16_384), height: z.int().min(1).max(16_384) });
export type TileSize = z.infer<typeof TileSize>;
export const mediaRequests = {
	capabilities: z.object({}),
	createTransport: z.object({ direction: z.enum(['send', 'receive']) }),
	connectTransport: z.object({ transportId: Id, dtlsParameters: Opaque }),
	restartIce: z.object({ transportId: Id }),
	closeTransport: z.object({ transportId: Id }),
	/** Answers `{ now }`, milliseconds of the gateway's clock since the epoch. */
	time: z.object({}),
	/**
	 * Wants a stream from now on. Answers `{ quality, clocks, consumers: [{ id, producerId, kind, rtpParameters }] }`, all paused until
	 * `resume`; none while the source is being started or is away: `streamChanged` follows when there are (other) ones, watch again then.
	 * `size` is that of the tile in device pixels and decides between main and sub and among layers.
	 */
	watch: z.object({ streamId: Slug, transportId: Id, rtpCapabilities: Opaque, size: TileSize.nullable().default(null) }),
	/** The tile has another size. Where that takes another source, `streamChanged` follows. */
	prefer: z.object({ streamId: Slug, size: TileSize }),
	unwatch: z.object({ streamId: Slug }),
	/** Answers `{ preview: PackedPreview | null }`. */
	preview: z.object({ streamId: Slug }),
	/** What a page shows: the age of each picture in milliseconds. Every ten seconds or so. */
	report: z.object({ pictures: z.array(z.object({ streamId: Slug, age: z.number().min(0) })).max(256) }),
	resume: z.object({ consumerId: Id }),
	/** A field unit's own stream; answers `{ producerId }`. */
	publish: z.object({ transportId: Id, kind: z.enum(['audio', 'video']), rtpParameters: Opaque }),
	unpublish: z.object({}),
	/** Takes the floor towards a stream (duty officers, commanders). Answers `{ codec: 'opus' | 'PCMA' | 'PCMU' }`, the one to speak in. */
	talk: z.object({ streamId: Slug }),
	/** The speaker's microphone, after `talk`; answers `{ producerId }`. */
	talkSend: z.object({ streamId: Slug, transportId: Id, rtpParameters: Opaque }),
	endTalk: z.object({ streamId: Slug }),
	/** The field unit's side, after the notice `talk`; answers `{ consumer: { id, producerId, kind, rtpParameters } }`, paused until `resume`. */
	listen: z.object({ transportId: Id, rtpCapabilities: Opaque }),
} as const;
export type MediaRequest = keyof typeof mediaRequests;

export type MediaRefusal = 'unauthenticated' | 'forbidden' | 'not-found' | 'not-live' | 'invalid' | 'limit' | 'busy' | 'failed';
export type MediaReply<T = object> = ({ ok: true } & T) | { ok: false; reason: MediaRefusal; detail: string };

/** Server to client on `/media`. */
export interface MediaNotices {
	/** The consumers of this stream are gone; it is still wanted, and `streamChanged` follows when it is back. */
	streamEnded: (notice: { streamId: string }) => void;
	/** There are other producers (it has come up, or back, or another source suits the tile): watch again. */
	streamChanged: (notice: { streamId: string }) => void;
	/** How RTP timestamps of the stream and time go together; with each sender report. */
	clock: (notice: { streamId: string; clocks: StreamClock[] }) => void;
	/** Someone looks (or no longer looks) at the field unit's own stream. */
	viewers: (notice: { streamId: string; viewers: number }) => void;
	/** To a field unit: someone speaks to it (`by` is a display name), or no longer does (null). */
	talk: (notice: { by: string | null }) => void;
	/** To a speaker: the floor was taken away, with the reason. */
	talkEnded: (notice: { streamId: string; reason: MediaRefusal; detail: string }) => void;
	/** Another phone of the unit publishes now. */
	publishEnded: (notice: { streamId: string }) => void;
}
