import type { types } from 'mediasoup';
import type { MediaDescription } from '../rtsp/sdp.ts';

/** A track in a form that browsers take. `channels` is 1 for video. */
export interface TrackFormat {
	kind: 'video' | 'audio';
	codec: 'H264' | 'PCMA' | 'PCMU' | 'opus';
	clockRate: number;
	channels: number;
}

const h264 = (profile: string): types.RouterRtpCodecCapability => ({
	kind: 'video',
	mimeType: 'video/H264',
	clockRate: 90_000,
	parameters: { 'packetization-mode': 1, 'profile-level-id': profile, 'level-asymmetry-allowed': 1 },
});

/** What the gateway relays. mediasoup adds retransmission and the feedback messages; it knows no H.265. */
export const routerCodecs: types.RouterRtpCodecCapability[] = [
	{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1, usedtx: 1 } },
	{ kind: 'audio', mimeType: 'audio/PCMA', clockRate: 8_000 },
	{ kind: 'audio', mimeType: 'audio/PCMU', clockRate: 8_000 },
	{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
	h264('42e01f'),
	h264('42001f'),
	h264('4d001f'),
	h264('64001f'),
];

const relayed: Record<string, TrackFormat> = {
	H264: { kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 },
	PCMA: { kind: 'audio', codec: 'PCMA', clockRate: 8_000, channels: 1 },
	PCMU: { kind: 'audio', codec: 'PCMU', clockRate: 8_000, channels: 1 },
	OPUS: { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
};

/** As what this section can go to browsers as it comes; null where it must be transcoded first, or left out. */
export function relayable(media: Pick<MediaDescription, 'kind' | 'codec' | 'clockRate' | 'channels' | 'parameters'>): TrackFormat | null {
	const format = relayed[media.codec];
	if (format === undefined || format.kind !== media.kind || format.clockRate !== media.clockRate || format.channels !== media.channels) return null;
	// Mode 2 interleaves NAL units out of order (RFC 6184 §5.6); no browser takes it.
	return format.codec === 'H264' && media.parameters.get('packetization-mode') === '2' ? null : format;
}

/**
 * How a source's track is declared to mediasoup. H.264 is always declared constrained baseline, level 3.1: the one profile
 * every browser must offer (RFC 7742 §5). Decoders follow the SPS in the stream, which is what the camera really sends.
 * Key frames are asked for by PLI; retransmissions are not, no source here keeps packets for them.
 */
export function rtpParametersOf(format: TrackFormat, source: { ssrc: number; payloadType: number; cname: string }): types.RtpParameters {
	const video = format.kind === 'video';
	return {
		codecs: [
			{
				mimeType: `${format.kind}/${format.codec}`,
				payloadType: source.payloadType,
				clockRate: format.clockRate,
				...(video ? {} : { channels: format.channels }),
				parameters: video ? { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 } : {},
				rtcpFeedback: video ? [{ type: 'nack', parameter: 'pli' }] : [],
			},
		],
		headerExtensions: [],
		encodings: [{ ssrc: source.ssrc }],
		rtcp: { cname: source.cname, reducedSize: true },
	};
}
