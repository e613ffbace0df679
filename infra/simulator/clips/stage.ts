import { type Canvas, height, width } from './canvas.ts';
import { type Color, css, mix, times } from './color.ts';

/** Metres: x to the right, y up, z away. */
export type Point = readonly [x: number, y: number, z: number];

export interface View {
	eye: Point;
	/** Degrees: right of z, and below the horizon. */
	yaw: number;
	pitch: number;
	/** Degrees across the picture. */
	angle: number;
	/** Where the sun (or the sky's bright side) is. */
	sun: Point;
	sunlight: number;
	ambient: number;
	sunColor?: Color;
	haze: Color;
	/** Part of the light lost to haze per metre. */
	hazeDensity: number;
}

export interface Seen {
	x: number;
	y: number;
	depth: number;
	/** Pixels of one metre at that distance. */
	scale: number;
}

const near = 0.3;

/** Projects, lights and sorts solids; far things are painted first. */
export class Stage {
	readonly view: View;
	readonly focal: number;
	readonly #sin: { yaw: number; pitch: number };
	readonly #cos: { yaw: number; pitch: number };
	readonly #sun: Point;
	#queue: { depth: number; draw: (canvas: Canvas) => void }[] = [];

	constructor(view: View) {
		this.view = view;
		const rad = Math.PI / 180;
		this.focal = width / 2 / Math.tan((view.angle * rad) / 2);
		this.#sin = { yaw: Math.sin(view.yaw * rad), pitch: Math.sin(view.pitch * rad) };
		this.#cos = { yaw: Math.cos(view.yaw * rad), pitch: Math.cos(view.pitch * rad) };
		this.#sun = unit(view.sun);
	}

