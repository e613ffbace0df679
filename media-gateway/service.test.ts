import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from './rtsp/testing/gstreamer-camera.ts';
import { TestBrowser } from './signalling/testing/browser.ts';
import { soon, TestGateway } from './testing/gateway.ts';

const cacheDir = join(tmpdir(), `beilun-vite-${process.pid}`);
let gateway: TestGateway;
let browser: TestBrowser;
const cameras: GstreamerCamera[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start();
	browser = await TestBrowser.start(gateway.system.url, cacheDir);
});
afterAll(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await Promise.all(cameras.map((camera) => camera.kill()));
	await rm(cacheDir, { recursive: true, force: true });
});

async function startCamera(options: Parameters<typeof GstreamerCamera.start>[0] = {}): Promise<GstreamerCamera> {
	const camera = await GstreamerCamera.start(options);
	cameras.push(camera);
	return camera;
}

/** The picture differs from one moment to the next, which a still one does not. */
async function expectMovingPicture(page: Page): Promise<void> {
	const first = await page.evaluate(() => globalThis.viewer.picture());
	await vi.waitFor(async () => {
		const next = await page.evaluate(() => globalThis.viewer.picture());
		expect(next.width).toBeGreaterThan(0);
		expect(next.pixels.filter((value, i) => Math.abs(value - (first.pixels[i] ?? 0)) > 24).length).toBeGreaterThan(5);
	}, soon);
}

async function expectSound(page: Page): Promise<void> {
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.loudness())).toBeGreaterThan(0.1), soon);
}

async function expectNotice(page: Page, notice: object): Promise<void> {
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.notices)).toContainEqual(notice), soon);
}

test('a camera with SPS and PPS in its SDP only, behind Digest, is seen moving and heard in Chromium', async () => {
	const camera = await startCamera({ auth: 'digest', password: 'geheim-Wort', parameterSets: 'sdp-only' });
	await gateway.register('cam-digest', camera.url('viewer:geheim-Wort'));
	await gateway.untilState('cam-digest', { state: 'live', video: { codec: 'H264', width: 640, height: 360 }, audio: { codec: 'PCMA' } });
	const page = await browser.open('officer');
	expect(await page.evaluate(() => globalThis.viewer.watch('cam-digest'))).toEqual(['audio', 'video']);
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.picture())).toMatchObject({ width: 640, height: 360 }), soon);
	await expectMovingPicture(page);
	await expectSound(page);
	expect((await gateway.stream('cam-digest'))?.viewers).toBe(1);
	const metrics = await gateway.system.context.metrics.metrics();
	expect(metrics).toContain('beilun_stream_viewers{stream="cam-digest"} 1');
	expect(Number(/beilun_stream_packets_total\{stream="cam-digest"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(50);
	expect(metrics).toContain('beilun_stream_lost_total{stream="cam-digest"} 0');
	await page.context().close();
	await vi.waitFor(async () => expect((await gateway.stream('cam-digest'))?.viewers).toBe(0), soon);
});

test('a camera that is cut off fails with a reason and is seen again by the same page when it returns, without help', async () => {
	const first = await startCamera({ auth: 'basic', password: 'pass word/1', audio: 'pcmu', width: 322, height: 182 });
	await gateway.register('cam-back', first.url(`viewer:${encodeURIComponent('pass word/1')}`));
	await gateway.untilState('cam-back', { state: 'live', audio: { codec: 'PCMU' } });
	const page = await browser.open('officer');
	await page.evaluate(() => globalThis.viewer.watch('cam-back'));
	await expectMovingPicture(page);
	const { port } = first;
	await first.kill();
	await gateway.untilState('cam-back', { state: 'failed', reason: 'unreachable' });
	await expectNotice(page, { name: 'streamEnded', streamId: 'cam-back' });
	await startCamera({ auth: 'basic', password: 'pass word/1', audio: 'pcmu', port, width: 480, height: 270 });
	await gateway.untilState('cam-back', { state: 'live', video: { width: 480, height: 270 } });
	await expectNotice(page, { name: 'streamChanged', streamId: 'cam-back' });
	await page.evaluate(() => globalThis.viewer.watch('cam-back'));
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.picture())).toMatchObject({ width: 480, height: 270 }), soon);
	await expectMovingPicture(page);
	await expectSound(page);
	await page.context().close();
});

