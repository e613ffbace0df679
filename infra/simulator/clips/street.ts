import type { Canvas } from './canvas.ts';
import { seconds } from './canvas.ts';
import { type Color, smooth, wrap } from './color.ts';
import { type Lamp, sodium } from './lamps.ts';
import { groundShadow, placed } from './solids.ts';
import type { Point, Stage } from './stage.ts';
import { addCar } from './vehicles.ts';

/** A street lamp with its arm towards `reach` (own x); answers the lamp that burns on it. */
export function addStreetLamp(
	stage: Stage,
	at: Point,
	options: { turn?: number; tall?: number; arm?: number; color?: Color; pool?: number; power?: number } = {},
): Lamp {
	const { turn = 0, tall = 9, arm = 2, color = sodium, pool = 15, power = 0.9 } = options;
	const own = placed(at, turn);
	stage.queue(at, (canvas) => {
		stage.beam(canvas, at, own(0, tall, 0), 0.18, [104, 108, 112]);
		stage.beam(canvas, own(0, tall, 0), own(arm, tall + 0.3, 0), 0.12, [104, 108, 112]);
		stage.beam(canvas, own(arm - 0.3, tall + 0.28, 0), own(arm + 0.5, tall + 0.34, 0), 0.24, [150, 152, 154]);
	});
	return { at: own(arm + 0.1, tall + 0.2, 0), color, reach: pool, power, size: 0.26 };
}

export const carPaints: Color[] = [
	[222, 224, 226],
	[38, 40, 46],
	[140, 146, 150],
	[150, 30, 30],
	[36, 62, 110],
	[198, 186, 160],
];

/** Front and rear lights of a car for the night. */
export function carLights(at: Point, turn: number, view: readonly [number, number, number], braking = false): Lamp[] {
	const own = placed(at, turn);
	const nose = own(0, 0, 2.3);
	const facing = (view[0] - nose[0]) * (nose[0] - at[0]) + (view[2] - nose[2]) * (nose[2] - at[2]) > 0;
	const [beamX, , beamZ] = own(0, 0, 8);
	const ends: Lamp[] = [-0.62, 0.62].map((x) => ({
		at: own(x, 0.7, facing ? 2.35 : -2.35),
		color: facing ? ([255, 244, 220] as const) : ([255, 36, 26] as const),
		reach: 0,
		power: facing ? 0.85 : braking ? 0.8 : 0.4,
		size: facing ? 0.2 : 0.15,
	}));
	return [...ends, { at: [beamX, 0.2, beamZ], color: [255, 240, 212], reach: 6.5, power: 0.5, size: 0 }];
}

/**
 * A lane at traffic lights: `perCycle` cars leave in every green, those behind move up, and at the end of the loop all
 * stand where others stood at its beginning. Metres from the stop line (negative: before it) and whether the car brakes.
 */
export function queueAtLights(
	t: number,
	lane: { green: number; perCycle: number; waiting: number; left: number; offset?: number },
): { way: number; braking: boolean; number: number }[] {
	const cars: { way: number; braking: boolean; number: number }[] = [];
	const gap = 7.4;
	for (let place = -lane.left * lane.perCycle; place < lane.waiting; place++) {
		const number = ((place % lane.perCycle) + lane.perCycle) % lane.perCycle;
		const cycle = Math.floor(place / lane.perCycle);
		const starts = lane.green + number * 0.03;
		const since = (wrap(t + (lane.offset ?? 0)) - starts - cycle) * seconds;
		const own = number * gap;
		if (since > 0 && cycle <= 0) {
			const driven = since < 4 ? 1.8 * since * since : 28.8 + 14.4 * (since - 4);
			cars.push({ way: driven - own, braking: false, number });
		} else if (cycle <= 0) cars.push({ way: -own, braking: true, number });
		else {
			const now = wrap(t + (lane.offset ?? 0));
			const up = smooth(starts + 0.02, starts + 0.32, now);
			cars.push({ way: -(place - up * lane.perCycle) * gap, braking: up < 0.02 || up > 0.9, number });
		}
	}
	return cars;
}

/** Cars in a lane without end; each takes the next one's place when the loop closes. Answers where they are. */
export function addStreamOfCars(
	stage: Stage,
	ground: Canvas,
	t: number,
	lane: { from: Point; turn: number; count: number; speed: number; start: number; paints: readonly Color[] },
): { at: Point; turn: number }[] {
	const own = placed(lane.from, lane.turn);
	const gap = lane.speed * seconds;
	const cars: { at: Point; turn: number }[] = [];
	for (let index = 0; index < lane.count; index++) {
		for (const [number, color] of lane.paints.entries()) {
			const at = own(0, 0, (wrap(t + lane.start) + index + number / lane.paints.length + ((number * 7) % 5) * 0.02) * gap);
			groundShadow(stage, ground, at, [2.1, 5], { turn: lane.turn, alpha: 0.8 });
			addCar(stage, { at, turn: lane.turn, color });
			cars.push({ at, turn: lane.turn });
		}
	}
	return cars;
}
