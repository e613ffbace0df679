/** A jump of the sequence number by more than this is another numbering, not loss or lateness. */
const maxSequenceJump = 1_000;
/** So far may a timestamp be from where the time of arrival puts it. */
const maxClockJumpMs = 10_000;
/** Packets of the source before this one are dropped until the present one has been silent for so long. */
const formerMs = 500;
/** Not 0, which mediasoup's worker (3.27) takes for a wrap and counts 65,536 packets as lost. */
const firstSequence = 1_000;

/** One numbering of the source: what to add to make it ours. */
interface Epoch {
	ssrc: number;
	sequenceOffset: number;
	timestampOffset: number;
	/** Source sequence numbers, counted on over their wrap. */
	first: number;
	highest: number;
	/** Of the packet with the highest number. */
	timestamp: number;
	arrivedAt: number;
}

/**
 * Makes one stream out of whatever a source sends: reconnections, another SSRC, jumps of sequence number or clock begin a new epoch,
 * which goes on one number behind the last and as much later as time has passed. Inside an epoch losses stay gaps, and late packets
 * keep their place. The first timestamp ever stays as it is.
 */
export class Continuity {
	readonly #ssrc: number;
	readonly #payloadType: number;
	readonly #clockRate: number;
	#epoch: Epoch | null = null;
	#former: Epoch | null = null;
	#restarting = false;
	/** Sent last, in order: number, timestamp, and when. */
	#lastSequence = firstSequence - 1;
	#lastTimestamp = 0;
	#lastAt = 0;

	/** Of the outgoing stream. */
	constructor(options: { ssrc: number; payloadType: number; clockRate: number }) {
		this.#ssrc = options.ssrc;
		this.#payloadType = options.payloadType;
		this.#clockRate = options.clockRate;
	}

	/** The next packet begins a new epoch. */
	restart(): void {
		this.#restarting = this.#epoch !== null;
	}

	/** Rewrites an RTP packet in place; false where it is to be dropped. `now` in milliseconds of any steady clock. */
	rewrite(packet: Buffer, now: number): boolean {
		const sequence = packet.readUInt16BE(2);
		const timestamp = packet.readUInt32BE(4);
		const ssrc = packet.readUInt32BE(8);
		let epoch = this.#epoch;
		if (epoch === null || this.#restarting || !this.#belongs(epoch, ssrc, sequence, timestamp, now)) {
			if (epoch !== null && !this.#restarting && this.#isFormer(epoch, ssrc, sequence, now)) return false;
			epoch = this.#begin(ssrc, sequence, timestamp, now);
		}
		const step = difference16(sequence, epoch.highest);
		// Its number was given to the epoch before.
		if (epoch.highest + step < epoch.first) return false;
		const outSequence = (sequence + epoch.sequenceOffset) & 0xffff;
		const outTimestamp = (timestamp + epoch.timestampOffset) >>> 0;
		if (step >= 0) {
			epoch.highest += step;
			epoch.timestamp = timestamp;
			epoch.arrivedAt = now;
			this.#lastSequence = outSequence;
			// Pictures may come in another order than they are shown in.
			if (((outTimestamp - this.#lastTimestamp) | 0) >= 0) {
				this.#lastTimestamp = outTimestamp;
				this.#lastAt = now;
			}
		}
		packet[1] = ((packet[1] as number) & 0x80) | this.#payloadType;
		packet.writeUInt16BE(outSequence, 2);
		packet.writeUInt32BE(outTimestamp, 4);
		packet.writeUInt32BE(this.#ssrc, 8);
		return true;
	}

	/** What a timestamp of the source has become; null before its first packet. */
	relayed(timestamp: number): number | null {
		return this.#epoch === null || this.#restarting ? null : (timestamp + this.#epoch.timestampOffset) >>> 0;
	}

	#belongs(epoch: Epoch, ssrc: number, sequence: number, timestamp: number, now: number): boolean {
		if (ssrc !== epoch.ssrc) return false;
		if (Math.abs(difference16(sequence, epoch.highest)) > maxSequenceJump) return false;
		const elapsedMs = (((timestamp - epoch.timestamp) | 0) * 1000) / this.#clockRate;
		return Math.abs(elapsedMs - (now - epoch.arrivedAt)) <= maxClockJumpMs;
	}

	/** A straggler of the source before: it has no place any more. */
	#isFormer(epoch: Epoch, ssrc: number, sequence: number, now: number): boolean {
		const former = this.#former;
		if (former === null || now - epoch.arrivedAt > formerMs) return false;
		// The numbers go on, so it was the clock that jumped again.
		const ahead = difference16(sequence, epoch.highest);
		if (ssrc === epoch.ssrc && ahead > 0 && ahead <= maxSequenceJump) return false;
		return former.ssrc === ssrc && Math.abs(difference16(sequence, former.highest)) <= maxSequenceJump;
	}

	#begin(ssrc: number, sequence: number, timestamp: number, now: number): Epoch {
		const first = this.#epoch === null;
		const passed = Math.max(1, Math.round(((now - this.#lastAt) * this.#clockRate) / 1000));
		const epoch: Epoch = {
			ssrc,
			sequenceOffset: (this.#lastSequence + 1 - sequence) & 0xffff,
			timestampOffset: first ? 0 : (this.#lastTimestamp + passed - timestamp) >>> 0,
			// Two packets that change places at the very beginning are no loss.
			first: first ? Number.NEGATIVE_INFINITY : sequence,
			highest: sequence,
			timestamp,
			arrivedAt: now,
		};
		if (first) this.#lastTimestamp = timestamp;
		this.#former = this.#epoch;
		this.#epoch = epoch;
		this.#restarting = false;
		return epoch;
	}
}

/** How far `sequence` is ahead of (or, negative, behind) an extended sequence number. */
function difference16(sequence: number, extended: number): number {
	return ((sequence - extended) << 16) >> 16;
}
