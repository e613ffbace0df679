import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@beilun/shared/runtime/config.ts';
import { type App, createHttp } from '@beilun/shared/runtime/http.ts';
import { IdentitySlot } from '@beilun/shared/runtime/identity.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageRoutes } from './pages.ts';

let folder: string;
const apps: App[] = [];
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'beilun-pages-'));
});
afterEach(async () => {
	for (const app of apps.splice(0)) await app.close();
	await rm(folder, { recursive: true, force: true });
});

async function serve(from: string): Promise<App> {
	const config = loadConfig({}, { logLevel: 'silent' });
	const { app } = await createHttp({ config, log: createLog('silent'), identity: new IdentitySlot() });
	apps.push(app);
	await pageRoutes(app, from, config);
	return app;
}

test('every page is the newest, its parts are kept for ever, and nothing outside is given out', async () => {
	await mkdir(join(folder, 'assets'));
	await mkdir(join(folder, 'map'));
	await writeFile(join(folder, 'index.html'), '<!doctype html><title>x</title>');
	await writeFile(join(folder, 'assets', 'main-1a2b.js'), 'export {}');
	await writeFile(join(folder, 'map', 'land.geojson'), '{}');
	await writeFile(join(folder, 'favicon.svg'), '<svg/>');
	const app = await serve(folder);
	for (const url of ['/', '/console', '/wall/main', '/field', '/login', '/setup?token=x']) {
		const page = await app.inject(url);
		expect([url, page.statusCode, page.headers['cache-control']]).toEqual([url, 200, 'no-cache']);
		expect(page.headers['content-type']).toContain('text/html');
	}
	expect((await app.inject('/assets/main-1a2b.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
	for (const url of ['/map/land.geojson', '/favicon.svg']) expect((await app.inject(url)).statusCode).toBe(200);
	for (const url of ['/assets/none.js', '/assets/../../../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/nothing']) {
		expect([url, (await app.inject(url)).statusCode]).toEqual([url, 404]);
	}
});

test('without built pages they say so', async () => {
	const app = await serve(join(folder, 'missing'));
	const answer = await app.inject('/console');
	expect(answer.statusCode).toBe(503);
	expect(answer.json()).toMatchObject({ reason: 'not-built', detail: expect.stringContaining('npm run build') });
});
