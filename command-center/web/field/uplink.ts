/** What is known of the way to the centre, from the browser's own counts. */
export interface Uplink {
	/** Bits per second sent since the look before; null at the first. */
	bitrate: number | null;
	/** Share of packets that the centre did not get, from 0 to 1; null while it has not said. */
	loss: number | null;
	/** Milliseconds there and back; null while not known. */
	roundTrip: number | null;
	/** The browser holds picture layers back because the network is too thin. */
	limited: boolean;
	/** Bits per second that the network would take; null where the browser does not tell. */
	available: number | null;
}

export interface UplinkCounts {
	/** Milliseconds of `performance.now()`. */
	at: number;
	bytes: number;
	fractionLost: number | null;
	roundTrip: number | null;
	limited: boolean;
	available: number | null;
}

export type Quality = 'good' | 'fair' | 'poor';

/** So long must the network be too thin before the page says that the centre sees a coarse picture, in milliseconds. */
export const thinFor = 10_000;
/** Below this the largest layer is not sent; in bits per second. */
const thinBelow = 600_000;

interface AnyStat {
	type: string;
	kind?: string;
	bytesSent?: number;
	qualityLimitationReason?: string;
	fractionLost?: number;
	roundTripTime?: number;
	nominated?: boolean;
	state?: string;
	currentRoundTripTime?: number;
	availableOutgoingBitrate?: number;
}

/** Adds up the statistics of a sending connection (W3C WebRTC Statistics); null when nothing is sent. */
export function countUplink(stats: Iterable<unknown>, at: number): UplinkCounts | null {
	let bytes: number | null = null;
	let fractionLost: number | null = null;
	let remoteRoundTrip: number | null = null;
	let pathRoundTrip: number | null = null;
	let available: number | null = null;
	let limited = false;
	for (const stat of stats as Iterable<AnyStat>) {
		if (stat.type === 'outbound-rtp') {
			bytes = (bytes ?? 0) + Number(stat.bytesSent ?? 0);
			limited ||= stat.qualityLimitationReason === 'bandwidth';
		} else if (stat.type === 'remote-inbound-rtp') {
			if (stat.fractionLost !== undefined) fractionLost = Math.max(fractionLost ?? 0, stat.fractionLost);
			if (stat.roundTripTime !== undefined) remoteRoundTrip = Math.max(remoteRoundTrip ?? 0, stat.roundTripTime * 1000);
		} else if (stat.type === 'candidate-pair' && stat.nominated === true && stat.state === 'succeeded') {
			if (stat.currentRoundTripTime !== undefined) pathRoundTrip = stat.currentRoundTripTime * 1000;
			if (stat.availableOutgoingBitrate !== undefined) available = stat.availableOutgoingBitrate;
		}
	}
	return bytes === null ? null : { at, bytes, fractionLost, roundTrip: remoteRoundTrip ?? pathRoundTrip, limited, available };
}

export function uplinkOf(now: UplinkCounts, before: UplinkCounts | null): Uplink {
	const since = before !== null && now.bytes >= before.bytes && now.at > before.at ? before : null;
	return {
		bitrate: since === null ? null : ((now.bytes - since.bytes) * 8_000) / (now.at - since.at),
		loss: now.fractionLost,
		roundTrip: now.roundTrip,
		limited: now.limited || (now.available !== null && now.available < thinBelow),
		available: now.available,
	};
}

/** In words: `poor` shows in the picture, `fair` may. */
export function uplinkQuality({ loss, roundTrip, limited }: Uplink): Quality {
	if ((loss ?? 0) > 0.08 || (roundTrip ?? 0) > 800) return 'poor';
	if ((loss ?? 0) > 0.02 || (roundTrip ?? 0) > 300 || limited) return 'fair';
	return 'good';
}
