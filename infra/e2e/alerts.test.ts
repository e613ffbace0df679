import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Observation } from '@beilun/shared/protocol/sensors.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch } from '../harness/launcher.ts';
import { FaultProxy } from '../harness/proxy.ts';
import { type Device, mosquittoPublish, registerGasSensor } from '../harness/sensors.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await openBrowser();
});
afterAll(() => browser.close());

const topic = (id: string) => `v1/work-safety/${id}/observations`;
const reading = (value: number, time = new Date()) => JSON.stringify({ time: time.toISOString(), values: { gasConcentration: value } });

describe('an alert in the console', () => {
	let system: Launched;
	let device: Device;
	beforeAll(async () => {
		system = await launch();
		device = await registerGasSensor(system, 'gas-g07');
	});
	afterAll(() => system.stop());

	test('a reading published by mosquitto_pub raises an alert in the page, which is acknowledged by one key', async () => {
		const officer = await system.person('officer', 'duty-officer');
		const { page, context } = await openPage(browser, system, officer, { path: '/console' });
		await page.waitForSelector('[data-connection="live"]');
		await mosquittoPublish(system, device, topic('gas-g07'), reading(31.5));
		const row = page.locator('[data-alert-id][data-severity="red"]').first();
		await row.waitFor();
		expect(await row.textContent()).toContain('31.5');
		await row.click();
		await page.keyboard.press('Space');
		await vi.waitFor(async () => {
			const { items } = await system.call<{ items: Alert[] }>('GET', '/api/v1/alerts?limit=10');
			expect(items[0]).toMatchObject({ severity: 'red', state: 'active', acknowledged: true, acknowledgedBy: 'officer' });
		}, 10_000);
		await mosquittoPublish(system, device, topic('gas-g07'), reading(3));
		await vi.waitFor(async () => {
			const { items } = await system.call<{ items: Alert[] }>('GET', '/api/v1/alerts?limit=10');
			expect(items[0]).toMatchObject({ state: 'cleared', acknowledged: true });
		}, 10_000);
		await context.close();
	});

	test('a console that was cut off for 20 s shows how stale it is and then catches up with nothing missing', async () => {
		const officer = await system.person('night-officer', 'duty-officer');
		const devices = await Promise.all(
			Array.from({ length: 5 }, async (_, index) => ({ id: `gas-cut-${index}`, device: await registerGasSensor(system, `gas-cut-${index}`) })),
		);
		const proxy = new FaultProxy(Number(new URL(system.url).port));
		const port = await proxy.start();
		const { page, context } = await openPage(browser, system, officer, { path: '/console', base: `http://127.0.0.1:${port}` });
		await page.waitForSelector('[data-connection="live"]');
		proxy.cut();
		await page.waitForSelector('[data-connection="lost"]');
		const cutAt = Date.now();
		for (const { id, device: own } of devices) {
			await mosquittoPublish(system, own, topic(id), reading(40));
			await mosquittoPublish(system, own, topic(id), reading(12));
		}
		// The length of the outage is what is tested.
		await new Promise((done) => setTimeout(done, Math.max(0, 20_000 - (Date.now() - cutAt))));
		expect(await page.locator('[data-connection="lost"]').textContent()).toMatch(/\d/);
		expect(await page.locator('[data-alert-id]').filter({ hasText: 'gas-cut' }).count()).toBe(0);
		proxy.mend();
		await page.waitForSelector('[data-connection="live"]', { timeout: 15_000 });
		for (const { id } of devices) await page.locator('[data-alert-id][data-severity="orange"]').filter({ hasText: id }).first().waitFor();
		await context.close();
		await proxy.stop();
	});
});

test('kill -9 of the whole system loses no acknowledged observation and no alert', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'beilun-kill-'));
	const acknowledged: { id: string; time: string; value: number }[] = [];
	let system = await launch({ dataDir });
	const ids = ['gas-k1', 'gas-k2', 'gas-k3'];
	for (let round = 0; round < 3; round += 1) {
		const devices = new Map<string, Device>();
		for (const id of ids) devices.set(id, await registerGasSensor(system, id));
		let go = true;
		const publishers = ids.map(async (id) => {
			for (let n = 0; go; n += 1) {
				const time = new Date();
				const value = round * 1000 + n;
				try {
					await mosquittoPublish(system, devices.get(id) as Device, topic(id), reading(value, time));
					acknowledged.push({ id, time: time.toISOString(), value });
				} catch {
					// Not acknowledged: the system was gone.
					return;
				}
			}
		});
		const before = acknowledged.length;
		await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 12), 60_000);
		await system.kill();
		go = false;
		await Promise.all(publishers);
		system = await launch({ dataDir });
	}
	const stored = new Map<string, number>();
	for (let seq = 0; ; ) {
		const { items } = await system.call<{ items: Observation[] }>('GET', `/api/v1/observations/after?seq=${seq}&limit=1000`);
		for (const item of items) stored.set(`${item.sensorId} ${item.phenomenonTime}`, item.value);
		const last = items.at(-1);
		if (last === undefined) break;
		seq = last.seq;
	}
	const lost = acknowledged.filter((each) => stored.get(`${each.id} ${each.time}`) !== each.value);
	expect(lost).toEqual([]);
	await vi.waitFor(async () => {
		const { items } = await system.call<{ items: Alert[] }>('GET', '/api/v1/alerts?state=active&limit=100');
		expect(items.map((alert) => alert.sensorId).sort()).toEqual(ids);
		expect(items.every((alert) => alert.severity === 'red')).toBe(true);
	}, 10_000);
	await system.stop();
	await rm(dataDir, { recursive: true, force: true });
});
