import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';

const flags = [
	'--no-sandbox',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--autoplay-policy=no-user-gesture-required',
	'--use-fake-device-for-media-stream',
	'--use-fake-ui-for-media-stream',
];

/** What `viewer.js` offers to a test. */
interface Viewer {
	notices: { name: string; streamId?: string; viewers?: number }[];
	watch(streamId: string): Promise<string[]>;
	unwatch(streamId: string): Promise<unknown>;
	picture(): { width: number; height: number; pixels: number[] };
	loudness(): number;
	publish(): Promise<void>;
	unpublish(): Promise<unknown>;
}

declare global {
	var viewer: Viewer;
}

/** Chromium with a page that watches streams of one gateway. */
export class TestBrowser {
	readonly #browser: Browser;
	readonly #vite: ViteDevServer;

	private constructor(browser: Browser, vite: ViteDevServer) {
		this.#browser = browser;
		this.#vite = vite;
	}

	static async start(gateway: string, cacheDir: string): Promise<TestBrowser> {
		const vite = await createServer({
			configFile: false,
			root: fileURLToPath(new URL('.', import.meta.url)),
			cacheDir,
			logLevel: 'error',
			server: { port: 0, host: '127.0.0.1', hmr: false, watch: null, proxy: { '/socket.io': { target: gateway, ws: true } } },
			optimizeDeps: { include: ['mediasoup-client', 'socket.io-client'] },
		});
		await vite.listen();
		const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium', args: ['--headless=new', ...flags] });
		return new TestBrowser(browser, vite);
	}

	/** A page logged in as `name` of the test's identities. */
	async open(name: string): Promise<Page> {
		const address = this.#vite.httpServer?.address() as AddressInfo | null | undefined;
		const origin = `http://127.0.0.1:${address?.port}`;
		const context = await this.#browser.newContext({ permissions: ['camera', 'microphone'] });
		await context.addCookies([{ name: 'session', value: name, url: origin }]);
		const page = await context.newPage();
		page.on('pageerror', (error) => console.error('page:', error.message));
		// The page asks its own origin, and vite hands it on: the gateway takes no foreign pages.
		await page.goto(`${origin}/viewer.html?gateway=${encodeURIComponent(origin)}`);
		await page.waitForFunction(() => globalThis.viewer !== undefined);
		return page;
	}

	async stop(): Promise<void> {
		await this.#browser.close();
		await this.#vite.close();
	}
}
