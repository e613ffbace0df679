import type { types } from 'mediasoup';
import type { OfferedCodec, OfferedSection } from './offer.ts';

type Kind = 'audio' | 'video';

/** A codec of an offer as mediasoup calls it. `parameters` are what mediasoup compares; decoders follow the stream itself. */
interface KnownCodec {
	mimeType: string;
	clockRate: number;
	channels: number;
	parameters: Record<string, string | number>;
}

/** What an answer says of one section. */
export interface AgreedSection {
	kind: Kind;
	mid: string;
	/** As offered, with the feedback that is agreed on. */
	codecs: OfferedCodec[];
	extensions: { id: number; uri: string }[];
	/** Simulcast layers that are received. */
	layers: string[];
}

const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const absSendTime = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
/** What is taken from an encoder. No video-orientation: without it the picture comes upright, and every viewer shows it so. */
const received: Record<Kind, readonly string[]> = {
	audio: [mid, absSendTime, transportCc, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time'],
	video: [
		mid,
		'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
		'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
		absSendTime,
		transportCc,
		'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
	],
};

/** How a section that sends is received: its first codec that is known here. Null where there is none, or its packets could not be told apart. */
export function receiving(section: OfferedSection): { agreed: AgreedSection; rtpParameters: types.RtpParameters } | null {
	const kind = kindOf(section);
	const chosen = section.codecs.find((codec) => knownCodec(kind, codec) !== null);
	const known = chosen === undefined ? null : knownCodec(kind, chosen);
	if (chosen === undefined || known === null) return null;
	const extensions = section.extensions.filter((each) => received[kind].includes(each.uri));
	const offers = (uri: string) => extensions.some((each) => each.uri === uri);
	const codec = { ...chosen, feedback: feedbackOf(chosen, offers) };
	const retransmission =
		kind === 'video'
			? section.codecs.find((each) => each.name.toLowerCase() === 'rtx' && each.parameters.get('apt') === String(chosen.payloadType))
			: undefined;
	const encodings = encodingsOf(section, { retransmitted: retransmission !== undefined, byMid: offers(mid) });
	if (encodings === null) return null;
	const codecs: types.RtpCodecParameters[] = [
		{
			mimeType: known.mimeType,
			payloadType: codec.payloadType,
			clockRate: known.clockRate,
			...(kind === 'audio' ? { channels: known.channels } : {}),
			parameters: known.parameters,
			rtcpFeedback: codec.feedback,
		},
	];
	if (retransmission !== undefined) {
		const { payloadType } = retransmission;
		codecs.push({ mimeType: 'video/rtx', payloadType, clockRate: known.clockRate, parameters: { apt: codec.payloadType }, rtcpFeedback: [] });
	}
	return {
		agreed: {
			kind,
			mid: section.mid,
			codecs: retransmission === undefined ? [codec] : [codec, { ...retransmission, feedback: [] }],
			extensions,
			layers: section.layers,
		},
		rtpParameters: {
			mid: section.mid,
			codecs,
			headerExtensions: extensions.map(({ id, uri }) => ({ id, uri: uri as types.RtpHeaderExtensionUri })),
			encodings,
			rtcp: { ...(section.cname === null ? {} : { cname: section.cname }), reducedSize: true },
		},
	};
}

/**
 * What can be sent to a section that receives, by the payload types it offers: every sound that is known here, and the one video codec
 * that is `wanted`. mediasoup sends the payload types of its router, so `routerCodecs` are for a router of the player's own.
 */
export function sendable(
	section: OfferedSection,
	wanted: types.RtpCodecParameters | null,
): { routerCodecs: types.RouterRtpCodecCapability[]; codecs: OfferedCodec[] } {
	const kind = kindOf(section);
	const chosen = kind === 'audio' ? eachOnce(section) : videoFor(section, wanted);
	return {
		routerCodecs: chosen.map(({ known, codec }) => ({
			kind,
			mimeType: known.mimeType,
			clockRate: known.clockRate,
			...(kind === 'audio' ? { channels: known.channels } : {}),
			parameters: known.parameters,
			preferredPayloadType: codec.payloadType,
		})),
		codecs: chosen.map(({ codec }) => codec),
	};
}

/** What is agreed with a player, and the capabilities by which mediasoup sends it just that. */
export function sending(
	section: OfferedSection,
	codecs: OfferedCodec[],
	router: types.RtpCapabilities,
): { agreed: AgreedSection; rtpCapabilities: types.RtpCapabilities } {
	const kind = kindOf(section);
	// mediasoup's packets bear fixed extension ids: an extension that the offer numbers otherwise cannot be agreed on.
	const headerExtensions = (router.headerExtensions ?? []).filter(
		(each) => each.kind === kind && section.extensions.some((offered) => offered.id === each.preferredId && offered.uri === each.uri),
	);
	const offers = (uri: string) => headerExtensions.some((each) => each.uri === uri);
	const agreed = codecs.map((codec) => ({ ...codec, feedback: feedbackOf(codec, offers) }));
	return {
		agreed: {
			kind,
			mid: section.mid,
			codecs: agreed,
			extensions: headerExtensions.map((each) => ({ id: each.preferredId, uri: each.uri })),
			layers: [],
		},
		rtpCapabilities: {
			codecs: (router.codecs ?? []).flatMap((each) => {
				const codec = each.kind === kind ? agreed.find((other) => other.payloadType === each.preferredPayloadType) : undefined;
				return codec === undefined ? [] : [{ ...each, rtcpFeedback: codec.feedback }];
			}),
			headerExtensions,
		},
	};
}

function kindOf(section: OfferedSection): Kind {
	return section.type === 'video' ? 'video' : 'audio';
}

/** Null for a codec that is not relayed here, or not in this form. */
function knownCodec(kind: Kind, codec: OfferedCodec): KnownCodec | null {
	const { clockRate, channels, payloadType } = codec;
	// With rtcp-mux these would be taken for RTCP (RFC 5761 §4).
	if (payloadType >= 64 && payloadType <= 95) return null;
	const name = codec.name.toLowerCase();
	if (kind === 'audio' && name === 'opus' && clockRate === 48_000 && channels <= 2)
		return { mimeType: 'audio/opus', clockRate, channels: 2, parameters: {} };
	if (kind === 'audio' && (name === 'pcma' || name === 'pcmu') && clockRate === 8000 && channels === 1) {
		return { mimeType: `audio/${name.toUpperCase()}`, clockRate, channels, parameters: {} };
	}
	if (kind === 'video' && name === 'vp8' && clockRate === 90_000) return { mimeType: 'video/VP8', clockRate, channels: 1, parameters: {} };
	if (kind !== 'video' || name !== 'h264' || clockRate !== 90_000) return null;
	// Encoders and players that take fragments leave the mode out at times; one that says 0 means it (RFC 6184 §8.1).
	const mode = codec.parameters.get('packetization-mode');
	if (mode !== undefined && mode !== '1') return null;
	const parameters = { 'packetization-mode': 1, 'profile-level-id': profileOf(codec), 'level-asymmetry-allowed': 1 };
	return { mimeType: 'video/H264', clockRate, channels: 1, parameters };
}

/** The one of our four H.264 profiles that this one is, or is nearest to (RFC 6184 §8.1, table 5). */
function profileOf(codec: OfferedCodec): string {
	const id = codec.parameters.get('profile-level-id') ?? '';
	if (!/^[0-9a-f]{6}$/i.test(id)) return '42e01f';
	const [profile, constraints] = [Number.parseInt(id.slice(0, 2), 16), Number.parseInt(id.slice(2, 4), 16)];
	if (profile === 0x64) return '64001f';
	if (profile === 0x4d && (constraints & 0x80) === 0) return '4d001f';
	if (profile === 0x42 && (constraints & 0x40) === 0) return '42001f';
	return '42e01f';
}

function eachOnce(section: OfferedSection): { known: KnownCodec; codec: OfferedCodec }[] {
	const chosen: { known: KnownCodec; codec: OfferedCodec }[] = [];
	for (const codec of section.codecs) {
		const known = knownCodec('audio', codec);
		if (known !== null && !chosen.some((each) => each.known.mimeType === known.mimeType)) chosen.push({ known, codec });
	}
	return chosen;
}

/** The offered codec that the wanted one may be sent as: of the same profile where there is one. A camera's real profile is in its stream only. */
function videoFor(section: OfferedSection, wanted: types.RtpCodecParameters | null): { known: KnownCodec; codec: OfferedCodec }[] {
	const offered = section.codecs.flatMap((codec) => {
		const known = knownCodec('video', codec);
		return known === null ? [] : [{ known, codec }];
	});
	if (wanted === null) return offered.slice(0, 1);
	const same = offered.filter((each) => each.known.mimeType.toLowerCase() === wanted.mimeType.toLowerCase());
	const profile = (parameters: Record<string, unknown> | undefined) => String(parameters?.['profile-level-id'] ?? '').slice(0, 4);
	const best = same.find((each) => profile(each.known.parameters) === profile(wanted.parameters)) ?? same[0];
	return best === undefined
		? []
		: [{ codec: best.codec, known: { ...best.known, parameters: (wanted.parameters ?? {}) as KnownCodec['parameters'] } }];
}

/** Retransmission and key frames on request, and the one kind of congestion control for which the extension is there. */
function feedbackOf(codec: OfferedCodec, offers: (uri: string) => boolean): { type: string; parameter: string }[] {
	const useful = (type: string, parameter: string) => {
		if (type === 'nack') return parameter === '' || parameter === 'pli';
		if (type === 'ccm') return parameter === 'fir';
		if (type === 'transport-cc') return offers(transportCc);
		return type === 'goog-remb' && offers(absSendTime) && !offers(transportCc);
	};
	const agreed: { type: string; parameter: string }[] = [];
	for (const { type, parameter } of codec.feedback) {
		if (useful(type, parameter) && !agreed.some((each) => each.type === type && each.parameter === parameter)) agreed.push({ type, parameter });
	}
	return agreed;
}

function encodingsOf(
	section: OfferedSection,
	{ retransmitted, byMid }: { retransmitted: boolean; byMid: boolean },
): types.RtpEncodingParameters[] | null {
	// Browsers send VP8 layers in three temporal ones; where there are fewer, nothing is lost by saying so.
	if (section.layers.length > 0) return section.layers.map((rid) => ({ rid, scalabilityMode: 'L1T3' }));
	const [first] = section.ssrcs;
	if (first !== undefined) return [{ ssrc: first.ssrc, ...(retransmitted && first.rtx !== null ? { rtx: { ssrc: first.rtx } } : {}) }];
	return byMid ? [{}] : null;
}
