import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';

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

type Descriptions = { offer: string; answer: string };

/** What `page.js` offers to a test. */
interface Player {
	publish(url: string, token: string, encodings?: object[]): Promise<Descriptions>;
	watch(url: string, token: string): Promise<Descriptions>;
	state(): string;
	picture(): { width: number; height: number; pixels: number[] };
	packets(type: 'inbound-rtp' | 'outbound-rtp', kind: 'audio' | 'video'): Promise<number>;
	heard(): Promise<number>;
	restart(): Promise<{ before: string; after: string; tagBefore: string; tagAfter: string }>;
	remove(): Promise<number>;
	byCookie(url: string): Promise<number | string>;
}

declare global {
	var player: Player;
}

/** Chromium with a page of another origin than the gateway's. */
export class PlayerBrowser {
	readonly #browser: Browser;
	readonly #server: Server;

	private constructor(browser: Browser, server: Server) {
		this.#browser = browser;
		this.#server = server;
	}

	static async start(): Promise<PlayerBrowser> {
		const [html, script] = await Promise.all(['page.html', 'page.js'].map((name) => readFile(new URL(name, import.meta.url))));
		const server = createServer((request, response) => {
			const isScript = request.url === '/page.js';
			response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? script : html);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium', args: ['--headless=new', ...flags] });
		return new PlayerBrowser(browser, server);
	}

	async open(): Promise<Page> {
		const { port } = this.#server.address() as AddressInfo;
		const context = await this.#browser.newContext({ permissions: ['camera', 'microphone'] });
		const page = await context.newPage();
		page.on('pageerror', (error) => console.error('page:', error.message));
		await page.goto(`http://127.0.0.1:${port}/`);
		await page.waitForFunction(() => globalThis.player !== undefined);
		return page;
	}

	async stop(): Promise<void> {
		await this.#browser.close();
		this.#server.close();
		this.#server.closeAllConnections();
	}
}
