import fc from 'fast-check';
import type { types } from 'mediasoup';
import { expect, test } from 'vitest';
import { writeAnswer, writeFragment } from './answer.ts';
import { parseFragment } from './fragment.ts';
import { OfferError, parseOffer } from './offer.ts';
import { type AgreedSection, receiving, sendable, sending } from './parameters.ts';
import { offers } from './testing/offers.ts';

const transport = {
	iceParameters: { usernameFragment: 'ours', password: 'our-password-of-32-characters-00', iceLite: true },
	iceCandidates: [
		{ foundation: 'udp', priority: 2, ip: '198.51.100.7', address: '198.51.100.7', protocol: 'udp', port: 44_300, type: 'host' },
		{ foundation: 'tcp', priority: 1, ip: '198.51.100.7', address: '198.51.100.7', protocol: 'tcp', port: 44_300, type: 'host', tcpType: 'passive' },
	] satisfies types.IceCandidate[],
	dtlsParameters: { fingerprints: [{ algorithm: 'sha-256' as const, value: 'AB:CD' }] },
};
const camera: types.RtpCodecParameters = {
	mimeType: 'video/H264',
	payloadType: 101,
	clockRate: 90_000,
	parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
};
/** As a router numbers what it sends. */
const router: types.RtpCapabilities = {
	codecs: [{ kind: 'video', mimeType: 'video/H264', preferredPayloadType: 98, clockRate: 90_000, parameters: camera.parameters ?? {} }],
	headerExtensions: [
		{ kind: 'video', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1 },
		{ kind: 'video', uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time', preferredId: 4 },
	],
};

function answerOf(sdp: string, direction: 'recvonly' | 'sendonly'): string {
	const offer = parseOffer(sdp);
	const agreed: AgreedSection[] = [];
	for (const section of offer.sections.filter((each) => each.usable)) {
		if (direction === 'recvonly') agreed.push(...[receiving(section)].flatMap((each) => (each === null ? [] : [each.agreed])));
		else agreed.push(sending(section, sendable(section, section.type === 'video' ? camera : null).codecs, router).agreed);
	}
	writeFragment(offer, agreed, transport);
	return writeAnswer({ offer, agreed, direction, transport, streamId: 'unit-1', sources: new Map() });
}

function refusalOf(work: () => unknown): { status: number; message: string } {
	try {
		work();
	} catch (error) {
		if (error instanceof OfferError) return { status: error.status, message: error.message };
		throw error;
	}
	throw new Error('expected a refusal');
}

test('what Chromium publishes is taken with its SSRC, its layers, retransmission and the extensions that are of use', () => {
	const [audio, video] = parseOffer(offers['chromium-publish']).sections.map((section) => receiving(section));
	expect(audio?.rtpParameters).toMatchObject({
		mid: '0',
		codecs: [{ mimeType: 'audio/opus', payloadType: 111, channels: 2, rtcpFeedback: [{ type: 'transport-cc', parameter: '' }] }],
		encodings: [{ ssrc: 2_485_406_298 }],
		rtcp: { cname: 'Vx7NyHZ7b2XegNtA' },
	});
	expect(video?.rtpParameters).toMatchObject({
		mid: '1',
		codecs: [
			{ mimeType: 'video/VP8', payloadType: 96 },
			{ mimeType: 'video/rtx', payloadType: 97, parameters: { apt: 96 } },
		],
		encodings: [{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }],
	});
	const extensions = video?.rtpParameters.headerExtensions?.map(({ id, uri }) => `${id} ${uri.split('/').at(-1)?.split(':').at(-1)}`);
	expect(extensions).toEqual([
		'2 abs-send-time',
		'3 draft-holmer-rmcat-transport-wide-cc-extensions-01',
		'4 mid',
		'10 rtp-stream-id',
		'11 repaired-rtp-stream-id',
	]);
	expect(video?.rtpParameters.codecs[0]?.rtcpFeedback).not.toContainEqual({ type: 'goog-remb', parameter: '' });
});

test('retransmissions of an SSRC are found by its FID group', () => {
	const sdp = `${offers['werift-publish']}a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=ssrc:5 cname:x\r\na=ssrc-group:FID 3210039320 5\r\n`;
	const video = receiving(parseOffer(sdp.replace('SAVPF 98', 'SAVPF 98 99')).sections[1] ?? expect.fail());
	expect(video?.rtpParameters.encodings).toEqual([{ ssrc: 3_210_039_320, rtx: { ssrc: 5 } }]);
});

test('a player gets the payload type that it offers for the profile of the camera, and all sound that is known', () => {
	const offer = parseOffer(offers['chromium-watch']);
	const [video, audio] = offer.sections;
	if (video === undefined || audio === undefined) throw new Error('expected two sections');
	expect(sendable(video, camera).codecs.map((codec) => codec.payloadType)).toEqual([108]);
	expect(sendable(video, { ...camera, mimeType: 'video/VP8', parameters: {} }).codecs.map((codec) => codec.payloadType)).toEqual([96]);
	expect(sendable(video, { ...camera, mimeType: 'video/VP9', parameters: {} }).codecs).toEqual([]);
	expect(sendable(audio, null).routerCodecs.map((codec) => [codec.mimeType, codec.preferredPayloadType])).toEqual([
		['audio/opus', 111],
		['audio/PCMU', 0],
		['audio/PCMA', 8],
	]);
	expect(offer.libwebrtc).toBe(true);
	expect(parseOffer(offers['werift-watch']).libwebrtc).toBe(false);
});

test('an extension is agreed on only where the offer numbers it as the packets will', () => {
	const sdp = `${offers['werift-watch']}a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n`;
	const section = parseOffer(sdp).sections[1] ?? expect.fail();
	const { agreed, rtpCapabilities } = sending(section, sendable(section, camera).codecs, router);
	expect(agreed.extensions).toEqual([{ id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }]);
	expect(rtpCapabilities.codecs?.[0]?.rtcpFeedback).toEqual([
		{ type: 'nack', parameter: '' },
		{ type: 'nack', parameter: 'pli' },
	]);
});

test.each([
	['profile-level-id=42e01f;packetization-mode=0', null],
	['profile-level-id=42c01e;packetization-mode=1', '42e01f'],
	['profile-level-id=420029;packetization-mode=1', '42001f'],
	['profile-level-id=4D0028;packetization-mode=1', '4d001f'],
	['packetization-mode=1;profile-level-id=640c1f', '64001f'],
	['profile-level-id=nonsense', '42e01f'],
])('H.264 of %s is taken as %s', (format, profile) => {
	const sdp = offers['werift-publish'].replace(/a=fmtp:98 .*/, `a=fmtp:98 ${format}`);
	const taken = receiving(parseOffer(sdp).sections[1] ?? expect.fail());
	expect(taken?.rtpParameters.codecs[0]?.parameters?.['profile-level-id'] ?? null).toBe(profile);
});

test('the answer takes the bundle at its first section and refuses what is not wanted', () => {
	const answer = answerOf(offers['chromium-watch'], 'sendonly');
	expect(answer).toContain('a=group:BUNDLE 0 1\r\n');
	expect(answer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 108\r\n');
	expect(answer).toContain('a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n');
	expect(answer).toContain('a=candidate:tcp 1 tcp 1 198.51.100.7 44300 typ host tcptype passive\r\n');
	expect(answer.match(/a=candidate:/g)).toHaveLength(2);
	expect(answer.match(/a=setup:passive/g)).toHaveLength(2);
	expect(answer).toMatch(/m=application 0 UDP\/DTLS\/SCTP webrtc-datachannel\r\nc=IN IP4 0\.0\.0\.0\r\na=mid:2\r\na=inactive\r\n$/);
	expect(answerOf(offers['chromium-publish'], 'recvonly')).toContain('a=simulcast:recv q;h;f\r\n');
	expect(answerOf(offers['werift-watch'].replaceAll('actpass', 'passive'), 'sendonly')).toContain('a=setup:active\r\n');
});

test.each([
	['', 400, 'v=0'],
	['v=0\r\n', 400, 'o='],
	['v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n', 400, 'm='],
	[offers['werift-watch'].replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:short'), 400, 'a=ice-pwd'],
	[offers['werift-watch'].replaceAll(/a=fingerprint:.*/g, 'a=fingerprint:sha-256 00:11'), 400, 'a=fingerprint'],
	[offers['werift-watch'].replaceAll(/a=setup:.*/g, 'a=setup:holdconn'), 400, 'a=setup'],
	[offers['werift-watch'].replaceAll(/a=mid:.*/g, 'a=mid:0'), 400, 'a=mid'],
	[offers['werift-watch'].replace(/a=group:.*/, ''), 422, 'BUNDLE'],
	[offers['werift-watch'].replaceAll('a=rtcp-mux', ''), 422, 'rtcp-mux'],
	[offers['werift-watch'].replaceAll('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), 422, 'DTLS'],
	[`${offers['werift-watch']}${'m=audio 0 RTP/AVP 0\r\n'.repeat(40)}`, 422, 'm= sections'],
])('an offer that is no good is refused with its fault (%#)', (sdp, status, detail) => {
	expect(refusalOf(() => parseOffer(sdp))).toEqual({ status, message: expect.stringContaining(detail) });
});

test('a fragment names both ICE parameters or none', () => {
	expect(parseFragment('a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n')).toEqual({
		ice: { usernameFragment: 'abcd', password: '0123456789012345678901' },
	});
	expect(parseFragment('m=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n')).toEqual({ ice: null });
	for (const bad of ['', 'hello', 'a=ice-ufrag:abcd\r\n', 'a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n'])
		expect(refusalOf(() => parseFragment(bad)).status).toBe(400);
});

/** A real offer with lines left out, doubled, put elsewhere, cut, and overwritten with whatever there is. */
const mutated = fc
	.tuple(
		fc.constantFrom(...Object.values(offers)),
		fc.array(
			fc.tuple(fc.nat(250), fc.nat(250), fc.nat(4), fc.oneof(fc.string(), fc.constantFrom('99999999999', '-1', '0', '*', '__proto__', ' ', '~;,'))),
		),
	)
	.map(([sdp, changes]) => {
		const lines = sdp.split('\r\n');
		for (const [from, to, kind, text] of changes) {
			const at = from % lines.length;
			const line = lines[at] ?? '';
			if (kind === 0) lines.splice(at, 1);
			else if (kind === 1) lines.splice(to % lines.length, 0, line);
			else if (kind === 2) lines[at] = line.slice(0, to % (line.length + 1)) + text;
			else if (kind === 3) lines[at] = line.replace(/\d+/, text);
			else lines[at] = line.replace(/ .*/, ` ${text}`);
		}
		return lines.join('\r\n');
	});

test('whatever is offered, there is an answer of whole lines or a refusal', () => {
	const check = (sdp: string) => {
		for (const direction of ['recvonly', 'sendonly'] as const) {
			try {
				const answer = answerOf(sdp, direction);
				expect(answer).toMatch(/^(?:[a-z]=[^\r\n]*\r\n)+$/);
				expect(answer.match(/^m=/gm)).toHaveLength(parseOffer(sdp).sections.length);
			} catch (error) {
				if (!(error instanceof OfferError)) throw error;
			}
		}
	};
	fc.assert(fc.property(mutated, check), { numRuns: 400 });
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => check(`v=0\r\n${text}`)),
		{ numRuns: 100 },
	);
});

test('whatever a fragment is, it is read or refused', () => {
	const parts = fc.constantFrom('a=ice-ufrag:', 'a=ice-pwd:', 'abcd', '0123456789012345678901234', '\r\n', '\n', 'm=audio', 'a=', ' ');
	fc.assert(
		fc.property(
			fc.array(fc.oneof(parts, fc.string())).map((each) => each.join('')),
			(text) => {
				try {
					parseFragment(text);
				} catch (error) {
					if (!(error instanceof OfferError)) throw error;
				}
			},
		),
	);
});
