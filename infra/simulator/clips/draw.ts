import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { fps, height, seconds, width } from './canvas.ts';
import type { ClipInfo } from './clips.ts';
import { loadScene, sceneFiles } from './scenes.ts';
import { encodeALaw } from './sound/alaw.ts';
import { ambience } from './sound/ambience.ts';

const folder = new URL('./', import.meta.url);
/** Bytes of picture one clip may have; quality is lowered until it fits. */
const usualBudget = 312_000;
/** Rain over moving water and many lamps needs more than others. */
const budgets: Readonly<Record<string, number>> = { 'cam-harbour-01': 490_000 };
const toVideo = ['-vf', 'scale=out_color_matrix=bt601:out_range=tv', '-pix_fmt', 'yuv420p'];

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { stills: { type: 'string' }, at: { type: 'string', default: '0.1,0.6' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
});

setPriority(10);
await main();

async function main(): Promise<void> {
	const wanted = positionals.length > 0 ? positionals : sceneFiles;
	let sink: Writable | undefined;
	const server = await serve(async (picture) => {
		if (sink && !sink.write(picture)) await once(sink, 'drain');
	});
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	const browser = await chromium.launch({
		executablePath: values.chromium,
		args: [
			'--headless=new',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
	const work = await mkdtemp(join(tmpdir(), 'clips-'));
	try {
		const page = await browser.newPage();
		page.on('pageerror', (error) => console.error(error));
		await page.goto(`http://127.0.0.1:${port}/`);
		for (const file of wanted) {
			const scene = await loadScene(file);
			if (values.stills) {
				await record(page, file, values.at.split(',').map(Number), ['-f', 'image2', join(values.stills, `${file}-%02d.png`)], (into) => {
					sink = into;
				});
				continue;
			}
			const lossless = join(work, `${scene.id}.mkv`);
			await record(page, file, undefined, [...toVideo, '-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', lossless], (into) => {
				sink = into;
			});
			const quality = await encode(lossless, new URL(`${scene.id}.h264`, folder).pathname, budgets[scene.id] ?? usualBudget);
			await writeFile(new URL(`${scene.id}.alaw`, folder), encodeALaw(ambience(scene.id, seconds)));
			console.log(`${scene.id}: ${quality}`);
		}
		if (!values.stills) await writeManifest();
	} finally {
		await browser.close();
		server.close();
		await rm(work, { recursive: true, force: true });
	}
}

/** Has the page draw and pipes its pictures into ffmpeg. */
async function record(page: Page, file: string, moments: number[] | undefined, output: string[], direct: (into: Writable) => void): Promise<void> {
	const input = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0'];
	const encoder = spawn('ffmpeg', ['-y', '-v', 'error', ...input, ...output], { stdio: ['pipe', 'inherit', 'inherit'] });
	const ended = once(encoder, 'exit');
	direct(encoder.stdin);
	await page.evaluate(`import('/page.ts').then(({ drawScene }) => drawScene('/scenes/${file}.ts', ${JSON.stringify(moments)}))`);
	encoder.stdin.end();
	const [code] = await ended;
	if (code !== 0) throw new Error(`ffmpeg ended with ${code} on ${file}`);
}

/** The best quality that fits the budget: constrained baseline (no B-pictures), closed groups of 2 s, parameter sets before each. */
async function encode(lossless: string, target: string, budget: number): Promise<string> {
	for (let crf = 27; ; crf++) {
		const format = ['-c:v', 'libx264', '-preset', 'medium', '-profile:v', 'baseline', '-level', '3.1', '-crf', String(crf), '-bf', '0'];
		const groups = ['-g', '30', '-keyint_min', '30', '-sc_threshold', '0', '-flags', '+cgop', '-x264-params', 'repeat-headers=1:aud=0'];
		const color = ['-colorspace', 'smpte170m', '-color_primaries', 'smpte170m', '-color_trc', 'smpte170m', '-color_range', 'tv'];
		// The encoder's advertisement (SEI) is left out.
		const encoder = spawn(
			'ffmpeg',
			['-y', '-v', 'error', '-i', lossless, ...format, ...groups, ...color, '-bsf:v', 'filter_units=remove_types=6', '-f', 'h264', target],
			{
				stdio: ['ignore', 'inherit', 'inherit'],
			},
		);
		const [code] = await once(encoder, 'exit');
		if (code !== 0) throw new Error(`ffmpeg ended with ${code} on ${target}`);
		const { size } = await stat(target);
		if (size <= budget || crf >= 36) return `crf ${crf}, ${size} bytes`;
		// A step of 6 halves the size; go most of the way at once.
		crf += Math.max(0, Math.floor(Math.log2(size / budget) * 5) - 1);
	}
}

async function writeManifest(): Promise<void> {
	const manifest: ClipInfo[] = [];
	for (const file of sceneFiles) {
		const { id, name, light, weather } = await loadScene(file);
		if (existsSync(new URL(`${id}.h264`, folder))) manifest.push({ id, name, light, weather, fps, frames: fps * seconds, width, height });
	}
	await writeFile(new URL('clips.json', folder), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Serves the scenes to the browser, types stripped, and takes the pictures back. */
async function serve(take: (picture: Buffer) => Promise<void>): Promise<Server> {
	const server = createServer((request, response) => {
		const answer = async () => {
			if (request.method === 'POST') {
				await take(await body(request));
				return response.end();
			}
			const path = request.url ?? '/';
			if (!/^\/[a-z/-]+\.ts$/.test(path)) return response.setHeader('content-type', 'text/html').end('<!doctype html>');
			const code = await readFile(new URL(`.${path}`, folder), 'utf8');
			return response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(code));
		};
		answer().catch((error: unknown) => {
			console.error(error);
			response.writeHead(500).end();
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

async function body(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}
