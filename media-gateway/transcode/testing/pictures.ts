import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RtpHeader } from '../../rtp/packet.ts';

const startCode = Buffer.from([0, 0, 0, 1]);

/** H.264 out of RTP (RFC 6184): pictures by their timestamps, as Annex B. */
export class Pictures {
	readonly list: { timestamp: number; data: Buffer }[] = [];

	take(packet: Buffer, header: RtpHeader): void {
		const payload = packet.subarray(header.payloadStart, header.payloadEnd);
		let picture = this.list.at(-1);
		if (picture?.timestamp !== header.timestamp) {
			picture = { timestamp: header.timestamp, data: Buffer.alloc(0) };
			this.list.push(picture);
		}
		picture.data = Buffer.concat([picture.data, ...unpack(payload)]);
	}

	/** Decodes everything with ffmpeg to grey pictures of 8×8 samples; throws with whatever it complains about. */
	async decode(): Promise<Buffer[]> {
		const args = [
			'-v',
			'error',
			'-f',
			'h264',
			'-i',
			'pipe:0',
			'-vf',
			'scale=8:8,format=gray',
			'-fps_mode',
			'passthrough',
			'-f',
			'rawvideo',
			'pipe:1',
		];
		const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'pipe'] });
		const out: Buffer[] = [];
		let complaints = '';
		child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
		child.stderr.on('data', (chunk) => {
			complaints += String(chunk);
		});
		child.stdin.on('error', () => undefined);
		child.stdin.end(Buffer.concat(this.list.map(({ data }) => data)));
		await once(child, 'close');
		if (complaints !== '') throw new Error(complaints);
		const bytes = Buffer.concat(out);
		return Array.from({ length: bytes.length / 64 }, (_, index) => bytes.subarray(index * 64, index * 64 + 64));
	}
}

function unpack(payload: Buffer): Buffer[] {
	const type = payload.readUInt8(0) & 0x1f;
	if (type === 24) {
		const parts: Buffer[] = [];
		for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
			parts.push(startCode, payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
		}
		return parts;
	}
	if (type !== 28) return [startCode, payload];
	const fu = payload.readUInt8(1);
	const rest = payload.subarray(2);
	return (fu & 0x80) === 0 ? [rest] : [startCode, Buffer.from([(payload.readUInt8(0) & 0xe0) | (fu & 0x1f)]), rest];
}
