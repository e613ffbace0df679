import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StreamDetail } from '@beilun/shared/protocol/media.ts';
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

async function watch(page: Page, streamId: string): Promise<string[]> {
	return await page.evaluate((id) => globalThis.viewer.watch(id), streamId);
}

async function metric(name: string, stream: string): Promise<number> {
	const metrics = await gateway.system.context.metrics.metrics();
	return Number(new RegExp(`^beilun_stream_${name}\\{stream="${stream}"\\} (.+)$`, 'm').exec(metrics)?.[1]);
}

test('a camera with SPS and PPS in its SDP only, behind Digest, is opened for who watches, seen moving and heard in Chromium', async () => {
	const camera = await startCamera({ auth: 'digest', password: 'geheim-Wort', parameterSets: 'sdp-only' });
	await gateway.register('cam-digest', camera.url('viewer:geheim-Wort'));
	await gateway.untilState('cam-digest', { state: 'idle', checkedAt: expect.any(String) });
	const page = await browser.open('officer');
	expect(await watch(page, 'cam-digest')).toEqual(['audio', 'video']);
	await gateway.untilState('cam-digest', { state: 'live', video: { codec: 'H264', width: 640, height: 360 }, audio: { codec: 'PCMA' } });
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.picture())).toMatchObject({ width: 640, height: 360 }), soon);
	await expectMovingPicture(page);
	await expectSound(page);
	expect((await gateway.stream('cam-digest'))?.viewers).toBe(1);
	expect(await metric('viewers', 'cam-digest')).toBe(1);
	await vi.waitFor(async () => expect(await metric('packets_total', 'cam-digest')).toBeGreaterThan(50), soon);
	expect(await metric('lost_total', 'cam-digest')).toBe(0);
	await expectNotice(
		page,
		expect.objectContaining({ name: 'clock', streamId: 'cam-digest', clocks: [expect.objectContaining({ basis: 'sender' })] }),
	);
	expect(await metric('gbt28181_late', 'cam-digest')).toBe(0);
	await page.evaluate(() => globalThis.viewer.ask('report', { pictures: [{ streamId: 'cam-digest', age: 2_500 }] }));
	expect(await metric('gbt28181_late', 'cam-digest')).toBe(1);
	const detail = (await (await gateway.request('GET', '/api/v1/streams/cam-digest')).json()) as StreamDetail;
	expect(detail).toMatchObject({ id: 'cam-digest', oldestShownMs: 2_500, feeds: [{ quality: 'main', transport: 'tcp', withinGbt28181: false }] });
	expect(JSON.stringify(detail)).not.toContain('geheim');
	expect((await gateway.request('GET', '/api/v1/streams/cam-digest', { as: 'water' })).status).toBe(404);
	expect((await gateway.request('GET', '/api/v1/streams/nothing')).status).toBe(404);
	await page.context().close();
	await vi.waitFor(async () => expect((await gateway.stream('cam-digest'))?.viewers).toBe(0), soon);
	await gateway.untilState('cam-digest', { state: 'idle' });
});

test('a camera that is cut off fails with a reason and goes on by itself in the page that watches it, with the same consumers', async () => {
	const first = await startCamera({ auth: 'basic', password: 'pass word/1', audio: 'pcmu', width: 322, height: 182 });
	await gateway.register('cam-back', first.url(`viewer:${encodeURIComponent('pass word/1')}`));
	const page = await browser.open('officer');
	await watch(page, 'cam-back');
	await gateway.untilState('cam-back', { state: 'live', audio: { codec: 'PCMU' } });
	await expectMovingPicture(page);
	const { port } = first;
	await first.kill();
	await gateway.untilState('cam-back', { state: 'failed', reason: 'unreachable' });
	await startCamera({ auth: 'basic', password: 'pass word/1', audio: 'pcmu', port, width: 480, height: 270 });
	await gateway.untilState('cam-back', { state: 'live', video: { width: 480, height: 270 } });
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.picture())).toMatchObject({ width: 480, height: 270 }), soon);
	await expectMovingPicture(page);
	await expectSound(page);
	expect(await page.evaluate(() => globalThis.viewer.notices.filter(({ name }) => name === 'streamEnded'))).toEqual([]);
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
	await gateway.untilState('cam-wrong', { state: 'idle', checkedAt: expect.any(String) });
	expect(await gateway.register('cam-wrong', camera.url(), { agency: 'water' })).toMatchObject({ hasPassword: true });
	await gateway.untilState('cam-wrong', { state: 'idle', checkedAt: expect.any(String) });
	expect((await gateway.stream('cam-wrong'))?.agency).toBe('water');
});

test('a camera whose codec no browser takes is transcoded and seen', async () => {
	const camera = await startCamera({ video: 'h265', audio: 'none' });
	await gateway.register('cam-h265', camera.url());
	const page = await browser.open('officer');
	expect(await watch(page, 'cam-h265')).toEqual(['video']);
	await gateway.untilState('cam-h265', { state: 'live', video: { codec: 'H264', transcodedFrom: 'H265' } });
	await expectMovingPicture(page);
	expect(await gateway.system.context.metrics.metrics()).toContain('beilun_transcoders 1');
	await page.context().close();
});

test('a field unit sends picture and sound, and sees that it is watched; another phone of it takes its place', async () => {
	const phone = await browser.open('field');
	await phone.evaluate(() => globalThis.viewer.publish());
	await gateway.untilState('unit-1', { state: 'live', audio: { codec: 'opus' }, video: { codec: expect.stringMatching(/VP8|H264/) } });
	expect(await gateway.stream('unit-1')).toMatchObject({ kind: 'field', agency: 'fire', canTalk: true });
	const page = await browser.open('officer');
	expect(await watch(page, 'unit-1')).toEqual(['audio', 'video']);
	await expectMovingPicture(page);
	await expectNotice(page, expect.objectContaining({ name: 'clock', streamId: 'unit-1' }));
	await expectNotice(phone, { name: 'viewers', streamId: 'unit-1', viewers: 1 });
	await page.evaluate(() => globalThis.viewer.unwatch('unit-1'));
	await expectNotice(phone, { name: 'viewers', streamId: 'unit-1', viewers: 0 });

	const second = await browser.open('field');
	await second.evaluate(() => globalThis.viewer.publish());
	await expectNotice(phone, { name: 'publishEnded', streamId: 'unit-1' });
	await gateway.untilState('unit-1', { state: 'live' });
	await second.evaluate(() => globalThis.viewer.unpublish());
	await gateway.untilState('unit-1', { state: 'ended' });
	for (const each of [phone, page, second]) await each.context().close();
});

test('a killed media worker is replaced, and its picture returns to the page without help', async () => {
	const page = await browser.open('officer');
	await watch(page, 'cam-digest');
	await expectMovingPicture(page);
	const before = (await gateway.stream('cam-digest'))?.status;
	const pids = gateway.service.workerPids;
	for (const pid of pids) process.kill(pid, 'SIGKILL');
	await vi.waitFor(() => {
		expect(gateway.service.workerPids).toHaveLength(pids.length);
		for (const pid of pids) expect(gateway.service.workerPids).not.toContain(pid);
	}, soon);
	await vi.waitFor(async () => expect(await gateway.service.ready()).toMatchObject({ worker: 'ok', database: 'ok' }), soon);
	await expectMovingPicture(page);
	const after = (await gateway.stream('cam-digest'))?.status;
	expect(after).toMatchObject({ state: 'live', since: before?.state === 'live' ? before.since : '' });
	await page.context().close();
});
