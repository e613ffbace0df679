import type { Canvas } from './canvas.ts';
import { type Color, css, mix, random, tau, times } from './color.ts';
import { between, type Point, type Stage } from './stage.ts';

export interface Box {
	/** Middle of the base. */
	at: Point;
	/** Along its own x, up, and along its own z, in metres. */
	size: Point;
	/** Degrees, clockwise from above. */
	turn?: number;
	color: Color | readonly Color[];
	/** The roof's length and width as a part of the base's. */
	taper?: readonly [number, number];
}

/** From a thing's own coordinates to the world's. */
export function placed(at: Point, turn = 0): (x: number, y: number, z: number) => Point {
	const angle = (turn * Math.PI) / 180;
	const sin = Math.sin(angle);
	const cos = Math.cos(angle);
	return (x, y, z) => [at[0] + x * cos + z * sin, at[1] + y, at[2] - x * sin + z * cos];
}

/** Faces in the order front (towards -z), right, back, left, roof; the floor is never seen. */
export function boxFaces({ at, size: [w, h, d], turn = 0, taper = [1, 1] }: Box): Point[][] {
	const own = placed(at, turn);
	const ring = (y: number, x: number, z: number): [Point, Point, Point, Point] => [own(-x, y, -z), own(x, y, -z), own(x, y, z), own(-x, y, z)];
	const [a, b, c, e] = ring(0, w / 2, d / 2);
	const [f, g, i, j] = ring(h, (w / 2) * taper[0], (d / 2) * taper[1]);
	return [
		[a, b, g, f],
		[b, c, i, g],
		[c, e, j, i],
		[e, a, f, j],
		[f, g, i, j],
	];
}

export function paintBox(stage: Stage, canvas: Canvas, box: Box): void {
	const [x, y, z] = box.at;
	stage.solid(canvas, boxFaces(box), box.color, [x, y + box.size[1] / 2, z]);
}

export function addBox(stage: Stage, box: Box): void {
	stage.queue([box.at[0], box.at[1], box.at[2]], (canvas) => paintBox(stage, canvas, box));
}

/** An upright cylinder (or cone, by `top`). */
export function paintCylinder(
	stage: Stage,
	canvas: Canvas,
	{ at, radius, tall, color, top = radius, roof = color }: { at: Point; radius: number; tall: number; color: Color; top?: number; roof?: Color },
): void {
	const sides = 80;
	const rim = (index: number, y: number, r: number): Point => {
		const angle = (index / sides) * tau;
		return [at[0] + Math.cos(angle) * r, at[1] + y, at[2] + Math.sin(angle) * r];
	};
	const faces: Point[][] = [];
	for (let side = 0; side < sides; side++)
		faces.push([rim(side, 0, radius), rim(side + 1, 0, radius), rim(side + 1, tall, top), rim(side, tall, top)]);
	stage.solid(canvas, faces, color, [at[0], at[1] + tall / 2, at[2]]);
	if (top > 0 && stage.view.eye[1] > at[1] + tall) {
		stage.polygon(
			canvas,
			Array.from({ length: sides }, (_, index) => rim(index, tall, top)),
			roof,
			{ normal: [0, 1, 0] },
		);
	}
}

/** A ball, lit from the sun's side. */
export function paintBall(stage: Stage, canvas: Canvas, at: Point, radius: number, color: Color): void {
	const { x, y, depth, scale } = stage.see(at);
	if (depth < 1) return;
	const r = radius * scale;
	const { view } = stage;
	const toSun = stage.see([at[0] + view.sun[0] * radius, at[1] + view.sun[1] * radius, at[2] + view.sun[2] * radius]);
	const length = Math.hypot(toSun.x - x, toSun.y - y) || 1;
	const lx = x + ((toSun.x - x) / length) * r * 0.5;
	const ly = y + ((toSun.y - y) / length) * r * 0.5;
	const shade = canvas.createRadialGradient(lx, ly, r * 0.05, x, y, r * 1.02);
	const tone = (factor: number) => css(stage.faded(times(color, factor), depth));
	shade.addColorStop(0, tone(view.ambient + view.sunlight));
	shade.addColorStop(0.45, tone(view.ambient + view.sunlight * 0.65));
	shade.addColorStop(0.85, tone(view.ambient * 0.85 + view.sunlight * 0.12));
	shade.addColorStop(1, tone(view.ambient * 0.7));
	canvas.fillStyle = shade;
	canvas.beginPath();
	canvas.ellipse(x, y, r, r, 0, 0, tau);
	canvas.fill();
}

/** A soft dark patch on the ground under something. */
export function groundShadow(
	stage: Stage,
	canvas: Canvas,
	at: Point,
	size: readonly [number, number],
	options: { turn?: number; alpha?: number } = {},
): void {
	const own = placed(at, options.turn ?? 0);
	for (const [grow, alpha] of [
		[1.25, 0.3],
		[1.05, 0.45],
		[0.9, 0.5],
	] as const) {
		const points: Point[] = [];
		for (let index = 0; index < 16; index++) {
			const angle = (index / 16) * tau;
			const round = (value: number) => Math.sign(value) * Math.abs(value) ** 0.6;
			points.push(own((round(Math.cos(angle)) * size[0] * grow) / 2, 0.02, (round(Math.sin(angle)) * size[1] * grow) / 2));
		}
		stage.polygon(canvas, points, [8, 10, 14], { alpha: (options.alpha ?? 0.6) * alpha, lit: false });
	}
}

