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

type Size = { width: number; height: number };

/** What `viewer.js` offers to a test. */
interface Viewer {
	notices: { name: string; [field: string]: unknown }[];
	/** Any request of `/media`; rejects with `name: reason: detail` where it is refused. */
	ask(name: string, body?: object): Promise<Record<string, unknown>>;
	/** Media goes to this UDP port of this machine instead of the gateway's: from the next transport on. */
	detour(port: number): void;
	/** Resolves with the kinds when there are consumers; from then on the page follows `streamChanged` by itself. */
	watch(streamId: string, size?: Size): Promise<string[]>;
	prefer(size: Size): Promise<void>;
	unwatch(streamId: string): Promise<void>;
	picture(): Size & { pixels: number[] };
	/** Of the picture, in the order they were seen; 0 for a moment without a picture, or a black one, after there was one. */
	widths(): number[];
	/** Of the watched stream, 0 … 1. */
	loudness(): number;
	/** Of whoever speaks to this phone. */
	heard(): number;
	/** How often the socket has connected. */
	connections(): number;
	publish(encodings?: object[]): Promise<void>;
	unpublish(): Promise<void>;
	/** Speaks a tone; answers the codec. */
	talk(streamId: string, hertz: number): Promise<string>;
	endTalk(streamId: string): Promise<unknown>;
	/** How many frames of the preview the browser could decode, and the size of the last. */
	preview(streamId: string): Promise<(Size & { frames: number }) | null>;
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
