import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Page } from 'playwright-core';
import { openBrowser, openPage } from '../harness/browser.ts';
import { type Launched, launch } from '../harness/launcher.ts';
import { quantile, report, tell } from './report.ts';
import { hang } from './walls.ts';

const bench = 'ttff';
const rounds = 40;

interface Opened {
	/** The first picture of any kind, marked with its age, and its age. Milliseconds. */
	first: number;
	firstAge: number;
	/** The first live one. */
	live: number;
}

/**
 * Time from the tile's place on the page to its first picture, with the demo's cameras (a key frame every 2 s): while another
 * viewer has the camera open already, and from nothing.
 */
export async function ttff(): Promise<void> {
	const system = await launch({ demo: true });
	const browser = await openBrowser();
	try {
		const officer = await system.person('bench-officer', 'duty-officer');
		const { items } = await system.call<{ items: Camera[] }>('GET', '/api/v1/cameras');
		const ids = items.slice(0, 6).map((camera) => camera.id);
		await hang(system, []);
		const { page } = await openPage(browser, system, officer, { path: '/wall/bench' });
		await page.waitForSelector('[data-connection="live"], [data-wall]');
		await page.waitForTimeout(3_000);

		tell(`opening ${rounds} cameras that another viewer has open`);
		const other = await openPage(browser, system, officer, { path: '/login' });
		await system.call('PUT', '/api/v1/walls/bench-other', {
			id: 'bench-other',
			name: { zh: '另一面', en: 'Other' },
			columns: 3,
			rows: 2,
			panels: ids.map((streamId, index) => ({ kind: 'stream', streamId, x: index % 3, y: Math.floor(index / 3), w: 1, h: 1 })),
		});
		await other.page.goto(`${system.url}/wall/bench-other`);
		for (const id of ids) await other.page.locator(`[data-tile="${id}"][data-tile-state="live"]`).waitFor({ timeout: 60_000 });
		const warm: Opened[] = [];
		for (let n = 0; n < rounds; n += 1) warm.push(await openTile(system, page, ids[n % ids.length] ?? ''));
		await other.context.close();
		tellFigures('watched already', warm, 500);

		tell('opening each camera from nothing');
		const cold: Opened[] = [];
		for (const id of ids) {
			await untilIdle(system, id);
			cold.push(await openTile(system, page, id));
		}
		tellFigures('from nothing', cold, 2_500);
	} finally {
		await browser.close();
		await system.stop();
	}
}

async function openTile(system: Launched, page: Page, id: string): Promise<Opened> {
	await hang(system, [id]);
	const tile = page.locator(`[data-tile="${id}"]`);
	await tile.waitFor();
	await page.locator(`[data-tile="${id}"][data-first-picture-ms]`).waitFor({ timeout: 30_000 });
	const firstAge = Number(await tile.getAttribute('data-picture-age'));
	await page.locator(`[data-tile="${id}"][data-first-live-ms]`).waitFor({ timeout: 30_000 });
	const opened = {
		first: Number(await tile.getAttribute('data-first-picture-ms')),
		firstAge,
		live: Number(await tile.getAttribute('data-first-live-ms')),
	};
	await hang(system, []);
	await tile.waitFor({ state: 'detached' });
	// Not in step with the camera's key frames.
	await page.waitForTimeout(1_000 + Math.random() * 2_000);
	return opened;
}

async function untilIdle(system: Launched, id: string): Promise<void> {
	for (let tries = 0; tries < 120; tries += 1) {
		const { status } = await system.call<{ status: { state: string } }>('GET', `/api/v1/streams/${id}`);
		if (status.state === 'idle') return;
		await new Promise((done) => setTimeout(done, 250));
	}
	throw new Error(`${id} was not closed within 30 s after its last viewer`);
}

function tellFigures(how: string, opened: Opened[], target: number): void {
	for (const [name, share] of [
		['p50', 0.5],
		['p95', 0.95],
	] as const) {
		const of = (values: number[]) => quantile(values, share);
		report({
			bench,
			metric: `first picture (its age on it), camera ${how}, ${name}`,
			value: of(opened.map((each) => each.first)),
			unit: 'ms',
			target,
		});
		report({
			bench,
			metric: `age of that picture when looked at, camera ${how}, ${name}`,
			value: of(opened.map((each) => each.firstAge)),
			unit: 'ms',
			target: 2_500,
		});
		report({ bench, metric: `first live picture, camera ${how}, ${name}`, value: of(opened.map((each) => each.live)), unit: 'ms', target: 2_500 });
	}
}
