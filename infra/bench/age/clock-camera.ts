import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** A camera, made of GStreamer, whose picture is the time at which it was taken. */
export class ClockCamera {
	readonly url: string;
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;

	private constructor(child: ChildProcessByStdio<Writable, Readable, null>, url: string) {
		this.#child = child;
		this.url = url;
	}

	static async start(): Promise<ClockCamera> {
		const script = fileURLToPath(new URL('./clock-camera.py', import.meta.url));
		const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
		const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
		return new ClockCamera(child, `rtsp://127.0.0.1:${port}/live`);
	}

	async stop(): Promise<void> {
		const ended = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await ended;
	}
}

/** What one frame on the page showed. All in milliseconds. */
export interface SeenFrame {
	/** From the camera drawing the picture to the screen showing it. */
	age: number;
	/** The age that the tile itself claimed just then. */
	claimed: number;
}

/** Reads the time out of a tile's picture, frame by frame, for so long. */
export function readClock(page: Page, streamId: string, forMs: number): Promise<SeenFrame[]> {
	return page.evaluate(
		([id, duration]) =>
			new Promise<SeenFrame[]>((resolve, reject) => {
				const tile = document.querySelector<HTMLElement>(`[data-tile="${id}"]`);
				const video = tile?.querySelector('video');
				if (tile === null || video === null || video === undefined) return reject(new Error(`no picture of ${id}`));
				const canvas = document.createElement('canvas');
				canvas.width = 640;
				canvas.height = 96;
				const context = canvas.getContext('2d', { willReadFrequently: true });
				if (context === null) return reject(new Error('no canvas'));
				const seen: SeenFrame[] = [];
				const endAt = performance.now() + duration;
				const look: VideoFrameRequestCallback = (_now, { expectedDisplayTime }) => {
					context.drawImage(video, 0, 0, video.videoWidth, (video.videoHeight * 96) / 360, 0, 0, 640, 96);
					const { data } = context.getImageData(0, 0, 640, 96);
					let time = 0;
					let torn = false;
					for (let bit = 0; bit < 32; bit += 1) {
						const at = (row: number) => (data[(row * 640 + bit * 20 + 10) * 4] ?? 0) > 128;
						if (at(24) === at(72)) torn = true;
						time = time * 2 + (at(24) ? 1 : 0);
					}
					const shownAt = performance.timeOrigin + Math.max(expectedDisplayTime, performance.now());
					// Low 32 bits: the rest is this age of the world's.
					const age = (shownAt % 2 ** 32) - time;
					if (!torn && age > -1_000 && age < 60_000) seen.push({ age, claimed: Number(tile.dataset.pictureAge ?? Number.NaN) });
					if (performance.now() >= endAt) resolve(seen);
					else video.requestVideoFrameCallback(look);
				};
				video.requestVideoFrameCallback(look);
			}),
		[streamId, forMs] as const,
	);
}
