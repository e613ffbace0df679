import type { types } from 'mediasoup';
import type { MediaDescription } from '../rtsp/sdp.ts';

const h264 = (profile: string): types.RouterRtpCodecCapability => ({
	kind: 'video',
	mimeType: 'video/H264',
	clockRate: 90_000,
	parameters: { 'packetization-mode': 1, 'profile-level-id': profile, 'level-asymmetry-allowed': 1 },
});

/** What the gateway relays. */
export const routerCodecs: types.RouterRtpCodecCapability[] = [
	{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
	{ kind: 'audio', mimeType: 'audio/PCMA', clockRate: 8_000 },
	{ kind: 'audio', mimeType: 'audio/PCMU', clockRate: 8_000 },
	{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
	h264('42e01f'),
	h264('42001f'),
	h264('4d001f'),
	h264('64001f'),
];

const relayed: Record<string, { kind: 'video' | 'audio'; clockRate: number }> = {
	H264: { kind: 'video', clockRate: 90_000 },
	PCMA: { kind: 'audio', clockRate: 8_000 },
	PCMU: { kind: 'audio', clockRate: 8_000 },
};

/** Whether this section can be sent to browsers as it comes. */
function isRelayed(media: MediaDescription): boolean {
	const known = relayed[media.codec];
	if (known === undefined || known.kind !== media.kind || known.clockRate !== media.clockRate || media.channels !== 1) return false;
	// Mode 2 interleaves NAL units out of order; no browser takes it.
	return media.codec !== 'H264' || media.parameters.get('packetization-mode') !== '2';
}

/** The picture and the sound to take from a camera's SDP: the first of each kind that can be relayed. */
export function selectMedia(media: readonly MediaDescription[]): MediaDescription[] {
	const video = media.find((each) => each.kind === 'video' && isRelayed(each));
	const audio = media.find((each) => each.kind === 'audio' && isRelayed(each));
	return [video, audio].filter((each) => each !== undefined);
}

/**
 * How a camera's track is declared to mediasoup. H.264 is always declared constrained baseline, level 3.1: the one profile
 * every browser must offer (RFC 7742 §5). Decoders follow the SPS in the stream, which is what the camera really sends.
 */
export function rtpParametersOf(media: MediaDescription, ssrc: number, cname: string): types.RtpParameters {
	const video = media.codec === 'H264';
	return {
		codecs: [
			{
				mimeType: `${media.kind}/${media.codec}`,
				payloadType: media.payloadType,
				clockRate: media.clockRate,
				...(video ? {} : { channels: 1 }),
				parameters: video ? { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 } : {},
				rtcpFeedback: [],
			},
		],
		headerExtensions: [],
		encodings: [{ ssrc }],
		rtcp: { cname, reducedSize: true },
	};
}
