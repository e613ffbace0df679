import { openBrowser, openPage } from '../harness/browser.ts';
import { launch } from '../harness/launcher.ts';
import { ClockCamera, readClock, type SeenFrame } from './age/clock-camera.ts';
import { register } from './cameras.ts';
import { quantile, report, tell } from './report.ts';
import { hang } from './walls.ts';

const bench = 'age';
const watchMs = 60_000;

/** Glass to glass: a camera draws the time, the page reads it back, over TCP and over UDP, and compares it with the age the tile claims. */
export async function age(): Promise<void> {
	const camera = await ClockCamera.start();
	const system = await launch();
	const browser = await openBrowser();
	try {
		const officer = await system.person('bench-officer', 'duty-officer');
		await hang(system, []);
		const { page } = await openPage(browser, system, officer, { path: '/wall/bench' });
		for (const transport of ['tcp', 'udp'] as const) {
			tell(`reading the time from the picture for ${watchMs / 1000} s, camera by ${transport.toUpperCase()}`);
			const id = `clock-${transport}`;
			await register(system, id, camera.url, transport);
			await hang(system, [id]);
			await page.locator(`[data-tile="${id}"][data-tile-state="live"]`).waitFor({ timeout: 60_000 });
			// The jitter buffer settles first.
			await page.waitForTimeout(5_000);
			tellFigures(transport, await readClock(page, id, watchMs));
		}
	} finally {
		await browser.close();
		await system.stop();
		await camera.stop();
	}
}

function tellFigures(transport: string, frames: SeenFrame[]): void {
	const ages = frames.map((frame) => frame.age);
	const by = transport.toUpperCase();
	report({ bench, metric: `frames read, camera by ${by}`, value: frames.length, unit: 'frames', target: 1_000, atMost: false });
	report({ bench, metric: `glass to glass, p50, camera by ${by}`, value: quantile(ages, 0.5), unit: 'ms', target: 300 });
	report({ bench, metric: `glass to glass, p95, camera by ${by}`, value: quantile(ages, 0.95), unit: 'ms', target: 300 });
	// The tile's age is looked at four times a second, so that it lags by up to a quarter.
	const errors = frames.filter((frame) => Number.isFinite(frame.claimed)).map((frame) => Math.abs(frame.claimed - frame.age));
	report({ bench, metric: `error of the age that the tile claims, p95, camera by ${by}`, value: quantile(errors, 0.95), unit: 'ms', target: 300 });
}