	/** Row of the horizon. */
	get horizon(): number {
		return height / 2 - (this.focal * this.#sin.pitch) / this.#cos.pitch;
	}

	see(point: Point): Seen {
		return this.#screen(this.#turn(point));
	}

	/** Direction of the ray through a pixel. */
	ray(px: number, py: number): Point {
		const cx = (px - width / 2) / this.focal;
		const cy = (height / 2 - py) / this.focal;
		const up = cy * this.#cos.pitch - this.#sin.pitch;
		const ahead = cy * this.#sin.pitch + this.#cos.pitch;
		return [cx * this.#cos.yaw + ahead * this.#sin.yaw, up, -cx * this.#sin.yaw + ahead * this.#cos.yaw];
	}

	faded(color: Color, depth: number): Color {
		return mix(this.view.haze, color, Math.exp(-Math.max(0, depth) * this.view.hazeDensity));
	}

	/** Light on a face with this normal, as a factor of its colour. */
	light(normal: Point): number {
		const [x, y, z] = unit(normal);
		const facing = Math.max(0, x * this.#sun[0] + y * this.#sun[1] + z * this.#sun[2]);
		return this.view.ambient * (0.8 + 0.2 * y) + this.view.sunlight * facing;
	}

	/** Paints later, in order of distance from `anchor`. */
	queue(anchor: Point, draw: (canvas: Canvas) => void): void {
		this.#queue.push({ depth: this.#turn(anchor)[2], draw });
	}

	flush(canvas: Canvas): void {
		const queue = this.#queue.sort((a, b) => b.depth - a.depth);
		this.#queue = [];
		for (const { depth, draw } of queue) if (depth > -30) draw(canvas);
	}

	/** A flat polygon, cut at the near plane. `lit` false: its own light. */
	polygon(canvas: Canvas, points: readonly Point[], color: Color, options: { alpha?: number; lit?: boolean; normal?: Point } = {}): void {
		const seen = this.#cut(points.map((point) => this.#turn(point)));
		if (seen.length < 3) return;
		const normal = options.normal ?? faceNormal(points);
		const depth = seen.reduce((sum, { depth }) => sum + depth, 0) / seen.length;
		const lit = options.lit === false ? color : this.#tint(color, this.light(normal));
		canvas.fillStyle = css(this.faded(lit, depth), options.alpha ?? 1);
		trace(canvas, seen);
		canvas.fill();
		if ((options.alpha ?? 1) === 1) {
			// Neighbouring faces would show a hairline between them.
			canvas.strokeStyle = canvas.fillStyle;
			canvas.lineWidth = 0.7;
			canvas.stroke();
		}
	}

	/** A convex solid of faces; those turned away are left out. */
	solid(canvas: Canvas, faces: readonly (readonly Point[])[], color: Color | readonly Color[], centre: Point): void {
		for (const [index, face] of faces.entries()) {
			let normal = faceNormal(face);
			const [a] = face;
			if (!a) continue;
			const out = dot(normal, sub(a, centre)) < 0;
			if (out) normal = [-normal[0], -normal[1], -normal[2]];
			if (dot(normal, sub(this.view.eye, a)) <= 0) continue;
			const own = typeof color[0] === 'number' ? (color as Color) : (color as readonly Color[])[index % color.length];
			if (own) this.polygon(canvas, face, own, { normal });
		}
	}

	/** A line as thick as `metres` at its distance. */
	beam(canvas: Canvas, from: Point, to: Point, metres: number, color: Color, options: { lit?: boolean; alpha?: number; round?: boolean } = {}): void {
		const seen = this.#cut([this.#turn(from), this.#turn(to)], false);
		const [a, b] = seen;
		if (!a || !b) return;
		const depth = (a.depth + b.depth) / 2;
		const thickness = (metres * this.focal) / depth;
		const lit = options.lit === false ? color : this.#tint(color, this.light([0.3, 0.5, -0.6]) * 0.95);
		canvas.strokeStyle = css(this.faded(lit, depth), (options.alpha ?? 1) * Math.min(1, thickness / 0.7));
		canvas.lineWidth = Math.max(0.7, thickness);
		canvas.lineCap = options.round ? 'round' : 'butt';
		canvas.beginPath();
		canvas.moveTo(a.x, a.y);
		canvas.lineTo(b.x, b.y);
		canvas.stroke();
	}

	#tint(color: Color, light: number): Color {
		const warm = this.view.sunColor;
		const lit = times(color, light);
		if (!warm || light <= this.view.ambient) return lit;
		const part = Math.min(1, (light - this.view.ambient) / (this.view.sunlight + 0.01));
		return [lit[0] * (1 + (warm[0] / 255 - 1) * part), lit[1] * (1 + (warm[1] / 255 - 1) * part), lit[2] * (1 + (warm[2] / 255 - 1) * part)];
	}

	#turn([px, py, pz]: Point): Point {
		const { eye } = this.view;
		const x = px - eye[0];
		const y = py - eye[1];
		const z = pz - eye[2];
		const side = x * this.#cos.yaw - z * this.#sin.yaw;
		const ahead = x * this.#sin.yaw + z * this.#cos.yaw;
		return [side, y * this.#cos.pitch + ahead * this.#sin.pitch, ahead * this.#cos.pitch - y * this.#sin.pitch];
	}

	#screen([x, y, z]: Point): Seen {
		const depth = Math.max(near, z);
		return { x: width / 2 + (this.focal * x) / depth, y: height / 2 - (this.focal * y) / depth, depth: z, scale: this.focal / depth };
	}

	#cut(points: Point[], closed = true): Seen[] {
		const kept: Point[] = [];
		for (const [index, point] of points.entries()) {
			const next = points[index + 1] ?? (closed ? points[0] : undefined);
			if (point[2] >= near) kept.push(point);
			if (next && point[2] >= near !== next[2] >= near) {
				const part = (near - point[2]) / (next[2] - point[2]);
				kept.push([point[0] + (next[0] - point[0]) * part, point[1] + (next[1] - point[1]) * part, near]);
			}
		}
		return kept.map((point) => this.#screen(point));
	}
}

function trace(canvas: Canvas, points: readonly { x: number; y: number }[]): void {
	canvas.beginPath();
	for (const [index, { x, y }] of points.entries()) {
		if (index === 0) canvas.moveTo(x, y);
		else canvas.lineTo(x, y);
	}
	canvas.closePath();
}

function sub(a: Point, b: Point): Point {
	return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Point, b: Point): number {
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(point: Point): Point {
	const length = Math.hypot(...point) || 1;
	return [point[0] / length, point[1] / length, point[2] / length];
}

/** Part of the way from `a` to `b`. */
export function between(a: Point, b: Point, part: number): Point {
	return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}

function faceNormal(points: readonly Point[]): Point {
	const [a, b, c] = points;
	if (!a || !b || !c) return [0, 1, 0];
	const u = sub(b, a);
	const v = sub(c, a);
	return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
}
