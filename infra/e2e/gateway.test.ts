import { GstreamerCamera } from '@beilun/media-gateway/rtsp/testing/gstreamer-camera.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch, type Person } from '../harness/launcher.ts';
import { FaultProxy } from '../harness/proxy.ts';

let browser: Browser;
let system: Launched;
let officer: Person;
const cameras: GstreamerCamera[] = [];

beforeAll(async () => {
	browser = await openBrowser();
	system = await launch();
	officer = await system.person('officer', 'duty-officer');
});
afterAll(async () => {
	await system?.stop();
	for (const camera of cameras) await camera.kill();
	await browser?.close();
});

async function startCamera(options: Parameters<typeof GstreamerCamera.start>[0] = {}): Promise<GstreamerCamera> {
	const camera = await GstreamerCamera.start(options);
	cameras.push(camera);
	return camera;
}

async function register(id: string, url: string, more: object = {}): Promise<void> {
	const place = { lon: 121.84, lat: 29.9, name: '新碶', nameEn: 'Xinqi' };
	await system.call('PUT', `/api/v1/cameras/${id}`, { id, name: { zh: id, en: id }, agency: 'police', place, url, ...more }, officer);
}

async function hang(wall: string, streamIds: string[]): Promise<void> {
	await system.call('PUT', `/api/v1/walls/${wall}`, {
		id: wall,
		name: { zh: wall, en: wall },
		columns: Math.max(1, streamIds.length),
		rows: 1,
		panels: streamIds.map((streamId, x) => ({ kind: 'stream', streamId, x, y: 0, w: 1, h: 1 })),
	});
}

const tile = (page: Page, id: string, state: string) => page.locator(`[data-tile="${id}"][data-tile-state="${state}"]`).first();

/** Frames that the tile's video has put on the screen so far. */
function framesShown(page: Page, id: string): Promise<number> {
	return page.evaluate((streamId) => {
		const video = document.querySelector<HTMLVideoElement>(`[data-tile="${streamId}"] video`);
		return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
	}, id);
}

async function goesOn(page: Page, id: string): Promise<void> {
	await tile(page, id, 'live').waitFor({ timeout: 30_000 });
	const before = await framesShown(page, id);
	await vi.waitFor(async () => expect(await framesShown(page, id)).toBeGreaterThan(before + 5), 15_000);
}

/** Lets the page's connections be asked for their statistics. Before the page is opened. */
function keepConnections(page: Page): Promise<unknown> {
	return page.addInitScript(() => {
		const connections: RTCPeerConnection[] = [];
		Object.assign(globalThis, { connections });
		const Original = RTCPeerConnection;
		globalThis.RTCPeerConnection = class extends Original {
			constructor(configuration?: RTCConfiguration) {
				super(configuration);
				connections.push(this);
			}
		};
	});
}

/** What all sound that the page has received adds up to, in the unit of `totalAudioEnergy`. */
function soundReceived(page: Page): Promise<number> {
	return page.evaluate(async () => {
		let energy = 0;
		for (const connection of (globalThis as unknown as { connections: RTCPeerConnection[] }).connections) {
			for (const stat of (await connection.getStats()).values())
				if (stat.type === 'inbound-rtp' && stat.kind === 'audio') energy += stat.totalAudioEnergy ?? 0;
		}
		return energy;
	});
}

test('a camera sleeps until it is watched, and again when nobody watches it any more', async () => {
	const camera = await startCamera();
	await register('cam-sleeps', camera.url());
	const state = async () => (await system.call<{ status: { state: string; checkedAt?: string | null } }>('GET', '/api/v1/streams/cam-sleeps')).status;
	await vi.waitFor(async () => expect(await state()).toMatchObject({ state: 'idle', checkedAt: expect.any(String) }), 20_000);
	await hang('sleep', ['cam-sleeps']);
	const { page, context } = await openPage(browser, system, officer, { path: '/wall/sleep' });
	await goesOn(page, 'cam-sleeps');
	expect(await state()).toMatchObject({ state: 'live' });
	await context.close();
	await vi.waitFor(async () => expect((await state()).state).toBe('idle'), 30_000);
});

