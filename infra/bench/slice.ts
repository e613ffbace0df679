import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Page } from 'playwright-core';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch, type Person } from '../harness/launcher.ts';
import { type Device, registerGasSensor } from '../harness/sensors.ts';
import { quantile, report, tell } from './report.ts';

const bench = 'slice';
const alerts = 200;
const tiles = 12;
const residentAfterMs = 10 * 60_000;

/** The whole way, with the demo running: start, reading to painted alert, cameras to tiles, memory. Takes a little over 10 minutes. */
export async function slice(): Promise<void> {
	tell('starting the system with the demo district');
	const beganAt = performance.now();
	const system = await launch({ demo: true });
	const browser = await openBrowser();
	try {
		report({ bench, metric: 'ready', value: system.readyMs / 1000, unit: 's', target: 15 });
		const officer = await system.person('bench-officer', 'duty-officer');

		tell(`raising ${alerts} alerts`);
		const desk = await openPage(browser, system, officer, { path: '/console' });
		await desk.page.waitForSelector('[data-connection="live"]');
		await desk.page.waitForTimeout(5_000);
		const delays = await alertDelays(system, desk.page);
		report({ bench, metric: 'reading published to alert painted, p50', value: quantile(delays, 0.5), unit: 'ms', target: 250 });
		report({ bench, metric: 'reading published to alert painted, p99', value: quantile(delays, 0.99), unit: 'ms', target: 250 });
		await desk.context.close();

		tell(`showing ${tiles} cameras on a wall`);
		const wall = await watchWall(system, officer, browser);
		report({ bench, metric: 'first picture in a tile, slowest of 12', value: Math.max(...wall.firstPictureMs), unit: 'ms', target: 2_500 });
		report({ bench, metric: 'first picture in a tile, p50', value: quantile(wall.firstPictureMs, 0.5), unit: 'ms', target: 2_500 });
		report({ bench, metric: 'tiles with a moving picture', value: wall.moving, unit: 'tiles', target: tiles, atMost: false });
		report({ bench, metric: 'packets relayed to the tiles', value: wall.received, unit: 'packets', target: 1, atMost: false });
		report({ bench, metric: 'packets lost between camera and tile', value: wall.lost, unit: 'packets', target: 0 });

		tell('streaming from a phone');
		const seen = await phoneToConsole(system, officer, browser);
		report({ bench, metric: 'phone live to seen in the console', value: seen, unit: 'ms', target: 2_000 });

		tell('waiting for 10 minutes to have passed since the start');
		await new Promise((done) => setTimeout(done, Math.max(0, residentAfterMs - (performance.now() - beganAt))));
		report({
			bench,
			metric: 'resident memory of the Node process after 10 minutes',
			value: await residentMegabytes(system.child.pid ?? 0),
			unit: 'MB',
			target: 500,
		});
	} finally {
		await browser.close();
		await system.stop();
	}
}

/** Milliseconds from the line handed to mosquitto_pub (connected, QoS 1) to the frame in which the alert's row stands. */
async function alertDelays(system: Launched, page: Page): Promise<number[]> {
	const id = 'gas-bench';
	const publisher = publishLines(system, await registerGasSensor(system, id), `v1/work-safety/${id}/observations`);
	await page.evaluate((name) => {
		const painted = new Map<string, number>();
		Object.assign(globalThis, { painted });
		const look = () => {
			for (const row of document.querySelectorAll<HTMLElement>('[data-alert-id]')) {
				const alert = row.dataset.alertId ?? '';
				if (painted.has(alert) || !row.textContent.includes(name)) continue;
				painted.set(alert, 0);
				// After the frame in which it stands has been drawn.
				requestAnimationFrame(() => setTimeout(() => painted.set(alert, Date.now())));
			}
		};
		new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
	}, id);
	const seen = () =>
		page.evaluate(() => [...(globalThis as unknown as { painted: Map<string, number> }).painted.entries()].filter(([, at]) => at > 0));
	const known = new Set<string>();
	const delays: number[] = [];
	for (let n = 0; n < alerts; n += 1) {
		const sentAt = Date.now();
		publisher.stdin.write(`${JSON.stringify({ time: new Date().toISOString(), values: { gasConcentration: 40 + n / 10 } })}\n`);
		let fresh: [string, number] | undefined;
		const deadline = Date.now() + 10_000;
		while (fresh === undefined) {
			if (Date.now() > deadline) throw new Error(`alert ${n} was not painted within 10 s`);
			fresh = (await seen()).find(([alert]) => !known.has(alert));
		}
		known.add(fresh[0]);
		delays.push(fresh[1] - sentAt);
		await system.call('POST', `/api/v1/alerts/${fresh[0]}/acknowledge`);
		publisher.stdin.write(`${JSON.stringify({ time: new Date().toISOString(), values: { gasConcentration: 1 } })}\n`);
		await cleared(system, fresh[0]);
		// Alerts come when they come, not in step with what the page draws after the one before.
		await new Promise((done) => setTimeout(done, 300 + Math.random() * 600));
	}
	publisher.stdin.end();
	return delays;
}

