/// <reference path="./sdp-transform.d.ts" />
import sdpTransform from 'sdp-transform';
import { SourceError } from './failure.ts';

const maxLength = 64 * 1024;
const maxLine = 8 * 1024;
const maxMedia = 16;

/** One `m=` section with its first payload type. `codec` in upper case: `H264`, `PCMA`. */
export interface MediaDescription {
	kind: 'video' | 'audio';
	codec: string;
	payloadType: number;
	clockRate: number;
	channels: number;
	/** `a=control`, absolute or relative. */
	control: string | undefined;
	/** `a=fmtp`, names in lower case. */
	parameters: Map<string, string>;
	/** The whole of `a=fmtp` behind the payload type, as it came; empty without one. */
	formatText: string;
	/** As it came. ONVIF writes it from the client's side: `sendonly` is what the camera wants to be sent (Streaming Specification §5.3). */
	direction: Direction;
}

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
type Direction = (typeof directions)[number];

export interface SessionDescription {
	control: string | undefined;
	media: MediaDescription[];
}

/** RFC 3551 §6: payload types that need no `a=rtpmap`. */
const staticTypes: Record<number, { codec: string; clockRate: number }> = {
	0: { codec: 'PCMU', clockRate: 8000 },
	8: { codec: 'PCMA', clockRate: 8000 },
	14: { codec: 'MPA', clockRate: 90_000 },
	26: { codec: 'JPEG', clockRate: 90_000 },
};

/** Reads a camera's SDP (RFC 8866). Throws `SourceError` where it is none; sections other than video and audio are left out. */
export function parseSdp(text: string): SessionDescription {
	if (text.length > maxLength) throw new SourceError('protocol-error', `the SDP is longer than ${maxLength} bytes`);
	if (!/^v=0/m.test(text)) throw new SourceError('protocol-error', 'the description is no SDP');
	const lines = text.split(/\r\n|\r|\n/).filter((line) => line.length <= maxLine);
	let parsed: ReturnType<typeof sdpTransform.parse>;
	try {
		parsed = sdpTransform.parse(lines.join('\r\n'));
	} catch (error) {
		throw new SourceError('protocol-error', 'the SDP cannot be read', { cause: error });
	}
	const media: MediaDescription[] = [];
	for (const section of parsed.media.slice(0, maxMedia)) {
		if (section.type !== 'video' && section.type !== 'audio') continue;
		const payloadType = Number(String(section.payloads ?? '').split(' ')[0]);
		if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) continue;
		const map = section.rtp.find((each) => Number(each.payload) === payloadType);
		const known = staticTypes[payloadType];
		const codec = map === undefined ? known?.codec : String(map.codec ?? '').toUpperCase();
		const clockRate = map === undefined ? known?.clockRate : Number(map.rate);
		if (codec === undefined || clockRate === undefined || !Number.isInteger(clockRate) || clockRate <= 0) continue;
		const format = section.fmtp.find((each) => Number(each.payload) === payloadType);
		const formatText = String(format?.config ?? '');
		media.push({
			kind: section.type,
			codec,
			payloadType,
			clockRate,
			channels: Number(map?.encoding ?? 1) || 1,
			control: section.control === undefined ? undefined : String(section.control),
			parameters: parseFormat(formatText),
			formatText,
			direction: directions.find((each) => each === (section.direction ?? parsed.direction)) ?? 'sendrecv',
		});
	}
	return { control: parsed.control === undefined ? undefined : String(parsed.control), media };
}

function parseFormat(config: string): Map<string, string> {
	const parameters = new Map<string, string>();
	for (const part of config.split(';')) {
		const equals = part.indexOf('=');
		if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
	}
	return parameters;
}
