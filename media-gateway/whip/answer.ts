import type { types } from 'mediasoup';
import type { Offer, OfferedSection } from './offer.ts';
import type { AgreedSection } from './parameters.ts';

type Ice = Pick<types.WebRtcTransport, 'iceParameters' | 'iceCandidates'>;

export interface AnswerOptions {
	offer: Offer;
	/** Sections that are not among these are refused. */
	agreed: readonly AgreedSection[];
	direction: 'recvonly' | 'sendonly';
	transport: Ice & Pick<types.WebRtcTransport, 'dtlsParameters'>;
	/** What is sent belongs to this one stream of the player's. */
	streamId: string;
	/** SSRCs of what is sent, by section; left out for those who tell packets apart by their payload types. */
	sources: ReadonlyMap<string, { ssrc: number; cname: string }>;
}

/** Our DTLS part: `passive` where we may choose, so that nothing waits for our first packet to pass a NAT. */
export function setupFor(offer: Offer): 'active' | 'passive' {
	return offer.dtls.setup === 'passive' ? 'active' : 'passive';
}

/** The SDP answer (RFC 8829 §5.3). */
export function writeAnswer({ offer, agreed, direction, transport, streamId, sources }: AnswerOptions): string {
	const { iceParameters, dtlsParameters } = transport;
	const fingerprint = dtlsParameters.fingerprints.find((each) => each.algorithm === 'sha-256') ?? dtlsParameters.fingerprints[0];
	const lines = [
		'v=0',
		`o=- ${Date.now()} 1 IN IP4 0.0.0.0`,
		's=-',
		't=0 0',
		`a=group:BUNDLE ${bundle(offer, agreed)}`,
		'a=ice-lite',
		'a=msid-semantic:WMS *',
	];
	for (const section of offer.sections) {
		const accepted = agreed.find((each) => each.mid === section.mid);
		if (accepted === undefined) {
			lines.push(...refusal(section));
			continue;
		}
		lines.push(
			`m=${section.type} 9 ${section.protocol} ${accepted.codecs.map((codec) => codec.payloadType).join(' ')}`,
			'c=IN IP4 0.0.0.0',
			`a=mid:${section.mid}`,
			`a=${direction}`,
			'a=rtcp-mux',
			'a=rtcp-rsize',
			`a=ice-ufrag:${iceParameters.usernameFragment}`,
			`a=ice-pwd:${iceParameters.password}`,
			`a=fingerprint:${fingerprint?.algorithm} ${fingerprint?.value.toUpperCase()}`,
			`a=setup:${setupFor(offer)}`,
			...media(accepted),
		);
		const source = sources.get(section.mid);
		if (direction === 'sendonly') lines.push(`a=msid:${streamId} ${streamId}-${section.type}`);
		if (source !== undefined)
			lines.push(`a=ssrc:${source.ssrc} cname:${source.cname}`, `a=ssrc:${source.ssrc} msid:${streamId} ${streamId}-${section.type}`);
		// The candidates of a bundle stand in its first section (RFC 8843 §10).
		if (accepted.mid === first(offer, agreed)?.mid) lines.push(...candidates(transport));
	}
	return `${lines.join('\r\n')}\r\n`;
}

/** Our new ICE parameters after a restart, as `application/trickle-ice-sdpfrag` (RFC 8840 §9, RFC 9725 §4.3.2). */
export function writeFragment(offer: Offer, agreed: readonly AgreedSection[], transport: Ice): string {
	const section = first(offer, agreed);
	const lines = [
		'a=ice-lite',
		`a=group:BUNDLE ${bundle(offer, agreed)}`,
		`m=${section?.type} 9 ${section?.protocol} 0`,
		`a=mid:${section?.mid}`,
		`a=ice-ufrag:${transport.iceParameters.usernameFragment}`,
		`a=ice-pwd:${transport.iceParameters.password}`,
		...candidates(transport),
	];
	return `${lines.join('\r\n')}\r\n`;
}

function first(offer: Offer, agreed: readonly AgreedSection[]): OfferedSection | undefined {
	return offer.sections.find((section) => agreed.some((each) => each.mid === section.mid));
}

function bundle(offer: Offer, agreed: readonly AgreedSection[]): string {
	return offer.sections.flatMap((section) => (agreed.some((each) => each.mid === section.mid) ? [section.mid] : [])).join(' ');
}

function media({ codecs, extensions, layers }: AgreedSection): string[] {
	return [
		...codecs.flatMap((codec) => [
			`a=rtpmap:${codec.payloadType} ${codec.name}/${codec.clockRate}${codec.channels > 1 ? `/${codec.channels}` : ''}`,
			...(codec.format === '' ? [] : [`a=fmtp:${codec.payloadType} ${codec.format}`]),
			...codec.feedback.map(({ type, parameter }) => `a=rtcp-fb:${codec.payloadType} ${type}${parameter === '' ? '' : ` ${parameter}`}`),
		]),
		...extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
		...layers.map((rid) => `a=rid:${rid} recv`),
		...(layers.length === 0 ? [] : [`a=simulcast:recv ${layers.join(';')}`]),
	];
}

function refusal(section: OfferedSection): string[] {
	return [
		`m=${section.type} 0 ${section.protocol} ${section.formats}`,
		'c=IN IP4 0.0.0.0',
		...(section.mid === '' ? [] : [`a=mid:${section.mid}`]),
		'a=inactive',
	];
}

function candidates({ iceCandidates }: Ice): string[] {
	return [
		...iceCandidates.map((each) => {
			const tcp = each.tcpType === undefined ? '' : ` tcptype ${each.tcpType}`;
			return `a=candidate:${each.foundation} 1 ${each.protocol} ${each.priority} ${each.address} ${each.port} typ ${each.type}${tcp}`;
		}),
		'a=end-of-candidates',
	];
}
