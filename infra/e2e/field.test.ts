import { selfSigned, type TestCertificate } from '@beilun/media-gateway/rtsp/testing/certificate.ts';
import { GstreamerCamera } from '@beilun/media-gateway/rtsp/testing/gstreamer-camera.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch, type Person } from '../harness/launcher.ts';

const unitId = 'unit-201';
let browser: Browser;
let phoneBrowser: Browser;
let system: Launched;
let officer: Person;
let commander: Person;
let crew: Person;
let certificate: TestCertificate;
let desk: { page: Page; context: BrowserContext };
let phone: { page: Page; context: BrowserContext };
beforeAll(async () => {
	[browser, phoneBrowser, system] = await Promise.all([openBrowser(), openBrowser(), launch()]);
	officer = await system.person('officer', 'duty-officer');
	commander = await system.person('commander', 'commander');
	await system.call('PUT', `/api/v1/units/${unitId}`, { id: unitId, name: { zh: '现场 201', en: 'Field 201' }, agency: 'fire', kind: 'team' });
	crew = await system.person('crew-201', 'field-unit', { agency: 'fire', unitId });
	phone = await openPhone();
	await goLive(phone.page);
	desk = await openDesk(officer);
});
afterAll(async () => {
	await browser?.close();
	await phoneBrowser?.close();
	await system?.stop();
	await certificate?.remove();
});

const openPhone = () => openPage(phoneBrowser, system, crew, { path: '/field', width: 360, height: 740, phone: true });
const tile = (page: Page, streamId = unitId) => page.locator(`[data-tile="${streamId}"]`).first();

async function openDesk(person: Person) {
	const opened = await openPage(browser, system, person, { path: '/console', width: 1400, height: 800 });
	await live(opened.page);
	return opened;
}

async function goLive(page: Page): Promise<void> {
	await page.locator('[data-live-button]').click();
	await page.locator('[data-field-state="live"]').waitFor({ timeout: 20_000 });
}

async function live(page: Page, streamId = unitId): Promise<void> {
	await page.locator(`[data-tile="${streamId}"][data-tile-state="live"]`).first().waitFor({ timeout: 30_000 });
}

/** Presses the talk button of a tile, and does not let go. */
async function press(page: Page, streamId = unitId): Promise<void> {
	await tile(page, streamId).hover();
	await tile(page, streamId).locator('[data-talk]').hover();
	await page.mouse.down();
}

/** The loudest sample of what the page plays within some seconds, as a share of full scale; a fake microphone beeps once a second. */
function loudness(page: Page): Promise<number> {
	return page.evaluate(async () => {
		const media = document.querySelector('audio')?.srcObject as MediaStream | null;
		if (media === null || media.getAudioTracks().length === 0) return 0;
		const context = new AudioContext();
		const analyser = context.createAnalyser();
		context.createMediaStreamSource(media).connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		let peak = 0;
		for (let n = 0; n < 60 && peak < 0.05; n += 1) {
			await new Promise((done) => setTimeout(done, 50));
			analyser.getFloatTimeDomainData(samples);
			peak = Math.max(peak, ...samples.map(Math.abs));
		}
		await context.close();
		return peak;
	});
}

test('an officer speaks from the tile: the phone says who and plays it, and others are told that the floor is taken', async () => {
	await press(desk.page);
	const banner = phone.page.locator('[data-spoken="heard"]');
	await banner.waitFor({ timeout: 10_000 });
	expect(await banner.textContent()).toContain('officer');
	await vi.waitFor(async () => expect(await loudness(phone.page)).toBeGreaterThan(0.05), 15_000);
	const other = await openDesk(commander);
	await other.page.locator('[data-talker]').first().waitFor();
	await press(other.page);
	await other.page.getByText('officer 正在喊话，请稍候').waitFor({ timeout: 10_000 });
	await other.context.close();
	await desk.page.mouse.up();
	await phone.page.locator('[data-spoken]').waitFor({ state: 'detached', timeout: 10_000 });
});

test('a double press keeps the floor until the next one, and a key speaks as long as it is held', async () => {
	const button = tile(desk.page).locator('[data-talk]');
	const banner = phone.page.locator('[data-spoken="heard"]');
	await tile(desk.page).hover();
	await button.dblclick();
	await banner.waitFor({ timeout: 10_000 });
	await button.click();
	await banner.waitFor({ state: 'detached', timeout: 10_000 });
	await button.focus();
	await desk.page.keyboard.down('Space');
	await banner.waitFor({ timeout: 10_000 });
	await desk.page.keyboard.up('Space');
	await banner.waitFor({ state: 'detached', timeout: 10_000 });
});

