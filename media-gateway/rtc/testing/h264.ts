import { aggregate } from '../../rtp/h264.ts';
import { buildRtp } from '../../rtp/packet.ts';

const sps = Buffer.from('Z2QAHqzZQKAv+XARAAADAAEAAAMAMg8WLZY=', 'base64');
const pps = Buffer.from('aOvjyyLA', 'base64');

/** RTP of pictures in the form of H.264: what they show is nothing, but mediasoup knows key frames by it. */
export class Pictures {
	readonly ssrc: number;
	readonly payloadType: number;
	sequence: number;
	timestamp: number;

	constructor(options: { ssrc?: number; payloadType?: number; sequence?: number; timestamp?: number } = {}) {
		this.ssrc = options.ssrc ?? 1;
		this.payloadType = options.payloadType ?? 33;
		this.sequence = options.sequence ?? 1;
		this.timestamp = options.timestamp ?? 1;
	}

	/** Parameter sets and an IDR picture of three slices. `mark` is the last byte of each packet. */
	key(mark = 0): Buffer[] {
		return this.#frame([aggregate([sps, pps]), ...[1, 2, 3].map((n) => Buffer.from([0x65, n, mark]))]);
	}

	/** `bytes` of one slice. */
	delta(mark = 0, bytes = 3): Buffer[] {
		const slice = Buffer.alloc(bytes, mark);
		slice.writeUInt8(0x41, 0);
		return this.#frame([slice]);
	}

	#frame(payloads: Buffer[]): Buffer[] {
		const packets = payloads.map((payload, index) =>
			buildRtp(
				{
					marker: index === payloads.length - 1,
					payloadType: this.payloadType,
					sequence: this.sequence + index,
					timestamp: this.timestamp,
					ssrc: this.ssrc,
				},
				payload,
			),
		);
		this.sequence = (this.sequence + payloads.length) & 0xffff;
		this.timestamp = (this.timestamp + 3000) >>> 0;
		return packets;
	}
}

export const lastByte = (packet: Buffer): number => packet.readUInt8(packet.length - 1);