async function cleared(system: Launched, alertId: string): Promise<void> {
	const deadline = Date.now() + 10_000;
	while (Date.now() < deadline) {
		const alert = await system.call<{ state: string }>('GET', `/api/v1/alerts/${alertId}`);
		if (alert.state === 'cleared') return;
	}
	throw new Error(`alert ${alertId} did not clear within 10 s`);
}

function publishLines(system: Launched, device: Device, topic: string): ChildProcessByStdio<Writable, null, null> {
	return spawn(
		'mosquitto_pub',
		[
			'-h',
			'127.0.0.1',
			'-p',
			String(system.mqttPort),
			'-i',
			device.username,
			'-u',
			device.username,
			'-P',
			device.password,
			'-q',
			'1',
			'-l',
			'-t',
			topic,
		],
		{ stdio: ['pipe', 'ignore', 'ignore'] },
	);
}

interface WallResult {
	firstPictureMs: number[];
	moving: number;
	received: number;
	lost: number;
}

async function watchWall(system: Launched, officer: Person, browser: Awaited<ReturnType<typeof openBrowser>>): Promise<WallResult> {
	const { items } = await system.call<{ items: Camera[] }>('GET', '/api/v1/cameras');
	const ids = items.slice(0, tiles).map((camera) => camera.id);
	await system.call('PUT', '/api/v1/walls/bench', {
		id: 'bench',
		name: { zh: '测量', en: 'Bench' },
		columns: 4,
		rows: 3,
		panels: ids.map((streamId, index) => ({ kind: 'stream', streamId, x: index % 4, y: Math.floor(index / 4), w: 1, h: 1 })),
	});
	const { page, context } = await openPage(browser, system, officer, { path: '/login' });
	// The connections are the page's own; this keeps them where their statistics can be read.
	await page.addInitScript(() => {
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
	await page.goto(`${system.url}/wall/bench`);
	for (const id of ids) await page.locator(`[data-tile="${id}"][data-tile-state="live"]`).waitFor({ timeout: 60_000 });
	const firstPictureMs = await page.evaluate(() =>
		[...document.querySelectorAll<HTMLElement>('[data-first-picture-ms]')].map((tile) => Number(tile.dataset.firstPictureMs)),
	);
	const counts = () =>
		page.evaluate(async () => {
			const total = { received: 0, lost: 0, frames: {} as Record<string, number> };
			for (const connection of (globalThis as unknown as { connections: RTCPeerConnection[] }).connections) {
				for (const stat of (await connection.getStats()).values()) {
					if (stat.type !== 'inbound-rtp') continue;
					total.received += stat.packetsReceived;
					total.lost += stat.packetsLost;
					if (stat.kind === 'video') total.frames[stat.id] = stat.framesDecoded;
				}
			}
			return total;
		});
	const before = await counts();
	await page.waitForTimeout(60_000);
	const after = await counts();
	const moving = Object.entries(after.frames).filter(([id, frames]) => frames > (before.frames[id] ?? 0)).length;
	await context.close();
	return { firstPictureMs, moving, received: after.received, lost: after.lost };
}

/** Milliseconds from the touch on the phone's live button to its moving picture in an open console. */
async function phoneToConsole(system: Launched, officer: Person, browser: Awaited<ReturnType<typeof openBrowser>>): Promise<number> {
	await system.call('PUT', '/api/v1/units/bench-team', { id: 'bench-team', name: { zh: '测量组', en: 'Bench team' }, agency: 'fire', kind: 'team' });
	const crew = await system.person('bench-crew', 'field-unit', { agency: 'fire', unitId: 'bench-team' });
	const desk = await openPage(browser, system, officer, { path: '/console' });
	await desk.page.locator('[data-tile][data-tile-state="live"]').nth(2).waitFor({ timeout: 60_000 });
	const phone = await openPage(browser, system, crew, { path: '/field', width: 360, height: 740, phone: true });
	const button = phone.page.locator('[data-live-button]');
	await button.waitFor();
	await phone.page.waitForTimeout(2_000);
	const beganAt = Date.now();
	await button.click();
	await desk.page.locator('[data-tile="bench-team"][data-tile-state="live"]').first().waitFor({ timeout: 30_000 });
	const took = Date.now() - beganAt;
	await phone.context.close();
	await desk.context.close();
	return took;
}

/** Resident set of a process, from the kernel. */
async function residentMegabytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
