// Takes the README's pictures from a running demo: node infra/node24.mjs infra/harness/screenshots.ts
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage } from './browser.ts';
import { launch } from './launcher.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs');
await mkdir(folder, { recursive: true });
const system = await launch({ demo: true });
const browser = await openBrowser();
try {
	const officer = await system.person('duty', 'duty-officer');
	await system.call('POST', '/api/v1/demo/scenario', { name: 'typhoon-night', action: 'start' });
	for (const language of ['zh-CN', 'en'] as const) {
		const suffix = language === 'en' ? '.en' : '';
		const desk = await openPage(browser, system, officer, { path: '/console', language });
		await desk.page.locator('[data-alert-id][data-severity="red"]').first().click({ timeout: 180_000 });
		await desk.page.locator('[data-tile-state="live"]').nth(3).waitFor();
		await desk.page.mouse.move(960, 500);
		await desk.page.waitForTimeout(4_000);
		await desk.page.screenshot({ path: join(folder, `console${suffix}.jpg`), type: 'jpeg', quality: 85 });
		await desk.context.close();
	}
	const wall = await openPage(browser, system, officer, { path: '/wall/main' });
	await wall.page.locator('[data-tile-state="live"]').nth(3).waitFor({ timeout: 60_000 });
	await wall.page.waitForTimeout(4_000);
	await wall.page.screenshot({ path: join(folder, 'wall.jpg'), type: 'jpeg', quality: 85 });
	await wall.context.close();
	await system.call('PUT', '/api/v1/units/team-01', {
		id: 'team-01',
		name: { zh: '现场一组', en: 'Field team 1' },
		agency: 'fire',
		kind: 'team',
		demo: true,
	});
	const crew = await system.person('crew', 'field-unit', { agency: 'fire', unitId: 'team-01' });
	const phone = await openPage(browser, system, crew, { path: '/field', width: 360, height: 740, phone: true });
	await phone.page.locator('[data-live-button]').click();
	await phone.page.locator('[data-field-state="live"]').waitFor({ timeout: 30_000 });
	await phone.page.waitForTimeout(4_000);
	await phone.page.screenshot({ path: join(folder, 'field.jpg'), type: 'jpeg', quality: 85 });
} finally {
	await browser.close();
	await system.stop();
}
