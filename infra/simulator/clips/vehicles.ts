import type { Canvas } from './canvas.ts';
import { type Color, tau, times } from './color.ts';
import { paintBox, placed } from './solids.ts';
import type { Point, Stage } from './stage.ts';

/** A vehicle heads along its own +z; `turn` is clockwise from above, in degrees. */
export interface Vehicle {
	at: Point;
	turn: number;
}

const rubber: Color = [24, 24, 26];
const glass: Color = [44, 54, 62];

function paintWheels(stage: Stage, canvas: Canvas, { at, turn }: Vehicle, wheels: { half: number; axles: readonly number[]; radius: number }): void {
	const own = placed(at, turn);
	for (const side of [-1, 1]) {
		for (const axle of wheels.axles) {
			const rim = (radius: number, out: number): Point[] =>
				Array.from({ length: 12 }, (_, index) => {
					const angle = (index / 12) * tau;
					return own(side * (wheels.half + out), wheels.radius + Math.sin(angle) * radius, axle + Math.cos(angle) * radius);
				});
			const eye = stage.view.eye;
			const hub = own(side * wheels.half, 0, axle);
			const centre = own(0, 0, axle);
			const facing = (eye[0] - hub[0]) * (hub[0] - centre[0]) + (eye[2] - hub[2]) * (hub[2] - centre[2]) > 0;
			if (!facing) continue;
			stage.polygon(canvas, rim(wheels.radius, 0.02), rubber);
			stage.polygon(canvas, rim(wheels.radius * 0.5, 0.04), [120, 122, 126]);
		}
	}
}

/** A car, 4.6 m long: body, glasshouse, wheels, lights. */
export function addCar(stage: Stage, car: Vehicle & { color: Color; braking?: boolean; blue?: boolean }): void {
	stage.queue(car.at, (canvas) => {
		const { at, turn, color } = car;
		const own = placed(at, turn);
		paintBox(stage, canvas, { at: own(0, 0.25, 0), size: [1.82, 0.3, 4.5], turn, color: times(color, 0.8) });
		paintWheels(stage, canvas, car, { half: 0.9, axles: [-1.4, 1.4], radius: 0.34 });
		paintBox(stage, canvas, { at: own(0, 0.5, 0), size: [1.84, 0.42, 4.6], turn, color, taper: [0.95, 0.96] });
		paintBox(stage, canvas, {
			at: own(0, 0.9, -0.25),
			size: [1.7, 0.52, 2.75],
			turn,
			color: [glass, glass, glass, glass, times(color, 1.05)],
			taper: [0.82, 0.62],
		});
		const front = (x: number, z: number, y: number, paint: Color) =>
			stage.polygon(canvas, [own(x - 0.22, y, z), own(x + 0.22, y, z), own(x + 0.22, y + 0.16, z), own(x - 0.22, y + 0.16, z)], paint, {
				lit: false,
			});
		const eye = stage.view.eye;
		const nose = own(0, 0, 2.3);
		const faces = (eye[0] - nose[0]) * (nose[0] - at[0]) + (eye[2] - nose[2]) * (nose[2] - at[2]) > 0;
		for (const x of [-0.62, 0.62]) front(x, faces ? 2.3 : -2.3, 0.62, faces ? [226, 226, 214] : car.braking ? [235, 40, 30] : [128, 24, 22]);
	});
}

/** A terminal tractor or lorry with a trailer, 15 m long; `load` is the container on it. */
export function addTruck(stage: Stage, truck: Vehicle & { cab: Color; load: Color | undefined }): void {
	stage.queue(truck.at, (canvas) => {
		const { at, turn, cab } = truck;
		const own = placed(at, turn);
		const parts: { z: number; paint: () => void }[] = [
			{
				z: 6,
				paint: () => {
					paintBox(stage, canvas, { at: own(0, 0.6, 5.9), size: [2.4, 0.8, 3], turn, color: times(cab, 0.6) });
					paintBox(stage, canvas, { at: own(0, 1.3, 6.2), size: [2.4, 1.7, 2.2], turn, color: cab, taper: [0.94, 0.88] });
					paintBox(stage, canvas, { at: own(0, 1.95, 6.22), size: [2.43, 0.75, 2.23], turn, color: glass, taper: [0.97, 0.95] });
					paintWheels(stage, canvas, truck, { half: 1.15, axles: [6.4, 4.6], radius: 0.5 });
				},
			},
			{
				z: -1.5,
				paint: () => {
					paintBox(stage, canvas, { at: own(0, 0.9, -1.5), size: [2.3, 0.45, 12.6], turn, color: [64, 62, 60] });
					paintWheels(stage, canvas, truck, { half: 1.15, axles: [-5, -6.2], radius: 0.5 });
					if (truck.load) paintBox(stage, canvas, { at: own(0, 1.35, -1.5), size: [2.44, 2.56, 12.2], turn, color: truck.load });
				},
			},
		];
		// What is farther from the camera goes first.
		const distance = (z: number) => Math.hypot(own(0, 0, z)[0] - stage.view.eye[0], own(0, 0, z)[2] - stage.view.eye[2]);
		for (const { paint } of parts.sort((a, b) => distance(b.z) - distance(a.z))) paint();
	});
}
