import { type Canvas, fps, height, newCanvas, type Scene, seconds, width } from './canvas.ts';
import { createLens } from './lens.ts';

/** Runs in the browser: draws pictures of one scene and sends each, as raw RGBA, to draw.ts. */
export async function drawScene(module: string, moments: readonly number[] | undefined): Promise<void> {
	const { scene } = (await import(module)) as { scene: Scene };
	const draw = scene.create();
	const lens = createLens(scene);
	const picture = newCanvas();
	const finished = newCanvas();
	const all = moments ?? Array.from({ length: fps * seconds }, (_, frame) => frame / (fps * seconds));
	for (const moment of all) {
		reset(picture);
		draw(picture, moment);
		reset(picture);
		lens(finished, picture);
		const { data } = finished.getImageData(0, 0, width, height);
		await fetch('/picture', { method: 'POST', body: data as Uint8ClampedArray<ArrayBuffer> });
	}
}

function reset(canvas: Canvas): void {
	canvas.globalAlpha = 1;
	canvas.globalCompositeOperation = 'source-over';
	canvas.filter = 'none';
}