test('a camera with a loudspeaker is spoken to in the codec it takes', async () => {
	const camera = await GstreamerCamera.start({ backchannel: 'pcma', audio: 'none' });
	try {
		const place = { lon: 121.84, lat: 29.9, name: '新碶', nameEn: 'Xinqi' };
		await system.call('PUT', '/api/v1/cameras/cam-horn', {
			id: 'cam-horn',
			name: { zh: '带喇叭', en: 'With a horn' },
			agency: 'fire',
			place,
			url: camera.url(),
			speaker: true,
		});
		await live(desk.page, 'cam-horn');
		await press(desk.page, 'cam-horn');
		await desk.page.locator('[data-talk="cam-horn"][data-talk-state="talking"]').first().waitFor({ timeout: 15_000 });
		await vi.waitFor(() => expect(camera.heard.packets).toBeGreaterThan(25), 15_000);
		await desk.page.mouse.up();
	} finally {
		await system.call('DELETE', '/api/v1/cameras/cam-horn');
		await camera.kill();
	}
});

test('a call takes the camera: the phone says so, sound goes on, and the picture comes back by itself', async () => {
	await phone.page.evaluate(() => {
		const { mediaDevices } = navigator;
		const real = mediaDevices.getUserMedia.bind(mediaDevices);
		mediaDevices.getUserMedia = () => Promise.reject(new DOMException('in a call', 'NotReadableError'));
		Object.assign(window, {
			hangUp: () => {
				mediaDevices.getUserMedia = real;
			},
		});
		const shown = document.querySelector('video')?.srcObject as MediaStream | null | undefined;
		const track = shown?.getVideoTracks()[0];
		track?.stop();
		track?.dispatchEvent(new Event('ended'));
	});
	await phone.page.getByText('摄像头被占用').waitFor();
	await desk.page.locator(`[data-tile="${unitId}"]:not([data-tile-state="live"])`).first().waitFor({ timeout: 15_000 });
	expect(await phone.page.locator('main').getAttribute('data-field-state')).toBe('live');
	await phone.page.evaluate(() => (window as unknown as { hangUp: () => void }).hangUp());
	await phone.page.getByText('摄像头被占用').waitFor({ state: 'detached', timeout: 15_000 });
	await live(desk.page);
});

test('the network goes and returns: the phone is live again without a touch', async () => {
	await phone.context.setOffline(true);
	await phone.page.locator('[data-field-state="interrupted"]').waitFor({ timeout: 20_000 });
	await phone.context.setOffline(false);
	await phone.page.locator('[data-field-state="live"]').waitFor({ timeout: 10_000 });
	await live(desk.page);
});

test('a second phone of the unit takes over, and the first says so instead of fighting', async () => {
	const second = await openPhone();
	await goLive(second.page);
	await phone.page.locator('[data-field-state="taken"]').waitFor({ timeout: 10_000 });
	await live(desk.page);
	await second.context.close();
	await goLive(phone.page);
});

test('the certificate of a camera is trusted from the form once it has been met', async () => {
	certificate = await selfSigned();
	const camera = await GstreamerCamera.start({ tls: certificate.file, audio: 'none' });
	const { page } = desk;
	try {
		await system.call('PUT', '/api/v1/cameras/cam-tls', {
			id: 'cam-tls',
			name: { zh: '加密', en: 'Encrypted' },
			agency: 'fire',
			place: { lon: 121.84, lat: 29.9, name: '新碶', nameEn: 'Xinqi' },
			url: camera.url(),
		});
		await page.locator('[data-tile="cam-tls"][data-tile-state="failed"]').first().waitFor({ timeout: 20_000 });
		await tile(page, 'cam-tls').click({ position: { x: 30, y: 40 } });
		await page.locator('[data-context="camera"]').getByRole('button', { name: '修改' }).click();
		await page.getByRole('button', { name: '信任此证书' }).click();
		expect(await page.locator('[name="certificate"]').inputValue()).toBe(certificate.fingerprint);
		await page.getByRole('button', { name: '保存' }).click();
		await live(page, 'cam-tls');
		await page.locator('[data-inspect="cam-tls"]').click();
		await page.locator('[data-inspector="cam-tls"] ~ [data-feed="main"] [data-track="video"]').waitFor({ timeout: 10_000 });
		await page.keyboard.press('Escape');
	} finally {
		await system.call('DELETE', '/api/v1/cameras/cam-tls');
		await camera.kill();
	}
});
