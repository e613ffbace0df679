import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';
import { readManifest } from './clips.ts';

// Makes the small second stream of each clip, `{id}.sub.h264`, from its pictures: all clips, or those named as arguments.

const run = promisify(execFile);
const width = 320;
const height = 180;
/** Bytes a small clip may have; quality is lowered until it fits. */
const budget = 110_000;

setPriority(10);
const wanted = process.argv.slice(2);
for (const { id, fps } of await readManifest()) {
	if (wanted.length > 0 && !wanted.includes(id)) continue;
	const from = new URL(`${id}.h264`, import.meta.url).pathname;
	const to = new URL(`${id}.sub.h264`, import.meta.url).pathname;
	for (let crf = 27; ; crf++) {
		await shrink({ from, to, fps, crf });
		const { size } = await stat(to);
		if (size > budget && crf < 40) continue;
		console.log(`${id}: crf ${crf}, ${size} bytes`);
		break;
	}
}

/** The same format as the large clip: constrained baseline, closed groups of 2 s, parameter sets before each, no SEI. */
async function shrink(options: { from: string; to: string; fps: number; crf: number }): Promise<void> {
	const { from, to, fps, crf } = options;
	const input = ['-y', '-v', 'error', '-framerate', String(fps), '-f', 'h264', '-i', from, '-vf', `scale=${width}:${height}:flags=lanczos`];
	const format = ['-c:v', 'libx264', '-preset', 'slow', '-profile:v', 'baseline', '-level', '1.3', '-crf', String(crf), '-bf', '0'];
	const groups = [
		'-g',
		String(fps * 2),
		'-keyint_min',
		String(fps * 2),
		'-sc_threshold',
		'0',
		'-flags',
		'+cgop',
		'-x264-params',
		'repeat-headers=1:aud=0',
	];
	await run('ffmpeg', [...input, ...format, ...groups, '-bsf:v', 'filter_units=remove_types=6', '-f', 'h264', to]);
}
