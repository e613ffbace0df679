import type { TrackFormat } from '../rtc/codecs.ts';
import { parseRtp } from '../rtp/packet.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { TrackClock } from './clock.ts';
import { mayBegin } from './codecs.ts';

/** Without output for so long while input comes, the decoder is stuck. Milliseconds. */
const silence = 5_000;
/** So far behind the source (seconds), and for so long (milliseconds), it leaves out packets until it has caught up to the last value. */
const tooLate = 1.5;
const lateFor = 1_000;
const caughtUp = 0.3;
/** What lies further behind the packet before (seconds) was not sent in between, and is not waited for. */
const gap = 0.5;
/** Packets kept until ffmpeg has started: a key frame of a large picture, and what follows within a second or so. */
const maxWaiting = 4_096;
const maxWaitingBytes = 8 * 1024 * 1024;
/** What Node's `Buffer` may hold of one interleaved frame's payload. */
const maxPacket = 0xffff;

/** One track on its way through ffmpeg: frames packets for the connection, keeps its clock, and watches that something comes out. */
export class TranscodedTrack {
	readonly format: TrackFormat;
	readonly clock: TrackClock;
	readonly #media: MediaDescription;
	readonly #channel: number;
	readonly #waiting: Buffer[] = [];
	#waitingBytes = 0;
	#begun = false;
	#skipping = false;
	/** Seconds since the source's first packet, of what went in and came out last. */
	#entered = 0;
	#left = 0;
	#lateSince: number | null = null;
	/** Of the first packet behind a gap. */
	#resumed = 0;
	/** When packets began to go in without anything coming out; null while all is well. */
	#unansweredSince: number | null = null;

	constructor(media: MediaDescription, index: number, startTime: number) {
		this.#media = media;
		this.#channel = index * 2;
		this.format =
			media.kind === 'video'
				? { kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 }
				: { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };
		const { payloadType, clockRate } = media;
		this.clock = new TrackClock({ payloadType, inputRate: clockRate, outputRate: this.format.clockRate, startTime });
	}

	/** The frame to write for a packet of the source; null for what is left out. `now` in milliseconds of a steady clock. */
	enter(packet: Buffer, now: number): Buffer | null {
		const header = packet.length > maxPacket ? null : parseRtp(packet);
		if (header === null || header.payloadType !== this.#media.payloadType) return null;
		const key = mayBegin(this.#media.codec, packet, header.payloadStart, header.payloadEnd);
		if (this.#skipping && key && this.#behind < caughtUp) this.#skipping = false;
		// What stands before the first key frame cannot be decoded, and would only be taken for damage.
		if (this.#skipping || !(this.#begun || key)) return null;
		const frame = Buffer.allocUnsafe(4 + packet.length);
		frame.writeUInt8(0x24, 0);
		frame.writeUInt8(this.#channel, 1);
		frame.writeUInt16BE(packet.length, 2);
		packet.copy(frame, 4);
		const entered = this.clock.enter(frame.subarray(4), header, now);
		if (entered === null) return null;
		this.#begun = true;
		if (entered - this.#entered > gap) this.#resumed = entered;
		this.#entered = entered;
		this.#unansweredSince ??= now;
		if (this.#left === 0 || this.#behind <= tooLate) this.#lateSince = null;
		else this.#lateSince ??= now;
		this.#skipping = this.#lateSince !== null && now - this.#lateSince > lateFor;
		return frame;
	}

	/** Something came out. */
	leave(outputTimestamp: number): void {
		this.#left = this.clock.elapsed(outputTimestamp) ?? this.#left;
		this.#unansweredSince = null;
	}

	/** Keeps a frame until ffmpeg is there; the oldest go first where it takes too long. */
	wait(frame: Buffer): void {
		this.#waiting.push(frame);
		this.#waitingBytes += frame.length;
		while (this.#waiting.length > maxWaiting || this.#waitingBytes > maxWaitingBytes) this.#waitingBytes -= this.#waiting.shift()?.length ?? 0;
	}

	takeWaiting(): Buffer[] {
		this.#waitingBytes = 0;
		return this.#waiting.splice(0);
	}

	/** Seconds of media that have gone in and not come out. */
	get #behind(): number {
		return this.#entered - Math.max(this.#left, this.#resumed);
	}

	isStuck(now: number): boolean {
		return this.#unansweredSince !== null && now - this.#unansweredSince > silence;
	}
}
