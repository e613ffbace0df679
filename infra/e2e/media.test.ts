import { GstreamerCamera } from '@beilun/media-gateway/rtsp/testing/gstreamer-camera.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch, type Person } from '../harness/launcher.ts';

let browser: Browser;
let system: Launched;
let officer: Person;
let camera: GstreamerCamera;
const password = 'p@ss w0rd';
const credentials = `viewer:${encodeURIComponent(password)}`;
beforeAll(async () => {
	browser = await openBrowser();
	camera = await GstreamerCamera.start({ auth: 'digest', password });
	system = await launch();
	officer = await system.person('officer', 'duty-officer');
});
afterAll(async () => {
	await system?.stop();
	await camera?.kill();
	await browser?.close();
});

const cameraInput = (id: string, url: string) => ({
	id,
	name: { zh: '测试摄像机', en: 'Test camera' },
	agency: 'police',
	place: { lon: 121.84, lat: 29.9, name: '新碶', nameEn: 'Xinqi' },
	url,
});

/** Sixteen brightness values of what a tile shows now. */
function look(page: Page, streamId: string): Promise<number[]> {
	return page.evaluate((id) => {
		const video = document.querySelector<HTMLVideoElement>(`[data-tile="${id}"] video`);
		if (video === null || video.videoWidth === 0) return [];
		const canvas = document.createElement('canvas');
		canvas.width = 64;
		canvas.height = 64;
		const context = canvas.getContext('2d');
		context?.drawImage(video, 0, 0, 64, 64);
		return [...(context?.getImageData(0, 0, 64, 64).data ?? [])];
	}, streamId);
}

async function seesMotion(page: Page, streamId: string): Promise<void> {
	await page.locator(`[data-tile="${streamId}"][data-tile-state="live"]`).first().waitFor({ timeout: 30_000 });
	const before = await look(page, streamId);
	expect(before.length).toBeGreaterThan(0);
	await vi.waitFor(async () => {
		const now = await look(page, streamId);
		expect(now.filter((value, index) => Math.abs(value - (before[index] ?? 0)) > 16).length).toBeGreaterThan(20);
	}, 15_000);
}

/** The loudest sample of what comes with the picture, as a share of full scale. */
function loudness(page: Page, streamId: string): Promise<number> {
	return page.evaluate(async (id) => {
		const video = document.querySelector<HTMLVideoElement>(`[data-tile="${id}"] video`);
		const stream = (video?.srcObject ?? null) as MediaStream | null;
		if (stream === null || stream.getAudioTracks().length === 0) return 0;
		const context = new AudioContext();
		await context.resume();
		const analyser = context.createAnalyser();
		context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		let peak = 0;
		// Long enough for the beep of a fake microphone, once a second.
		for (let n = 0; n < 40 && peak < 0.05; n += 1) {
			await new Promise((done) => setTimeout(done, 50));
			analyser.getFloatTimeDomainData(samples);
			peak = Math.max(peak, ...samples.map(Math.abs));
		}
		await context.close();
		return peak;
	}, streamId);
}

async function hearsSound(page: Page, streamId: string): Promise<void> {
	await vi.waitFor(async () => expect(await loudness(page, streamId)).toBeGreaterThan(0.05), 20_000);
}

test("someone else's RTSP camera with a password shows moving pictures and lets its sound be heard", async () => {
	await system.call('PUT', '/api/v1/cameras/cam-gst', cameraInput('cam-gst', camera.url(credentials)), officer);
	const listed = await system.call<{ items: unknown[] }>('GET', '/api/v1/cameras');
	expect(JSON.stringify(listed)).not.toContain('p%40ss');
	const { page, context } = await openPage(browser, system, officer, { path: '/console' });
	await page.waitForSelector('[data-connection="live"]');
	await seesMotion(page, 'cam-gst');
	await hearsSound(page, 'cam-gst');
	await context.close();
});