/** Where the sun throws the shadow of an upright box. */
export function castShadow(stage: Stage, canvas: Canvas, box: Box, alpha = 0.35): void {
	const [sx, sy, sz] = stage.view.sun;
	const [w, h, d] = box.size;
	const own = placed(box.at, box.turn ?? 0);
	const base: Point[] = [own(-w / 2, 0, -d / 2), own(w / 2, 0, -d / 2), own(w / 2, 0, d / 2), own(-w / 2, 0, d / 2)];
	const far = base.map(([x, , z]): Point => [x - (sx / sy) * h, 0.02, z - (sz / sy) * h]);
	const outline = hull([...base.map(([x, , z]): Point => [x, 0.02, z]), ...far]);
	stage.polygon(canvas, outline, [10, 14, 22], { alpha, lit: false });
}

function hull(points: Point[]): Point[] {
	const sorted = [...points].sort((a, b) => a[0] - b[0] || a[2] - b[2]);
	const half = (list: Point[]) => {
		const kept: Point[] = [];
		for (const point of list) {
			for (;;) {
				const b = kept.at(-1);
				const a = kept.at(-2);
				if (!a || !b || (b[0] - a[0]) * (point[2] - a[2]) - (b[2] - a[2]) * (point[0] - a[0]) > 0) break;
				kept.pop();
			}
			kept.push(point);
		}
		return kept.slice(0, -1);
	};
	return [...half(sorted), ...half(sorted.reverse())];
}

export interface Building extends Box {
	floors: number;
	bays: number;
	glass?: Color;
	/** Part of the windows with light in them. */
	litWindows?: number;
	seed?: number;
}

const windowLight: Color = [255, 214, 140];

/** A block with rows of windows. */
export function addBuilding(stage: Stage, building: Building): void {
	stage.queue(building.at, (canvas) => {
		paintBox(stage, canvas, building);
		const chance = random(building.seed ?? 7);
		const centre: Point = [building.at[0], building.at[1] + building.size[1] / 2, building.at[2]];
		for (const [a, b, c, d] of boxFaces(building).slice(0, 4)) {
			if (!a || !b || !c || !d) continue;
			const out = between(a, c, 0.5);
			const away = (out[0] - centre[0]) * (stage.view.eye[0] - out[0]) + (out[2] - centre[2]) * (stage.view.eye[2] - out[2]);
			for (let floor = 0; floor < building.floors; floor++) {
				for (let bay = 0; bay < building.bays; bay++) {
					const lit = chance() < (building.litWindows ?? 0);
					const tone = 0.75 + chance() * 0.5;
					if (away <= 0) continue;
					const corner = (u: number, v: number) => between(between(a, b, u), between(d, c, u), v);
					const u0 = (bay + 0.18) / building.bays;
					const u1 = (bay + 0.82) / building.bays;
					const v0 = (floor + 0.3) / building.floors;
					const v1 = (floor + 0.8) / building.floors;
					const pane = [corner(u0, v0), corner(u1, v0), corner(u1, v1), corner(u0, v1)];
					if (lit) stage.polygon(canvas, pane, times(windowLight, tone * 0.9), { lit: false });
					else stage.polygon(canvas, pane, times(building.glass ?? [62, 78, 92], tone), { alpha: 0.9 });
				}
			}
		}
	});
}

/** A tree as a heap of leaf clumps that sway. */
export function addTree(stage: Stage, at: Point, tall: number, options: { seed: number; sway?: number; color?: Color }): void {
	stage.queue(at, (canvas) => {
		const chance = random(options.seed);
		const green = options.color ?? [58, 82, 44];
		stage.beam(canvas, at, [at[0], at[1] + tall * 0.5, at[2]], tall * 0.045, [74, 62, 50]);
		for (let clump = 0; clump < 150; clump++) {
			const level = chance();
			const angle = chance() * tau;
			const out = Math.sqrt(chance()) * tall * 0.32 * (1 - Math.abs(level - 0.4) * 1.1);
			const size = tall * (0.028 + chance() * 0.034);
			const y = at[1] + tall * (0.32 + level * 0.62);
			const bend = (options.sway ?? 0) * (0.4 + level) * tall * 0.05;
			const seen = stage.see([at[0] + Math.cos(angle) * out + bend, y, at[2] + Math.sin(angle) * out]);
			if (seen.depth < 1) continue;
			const tone = 0.5 + level * 0.5 + chance() * 0.3;
			canvas.fillStyle = css(
				stage.faded(times(mix(green, [120, 128, 70], chance() * 0.25), tone * (stage.view.ambient + stage.view.sunlight * 0.5)), seen.depth),
			);
			canvas.beginPath();
			canvas.ellipse(seen.x, seen.y, size * seen.scale * 1.15, size * seen.scale * 0.85, chance() * 3, 0, tau);
			canvas.fill();
		}
	});
}
