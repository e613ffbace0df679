import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { accessUnits } from '../simulator/rtsp/h264.ts';
import { syntheticClip } from './synthetic.ts';

const stop: (() => void)[] = [];
afterEach(() => {
	for (const each of stop.splice(0)) each();
});

describe('the camera farm', () => {
	it('pads real pictures to the bitrate', async () => {
		const clip = await syntheticClip({ bitrate: 2_000_000, fps: 25, keyInterval: 2, width: 320, height: 180 });
		const pictures = accessUnits(clip.video);
		expect(pictures.map(({ key }) => key)).toEqual(Array.from({ length: 50 }, (_, index) => index === 0));
		const bits = pictures.flatMap(({ units }) => units).reduce((sum, unit) => sum + unit.length * 8, 0);
		expect(bits / 2 / 2_000_000).toBeCloseTo(1, 2);
	});

	it.each(['tcp', 'udp'] as const)('serves a picture that decodes by %s, and ends with its standard input', async (transport) => {
		const program = fileURLToPath(new URL('./camera-farm.ts', import.meta.url));
		const farm = spawn(process.execPath, [program, '--cameras', '3', '--bitrate', '500000', '--width', '320', '--height', '180', '--seconds', '60'], {
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		stop.push(() => farm.kill('SIGKILL'));
		const lines = createInterface({ input: farm.stdout });
		const [line] = (await once(lines, 'line')) as [string];
		const { port, cameras } = JSON.parse(line) as { port: number; cameras: string[] };
		expect(cameras).toEqual(['cam-001', 'cam-002', 'cam-003']);
		const input = ['-v', 'error', '-rtsp_transport', transport, '-i', `rtsp://bench:bench@127.0.0.1:${port}/${cameras[2]}`];
		const { stderr } = await promisify(execFile)('ffmpeg', [...input, '-t', '3', '-f', 'null', '-']);
		expect(stderr).toBe('');
		const last = once(lines, 'line') as Promise<[string]>;
		farm.stdin.end();
		expect(JSON.parse((await last)[0])).toEqual({ cpuSeconds: expect.any(Number), seconds: expect.any(Number) });
		await once(farm, 'exit');
	});
});
