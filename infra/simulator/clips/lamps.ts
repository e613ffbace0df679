import { type Canvas, height, newCanvas, width } from './canvas.ts';
import { type Color, css, mix, random, swing } from './color.ts';
import type { Point, Stage } from './stage.ts';

export const sodium: Color = [255, 168, 74];
export const white: Color = [226, 236, 255];

export interface Lamp {
	at: Point;
	color: Color;
	/** Radius in metres of what it lights on the ground; 0 for a lamp that is only seen. */
	reach: number;
	power: number;
	/** Size in metres of its bright spot. */
	size?: number;
}

/** Darkens the picture to night, except where lamps light the ground (and what stands on it). Painted over the scene in its day colours. */
export function paintNight(canvas: Canvas, stage: Stage, dark: Color, lamps: readonly Lamp[], sky?: Color): void {
	const map = newCanvas(width / 4, height / 4);
	map.scale(0.25, 0.25);
	map.fillStyle = css(dark);
	map.fillRect(0, 0, width, height);
	if (sky) {
		map.fillStyle = css(sky);
		map.fillRect(0, 0, width, Math.max(0, stage.horizon));
	}
	map.globalCompositeOperation = 'lighter';
	for (const lamp of lamps) {
		if (lamp.reach === 0) continue;
		const [x, y, z] = lamp.at;
		const pool = stage.see([x, 0, z]);
		if (pool.depth < 1) continue;
		const wide = lamp.reach * pool.scale;
		const edge = stage.see([x, 0, z + Math.min(lamp.reach, pool.depth * 0.6)]);
		const flat = Math.max(wide * 0.3, Math.abs(edge.y - pool.y));
		blob(map, pool.x, pool.y, wide, flat, lamp.color, lamp.power);
		const head = stage.see(lamp.at);
		const middle = (head.y + pool.y) / 2;
		blob(
			map,
			pool.x,
			middle,
			wide * 0.55,
			Math.max(flat * 0.6, Math.abs(pool.y - head.y) * 0.75),
			lamp.color,
			lamp.power * 0.45 * Math.min(1, y / 3),
		);
	}
	canvas.save();
	canvas.globalCompositeOperation = 'multiply';
	canvas.drawImage(map.canvas, 0, 0, width, height);
	canvas.restore();
}

function blob(map: Canvas, x: number, y: number, rx: number, ry: number, color: Color, power: number): void {
	map.save();
	map.translate(x, y);
	map.scale(1, ry / rx);
	const soft = map.createRadialGradient(0, 0, 0, 0, 0, rx);
	soft.addColorStop(0, css(color, Math.min(1, power)));
	soft.addColorStop(0.25, css(color, Math.min(1, power) * 0.62));
	soft.addColorStop(0.6, css(color, Math.min(1, power) * 0.16));
	soft.addColorStop(1, css(color, 0));
	map.fillStyle = soft;
	map.fillRect(-rx, -rx, rx * 2, rx * 2);
	map.restore();
}

/** The lamps themselves with their glow; painted after the night. */
export function paintGlows(canvas: Canvas, stage: Stage, lamps: readonly Lamp[], haze = 1): void {
	canvas.save();
	canvas.globalCompositeOperation = 'lighter';
	for (const lamp of lamps) {
		const { x, y, depth, scale } = stage.see(lamp.at);
		if (depth < 1 || x < -200 || x > width + 200) continue;
		const size = Math.max(1.1, (lamp.size ?? 0.3) * scale);
		const clear = Math.exp(-depth * stage.view.hazeDensity * 0.6);
		const wide = size * 2 + Math.min(90, size * 9) * haze;
		const soft = canvas.createRadialGradient(x, y, 0, x, y, wide);
		soft.addColorStop(0, css(lamp.color, 0.55 * lamp.power * clear));
		soft.addColorStop(0.15, css(lamp.color, 0.22 * lamp.power * clear));
		soft.addColorStop(1, css(lamp.color, 0));
		canvas.fillStyle = soft;
		canvas.fillRect(x - wide, y - wide, wide * 2, wide * 2);
		canvas.fillStyle = css(mix(lamp.color, [255, 255, 255], 0.7), clear);
		canvas.beginPath();
		canvas.ellipse(x, y, size * 0.75, size * 0.75, 0, 0, 7);
		canvas.fill();
	}
	canvas.restore();
}

/** Mirror images of the lamps in wet ground or dark water: long broken streaks that shimmer. */
export function paintReflections(
	canvas: Canvas,
	stage: Stage,
	lamps: readonly Lamp[],
	t: number,
	wet: { strength: number; seed: number; level?: number },
): void {
	const chance = random(wet.seed);
	const level = wet.level ?? 0;
	canvas.save();
	canvas.globalCompositeOperation = 'lighter';
	for (const lamp of lamps) {
		const start = chance();
		const [x, y, z] = lamp.at;
		const mirrored = stage.see([x, 2 * level - y, z]);
		const foot = stage.see([x, level, z]);
		if (foot.depth < 2 || mirrored.depth < 1) continue;
		const centre = mirrored.y;
		const half = Math.max(14, (centre - foot.y) * 0.9);
		const wide = Math.max(1.5, (lamp.size ?? 0.3) * foot.scale * 1.6);
		for (let slice = -10; slice <= 10; slice++) {
			const part = slice / 10;
			const row = centre + part * half;
			if (row < foot.y || row > height) continue;
			const shimmer = 0.7 + 0.3 * swing(t, 5 + (slice & 3), start + slice * 0.37);
			const alpha = wet.strength * lamp.power * (1 - Math.abs(part)) ** 1.3 * shimmer;
			const shift = swing(t, 4 + (slice & 1), start + slice * 0.21) * wide * 0.35;
			const thick = half / 10 + 1;
			const broad = wide * (1 + 0.8 * (1 - Math.abs(part)));
			const soft = canvas.createLinearGradient(foot.x - broad + shift, 0, foot.x + broad + shift, 0);
			soft.addColorStop(0, css(lamp.color, 0));
			soft.addColorStop(0.5, css(lamp.color, alpha));
			soft.addColorStop(1, css(lamp.color, 0));
			canvas.fillStyle = soft;
			canvas.fillRect(foot.x - broad + shift, row - thick / 2, broad * 2, thick);
		}
	}
	canvas.restore();
}
