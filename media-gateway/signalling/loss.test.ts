import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { TestGateway } from '../testing/gateway.ts';
import { TestBrowser } from './testing/browser.ts';
import { LossyWay } from './testing/lossy-way.ts';

const cacheDir = join(tmpdir(), `beilun-vite-loss-${process.pid}`);
let gateway: TestGateway;
let browser: TestBrowser;
let camera: GstreamerCamera;
let way: LossyWay | undefined;

beforeAll(async () => {
	gateway = await TestGateway.start({ rtcWorkers: 1 });
	browser = await TestBrowser.start(gateway.system.url, cacheDir);
	camera = await GstreamerCamera.start({ sub: true, audio: 'none' });
	await gateway.register('cam-two', camera.url(), { subUrl: camera.subUrl() });
}, 60_000);
afterAll(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await camera?.kill();
	way?.close();
	await rm(cacheDir, { recursive: true, force: true });
});

test('a viewer whose network loses much gets the second stream, and the full one again when it is good', { timeout: 150_000 }, async () => {
	const page = await browser.open('officer');
	const made = await page.evaluate(() => globalThis.viewer.ask('createTransport', { direction: 'receive' }));
	const candidates = made.iceCandidates as { protocol: string; port: number }[];
	way = await LossyWay.open(candidates.find(({ protocol }) => protocol === 'udp')?.port ?? 0);
	await page.evaluate((port) => globalThis.viewer.detour(port), way.port);
	await page.evaluate(() => globalThis.viewer.watch('cam-two'));
	const untilWidth = (width: number, timeout: number) =>
		vi.waitFor(async () => expect((await page.evaluate(() => globalThis.viewer.picture())).width).toBe(width), { timeout, interval: 200 });
	await untilWidth(640, 20_000);
	way.loss = 40;
	await untilWidth(320, 60_000);
	way.loss = 0;
	await untilWidth(640, 60_000);
});
