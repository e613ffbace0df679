import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Stream } from '@beilun/shared/protocol/media.ts';
import type { Unit } from '@beilun/shared/protocol/people.ts';
import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch, type Person } from '../harness/launcher.ts';

let system: Launched;
let browser: Browser;
let officer: Person;
beforeAll(async () => {
	system = await launch({ demo: true });
	browser = await openBrowser();
	officer = await system.person('officer', 'duty-officer');
});
afterAll(async () => {
	await browser?.close();
	await system?.stop();
});

async function items<T>(path: string): Promise<T[]> {
	return (await system.call<{ items: T[] }>('GET', path)).items;
}

test('the demo district has fourteen cameras that answer, sixty sensors of six agencies that report, and units that move', async () => {
	await vi.waitFor(async () => {
		const streams = await items<Stream>('/api/v1/streams');
		const answering = streams.filter(({ status }) => status.state === 'live' || (status.state === 'idle' && status.checkedAt !== null));
		expect(answering.length).toBeGreaterThanOrEqual(14);
		const sensors = await items<Sensor>('/api/v1/sensors');
		const online = sensors.filter((sensor) => sensor.status === 'online');
		expect(online.length).toBeGreaterThanOrEqual(60);
		expect(new Set(online.map((sensor) => sensor.agency)).size).toBe(6);
		expect([...streams, ...sensors].every((each) => each.demo)).toBe(true);
	}, 30_000);
	const before = new Map((await items<Unit>('/api/v1/units')).map((unit) => [unit.id, unit.position]));
	await vi.waitFor(async () => {
		const moved = (await items<Unit>('/api/v1/units')).filter((unit) => unit.position !== null && unit.position.lon !== before.get(unit.id)?.lon);
		expect(moved.length).toBeGreaterThanOrEqual(5);
	}, 30_000);
});

test('the typhoon night raises red alerts in the console and takes a camera down, and every page says it is a demo', async () => {
	const desk = await openPage(browser, system, officer, { path: '/console' });
	await desk.page.waitForSelector('[data-connection="live"]');
	expect(await desk.page.locator('body').textContent()).toContain('演示');
	await system.call('POST', '/api/v1/demo/scenario', { name: 'typhoon-night', action: 'start' }, officer);
	await desk.page.locator('[data-alert-id][data-severity="red"]').first().waitFor({ timeout: 150_000 });
	expect((await items<Alert>('/api/v1/alerts?state=active&severity=red')).every((alert) => alert.demo)).toBe(true);
	await vi.waitFor(
		async () => {
			const failed = (await items<Stream>('/api/v1/streams')).filter((stream) => stream.status.state === 'failed');
			expect(failed.length).toBeGreaterThanOrEqual(1);
		},
		{ timeout: 150_000, interval: 500 },
	);
	const wall = await openPage(browser, system, officer, { path: '/wall/main' });
	await wall.page.locator('[data-tile][data-tile-state="live"]').first().waitFor({ timeout: 60_000 });
	expect(await wall.page.locator('body').textContent()).toContain('演示');
	await wall.context.close();
	await system.call('POST', '/api/v1/demo/scenario', { name: 'typhoon-night', action: 'stop' }, officer);
	await vi.waitFor(async () => expect((await items<Alert>('/api/v1/alerts?state=active&severity=red')).length).toBe(0), {
		timeout: 90_000,
		interval: 500,
	});
	await desk.context.close();
}, 400_000);
