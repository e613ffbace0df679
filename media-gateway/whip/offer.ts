/// <reference path="../rtsp/sdp-transform.d.ts" />
import sdpTransform from 'sdp-transform';

export const maxSdpLength = 64 * 1024;
const maxLine = 8 * 1024;
const maxSections = 32;
const maxEntries = 256;

/** An offer that cannot be taken: 400 where it is no SDP, 422 where it is one that is of no use here (RFC 9725 §4.2). */
export class OfferError extends Error {
	override name = 'OfferError';
	readonly status: 400 | 422;
	constructor(status: 400 | 422, detail: string) {
		super(detail);
		this.status = status;
	}
}

export interface OfferedCodec {
	payloadType: number;
	/** As the offer writes it: `H264`, `rtx`. */
	name: string;
	clockRate: number;
	channels: number;
	/** `a=fmtp` as it came, and by names in lower case. */
	format: string;
	parameters: Map<string, string>;
	feedback: { type: string; parameter: string }[];
}

/** One `m=` section. */
export interface OfferedSection {
	type: string;
	/** As it came, for the refusal of the section. */
	protocol: string;
	formats: string;
	mid: string;
	direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
	/** In the BUNDLE group, with `a=rtcp-mux`, over DTLS-SRTP, and not refused by the offer itself. */
	usable: boolean;
	codecs: OfferedCodec[];
	extensions: { id: number; uri: string }[];
	/** SSRCs in order, each with that of its retransmissions. */
	ssrcs: { ssrc: number; rtx: number | null }[];
	cname: string | null;
	/** `a=rid` ids of simulcast layers to be sent, as `a=simulcast:send` orders them. */
	layers: string[];
}

export interface Offer {
	sections: OfferedSection[];
	/** Of the first section that is usable; all others are bundled with it. */
	iceUsernameFragment: string;
	dtls: { fingerprints: { algorithm: string; value: string }[]; setup: 'actpass' | 'active' | 'passive' };
	/** Written by libwebrtc, thus by a browser that tells the sections of packets apart by their payload types. */
	libwebrtc: boolean;
}

/** What sdp-transform makes of it: nothing of that is sure. */
interface Parsed {
	version?: unknown;
	origin?: { sessionVersion?: unknown; address?: unknown };
	groups?: { type?: unknown; mids?: unknown }[];
	extmapAllowMixed?: unknown;
	media: ParsedMedia[];
}
interface ParsedMedia {
	type?: unknown;
	port?: unknown;
	protocol?: unknown;
	payloads?: unknown;
	mid?: unknown;
	direction?: unknown;
	rtcpMux?: unknown;
	bundleOnly?: unknown;
	setup?: unknown;
	iceUfrag?: unknown;
	icePwd?: unknown;
	fingerprint?: { type?: unknown; hash?: unknown };
	rtp: { payload?: unknown; codec?: unknown; rate?: unknown; encoding?: unknown }[];
	fmtp: { payload?: unknown; config?: unknown }[];
	rtcpFb?: { payload?: unknown; type?: unknown; subtype?: unknown }[];
	ext?: { value?: unknown; uri?: unknown; direction?: unknown }[];
	ssrcs?: { id?: unknown; attribute?: unknown; value?: unknown }[];
	ssrcGroups?: { semantics?: unknown; ssrcs?: unknown }[];
	rids?: { id?: unknown; direction?: unknown }[];
	simulcast?: { dir1?: unknown; list1?: unknown; dir2?: unknown; list2?: unknown };
}

/** The lines that are read; what else is in an offer never reaches the parser. */
const known =
	/^(?:[vostm]=|a=(?:group|extmap-allow-mixed|mid|sendrecv|sendonly|recvonly|inactive|bundle-only|rtcp-mux|setup|ice-ufrag|ice-pwd|fingerprint|rtpmap|fmtp|rtcp-fb|extmap|ssrc|ssrc-group|rid|simulcast)(?::|$))/;
/** RFC 3551 §6. */
const staticTypes: Record<number, string> = { 0: 'PCMU', 8: 'PCMA' };

