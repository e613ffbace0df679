/** A camera's `Transport` header, as an answer to SETUP (RFC 2326 §12.39). Null stands for what it does not say. */
export interface TransportAnswer {
	tcp: boolean;
	multicast: boolean;
	interleaved: Pair | null;
	serverPorts: Pair | null;
	ssrc: number | null;
}

interface Pair {
	rtp: number;
	rtcp: number;
}

/**
 * Never throws. `source` and `destination` are not read: packets are taken from and sent to the address that was connected to,
 * whatever a camera claims, or it could make the gateway send into networks that cameras may not be in.
 */
export function parseTransport(header: string): TransportAnswer {
	const [protocol = '', ...rest] = (header.split(',')[0] ?? '').split(';').map((each) => each.trim());
	const parameters = new Map<string, string>();
	for (const each of rest) {
		const [name = '', value = ''] = each.split('=', 2);
		parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, ''));
	}
	return {
		tcp: /^RTP\/S?AVPF?\/TCP$/i.test(protocol),
		multicast: parameters.has('multicast'),
		interleaved: pair(parameters.get('interleaved'), 0, 255),
		serverPorts: pair(parameters.get('server_port'), 1, 65_535),
		ssrc: source(parameters.get('ssrc')),
	};
}

function pair(text: string | undefined, least: number, most: number): Pair | null {
	const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text ?? '');
	if (match === null) return null;
	const rtp = Number(match[1]);
	const rtcp = match[2] === undefined ? rtp + 1 : Number(match[2]);
	return [rtp, rtcp].every((each) => each >= least && each <= most) ? { rtp, rtcp } : null;
}

/** Eight hexadecimal digits, or fewer; cameras that do not know it yet say 00000000. */
function source(text: string | undefined): number | null {
	return text !== undefined && /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) || null : null;
}