test('whoever opens a camera that others watch sees its last picture with its age before the live one joins', async () => {
	const camera = await startCamera({ keyInterval: 90, audio: 'none' });
	await register('cam-preview', camera.url());
	await hang('first', ['cam-preview']);
	await hang('second', []);
	const first = await openPage(browser, system, officer, { path: '/wall/first' });
	await goesOn(first.page, 'cam-preview');
	const second = await openPage(browser, system, officer, { path: '/wall/second' });
	await second.page.waitForSelector('[data-wall]');
	// Everything the tile ever said, from its first moment on.
	await second.page.evaluate(() => {
		const seen: string[] = [];
		Object.assign(globalThis, { seen });
		new MutationObserver(() => {
			const state = document.querySelector<HTMLElement>('[data-tile="cam-preview"]')?.dataset.tileState;
			if (state !== undefined && seen.at(-1) !== state) seen.push(state);
		}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-tile-state'] });
	});
	await hang('second', ['cam-preview']);
	await goesOn(second.page, 'cam-preview');
	const seen = await second.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
	expect(seen).toContain('preview');
	expect(seen.indexOf('preview')).toBeLessThan(seen.indexOf('live'));
	const shown = second.page.locator('[data-tile="cam-preview"]');
	expect(Number(await shown.getAttribute('data-first-picture-ms'))).toBeLessThanOrEqual(Number(await shown.getAttribute('data-first-live-ms')));
	await first.context.close();
	await second.context.close();
});

test('where UDP is blocked the picture comes by TCP', async () => {
	const camera = await startCamera();
	await register('cam-tcp-only', camera.url());
	await hang('tcp-only', []);
	const { page, context } = await openPage(browser, system, officer, { path: '/login' });
	await keepConnections(page);
	await page.addInitScript(() => {
		const original = RTCPeerConnection.prototype.setRemoteDescription as (description: RTCSessionDescriptionInit) => Promise<void>;
		RTCPeerConnection.prototype.setRemoteDescription = function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
			return original.call(this, { ...description, sdp: (description.sdp ?? '').replace(/^a=candidate:\S+ \d udp .*\r\n/gim, '') });
		};
	});
	await page.goto(`${system.url}/wall/tcp-only`);
	await hang('tcp-only', ['cam-tcp-only']);
	await goesOn(page, 'cam-tcp-only');
	const protocols = await page.evaluate(async () => {
		const found: string[] = [];
		for (const connection of (globalThis as unknown as { connections: RTCPeerConnection[] }).connections) {
			const stats = [...(await connection.getStats()).values()];
			for (const pair of stats)
				if (pair.type === 'candidate-pair' && pair.nominated) found.push(stats.find((each) => each.id === pair.localCandidateId)?.protocol);
		}
		return found;
	});
	expect(protocols.length).toBeGreaterThan(0);
	expect(new Set(protocols)).toEqual(new Set(['tcp']));
	await context.close();
});

test.each(['tcp', 'udp'] as const)(
	'a pulled cable, a reset and a broken connection by %s: the tile says that it stands, and moves again by itself',
	async (transport) => {
		const camera = await startCamera();
		const proxy = new FaultProxy(camera.port);
		const id = `cam-faults-${transport}`;
		await register(id, camera.url().replace(`:${camera.port}`, `:${await proxy.start()}`), { transport });
		await hang('faults', [id]);
		const { page, context } = await openPage(browser, system, officer, { path: '/wall/faults' });
		await goesOn(page, id);
		proxy.reset();
		await goesOn(page, id);
		// What comes by UDP does not care for a control connection that hangs.
		for (const fault of transport === 'tcp' ? (['blackhole', 'cut'] as const) : (['cut'] as const)) {
			proxy[fault]();
			await page.locator(`[data-tile="${id}"]:not([data-tile-state="live"]):not([data-tile-state="late"])`).waitFor({ timeout: 90_000 });
			// However young the last picture is: its age goes on rising until another one comes.
			await vi.waitFor(
				async () => expect(Number(await page.locator(`[data-tile="${id}"]`).getAttribute('data-picture-age'))).toBeGreaterThan(1_000),
				10_000,
			);
			proxy.mend();
			await goesOn(page, id);
		}
		await context.close();
		await proxy.stop();
	},
);

