import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { behave, ScriptedCamera } from '../rtsp/testing/scripted-camera.ts';
import { TestBrowser } from '../signalling/testing/browser.ts';
import { soon, TestGateway } from '../testing/gateway.ts';

const cacheDir = join(tmpdir(), `beilun-vite-talk-${process.pid}`);
let gateway: TestGateway;
let browser: TestBrowser;
const pages: Page[] = [];
const cameras: GstreamerCamera[] = [];

beforeAll(async () => {
	gateway = await TestGateway.start({ rtcWorkers: 2 });
	gateway.system.identity.add('commander', 'commander');
	browser = await TestBrowser.start(gateway.system.url, cacheDir);
}, 60_000);
afterEach(async () => {
	for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await Promise.all(cameras.map((camera) => camera.kill()));
	await rm(cacheDir, { recursive: true, force: true });
});

async function open(name: string): Promise<Page> {
	const page = await browser.open(name);
	pages.push(page);
	return page;
}

async function publishing(): Promise<Page> {
	const phone = await open('field');
	await phone.evaluate(() => globalThis.viewer.publish());
	await gateway.untilState('unit-1', { state: 'live' });
	return phone;
}

async function startCamera(id: string, options: Parameters<typeof GstreamerCamera.start>[0]): Promise<GstreamerCamera> {
	const camera = await GstreamerCamera.start(options);
	cameras.push(camera);
	await gateway.register(id, camera.url(), { speaker: true });
	return camera;
}

async function talker(id: string): Promise<string | null | undefined> {
	return (await gateway.stream(id))?.talker;
}

test('a field unit hears the officer, and after a reconnection again; when the officer has gone it is quiet', async () => {
	const phone = await publishing();
	const officer = await open('officer');
	expect(await officer.evaluate(() => globalThis.viewer.talk('unit-1', 600))).toBe('opus');
	await vi.waitFor(async () => expect(await phone.evaluate(() => globalThis.viewer.heard())).toBeGreaterThan(0.3), soon);
	expect(await phone.evaluate(() => globalThis.viewer.notices.filter(({ name }) => name === 'talk'))).toEqual([{ name: 'talk', by: 'officer' }]);
	expect(await talker('unit-1')).toBe('officer');

	const again = await open('field');
	await vi.waitFor(async () => expect(await again.evaluate(() => globalThis.viewer.heard())).toBeGreaterThan(0.3), soon);

	await officer.context().close();
	await vi.waitFor(async () => {
		expect(await phone.evaluate(() => globalThis.viewer.notices.at(-1))).toEqual({ name: 'talk', by: null });
		expect(await phone.evaluate(() => globalThis.viewer.heard())).toBeLessThan(0.01);
	}, soon);
	expect(await talker('unit-1')).toBeNull();
});

test('one speaks at a time: a second one is told who, and has the floor when the first is done', async () => {
	await publishing();
	const [officer, commander] = [await open('officer'), await open('commander')];
	await officer.evaluate(() => globalThis.viewer.talk('unit-1', 500));
	await expect(commander.evaluate(() => globalThis.viewer.talk('unit-1', 500))).rejects.toThrow(/talk: busy: officer /);
	await officer.evaluate(() => globalThis.viewer.endTalk('unit-1'));
	expect(await commander.evaluate(() => globalThis.viewer.talk('unit-1', 500))).toBe('opus');
	expect(await talker('unit-1')).toBe('commander');
});

test.each(['pcma', 'pcmu'] as const)('a camera with a %s back channel hears the tone that is spoken', async (backchannel) => {
	const camera = await startCamera(`cam-${backchannel}`, { backchannel });
	const officer = await open('officer');
	const codec = await officer.evaluate((id) => globalThis.viewer.talk(id, 700), `cam-${backchannel}`);
	expect(codec).toBe(backchannel.toUpperCase());
	await vi.waitFor(() => {
		expect(camera.heard.packets).toBeGreaterThan(50);
		expect(camera.heard.rms).toBeGreaterThan(3_000);
		expect(Math.abs(camera.heard.hertz - 700)).toBeLessThan(60);
	}, soon);
	await officer.evaluate((id) => globalThis.viewer.endTalk(id), `cam-${backchannel}`);
	expect(await talker(`cam-${backchannel}`)).toBeNull();
});

