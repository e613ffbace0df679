import { z } from 'zod';
import { Agency, Instant, Place, Slug, Text } from './words.ts';

/** What a person registers. `url` carries user and password; it is never given out again. */
export const CameraInput = z.object({
	id: Slug,
	name: Text,
	agency: Agency,
	place: Place,
	url: z
		.string()
		.max(2048)
		.regex(/^rtsp:\/\//, 'expected rtsp://[user:password@]host[:port]/path'),
	/** Where it looks, degrees from north, and how wide; both null for a dome or when unknown. */
	bearing: z.number().min(0).lt(360).nullable().default(null),
	fieldOfView: z.number().min(1).max(360).nullable().default(null),
	demo: z.boolean().default(false),
});
export type CameraInput = z.infer<typeof CameraInput>;

/** The camera as others see it: the address without its password. */
export const Camera = CameraInput.omit({ url: true }).extend({ address: z.string(), hasPassword: z.boolean() });
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
	'gateway-error',
] as const;
export const StreamFailure = z.enum(streamFailures);
export type StreamFailure = z.infer<typeof StreamFailure>;

export const VideoFormat = z.object({
	codec: z.string(),
	width: z.int().nullable(),
	height: z.int().nullable(),
	/** Bits per second over the last seconds. */
	bitrate: z.number(),
});
export const AudioFormat = z.object({ codec: z.string() });

export const StreamState = z.discriminatedUnion('state', [
	z.object({ state: z.literal('idle') }),
	z.object({ state: z.literal('connecting'), since: Instant, attempt: z.int() }),
	z.object({ state: z.literal('live'), since: Instant, video: VideoFormat.nullable(), audio: AudioFormat.nullable() }),
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
	demo: z.boolean(),
});
export type Stream = z.infer<typeof Stream>;

/**
 * Signalling on the socket.io namespace `/media`. Every request is an event with one argument and an acknowledgement
 * of `{ ok: true, … }` or `{ ok: false, reason, detail }`. mediasoup's own objects (RTP capabilities and parameters, ICE and DTLS
 * parameters) are passed as they are: mediasoup validates them.
 */
const Opaque = z.record(z.string(), z.unknown());
const Id = z.string().min(1).max(64);
export const mediaRequests = {
	capabilities: z.object({}),
	createTransport: z.object({ direction: z.enum(['send', 'receive']) }),
	connectTransport: z.object({ transportId: Id, dtlsParameters: Opaque }),
	restartIce: z.object({ transportId: Id }),
	closeTransport: z.object({ transportId: Id }),
	/** Answers `{ consumers: [{ id, producerId, kind, rtpParameters }] }`, all paused until `resume`. */
	watch: z.object({ streamId: Slug, transportId: Id, rtpCapabilities: Opaque }),
	unwatch: z.object({ streamId: Slug }),
	resume: z.object({ consumerId: Id }),
	/** A field unit's own stream; answers `{ producerId }`. */
	publish: z.object({ transportId: Id, kind: z.enum(['audio', 'video']), rtpParameters: Opaque }),
	unpublish: z.object({}),
} as const;
export type MediaRequest = keyof typeof mediaRequests;

export type MediaRefusal = 'unauthenticated' | 'forbidden' | 'not-found' | 'not-live' | 'invalid' | 'limit' | 'failed';
export type MediaReply<T = object> = ({ ok: true } & T) | { ok: false; reason: MediaRefusal; detail: string };

/** Server to client on `/media`. */
export interface MediaNotices {
	/** The consumers of this stream are gone; watch again when `stream.status` is live. */
	streamEnded: (notice: { streamId: string }) => void;
	/** New producers have come (a reconnected camera, audio added): watch again. */
	streamChanged: (notice: { streamId: string }) => void;
	/** Someone looks (or no longer looks) at the field unit's own stream. */
	viewers: (notice: { streamId: string; viewers: number }) => void;
}
