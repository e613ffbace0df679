import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { soon, TestGateway } from '../testing/gateway.ts';
import { TestBrowser } from './testing/browser.ts';

const cacheDir = join(tmpdir(), `beilun-vite-workers-${process.pid}`);
let gateway: TestGateway;
let browser: TestBrowser;
let phone: Page;
let page: Page;

/** The first to come is on the first worker, the second on the other. */
beforeEach(async () => {
	gateway = await TestGateway.start({ rtcWorkers: 2 });
	browser = await TestBrowser.start(gateway.system.url, cacheDir);
	phone = await browser.open('field');
	await phone.evaluate(() => globalThis.viewer.publish());
	await gateway.untilState('unit-1', { state: 'live' });
	page = await browser.open('officer');
	expect(await page.evaluate(() => globalThis.viewer.watch('unit-1'))).toEqual(['audio', 'video']);
	await expectMovingPicture();
}, 60_000);
afterEach(async () => {
	await browser?.stop();
	await gateway?.system.stop();
	await rm(cacheDir, { recursive: true, force: true });
});

async function expectMovingPicture(): Promise<void> {
	const first = await page.evaluate(() => globalThis.viewer.picture());
	await vi.waitFor(async () => {
		const next = await page.evaluate(() => globalThis.viewer.picture());
		expect(next.width).toBeGreaterThan(0);
		expect(next.pixels.filter((value, i) => Math.abs(value - (first.pixels[i] ?? 0)) > 24).length).toBeGreaterThan(5);
	}, soon);
}

async function killWorker(index: 0 | 1): Promise<void> {
	const pid = gateway.service.workerPids[index];
	if (pid === undefined) throw new Error('expected two workers');
	process.kill(pid, 'SIGKILL');
	await vi.waitFor(() => expect(gateway.service.workerPids).not.toContain(pid), soon);
	await vi.waitFor(() => expect(gateway.service.workerPids).toHaveLength(2), soon);
}

async function untilConnections(of: Page, count: number): Promise<void> {
	await vi.waitFor(async () => expect(await of.evaluate(() => globalThis.viewer.connections())).toBe(count), soon);
}

test('a viewer whose worker dies comes back by itself, and the phone on the other one notices nothing', async () => {
	await killWorker(1);
	await untilConnections(page, 2);
	await expectMovingPicture();
	await untilConnections(phone, 1);
	expect((await gateway.stream('unit-1'))?.status.state).toBe('live');
});

test("when the phone's worker dies its viewers stay connected, are told, and see it again when the phone is back", async () => {
	await killWorker(0);
	await untilConnections(phone, 2);
	await vi.waitFor(
		async () => expect(await page.evaluate(() => globalThis.viewer.notices)).toContainEqual({ name: 'streamEnded', streamId: 'unit-1' }),
		soon,
	);
	await gateway.untilState('unit-1', { state: 'live' });
	await expectMovingPicture();
	await untilConnections(page, 1);
});
