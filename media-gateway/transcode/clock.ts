import { Continuity } from '../rtp/continuity.ts';
import type { RtpHeader } from '../rtp/packet.ts';

/** Seconds between the epochs of NTP (1900) and Unix (1970). */
const ntpOffset = 2_208_988_800;
/** What the first packet's timestamp becomes: ffmpeg counts from there, and takes zero for none. */
const firstTimestamp = 1 << 20;
const maxEpochs = 8;

/**
 * Timestamps of one track on their way into ffmpeg and back. In: one stream without jumps, whatever the source does. Out: ffmpeg's RTP
 * timestamps are a random number plus the time since the first packet; its sender reports give the number away,
 * because it was told which time of day stands for zero (rtpenc.c, `rtcp_send_sr`).
 */
export class TrackClock {
	readonly #inputRate: number;
	readonly #outputRate: number;
	readonly #startTime: number;
	readonly #continuity: Continuity;
	#first: number | null = null;
	/** Of the latest packets, counted from the first one and on over the wrap. */
	#entered = 0;
	#left = 0;
	#base: number | null = null;
	/** From which relayed timestamp on which offset to the source's holds. */
	readonly #epochs: { from: number; offset: number }[] = [];

	/** `startTime` in milliseconds, as given to ffmpeg. */
	constructor(options: { payloadType: number; inputRate: number; outputRate: number; startTime: number }) {
		this.#inputRate = options.inputRate;
		this.#outputRate = options.outputRate;
		this.#startTime = options.startTime;
		this.#continuity = new Continuity({ ssrc: 1, payloadType: options.payloadType, clockRate: options.inputRate });
	}

	/** Rewrites a packet of the source in place for ffmpeg; null where it has no place, else its time in seconds since the first. */
	enter(packet: Buffer, header: RtpHeader, now: number): number | null {
		if (!this.#continuity.rewrite(packet, now)) return null;
		const relayed = packet.readUInt32BE(4);
		this.#first ??= relayed;
		const offset = (relayed - header.timestamp) >>> 0;
		if (this.#epochs.at(-1)?.offset !== offset) this.#epochs.push({ from: relayed, offset });
		if (this.#epochs.length > maxEpochs) this.#epochs.shift();
		this.#entered = extend(relayed - this.#first, this.#entered);
		packet.writeUInt32BE((firstTimestamp + this.#entered) >>> 0, 4);
		return this.#entered / this.#inputRate;
	}

	/** A sender report of ffmpeg's (RFC 3550 §6.4.1). */
	takeReport(packet: Buffer): void {
		if (packet.length < 20 || packet.readUInt8(1) !== 200) return;
		const ms = (packet.readUInt32BE(8) - ntpOffset) * 1000 + Math.round((packet.readUInt32BE(12) / 2 ** 32) * 1000);
		this.#base = (packet.readUInt32BE(16) - Math.round(((ms - this.#startTime) * this.#outputRate) / 1000)) >>> 0;
	}

	/** Seconds since the source's first packet that an output's timestamp stands for; null before the first sender report. */
	elapsed(outputTimestamp: number): number | null {
		if (this.#base === null) return null;
		this.#left = extend(outputTimestamp - this.#base, this.#left);
		return this.#left / this.#outputRate;
	}

	/** Null before the first sender report of ffmpeg. */
	toSource(outputTimestamp: number): number | null {
		const elapsed = this.elapsed(outputTimestamp);
		if (elapsed === null || this.#first === null) return null;
		const relayed = (this.#first + Math.round(elapsed * this.#inputRate)) >>> 0;
		const epoch = this.#epochs.findLast(({ from }) => ((relayed - from) | 0) >= 0) ?? this.#epochs[0];
		return epoch === undefined ? null : (relayed - epoch.offset) >>> 0;
	}
}

/** The number nearest to `near` that is equal to `value` modulo 2³². */
function extend(value: number, near: number): number {
	return near + ((value - near) | 0);
}
