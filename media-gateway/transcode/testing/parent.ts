import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '@beilun/shared/runtime/log.ts';
import type { FfmpegTranscoder } from '../transcoder.ts';
import { Transcoders } from '../transcoders.ts';
import { linearSound, soundPacket } from './sound.ts';

// Prints the process id of its ffmpeg and lives until it is killed. With `talking` it sends sound and prints the id when something came out.
const talking = process.argv[2] === 'talking';
const transcoders = new Transcoders({ log: createLog('silent'), limit: 1 });
let said = false;
const transcoder = (await transcoders.open({
	video: null,
	audio: linearSound,
	onPacket: () => say(),
	onEnded: (error) => {
		throw error;
	},
})) as FfmpegTranscoder;
if (!talking) say();
for (let index = 0; ; index += 1) {
	if (talking) transcoder.send('audio', soundPacket(index));
	await wait(10);
}

function say(): void {
	if (!said) process.stdout.write(`${transcoder.pid}\n`);
	said = true;
}
