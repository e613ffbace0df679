import type { MediaDescription } from '../rtsp/sdp.ts';

/** What ffmpeg calls the decoder of each encoding name of an SDP. Nothing else is decoded, whatever a camera says. */
const decoders: Record<MediaDescription['kind'], Record<string, string>> = {
	video: { H265: 'hevc', JPEG: 'mjpeg', 'MP4V-ES': 'mpeg4', 'H263-1998': 'h263', 'H263-2000': 'h263', VP8: 'vp8', VP9: 'vp9' },
	audio: { 'MPEG4-GENERIC': 'aac', 'MP4A-LATM': 'aac_latm,aac', MPA: 'mp2float,mp3float', G722: 'g722', L16: 'pcm_s16be', 'G726-32': 'g726,g726le' },
};
const maxFormat = 8 * 1024;

/** Comma-separated names of ffmpeg's decoders; null for what is not transcoded. */
export function decodersFor(media: Pick<MediaDescription, 'kind' | 'codec'>): string | null {
	const table = decoders[media.kind];
	return Object.hasOwn(table, media.codec) ? (table[media.codec] ?? null) : null;
}

/** The SDP that tells ffmpeg what it will receive. Of the camera's own text only the fmtp line gets in, and it stays one line. */
export function describeTracks(tracks: readonly MediaDescription[]): string {
	const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'a=control:*'];
	for (const [index, { kind, codec, payloadType, clockRate, channels, formatText }] of tracks.entries()) {
		lines.push(`m=${kind} 0 RTP/AVP ${payloadType}`, `a=rtpmap:${payloadType} ${codec}/${clockRate}${kind === 'audio' ? `/${channels}` : ''}`);
		const format = formatText.slice(0, maxFormat).replace(/[^\x20-\x7e]/g, '');
		if (format !== '') lines.push(`a=fmtp:${payloadType} ${format}`);
		lines.push(`a=control:${index}`);
	}
	return `${lines.join('\r\n')}\r\n`;
}

/** Whether a decoder can begin with this RTP payload; true where the codec does not say so in its first bytes. */
export function mayBegin(codec: string, packet: Buffer, start: number, end: number): boolean {
	if (codec !== 'H265') return true;
	if (end < start + 3) return false;
	// RFC 7798 §4.4: aggregation packets (48) hold small units, most of all parameter sets; fragments (49) name theirs behind the header.
	let type = (packet.readUInt8(start) >> 1) & 0x3f;
	if (type === 49) type = (packet.readUInt8(start + 2) & 0x80) === 0 ? -1 : packet.readUInt8(start + 2) & 0x3f;
	// IRAP pictures (16 to 23), and the parameter sets that stand in front of one (32 to 34).
	return (type >= 16 && type <= 23) || (type >= 32 && type <= 34) || type === 48;
}