test('a camera is added in the console and seen at once', async () => {
	const { page, context } = await openPage(browser, system, officer, { path: '/console' });
	await page.waitForSelector('[data-connection="live"]');
	await page.locator('[data-menu]').click();
	await page.getByRole('button', { name: '摄像机', exact: true }).click();
	await page.getByRole('button', { name: '添加摄像机' }).click();
	const fields = { 'name.zh': '东门', 'name.en': 'East gate', 'place.lon': '121.86', 'place.lat': '29.91', url: camera.url(credentials) };
	for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(value);
	await page.locator('[name="agency"]').selectOption('fire');
	await page.getByRole('button', { name: '保存' }).click();
	await seesMotion(page, 'east-gate');
	const added = await system.call<{ agency: string; name: { zh: string }; address: string }>('GET', '/api/v1/cameras/east-gate');
	expect(added).toMatchObject({ agency: 'fire', name: { zh: '东门' } });
	expect(added.address).not.toContain('w0rd');
	await system.call('DELETE', '/api/v1/cameras/east-gate');
	await context.close();
});

test('a camera that refuses the password, one that is not there and one that may not be called say so in words', async () => {
	await system.call('PUT', '/api/v1/cameras/cam-wrong', cameraInput('cam-wrong', camera.url('viewer:wrong')), officer);
	await system.call('PUT', '/api/v1/cameras/cam-away', cameraInput('cam-away', 'rtsp://127.0.0.1:9/none'), officer);
	await system.call('PUT', '/api/v1/cameras/cam-metadata', cameraInput('cam-metadata', 'rtsp://169.254.169.254/latest'), officer);
	await vi.waitFor(async () => {
		const { items } = await system.call<{ items: { id: string; status: { state: string; reason?: string } }[] }>('GET', '/api/v1/streams');
		const reasons = Object.fromEntries(items.map((stream) => [stream.id, stream.status.reason ?? stream.status.state]));
		expect(reasons).toMatchObject({ 'cam-wrong': 'unauthorized', 'cam-away': 'unreachable', 'cam-metadata': 'refused-address', 'cam-gst': 'live' });
	}, 20_000);
});

test('a camera that dies and returns is seen again in the same tile without a click', async () => {
	const { page, context } = await openPage(browser, system, officer, { path: '/console' });
	await seesMotion(page, 'cam-gst');
	await camera.kill();
	await page.locator('[data-tile="cam-gst"]:not([data-tile-state="live"])').first().waitFor({ timeout: 15_000 });
	camera = await GstreamerCamera.start({ auth: 'digest', password, port: camera.port });
	await seesMotion(page, 'cam-gst');
	await context.close();
});

test('a phone streams from /field and the console sees it and hears it', async () => {
	await system.call('PUT', '/api/v1/units/unit-101', { id: 'unit-101', name: { zh: '现场 101', en: 'Field 101' }, agency: 'fire', kind: 'team' });
	const crew = await system.person('crew-101', 'field-unit', { agency: 'fire', unitId: 'unit-101' });
	const console_ = await openPage(browser, system, officer, { path: '/console' });
	await console_.page.waitForSelector('[data-connection="live"]');
	const phoneBrowser = await openBrowser();
	const phone = await openPage(phoneBrowser, system, crew, { path: '/field', width: 360, height: 740, phone: true });
	await phone.page.locator('[data-live-button]').click();
	await phone.page.locator('[data-field-state="live"]').waitFor({ timeout: 20_000 });
	await seesMotion(console_.page, 'unit-101');
	await hearsSound(console_.page, 'unit-101');
	await phone.page.locator('[data-field-viewers="1"]').waitFor({ timeout: 10_000 });
	await vi.waitFor(async () => {
		const { items } = await system.call<{ items: { id: string; position: { lon: number } | null }[] }>('GET', '/api/v1/units');
		expect(items.find((unit) => unit.id === 'unit-101')?.position?.lon).toBeCloseTo(121.84, 3);
	}, 10_000);
	await phoneBrowser.close();
	await console_.page.locator('[data-tile="unit-101"][data-tile-state="live"]').first().waitFor({ state: 'detached', timeout: 20_000 });
	await console_.context.close();
});