/** Reads an SDP offer (RFC 8866, 8843, 8859). Throws `OfferError`, and nothing else, for whatever is given to it. */
export function parseOffer(text: string): Offer {
	if (text.length > maxSdpLength) throw new OfferError(400, `the offer is longer than ${maxSdpLength} bytes`);
	if (!/^v=0\s/.test(text)) throw new OfferError(400, 'expected an SDP offer: v=0 first');
	const lines = text.split(/\r\n|\r|\n/).filter((line) => line.length <= maxLine && known.test(line));
	let parsed: Parsed;
	try {
		parsed = sdpTransform.parse(lines.join('\r\n')) as unknown as Parsed;
	} catch {
		throw new OfferError(400, 'the SDP cannot be read');
	}
	if (parsed.origin === undefined) throw new OfferError(400, 'expected an o= line');
	if (parsed.media.length === 0) throw new OfferError(400, 'expected at least one m= section');
	if (parsed.media.length > maxSections) throw new OfferError(422, `expected at most ${maxSections} m= sections`);
	const bundled = bundledMids(parsed);
	const sections = parsed.media.map((media) => toSection(media, bundled));
	const mids = sections.map((section) => section.mid).filter((mid) => mid !== '');
	if (new Set(mids).size !== mids.length) throw new OfferError(400, 'a=mid: expected each only once');
	const transport = parsed.media[sections.findIndex((section) => section.usable)];
	if (transport === undefined) throw new OfferError(422, 'expected an audio or video section by DTLS-SRTP with a=rtcp-mux in a BUNDLE group');
	return {
		sections,
		iceUsernameFragment: iceUsernameFragment(parsed, transport),
		dtls: dtlsOf(parsed, transport),
		libwebrtc: parsed.origin.sessionVersion === 2 && parsed.origin.address === '127.0.0.1' && parsed.extmapAllowMixed !== undefined,
	};
}

/** `a=fmtp` by names in lower case. */
function parseFormat(config: string): Map<string, string> {
	const parameters = new Map<string, string>();
	for (const part of config.split(';').slice(0, maxEntries)) {
		const equals = part.indexOf('=');
		if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
	}
	return parameters;
}

function bundledMids(parsed: Parsed): Set<string> {
	const group = parsed.groups?.find((each) => each.type === 'BUNDLE');
	return new Set(group === undefined ? [] : String(group.mids ?? '').split(' '));
}

function toSection(media: ParsedMedia, bundled: Set<string>): OfferedSection {
	const type = String(media.type ?? '');
	const protocol = String(media.protocol ?? '');
	const mid = /^[\x21-\x7e]{1,64}$/.test(String(media.mid ?? '')) ? String(media.mid) : '';
	const secure = protocol === 'UDP/TLS/RTP/SAVPF' || protocol === 'TCP/TLS/RTP/SAVPF' || protocol === 'UDP/TLS/RTP/SAVP';
	const { direction } = media;
	// Port 0 is a section the offer itself gives up, unless it only waits for the bundle (RFC 8843 §6).
	const given = integer(media.port, 65_535) !== 0 || media.bundleOnly !== undefined;
	return {
		type,
		protocol,
		formats: String(media.payloads ?? ''),
		mid,
		direction: direction === 'sendonly' || direction === 'recvonly' || direction === 'inactive' ? direction : 'sendrecv',
		usable: (type === 'audio' || type === 'video') && secure && given && mid !== '' && bundled.has(mid) && media.rtcpMux !== undefined,
		codecs: codecsOf(media),
		extensions: extensionsOf(media),
		ssrcs: ssrcsOf(media),
		cname: cnameOf(media),
		layers: layersOf(media),
	};
}

function codecsOf(media: ParsedMedia): OfferedCodec[] {
	const codecs: OfferedCodec[] = [];
	for (const text of String(media.payloads ?? '')
		.split(' ')
		.slice(0, maxEntries)) {
		const payloadType = integer(text, 127);
		if (payloadType === null || codecs.some((codec) => codec.payloadType === payloadType)) continue;
		const map = media.rtp.find((each) => integer(each.payload, 127) === payloadType);
		const name = map === undefined ? staticTypes[payloadType] : String(map.codec ?? '');
		const clockRate = map === undefined ? 8000 : integer(map.rate, 1_000_000);
		if (name === undefined || name === '' || clockRate === null || clockRate === 0) continue;
		const format = String(media.fmtp.find((each) => integer(each.payload, 127) === payloadType)?.config ?? '');
		const feedback = (media.rtcpFb ?? [])
			.slice(0, maxEntries)
			.filter((each) => each.payload === '*' || integer(each.payload, 127) === payloadType)
			.map((each) => ({ type: String(each.type ?? ''), parameter: String(each.subtype ?? '') }));
		codecs.push({ payloadType, name, clockRate, channels: integer(map?.encoding, 8) ?? 1, format, parameters: parseFormat(format), feedback });
	}
	return codecs;
}

