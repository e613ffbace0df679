/** Where ffmpeg reads, and where it writes each track; null for a track that is not there. */
export interface Addresses {
	input: string;
	video: string | null;
	audio: string | null;
}

/** Wider or higher pictures are scaled down to this. */
const maxSide = 1920;
/** Larger pictures (8K) are not decoded, and no single block of memory may be larger: a hostile stream could ask for any size. */
const maxPixels = 7680 * 4320;
const maxBlock = 256 * 1024 * 1024;
/** Bits per second. Quality is constant below this, so that the bitrate follows the size of the picture. */
const maxVideoRate = 4_000_000;
/** Bytes of an RTP packet, as WebRTC wants them. */
const packetSize = 1_200;

/**
 * ffmpeg's command line. Only loopback TCP and the named decoders are allowed. Timestamps stay what they are (`-copyts`, no frame doubled
 * or dropped, an encoder clock of 90 kHz), and `startTime` (milliseconds since the epoch) stands for timestamp 0 in the sender reports
 * that ffmpeg writes, which thereby tell the random offset of its RTP timestamps.
 */
export function ffmpegArguments(addresses: Addresses, decoders: readonly string[], startTime: number): string[] {
	const output = ['-f', 'rtsp', '-rtsp_transport', 'tcp', '-pkt_size', String(packetSize), '-start_time_realtime', String(startTime * 1000)];
	const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-copyts', '-filter_threads', '1', '-max_alloc', String(maxBlock)];
	const limits = ['-protocol_whitelist', 'rtp,tcp', '-format_whitelist', 'rtsp', '-codec_whitelist', decoders.join(',')];
	const haste = [
		'-fflags',
		'+genpts+discardcorrupt',
		'-flags',
		'low_delay',
		'-probesize',
		'32',
		'-analyzeduration',
		'1',
		'-fpsprobesize',
		'0',
		'-thread_queue_size',
		'64',
	];
	const transport = ['-rtsp_transport', 'tcp', '-reorder_queue_size', '8', '-threads', '1', '-max_pixels', String(maxPixels)];
	const all = [...quiet, ...limits, ...haste, ...transport, '-i', addresses.input];
	if (addresses.video !== null) {
		const scale = `scale=w='min(${maxSide},iw)':h='min(${maxSide},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2:flags=fast_bilinear`;
		all.push(
			...['-map', '0:v:0', '-vf', `${scale},format=yuv420p`, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
			...['-profile:v', 'baseline', '-level', '4.2', '-threads', '1', '-crf', '25'],
			...['-maxrate', String(maxVideoRate), '-bufsize', String(maxVideoRate / 2)],
			...['-g', '600', '-force_key_frames', 'expr:isnan(prev_forced_t)+gte(t-prev_forced_t,2)', '-forced-idr', '1'],
			...['-x264-params', 'repeat-headers=1:bframes=0', '-fps_mode', 'passthrough', '-enc_time_base', '1:90000'],
			...[...output, addresses.video],
		);
	}
	if (addresses.audio !== null) {
		const opus = ['-c:a', 'libopus', '-application', 'lowdelay', '-frame_duration', '20', '-ar', '48000', '-ac', '2', '-b:a', '64k'];
		all.push('-map', '0:a:0', ...opus, ...output, addresses.audio);
	}
	return all;
}
