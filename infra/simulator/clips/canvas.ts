/** The part of the browser's 2D canvas that the scenes use, so that the project needs no DOM types. */
interface Gradient {
	addColorStop(offset: number, color: string): void;
}

interface Pixels {
	readonly width: number;
	readonly height: number;
	readonly data: Uint8ClampedArray;
}

interface Surface {
	width: number;
	height: number;
	getContext(kind: '2d', options?: { willReadFrequently?: boolean }): Canvas;
}

export interface Canvas {
	readonly canvas: Surface;
	fillStyle: string | Gradient;
	strokeStyle: string | Gradient;
	lineWidth: number;
	lineCap: 'butt' | 'round' | 'square';
	lineJoin: 'miter' | 'round' | 'bevel';
	globalAlpha: number;
	globalCompositeOperation: 'source-over' | 'multiply' | 'lighter' | 'screen' | 'destination-in' | 'soft-light' | 'copy' | 'darken';
	filter: string;
	font: string;
	textAlign: 'left' | 'right' | 'center';
	textBaseline: 'alphabetic' | 'middle' | 'top' | 'bottom';
	save(): void;
	restore(): void;
	beginPath(): void;
	closePath(): void;
	moveTo(x: number, y: number): void;
	lineTo(x: number, y: number): void;
	bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void;
	ellipse(x: number, y: number, rx: number, ry: number, rotation: number, start: number, end: number): void;
	rect(x: number, y: number, width: number, height: number): void;
	fill(): void;
	stroke(): void;
	clip(): void;
	fillRect(x: number, y: number, width: number, height: number): void;
	clearRect(x: number, y: number, width: number, height: number): void;
	fillText(text: string, x: number, y: number): void;
	strokeText(text: string, x: number, y: number): void;
	translate(x: number, y: number): void;
	rotate(angle: number): void;
	scale(x: number, y: number): void;
	transform(a: number, b: number, c: number, d: number, e: number, f: number): void;
	createLinearGradient(ax: number, ay: number, bx: number, by: number): Gradient;
	createRadialGradient(ax: number, ay: number, ar: number, bx: number, by: number, br: number): Gradient;
	createImageData(width: number, height: number): Pixels;
	getImageData(x: number, y: number, width: number, height: number): Pixels;
	putImageData(pixels: Pixels, x: number, y: number): void;
	drawImage(image: Surface, x: number, y: number, width: number, height: number): void;
	drawImage(image: Surface, sx: number, sy: number, sw: number, sh: number, x: number, y: number, width: number, height: number): void;
}

export const width = 960;
export const height = 540;
/** Seconds of every loop. All motion comes back to where it began after this time. */
export const seconds = 10;
export const fps = 15;

/** A fresh drawing surface; only in a browser. */
export function newCanvas(w: number = width, h: number = height): Canvas {
	const { OffscreenCanvas } = globalThis as unknown as { OffscreenCanvas: new (width: number, height: number) => Surface };
	return new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
}

/** A scene draws what one camera sees. `create` prepares what never moves; the function it answers draws the moment `t` (0 ≤ t < 1 of the loop). */
export interface Scene {
	id: string;
	name: { zh: string; en: string };
	light: 'day' | 'dusk' | 'night';
	weather: 'clear' | 'overcast' | 'rain' | 'fog' | 'storm';
	create(): (canvas: Canvas, t: number) => void;
}
