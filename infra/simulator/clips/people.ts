import { type Canvas, seconds } from './canvas.ts';
import { type Color, css, tau } from './color.ts';
import { groundShadow, placed } from './solids.ts';
import type { Point, Stage } from './stage.ts';

export interface Person {
	at: Point;
	/** Degrees clockwise from +z. */
	turn: number;
	coat: Color;
	trousers: Color;
	/** Where in the step they are, 0 to 1; undefined while they stand. */
	step: number | undefined;
	helmet?: Color;
	umbrella?: Color;
	tall?: number;
}

/** A person of some 1.7 m: legs and arms swing with the step. */
export function addPerson(stage: Stage, ground: Canvas, person: Person): void {
	const { at, turn, coat, trousers, step, tall = 1.7 } = person;
	groundShadow(stage, ground, at, [0.7, 0.7], { alpha: 0.7 });
	stage.queue(at, (canvas) => {
		const own = placed(at, turn);
		const swing = step === undefined ? 0.08 : Math.sin(step * tau);
		const p = (x: number, y: number, z: number) => own(x * tall, y * tall, z * tall);
		for (const side of [-1, 1]) {
			stage.beam(canvas, p(side * 0.05, 0.48, 0), p(side * 0.06, 0, side * swing * 0.19), 0.1 * tall, trousers, { round: true });
		}
		stage.beam(canvas, p(0, 0.47, 0), p(0, 0.8, 0.01), 0.21 * tall, coat, { round: true });
		for (const side of [-1, 1]) {
			stage.beam(canvas, p(side * 0.11, 0.79, 0), p(side * 0.14, 0.46, -side * swing * 0.15), 0.065 * tall, coat, { round: true });
		}
		const head = stage.see(p(0, 0.925, 0.01));
		if (head.depth < 1) return;
		const r = 0.068 * tall * head.scale;
		const light = stage.view.ambient + stage.view.sunlight * 0.5;
		canvas.fillStyle = css(stage.faded([196 * light, 152 * light, 124 * light], head.depth));
		canvas.beginPath();
		canvas.ellipse(head.x, head.y, r, r * 1.2, 0, 0, tau);
		canvas.fill();
		const hair = person.helmet ?? [36, 30, 28];
		canvas.fillStyle = css(stage.faded([hair[0] * light, hair[1] * light, hair[2] * light], head.depth));
		canvas.beginPath();
		canvas.ellipse(head.x, head.y - r * 0.35, r * 1.12, r * 0.95, 0, 0, tau);
		canvas.fill();
		if (person.umbrella) paintUmbrella(stage, canvas, p(0.05, 1.22, 0), person.umbrella);
	});
}

function paintUmbrella(stage: Stage, canvas: Canvas, top: Point, color: Color): void {
	const ribs = 8;
	for (let rib = 0; rib < ribs; rib++) {
		const rim = (index: number): Point => [
			top[0] + Math.cos((index / ribs) * tau) * 0.55,
			top[1] - 0.22,
			top[2] + Math.sin((index / ribs) * tau) * 0.55,
		];
		stage.polygon(canvas, [top, rim(rib), rim(rib + 1)], color, {
			normal: [Math.cos(((rib + 0.5) / ribs) * tau), 1.2, Math.sin(((rib + 0.5) / ribs) * tau)],
		});
	}
}

/** People in a line without end, each taking the next one's place when the loop closes; neighbours look different. */
export function addWalkers(
	stage: Stage,
	ground: Canvas,
	t: number,
	line: {
		from: Point;
		turn: number;
		count: number;
		pace?: number;
		start: number;
		looks: readonly { coat: Color; trousers: Color; umbrella?: Color; helmet?: Color; tall?: number }[];
	},
): void {
	const way = (line.pace ?? 1.3) * seconds;
	const own = placed(line.from, line.turn);
	const steps = Math.round(way / 1.4);
	for (let index = 0; index < line.count; index++) {
		for (const [number, look] of line.looks.entries()) {
			const part = (((t + line.start) % 1) + index + number / line.looks.length) * way;
			const aside = ((number * 37 + 11) % 10) / 10;
			addPerson(stage, ground, { at: own(aside, 0, part), turn: line.turn, step: steps * t + number * 0.37, ...look });
		}
	}
}
