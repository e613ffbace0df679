import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { soon, TestGateway } from '../testing/gateway.ts';
import { PlayerBrowser } from './testing/browser.ts';

// Encoding and decoding in software, beside everything else on the machine.
vi.setConfig({ testTimeout: 90_000 });

let gateway: TestGateway;
let browser: PlayerBrowser;
const cameras: GstreamerCamera[] = [];
const pages: Page[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start();
	gateway.system.identity.add('boss', 'admin');
	browser = await PlayerBrowser.start();
});
afterEach(async () => {
	for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await Promise.all(cameras.map((camera) => camera.kill()));
});

async function token(streamId: string, action: 'publish' | 'watch'): Promise<string> {
	const id = `${action}-${streamId}`;
	const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
	const answer = await gateway.request('PUT', `/api/v1/stream-tokens/${id}`, { as: 'boss', body: { id, streamId, action, expiresAt } });
	expect(answer.status).toBe(200);
	return ((await answer.json()) as { token: string }).token;
}

async function open(): Promise<Page> {
	const page = await browser.open();
	pages.push(page);
	return page;
}

async function watch(streamId: string): Promise<Page> {
	const page = await open();
	const key = await token(streamId, 'watch');
	await page.evaluate(([url, secret]) => globalThis.player.watch(url, secret), [`${gateway.system.url}/whep/${streamId}`, key] as const);
	return page;
}

async function publish(encodings?: object[]): Promise<Page> {
	const page = await open();
	const key = await token('unit-1', 'publish');
	const url = `${gateway.system.url}/whip/unit-1`;
	await page.evaluate(([to, secret, layers]) => globalThis.player.publish(to, secret, layers), [url, key, encodings] as const);
	return page;
}

async function expectMovingPicture(page: Page, size?: object): Promise<void> {
	await vi.waitFor(async () => expect((await page.evaluate(() => globalThis.player.picture())).width).toBeGreaterThan(0), soon);
	const first = await page.evaluate(() => globalThis.player.picture());
	await vi.waitFor(async () => {
		const next = await page.evaluate(() => globalThis.player.picture());
		expect(next).toMatchObject(size ?? {});
		expect(next.pixels.filter((value, i) => Math.abs(value - (first.pixels[i] ?? 0)) > 24).length).toBeGreaterThan(5);
	}, soon);
}

test('a page of another origin watches a camera by WHEP, moving and audible, and goes on when the camera is another', async () => {
	const camera = await GstreamerCamera.start({ audio: 'pcma' });
	cameras.push(camera);
	await gateway.register('cam-1', camera.url());
	const page = await watch('cam-1');
	await expectMovingPicture(page, { width: 640, height: 360 });
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.player.heard())).toBeGreaterThan(0.001), soon);
	expect((await gateway.stream('cam-1'))?.viewers).toBe(1);
	const other = await GstreamerCamera.start({ audio: 'pcma', width: 480, height: 270 });
	cameras.push(other);
	await gateway.register('cam-1', other.url());
	await expectMovingPicture(page, { width: 480, height: 270 });
	expect(await page.evaluate(() => globalThis.player.remove())).toBe(200);
	await vi.waitFor(async () => expect((await gateway.stream('cam-1'))?.viewers).toBe(0), soon);
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.player.state())).toMatch(/failed|disconnected|closed/), soon);
});

test('a page publishes its camera in layers by WHIP, restarts ICE, and a later publisher takes its place under the eyes of a player', async () => {
	const first = await publish([{ rid: 'q', scaleResolutionDownBy: 2 }, { rid: 'f' }]);
	await gateway.untilState('unit-1', { state: 'live', video: { codec: 'VP8' }, audio: { codec: 'opus' } });
	const viewer = await watch('unit-1');
	await expectMovingPicture(viewer);
	const restarted = await first.evaluate(() => globalThis.player.restart());
	expect(restarted.after).not.toBe(restarted.before);
	expect(restarted.tagAfter).not.toBe(restarted.tagBefore);
	const sent = await viewer.evaluate(() => globalThis.player.packets('inbound-rtp', 'video'));
	await vi.waitFor(async () => {
		expect(await viewer.evaluate(() => globalThis.player.packets('inbound-rtp', 'video'))).toBeGreaterThan(sent + 20);
	}, soon);
	const second = await publish();
	await vi.waitFor(async () => expect(await first.evaluate(() => globalThis.player.state())).toMatch(/failed|disconnected|closed/), soon);
	await expectMovingPicture(viewer, { width: 640, height: 360 });
	await gateway.untilState('unit-1', { state: 'live' });
	expect(await second.evaluate(() => globalThis.player.remove())).toBe(200);
	await gateway.untilState('unit-1', { state: 'ended' });
});

test('a page of another origin gets nothing by cookie', async () => {
	const page = await open();
	const url = `${gateway.system.url}/whip/unit-1`;
	await page.context().addCookies([{ name: 'session', value: 'field', url: gateway.system.url }]);
	expect(await page.evaluate((to) => globalThis.player.byCookie(to), url)).toBe('refused by the browser');
});