test('a camera that ends the talk frees the floor, and the speaker is told', async () => {
	const camera = await startCamera('cam-gone', { backchannel: 'pcma' });
	const officer = await open('officer');
	await officer.evaluate(() => globalThis.viewer.talk('cam-gone', 700));
	await vi.waitFor(() => expect(camera.heard.packets).toBeGreaterThan(5), soon);
	await camera.kill();
	await vi.waitFor(
		async () =>
			expect(await officer.evaluate(() => globalThis.viewer.notices)).toContainEqual(
				expect.objectContaining({ name: 'talkEnded', streamId: 'cam-gone', reason: 'failed' }),
			),
		soon,
	);
	expect(await talker('cam-gone')).toBeNull();
	await expect(officer.evaluate(() => globalThis.viewer.talk('cam-gone', 700))).rejects.toThrow(/talk: failed: /);
	expect(await talker('cam-gone')).toBeNull();
});

test('who hangs up while the camera is being called leaves no connection behind', async () => {
	let line: Socket | null = null;
	const camera = await ScriptedCamera.start((request, socket) => {
		if (!/^Require: .*backchannel/m.test(request)) return behave(request);
		line = socket;
		return null;
	});
	await gateway.register('cam-slow', camera.url, { speaker: true });
	const officer = await open('officer');
	const called = officer.evaluate(() => globalThis.viewer.ask('talk', { streamId: 'cam-slow' }).catch((error) => String(error)));
	await vi.waitFor(() => expect(line?.destroyed).toBe(false), soon);
	await officer.evaluate(() => globalThis.viewer.endTalk('cam-slow'));
	expect(await called).toMatch(/talk: failed: stopped/);
	await vi.waitFor(() => expect(line?.destroyed).toBe(true), soon);
	await camera.stop();
});

test('a camera without a back channel says so, and one without a speaker is not even called', async () => {
	await startCamera('cam-mute', { backchannel: 'none' });
	const officer = await open('officer');
	await expect(officer.evaluate(() => globalThis.viewer.talk('cam-mute', 700))).rejects.toThrow(/talk: failed: .*back channel/);
	await gateway.register('cam-silent', 'rtsp://127.0.0.1:9/live', { speaker: false });
	await expect(officer.evaluate(() => globalThis.viewer.talk('cam-silent', 700))).rejects.toThrow(/talk: failed: .*loudspeaker/);
	expect(await talker('cam-mute')).toBeNull();
});

test('agencies, field units and strangers do not speak, and a unit whose phone is away cannot be spoken to', async () => {
	const [police, field, officer] = [await open('police'), await open('field'), await open('officer')];
	await expect(police.evaluate(() => globalThis.viewer.talk('cam-mute', 700))).rejects.toThrow(/talk: forbidden/);
	await expect(field.evaluate(() => globalThis.viewer.talk('unit-1', 700))).rejects.toThrow(/talk: forbidden/);
	await expect(police.evaluate(() => globalThis.viewer.ask('createTransport', { direction: 'send' }))).rejects.toThrow(/forbidden/);
	await expect(officer.evaluate(() => globalThis.viewer.ask('listen', { transportId: 'x', rtpCapabilities: {} }))).rejects.toThrow(/forbidden/);
	await expect(field.evaluate(() => globalThis.viewer.ask('listen', { transportId: 'x', rtpCapabilities: {} }))).rejects.toThrow(/not-live/);
	await gateway.untilState('unit-1', { state: 'ended' });
	await expect(officer.evaluate(() => globalThis.viewer.talk('unit-1', 700))).rejects.toThrow(/talk: not-live/);
});

test('only the sound that was agreed on is taken, and only from who has the floor', async () => {
	await publishing();
	const officer = await open('officer');
	const { id: transportId } = (await officer.evaluate(() => globalThis.viewer.ask('createTransport', { direction: 'send' }))) as { id: string };
	const send = (codecs: object[]) =>
		officer.evaluate((body) => globalThis.viewer.ask('talkSend', body), { streamId: 'unit-1', transportId, rtpParameters: { codecs } });
	const codec = (mimeType: string) => ({ mimeType, payloadType: 100, clockRate: 8000 });
	await expect(send([codec('audio/opus')])).rejects.toThrow(/talkSend: forbidden/);
	await officer.evaluate(() => globalThis.viewer.ask('talk', { streamId: 'unit-1' }));
	await expect(send([codec('audio/PCMA')])).rejects.toThrow(/talkSend: invalid: .*opus/);
	await expect(send([codec('audio/opus'), codec('audio/PCMA')])).rejects.toThrow(/talkSend: invalid/);
	await expect(send([])).rejects.toThrow(/talkSend: invalid/);
	expect(await talker('unit-1')).toBe('officer');
});
