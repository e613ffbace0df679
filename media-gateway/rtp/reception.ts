import type { RtpHeader } from './packet.ts';

/** What one track has received, counted as RFC 3550 appendix A does, and its receiver reports. */
export class Reception {
	readonly #clockRate: number;
	packets = 0;
	bytes = 0;
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

	/** `now` in milliseconds. */
	take(header: RtpHeader, length: number, now: number): void {
		this.packets += 1;
		this.bytes += length;
		if (this.ssrc !== header.ssrc) this.#begin(header);
		const step = (header.sequence - this.#highest) & 0xffff;
		if (step < 0x8000) {
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
	takeRtcp(packet: Buffer, now: number): void {
		for (let at = 0; at + 8 <= packet.length; ) {
			const length = 4 + packet.readUInt16BE(at + 2) * 4;
			if (packet.readUInt8(at) >> 6 !== 2 || at + length > packet.length) return;
			if (packet.readUInt8(at + 1) === 200 && length >= 28) this.#lastReport = { middle: packet.readUInt32BE(at + 10), at: now };
			at += length;
		}
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
