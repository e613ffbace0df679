import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Launched, Person } from './launcher.ts';

/** Debian's Chromium, headless, with a camera and a microphone that are not there, drawn by the processor, and nothing that calls home. */
export function openBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--enable-unsafe-swiftshader',
			'--autoplay-policy=no-user-gesture-required',
			'--use-fake-device-for-media-stream',
			'--use-fake-ui-for-media-stream',
		],
	});
}

export interface PageOptions {
	path: string;
	width?: number;
	height?: number;
	language?: 'zh-CN' | 'en';
	/** Another way to the system than its own address: through a proxy. */
	base?: string;
	phone?: boolean;
}

/** A page of the system as this person sees it. */
export async function openPage(
	browser: Browser,
	system: Launched,
	person: Person | null,
	options: PageOptions,
): Promise<{ page: Page; context: BrowserContext }> {
	const base = options.base ?? system.url;
	const context = await browser.newContext({
		viewport: { width: options.width ?? 1920, height: options.height ?? 1080 },
		locale: options.language ?? 'zh-CN',
		timezoneId: 'Asia/Shanghai',
		permissions: ['camera', 'microphone', 'geolocation'],
		geolocation: { latitude: 29.9, longitude: 121.84 },
		...(options.phone ? { isMobile: true, hasTouch: true } : {}),
	});
	for (const pair of person?.cookie.split('; ') ?? []) {
		const at = pair.indexOf('=');
		await context.addCookies([{ name: pair.slice(0, at), value: pair.slice(at + 1), url: base }]);
	}
	// Chinese unless the person chose otherwise, whatever the browser's own language.
	if (options.language === 'en') await context.addInitScript(() => localStorage.setItem('beilun.language', 'en'));
	const page = await context.newPage();
	await page.goto(`${base}${options.path}`);
	return { page, context };
}
