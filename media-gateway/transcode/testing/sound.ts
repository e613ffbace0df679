import { buildRtp } from '../../rtp/packet.ts';
import { type MediaDescription, parseSdp } from '../../rtsp/sdp.ts';

/** Uncompressed sound (RFC 3551 §4.5.11), which needs no camera: 10 ms in a packet. */
export const linearSound = parseSdp('v=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 L16/48000/1\r\n').media[0] as MediaDescription;
const bytesPerPacket = 960;

export function soundPacket(index: number): Buffer {
	const samples = Buffer.alloc(bytesPerPacket);
	return buildRtp({ marker: false, payloadType: 97, sequence: index & 0xffff, timestamp: (index * (bytesPerPacket / 2)) >>> 0, ssrc: 77 }, samples);
}
