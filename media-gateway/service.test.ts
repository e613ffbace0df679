import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Camera, CameraInput, Stream } from '@beilun/shared/protocol/media.ts';
import { startTestSystem, type TestSystem } from '@beilun/shared/testing/context.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from './rtsp/testing/gstreamer-camera.ts';
import { MediaGateway } from './service.ts';
import { TestBrowser } from './signalling/testing/browser.ts';

const cacheDir = join(tmpdir(), `beilun-vite-${process.pid}`);
const soon = { timeout: 20_000, interval: 100 };
let system: TestSystem;
let browser: TestBrowser;
const cameras: GstreamerCamera[] = [];

beforeAll(async () => {
	system = await startTestSystem({
		services: (context) => [new MediaGateway(context)],
		config: { cameraNetworks: ['127.0.0.0/8'], mediasoupWorkerBin: process.env.MEDIASOUP_WORKER_BIN },
	});
	system.identity.add('officer', 'duty-officer');
	browser = await TestBrowser.start(system.url, cacheDir);
});
afterAll(async () => {
	await browser?.stop();
	await system?.stop();
	await Promise.all(cameras.map((camera) => camera.kill()));
	await rm(cacheDir, { recursive: true, force: true });
});

async function startCamera(options: Parameters<typeof GstreamerCamera.start>[0] = {}): Promise<GstreamerCamera> {
	const camera = await GstreamerCamera.start(options);
	cameras.push(camera);
	return camera;
}

async function register(id: string, url: string, more: Partial<CameraInput> = {}): Promise<Camera> {
	const body = { id, name: { zh: id }, agency: 'police', place: { lon: 121.8, lat: 29.9 }, url, ...more };
	const answer = await fetch(`${system.url}/api/v1/cameras/${id}`, {
		method: 'PUT',
		headers: { 'content-type': 'application/json', authorization: 'Bearer officer' },
		body: JSON.stringify(body),
	});
	expect(answer.status).toBe(200);
	return (await answer.json()) as Camera;
}

async function streamOf(id: string): Promise<Stream | undefined> {
	const answer = await fetch(`${system.url}/api/v1/streams`, { headers: { authorization: 'Bearer officer' } });
	return ((await answer.json()) as { items: Stream[] }).items.find((stream) => stream.id === id);
}

function untilState(id: string, status: object): Promise<void> {
	return vi.waitFor(async () => expect((await streamOf(id))?.status).toMatchObject(status), soon);
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

test('a camera with SPS and PPS in its SDP only, behind Digest, is seen moving and heard in Chromium', async () => {
	const camera = await startCamera({ auth: 'digest', password: 'geheim-Wort', parameterSets: 'sdp-only' });
	await register('cam-digest', camera.url('viewer:geheim-Wort'));
	await untilState('cam-digest', { state: 'live', video: { codec: 'H264', width: 640, height: 360 }, audio: { codec: 'PCMA' } });
	const page = await browser.open('officer');
	expect(await page.evaluate(() => globalThis.viewer.watch('cam-digest'))).toEqual(['audio', 'video']);
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.picture())).toMatchObject({ width: 640, height: 360 }), soon);
	await expectMovingPicture(page);
	await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.viewer.loudness())).toBeGreaterThan(0.1), soon);
	expect((await streamOf('cam-digest'))?.viewers).toBe(1);
	await page.context().close();
	await vi.waitFor(async () => expect((await streamOf('cam-digest'))?.viewers).toBe(0), soon);
});