function extensionsOf(media: ParsedMedia): { id: number; uri: string }[] {
	const extensions: { id: number; uri: string }[] = [];
	for (const each of (media.ext ?? []).slice(0, maxEntries)) {
		const id = integer(each.value, 14);
		const uri = String(each.uri ?? '');
		// An id or a URI named twice would be two truths about one packet.
		if (id === null || id === 0 || extensions.some((other) => other.id === id || other.uri === uri)) continue;
		extensions.push({ id, uri });
	}
	return extensions;
}

function ssrcsOf(media: ParsedMedia): { ssrc: number; rtx: number | null }[] {
	const named = new Set<number>();
	for (const each of (media.ssrcs ?? []).slice(0, maxEntries)) {
		const ssrc = integer(each.id, 0xffff_ffff);
		if (ssrc !== null && ssrc !== 0) named.add(ssrc);
	}
	const retransmissions = new Map<number, number>();
	for (const group of (media.ssrcGroups ?? []).slice(0, maxEntries)) {
		if (group.semantics !== 'FID') continue;
		const [first, second] = String(group.ssrcs ?? '')
			.split(' ')
			.map((text) => integer(text, 0xffff_ffff));
		if (first != null && second != null && named.has(first) && named.has(second) && first !== second) retransmissions.set(first, second);
	}
	const repairs = new Set(retransmissions.values());
	return [...named].filter((ssrc) => !repairs.has(ssrc)).map((ssrc) => ({ ssrc, rtx: retransmissions.get(ssrc) ?? null }));
}

function cnameOf(media: ParsedMedia): string | null {
	const cname = media.ssrcs?.find((each) => each.attribute === 'cname')?.value;
	return cname === undefined ? null : String(cname).slice(0, 255);
}

/** The layers of `a=simulcast:send` that `a=rid` declares; of alternatives the first (RFC 8853 §5.2). */
function layersOf(media: ParsedMedia): string[] {
	const { simulcast } = media;
	const list = simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : undefined;
	if (list === undefined) return [];
	const declared = new Set((media.rids ?? []).filter((rid) => rid.direction === 'send').map((rid) => String(rid.id)));
	const layers = String(list)
		.split(';')
		.map((alternatives) => alternatives.split(',')[0]?.replace(/^~/, '') ?? '')
		.filter((rid) => declared.has(rid) && /^[a-zA-Z0-9]{1,16}$/.test(rid));
	return [...new Set(layers)];
}

function iceUsernameFragment(parsed: Parsed, transport: ParsedMedia): string {
	const session = parsed as Partial<ParsedMedia>;
	const fragment = String(transport.iceUfrag ?? session.iceUfrag ?? '');
	const password = String(transport.icePwd ?? session.icePwd ?? '');
	if (fragment.length < 4 || fragment.length > 256) throw new OfferError(400, 'a=ice-ufrag: expected 4 to 256 characters');
	if (password.length < 22 || password.length > 256) throw new OfferError(400, 'a=ice-pwd: expected 22 to 256 characters');
	return fragment;
}

const hashLengths: Record<string, number> = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

function dtlsOf(parsed: Parsed, transport: ParsedMedia): Offer['dtls'] {
	const session = parsed as Partial<ParsedMedia>;
	const fingerprint = transport.fingerprint ?? session.fingerprint;
	const algorithm = String(fingerprint?.type ?? '').toLowerCase();
	const value = String(fingerprint?.hash ?? '');
	const length = hashLengths[algorithm];
	if (length === undefined || !new RegExp(`^[0-9a-f]{2}(:[0-9a-f]{2}){${length - 1}}$`, 'i').test(value)) {
		throw new OfferError(400, 'a=fingerprint: expected sha-1, sha-224, sha-256, sha-384 or sha-512 with that many bytes in hexadecimal');
	}
	const setup = transport.setup ?? session.setup;
	if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') throw new OfferError(400, 'a=setup: expected actpass, active or passive');
	return { fingerprints: [{ algorithm, value: value.toUpperCase() }], setup };
}

/** A decimal number from 0 to `max`, otherwise null. */
function integer(value: unknown, max: number): number | null {
	if (value === undefined || value === null || !/^\d{1,10}$/.test(String(value))) return null;
	const number = Number(value);
	return number <= max ? number : null;
}
