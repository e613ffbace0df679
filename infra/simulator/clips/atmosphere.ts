import { type Canvas, height, newCanvas, width } from './canvas.ts';
import { type Color, clamp, cloudy, css, mix, random, swing, tau, wrap } from './color.ts';
import type { Point, Stage } from './stage.ts';

/** A sky with soft clouds, from the top of the picture to the horizon; drawn once. */
export function paintSky(canvas: Canvas, stage: Stage, sky: { top: Color; low: Color; cloud: Color; cover: number; seed: number }): void {
	const end = Math.ceil(Math.min(height, Math.max(1, stage.horizon + 2)));
	const part = newCanvas(width / 2, Math.max(1, Math.ceil(end / 2)));
	const pixels = part.createImageData(part.canvas.width, part.canvas.height);
	for (let row = 0; row < pixels.height; row++) {
		for (let column = 0; column < pixels.width; column++) {
			const [x, y, z] = stage.ray(column * 2, row * 2);
			const rise = Math.max(0.015, y);
			const flat = clamp(rise * 2.2);
			const cloud = cloudy((x / rise) * 0.35 + sky.seed, (z / rise) * 0.35, 5);
			const cover = clamp((cloud - (1 - sky.cover)) * 2.4) * clamp(rise * 9);
			const base = mix(sky.low, sky.top, flat ** 0.7);
			const shaded = mix(base, mix(sky.cloud, base, 0.25), cover);
			set(pixels.data, row * pixels.width + column, shaded);
		}
	}
	part.putImageData(pixels, 0, 0);
	canvas.drawImage(part.canvas, 0, 0, width, end);
}

function set(data: Uint8ClampedArray, index: number, [red, green, blue]: Color): void {
	data[index * 4] = red;
	data[index * 4 + 1] = green;
	data[index * 4 + 2] = blue;
	data[index * 4 + 3] = 255;
}

/** Shades a horizontal plane pixel by pixel. `colour` gets the place and the distance; undefined leaves a hole. */
export function paintPlane(
	canvas: Canvas,
	stage: Stage,
	level: number,
	colour: (x: number, z: number, distance: number) => Color | undefined,
	options: { step?: number; from?: number } = {},
): void {
	const step = options.step ?? 1;
	const from = Math.max(0, Math.floor(Math.max(stage.horizon + 1, options.from ?? 0)));
	if (from >= height) return;
	const part = newCanvas(Math.ceil(width / step), Math.ceil((height - from) / step));
	const pixels = part.createImageData(part.canvas.width, part.canvas.height);
	const { eye, haze, hazeDensity } = stage.view;
	for (let row = 0; row < pixels.height; row++) {
		for (let column = 0; column < pixels.width; column++) {
			const [x, y, z] = stage.ray((column + 0.5) * step, from + (row + 0.5) * step);
			if (y >= -0.001) continue;
			const far = (level - eye[1]) / y;
			const color = colour(eye[0] + x * far, eye[2] + z * far, far);
			if (color) set(pixels.data, row * pixels.width + column, mix(haze, color, Math.exp(-far * hazeDensity)));
		}
	}
	part.putImageData(pixels, 0, 0);
	canvas.drawImage(part.canvas, 0, from, part.canvas.width * step, part.canvas.height * step);
}

export interface Swell {
	kx: number;
	kz: number;
	steep: number;
	cycles: number;
	phase: number;
}

/** Waves that come round once in a loop: their speed follows √(g·k), rounded to whole cycles. */
export function swells(
	seed: number,
	options: { count: number; longest: number; shortest: number; steep: number; heading: number; spread: number; pace?: number },
): Swell[] {
	const chance = random(seed);
	return Array.from({ length: options.count }, (_, index) => {
		const long = options.longest * (options.shortest / options.longest) ** (index / Math.max(1, options.count - 1));
		const k = tau / (long * (0.85 + chance() * 0.3));
		const angle = options.heading + (chance() - 0.5) * options.spread;
		const cycles = Math.max(1, Math.round((Math.sqrt(9.81 * k) * 10 * (options.pace ?? 1)) / tau));
		return { kx: Math.sin(angle) * k, kz: Math.cos(angle) * k, steep: options.steep * (0.6 + chance() * 0.8), cycles, phase: chance() };
	});
}

/** Slope of the water towards x and z, and its height (relative), at a place and time. `distance` smooths what is too far to tell. */
export function waterAt(waves: readonly Swell[], x: number, z: number, t: number, distance: number): [slopeX: number, slopeZ: number, rise: number] {
	let slopeX = 0;
	let slopeZ = 0;
	let rise = 0;
	for (const wave of waves) {
		const k = Math.hypot(wave.kx, wave.kz);
		const fade = 1 / (1 + (distance * distance * k) / 2600);
		const angle = wave.kx * x + wave.kz * z - tau * (wave.cycles * t - wave.phase);
		const slope = Math.cos(angle) * wave.steep * fade;
		slopeX += (slope * wave.kx) / k;
		slopeZ += (slope * wave.kz) / k;
		rise += (Math.sin(angle) * wave.steep * fade) / k;
	}
	return [slopeX, slopeZ, rise];
}

