import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { soon, TestGateway } from '../testing/gateway.ts';
import { TestBrowser } from './testing/browser.ts';

const cacheDir = join(tmpdir(), `beilun-vite-watching-${process.pid}`);
const small = { width: 240, height: 135 };
const large = { width: 1280, height: 720 };
let gateway: TestGateway;
let browser: TestBrowser;
let camera: GstreamerCamera;
const pages: Page[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start();
	browser = await TestBrowser.start(gateway.system.url, cacheDir);
	camera = await GstreamerCamera.start({ sub: true, audio: 'none' });
	await gateway.register('cam-two', camera.url(), { subUrl: camera.subUrl() });
}, 60_000);
afterEach(async () => {
	for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await camera?.kill();
	await rm(cacheDir, { recursive: true, force: true });
});

async function open(name: string): Promise<Page> {
	const page = await browser.open(name);
	pages.push(page);
	return page;
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

async function untilWidth(page: Page, width: number): Promise<void> {
	await vi.waitFor(async () => expect((await page.evaluate(() => globalThis.viewer.picture())).width).toBe(width), soon);
}

test('a camera that nobody watched is started for the first viewer, and shows its picture moving', async () => {
	expect((await gateway.stream('cam-two'))?.status.state).not.toBe('live');
	const page = await open('officer');
	expect(await page.evaluate(() => globalThis.viewer.watch('cam-two'))).toEqual(['video']);
	await expectMovingPicture(page);
	await untilWidth(page, 640);
	await vi.waitFor(async () => {
		const preview = await page.evaluate(() => globalThis.viewer.preview('cam-two'));
		expect(preview).toMatchObject({ width: 640, height: 360 });
		expect(preview?.frames).toBeGreaterThan(0);
	}, soon);
});

test('a tile that shrinks and grows gets the other source without a moment of no picture', async () => {
	const page = await open('police');
	await page.evaluate((size) => globalThis.viewer.watch('cam-two', size), large);
	await untilWidth(page, 640);
	await page.evaluate((size) => globalThis.viewer.prefer(size), small);
	await untilWidth(page, 320);
	await expectMovingPicture(page);
	await page.evaluate((size) => globalThis.viewer.prefer(size), large);
	await untilWidth(page, 640);
	await expectMovingPicture(page);
	expect((await page.evaluate(() => globalThis.viewer.widths())).filter((width) => width !== 0)).toEqual([640, 320, 640]);
	expect(await page.evaluate(() => globalThis.viewer.widths())).not.toContain(0);
	expect(await page.evaluate(() => globalThis.viewer.notices.map(({ name }) => name))).not.toContain('streamEnded');
	expect((await gateway.stream('cam-two'))?.viewers).toBe(1);
});

test.each([
	['second', small, 640],
	['full', large, 320],
] as const)('a camera whose %s stream does not exist is seen by the other one', async (broken, size, width) => {
	const id = `cam-no-${broken}`;
	const nothing = camera.url().replace('/live', '/nothing');
	await gateway.register(id, broken === 'full' ? nothing : camera.url(), { subUrl: broken === 'full' ? camera.subUrl() : nothing });
	const page = await open('officer');
	await page.evaluate(([streamId, tile]) => globalThis.viewer.watch(streamId, tile), [id, size] as const);
	await untilWidth(page, width);
	await expectMovingPicture(page);
});

test('the layer of a phone that suits the tile is sent', async () => {
	const phone = await open('field');
	await phone.evaluate(() =>
		globalThis.viewer.publish([
			{ rid: 'a', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
			{ rid: 'b', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
			{ rid: 'c', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
		]),
	);
	await gateway.untilState('unit-1', { state: 'live' });
	const page = await open('officer');
	await page.evaluate((size) => globalThis.viewer.watch('unit-1', size), small);
	await untilWidth(page, 320);
	await page.evaluate((size) => globalThis.viewer.prefer(size), { width: 640, height: 360 });
	await untilWidth(page, 640);
	await page.evaluate((size) => globalThis.viewer.prefer(size), small);
	await untilWidth(page, 320);
	expect(await page.evaluate(() => globalThis.viewer.widths())).not.toContain(0);
});

test('the newer phone of a unit wins, and the other is told', async () => {
	const [phone, newer] = [await open('field'), await open('field')];
	await phone.evaluate(() => globalThis.viewer.publish());
	await gateway.untilState('unit-1', { state: 'live' });
	await newer.evaluate(() => globalThis.viewer.publish());
	await vi.waitFor(
		async () => expect(await phone.evaluate(() => globalThis.viewer.notices)).toContainEqual({ name: 'publishEnded', streamId: 'unit-1' }),
		soon,
	);
	expect(await newer.evaluate(() => globalThis.viewer.notices.map(({ name }) => name))).not.toContain('publishEnded');
	await gateway.untilState('unit-1', { state: 'live' });
});