test('an encoder that hangs is found out although its packets go on', async () => {
	const camera = await startCamera({ frozenAfter: 150 });
	await register('cam-frozen', camera.url());
	await hang('frozen', ['cam-frozen']);
	const { page, context } = await openPage(browser, system, officer, { path: '/wall/frozen' });
	await goesOn(page, 'cam-frozen');
	await tile(page, 'cam-frozen', 'frozen').waitFor({ timeout: 40_000 });
	const { status } = await system.call<{ status: object }>('GET', '/api/v1/streams/cam-frozen');
	expect(status).toMatchObject({ state: 'live', frozenSince: expect.any(String) });
	await context.close();
});

test('H.265 and AAC are seen and named as transcoded', async () => {
	const camera = await startCamera({ video: 'h265', audio: 'aac' });
	await register('cam-h265', camera.url());
	await hang('h265', ['cam-h265']);
	const { page, context } = await openPage(browser, system, officer, { path: '/wall/h265' });
	await goesOn(page, 'cam-h265');
	await vi.waitFor(async () => {
		const { status } = await system.call<{ status: object }>('GET', '/api/v1/streams/cam-h265');
		expect(status).toMatchObject({ video: { codec: 'H264', transcodedFrom: 'H265' }, audio: { codec: 'opus', transcodedFrom: expect.any(String) } });
	}, 20_000);
	await context.close();
});

test('an officer speaks to a phone: the crew hears it and sees who speaks', async () => {
	await system.call('PUT', '/api/v1/units/unit-talk', { id: 'unit-talk', name: { zh: '通话组', en: 'Talk team' }, agency: 'fire', kind: 'team' });
	const crew = await system.person('crew-talk', 'field-unit', { agency: 'fire', unitId: 'unit-talk' });
	const phoneBrowser = await openBrowser();
	const phone = await openPage(phoneBrowser, system, crew, { path: '/login', width: 360, height: 740, phone: true });
	await keepConnections(phone.page);
	await phone.page.goto(`${system.url}/field`);
	await phone.page.locator('[data-live-button]').click();
	await phone.page.locator('[data-field-state="live"]').waitFor({ timeout: 20_000 });
	const desk = await openPage(browser, system, officer, { path: '/console' });
	await goesOn(desk.page, 'unit-talk');
	await desk.page.locator('[data-tile="unit-talk"]').first().hover();
	const button = desk.page.locator('[data-talk="unit-talk"]').first();
	await button.hover();
	await desk.page.mouse.down();
	const banner = phone.page.locator('[data-spoken]');
	await banner.waitFor({ timeout: 15_000 });
	expect(await banner.textContent()).toContain('officer');
	await phone.page.locator('[data-spoken="heard"]').waitFor({ timeout: 15_000 });
	await vi.waitFor(async () => expect(await soundReceived(phone.page)).toBeGreaterThan(0.001), 20_000);
	await desk.page.mouse.up();
	await banner.waitFor({ state: 'detached', timeout: 10_000 });
	await phoneBrowser.close();
	await desk.context.close();
});

test('the inspector tells how a stream fares', async () => {
	const camera = await startCamera();
	await register('cam-inspect', camera.url(), { transport: 'udp' });
	const desk = await openPage(browser, system, officer, { path: '/console' });
	await desk.page.waitForSelector('[data-connection="live"]');
	await hang('inspect', ['cam-inspect']);
	const wall = await openPage(browser, system, officer, { path: '/wall/inspect' });
	await goesOn(wall.page, 'cam-inspect');
	await vi.waitFor(async () => {
		const detail = await system.call<{ feeds: object[] }>('GET', '/api/v1/streams/cam-inspect', undefined, officer);
		expect(detail.feeds[0]).toMatchObject({
			transport: 'udp-direct',
			clock: 'synchronised',
			withinGbt28181: true,
			tracks: expect.arrayContaining([expect.objectContaining({ kind: 'video', codec: 'H264', keyFrameIntervalMs: expect.any(Number) })]),
		});
	}, 40_000);
	const metrics = await (await system.request('GET', '/metrics')).text();
	expect(metrics).toMatch(/beilun_stream_gbt28181_late\{stream="cam-inspect"\} 0/);
	await wall.context.close();
	await desk.context.close();
});
