import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clip } from '../simulator/clips/clips.ts';
import { type AccessUnit, accessUnits } from '../simulator/rtsp/h264.ts';

export interface SyntheticOptions {
	/** Bits per second of video payload. */
	bitrate: number;
	/** Pictures a second. */
	fps: number;
	/** Seconds between key frames, which is also the length of the loop. */
	keyInterval: number;
	width: number;
	height: number;
}

const startCode = Buffer.from([0, 0, 0, 1]);
const fillerType = 12;

/** A group of real H.264 pictures, padded to the bitrate with filler data (ITU-T H.264 §7.3.2.7), which every decoder skips. Needs ffmpeg. */
export async function syntheticClip(options: SyntheticOptions): Promise<Clip> {
	const { bitrate, fps, keyInterval, width, height } = options;
	const frames = Math.round(fps * keyInterval);
	const source = ['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${fps}`, '-frames:v', String(frames)];
	const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-crf', '35', '-g', String(frames)];
	const { stdout } = await promisify(execFile)('ffmpeg', ['-v', 'error', ...source, ...encode, '-threads', '1', '-f', 'h264', 'pipe:1'], {
		encoding: 'buffer',
		maxBuffer: 64 * 1024 * 1024,
	});
	const video = pad(accessUnits(stdout), (bitrate * keyInterval) / 8);
	const name = { zh: '测试', en: 'Synthetic' };
	return { id: 'synthetic', name, light: 'day', weather: 'clear', fps, frames, width, height, video, sub: null, audio: Buffer.alloc(0) };
}

/** Spreads what is missing to `bytes` evenly over the pictures. */
function pad(pictures: readonly AccessUnit[], bytes: number): Buffer {
	const size = (picture: AccessUnit) => picture.units.reduce((sum, unit) => sum + unit.length, 0);
	const missing = bytes - pictures.reduce((sum, picture) => sum + size(picture), 0);
	if (missing < 0) throw new Error(`the pictures alone need more than ${bytes} bytes in a group: expected a higher bitrate or a smaller picture`);
	const each = Math.floor(missing / pictures.length);
	return Buffer.concat(
		pictures.flatMap(({ units }) => {
			const filler = Buffer.alloc(Math.max(each, 2), 0xff);
			filler[0] = fillerType;
			filler[filler.length - 1] = 0x80;
			return [...units, filler].flatMap((unit) => [startCode, unit]);
		}),
	);
}