/** Rain between lens and scene: three depths of streaks, each falling whole times through the picture in a loop. */
export function paintRain(canvas: Canvas, t: number, rain: { seed: number; drops: number; slant: number; color?: Color; alpha?: number }): void {
	const chance = random(rain.seed);
	canvas.lineCap = 'round';
	const [r, g, b] = rain.color ?? [205, 214, 224];
	for (let drop = 0; drop < rain.drops; drop++) {
		const nearness = chance() ** 2;
		const falls = 12 + Math.round(nearness * 14);
		const fall = wrap(chance() + t * falls);
		const long = 12 + nearness * 42;
		const y = fall * (height + long * 2) - long;
		const x = chance() * (width + 200) - 100 + rain.slant * fall * height;
		canvas.strokeStyle = css([r, g, b], (rain.alpha ?? 0.22) * (0.35 + nearness));
		canvas.lineWidth = 0.6 + nearness * 1.1;
		canvas.beginPath();
		canvas.moveTo(x, y);
		canvas.lineTo(x + rain.slant * long, y + long);
		canvas.stroke();
	}
}

/** Splashes of rain on the ground around `centre`. */
export function paintSplashes(
	canvas: Canvas,
	stage: Stage,
	t: number,
	area: { seed: number; count: number; x: readonly [number, number]; z: readonly [number, number]; alpha?: number },
): void {
	const chance = random(area.seed);
	for (let splash = 0; splash < area.count; splash++) {
		const life = wrap(chance() + t * (10 + Math.floor(chance() * 6)));
		const x = area.x[0] + chance() * (area.x[1] - area.x[0]);
		const z = area.z[0] + chance() ** 1.6 * (area.z[1] - area.z[0]);
		if (life > 0.4) continue;
		const seen = stage.see([x, 0.02, z]);
		const grown = (0.03 + life * 0.3) * seen.scale;
		canvas.strokeStyle = css([215, 222, 230], (area.alpha ?? 0.35) * (1 - life / 0.4));
		canvas.lineWidth = 0.8;
		canvas.beginPath();
		canvas.ellipse(seen.x, seen.y, grown, grown * 0.38, 0, 0, tau);
		canvas.stroke();
	}
}

/** Water drops on the glass of the camera, some of them running. */
export function paintLensDrops(canvas: Canvas, t: number, drops: { seed: number; count: number }): void {
	const chance = random(drops.seed);
	for (let drop = 0; drop < drops.count; drop++) {
		const x = chance() * width;
		const r = 3 + chance() ** 2 * 13;
		const running = chance() < 0.25;
		const start = chance();
		const y = running ? wrap(start + t) * (height + 80) - 40 : start * height;
		const wobble = running ? swing(t, 3, start) * 2 : 0;
		canvas.save();
		canvas.beginPath();
		canvas.ellipse(x + wobble, y, r, r * (running ? 1.35 : 1.1), 0, 0, tau);
		canvas.clip();
		// A drop shows the scene upside down and small.
		canvas.translate(x + wobble, y);
		canvas.scale(-1, -1);
		canvas.globalAlpha = 0.55;
		canvas.drawImage(
			canvas.canvas,
			clamp(x - r * 5, 0, width - r * 10),
			clamp(y - r * 5, 0, height - r * 10),
			r * 10,
			r * 10,
			-r,
			-r * 1.3,
			r * 2,
			r * 2.6,
		);
		canvas.restore();
		const rim = canvas.createRadialGradient(x + wobble - r * 0.3, y + r * 0.35, r * 0.1, x + wobble, y, r * 1.3);
		rim.addColorStop(0, 'rgba(255,255,255,0.16)');
		rim.addColorStop(0.65, 'rgba(255,255,255,0.02)');
		rim.addColorStop(0.9, 'rgba(10,14,20,0.22)');
		rim.addColorStop(1, 'rgba(10,14,20,0)');
		canvas.fillStyle = rim;
		canvas.beginPath();
		canvas.ellipse(x + wobble, y, r * 1.2, r * 1.5, 0, 0, tau);
		canvas.fill();
	}
}

export interface Vapour {
	at: Point;
	/** Metres by which a puff drifts in its life. */
	drift: Point;
	radius: readonly [start: number, end: number];
	puffs: number;
	color: Color;
	alpha: number;
	seed: number;
	/** Whole lives of a puff in a loop. */
	lives?: number;
}

/** Smoke, steam, gas or fog: soft puffs that are born, drift, grow and fade. */
export function paintVapour(canvas: Canvas, stage: Stage, t: number, vapour: Vapour): void {
	const chance = random(vapour.seed);
	for (let puff = 0; puff < vapour.puffs; puff++) {
		const lives = vapour.lives ?? 2;
		const life = wrap(puff / vapour.puffs + chance() * 0.02 + t * lives);
		const swirl = chance() * tau;
		const side = chance() - 0.5;
		const grown = life ** 0.75;
		const radius = vapour.radius[0] + (vapour.radius[1] - vapour.radius[0]) * grown;
		const turn = Math.sin(swirl + life * 5) * radius * 0.45;
		const point: Point = [
			vapour.at[0] + vapour.drift[0] * life + turn + side * radius * 0.5,
			vapour.at[1] + vapour.drift[1] * life + Math.cos(swirl + life * 4) * radius * 0.3,
			vapour.at[2] + vapour.drift[2] * life,
		];
		const { x, y, depth, scale } = stage.see(point);
		if (depth < 0.5) continue;
		const r = radius * scale;
		const alpha = vapour.alpha * Math.min(1, life * 8) * (1 - life) ** 1.2;
		const tone = stage.faded(vapour.color, depth);
		const soft = canvas.createRadialGradient(x - r * 0.2, y - r * 0.25, 0, x, y, r);
		soft.addColorStop(0, css(tone, alpha));
		soft.addColorStop(0.5, css(mix(tone, [70, 76, 84], 0.12), alpha * 0.55));
		soft.addColorStop(1, css(tone, 0));
		canvas.fillStyle = soft;
		canvas.fillRect(x - r, y - r, r * 2, r * 2);
	}
}
