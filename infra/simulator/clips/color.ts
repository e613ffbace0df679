export type Color = readonly [red: number, green: number, blue: number];

export function css([red, green, blue]: Color, alpha = 1): string {
	return `rgba(${Math.round(red)},${Math.round(green)},${Math.round(blue)},${alpha})`;
}

export function mix(a: Color, b: Color, part: number): Color {
	return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}

export function times(color: Color, factor: number): Color {
	return [Math.min(255, color[0] * factor), Math.min(255, color[1] * factor), Math.min(255, color[2] * factor)];
}

export const tau = Math.PI * 2;

/** A number from 0 to 1 that repeats for the same seed (mulberry32). */
export function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Swings between -1 and 1, whole `cycles` in a loop. */
export function swing(t: number, cycles: number, phase = 0): number {
	return Math.sin(tau * (cycles * t + phase));
}

export function wrap(value: number): number {
	return value - Math.floor(value);
}

export function clamp(value: number, low = 0, high = 1): number {
	return value < low ? low : Math.min(value, high);
}

/** 0 below `a`, 1 above `b`, smooth between. */
export function smooth(a: number, b: number, value: number): number {
	const part = clamp((value - a) / (b - a));
	return part * part * (3 - 2 * part);
}

function lattice(x: number, y: number): number {
	let hash = Math.imul(x, 374_761_393) + Math.imul(y, 668_265_263);
	hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177);
	return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

/** Value noise from 0 to 1. */
export function noise(x: number, y: number): number {
	const ix = Math.floor(x);
	const iy = Math.floor(y);
	const fx = x - ix;
	const fy = y - iy;
	const sx = fx * fx * (3 - 2 * fx);
	const sy = fy * fy * (3 - 2 * fy);
	const top = lattice(ix, iy) * (1 - sx) + lattice(ix + 1, iy) * sx;
	const bottom = lattice(ix, iy + 1) * (1 - sx) + lattice(ix + 1, iy + 1) * sx;
	return top * (1 - sy) + bottom * sy;
}

/** Noise of several octaves, 0 to 1. */
export function cloudy(x: number, y: number, octaves = 4): number {
	let sum = 0;
	let weight = 0.5;
	let total = 0;
	let scale = 1;
	for (let octave = 0; octave < octaves; octave++) {
		sum += noise(x * scale + octave * 17.3, y * scale - octave * 9.1) * weight;
		total += weight;
		weight /= 2;
		scale *= 2.03;
	}
	return sum / total;
}
