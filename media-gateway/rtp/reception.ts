import type { RtpHeader } from './packet.ts';

/** A jump of the sequence number by more than this is another numbering, not loss (RFC 3550 appendix A.1). */
const maxJump = 3_000;

/** What one track has received, counted as RFC 3550 appendix A does, and its receiver reports. */
export class Reception {
	readonly #clockRate: number;
	packets = 0;
	bytes = 0;
	/** Packets that came after a later one. */
	reordered = 0;
	ssrc: number | null = null;
	#base = 0;
	#highest = 0;
	#cycles = 0;
	#received = 0;
	#lostBefore = 0;
	#expectedPrior = 0;
	#receivedPrior = 0;
	#transit: number | null = null;
	#jitter = 0;
	#lastReport: { middle: number; at: number } | null = null;

	constructor(clockRate: number) {
		this.#clockRate = clockRate;
	}

	/** Packets that never came, over all sources of this track. */
	get lost(): number {
		return this.#lostBefore + Math.max(this.#expected() - this.#received, 0);
	}

	/** RFC 3550 §6.4.1, in milliseconds. */
	get jitterMs(): number {
		return (this.#jitter * 1000) / this.#clockRate;
	}

	/** `now` in milliseconds. */
	take(header: RtpHeader, length: number, now: number): void {
		this.packets += 1;
		this.bytes += length;
		if (this.ssrc !== header.ssrc) this.#begin(header);
		let step = ((header.sequence - this.#highest) << 16) >> 16;
		if (Math.abs(step) > maxJump) {
			this.#begin(header);
			step = 0;
		}
		if (step < 0) this.reordered += 1;
		else {
			if (header.sequence < this.#highest) this.#cycles += 0x10000;
			this.#highest = header.sequence;
		}
		this.#received += 1;
		const transit = (now * this.#clockRate) / 1000 - header.timestamp;
		if (this.#transit !== null) {
			const difference = Math.abs(transit - this.#transit);
			// A timestamp that wraps would count as hours of jitter.
			if (difference < this.#clockRate * 60) this.#jitter += (difference - this.#jitter) / 16;
		}
		this.#transit = transit;
	}

	/** Remembers a sender report, whose time goes back to the camera in the next receiver report. */
	takeSenderReport(packet: Buffer, now: number): void {
		// The middle of its NTP time (RFC 3550 §6.4.1, LSR); a compound packet begins with it.
		if (packet.length >= 28 && packet.readUInt8(1) === 200) this.#lastReport = { middle: packet.readUInt32BE(10), at: now };
	}

	/** RR with one block and an SDES CNAME (RFC 3550 §6.1: every compound packet has both); null before the first packet. */
	report(ownSsrc: number, now: number): Buffer | null {
		if (this.ssrc === null) return null;
		const expected = this.#expected();
		const lost = Math.max(expected - this.#received, 0);
		const expectedInterval = expected - this.#expectedPrior;
		const lostInterval = expectedInterval - (this.#received - this.#receivedPrior);
		this.#expectedPrior = expected;
		this.#receivedPrior = this.#received;
		const fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.min(Math.floor((lostInterval * 256) / expectedInterval), 255);
		const delay = this.#lastReport === null ? 0 : Math.floor(((now - this.#lastReport.at) * 65_536) / 1000);
		const packet = Buffer.alloc(32 + 16);
		packet.writeUInt8(0x81, 0);
		packet.writeUInt8(201, 1);
		packet.writeUInt16BE(7, 2);
		packet.writeUInt32BE(ownSsrc, 4);
		packet.writeUInt32BE(this.ssrc, 8);
		packet.writeUInt8(fraction, 12);
		packet.writeUIntBE(Math.min(lost, 0x7fffff), 13, 3);
		packet.writeUInt32BE((this.#cycles + this.#highest) % 2 ** 32, 16);
		packet.writeUInt32BE(Math.min(Math.floor(this.#jitter), 0xffffffff), 20);
		packet.writeUInt32BE(this.#lastReport?.middle ?? 0, 24);
		packet.writeUInt32BE(Math.max(0, delay) % 2 ** 32, 28);
		packet.writeUInt8(0x81, 32);
		packet.writeUInt8(202, 33);
		packet.writeUInt16BE(3, 34);
		packet.writeUInt32BE(ownSsrc, 36);
		packet.writeUInt8(1, 40);
		packet.writeUInt8(5, 41);
		packet.write('beilu', 42, 'latin1');
		return packet;
	}

	#begin(header: RtpHeader): void {
		if (this.ssrc !== null) this.#lostBefore = this.lost;
		this.ssrc = header.ssrc;
		this.#base = header.sequence;
		this.#highest = header.sequence;
		this.#cycles = 0;
		this.#received = 0;
		this.#expectedPrior = 0;
		this.#receivedPrior = 0;
		this.#transit = null;
		this.#jitter = 0;
	}

	#expected(): number {
		return this.ssrc === null ? 0 : this.#cycles + this.#highest - this.#base + 1;
	}
}