test('a wrong password is told as such, waits half a minute, and is in no answer', async () => {
	const camera = await startCamera({ auth: 'digest', password: 'right' });
	const shown = await gateway.register('cam-wrong', camera.url('viewer:wrong-secret'));
	expect(shown).toMatchObject({ address: camera.url(), hasPassword: true });
	await gateway.untilState('cam-wrong', { state: 'failed', reason: 'unauthorized' });
	const stream = await gateway.stream('cam-wrong');
	expect(JSON.stringify([shown, stream])).not.toContain('wrong-secret');
	const status = stream?.status;
	if (status?.state !== 'failed') throw new Error('expected it to stay failed');
	expect(Date.parse(status.nextTryAt) - Date.parse(status.since)).toBeGreaterThan(25_000);
	// The right one is tried at once, and kept when the address is given again without it.
	await gateway.register('cam-wrong', camera.url('viewer:right'));
	await gateway.untilState('cam-wrong', { state: 'live' });
	expect(await gateway.register('cam-wrong', camera.url(), { agency: 'water' })).toMatchObject({ hasPassword: true });
	await gateway.untilState('cam-wrong', { state: 'live' });
	expect((await gateway.stream('cam-wrong'))?.agency).toBe('water');
});

test('a camera whose codec no browser takes is named with its codec', async () => {
	const camera = await startCamera({ video: 'h265', audio: 'none' });
	await gateway.register('cam-h265', camera.url());
	await gateway.untilState('cam-h265', { state: 'failed', reason: 'no-usable-track', detail: expect.stringContaining('H265') });
});

test('a field unit sends picture and sound, sees that it is watched, and a dead worker is replaced under all of it', async () => {
	const phone = await browser.open('field');
	await phone.evaluate(() => globalThis.viewer.publish());
	await gateway.untilState('unit-1', { state: 'live', audio: { codec: 'opus' }, video: { codec: expect.stringMatching(/VP8|H264/) } });
	expect(await gateway.stream('unit-1')).toMatchObject({ kind: 'field', agency: 'fire' });
	const page = await browser.open('officer');
	expect(await page.evaluate(() => globalThis.viewer.watch('unit-1'))).toEqual(['audio', 'video']);
	await expectMovingPicture(page);
	await expectNotice(phone, { name: 'viewers', streamId: 'unit-1', viewers: 1 });
	await page.evaluate(() => globalThis.viewer.unwatch('unit-1'));
	await expectNotice(phone, { name: 'viewers', streamId: 'unit-1', viewers: 0 });

	const second = await browser.open('field');
	await second.evaluate(() => globalThis.viewer.publish());
	await expectNotice(phone, { name: 'streamEnded', streamId: 'unit-1' });
	await gateway.untilState('unit-1', { state: 'live' });
	await second.evaluate(() => globalThis.viewer.unpublish());
	await gateway.untilState('unit-1', { state: 'ended' });

	const { workerPid } = gateway.service;
	if (workerPid === null) throw new Error('expected a worker');
	process.kill(workerPid, 'SIGKILL');
	await vi.waitFor(() => expect(gateway.service.workerPid).not.toBe(workerPid), soon);
	await vi.waitFor(async () => expect(await gateway.service.ready()).toMatchObject({ worker: 'ok', database: 'ok' }), soon);
	await gateway.untilState('cam-digest', { state: 'live' });
	await page.reload();
	await page.waitForFunction(() => globalThis.viewer !== undefined);
	await page.evaluate(() => globalThis.viewer.watch('cam-digest'));
	await expectMovingPicture(page);
});
