import { paintLensDrops, paintPlane, paintRain, paintSky, paintVapour, swells, waterAt } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, random, smooth, swing, times } from '../color.ts';
import { type Lamp, paintGlows, paintNight, paintReflections, sodium, white } from '../lamps.ts';
import { paintBox, placed } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addStreetLamp } from '../street.ts';

const quay = 11;

/** Fishing boats at their moorings on a stormy night. */
export const scene: Scene = {
	id: 'cam-harbour-01',
	name: { zh: '郭巨渔港 避风锚地', en: 'Guoju fishing harbour' },
	light: 'night',
	weather: 'storm',
	create() {
		const stage = new Stage({
			eye: [0, 9, 0],
			yaw: 6,
			pitch: 10,
			angle: 62,
			sun: [-0.3, 0.9, -0.5],
			sunlight: 0.35,
			ambient: 0.66,
			haze: [92, 100, 112],
			hazeDensity: 0.006,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [64, 74, 92], low: [120, 122, 128], cloud: [84, 90, 102], cover: 0.8, seed: 62 });
		const waves = swells(41, { count: 8, longest: 13, shortest: 0.8, steep: 0.14, heading: -0.5, spread: 1.5 });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addShore(stage);
			stage.flush(canvas);
			paintPlane(
				canvas,
				stage,
				-1,
				(x, z, far) => {
					const [sx, sz, rise] = waterAt(waves, x, z, t, far * 0.6);
					const light = clamp(0.4 + sz * 2 + sx * 0.6);
					const crest = smooth(0.3, 0.7, rise * 0.9 + noise(x * 1.2, z) * 0.4);
					return mix(mix([52, 66, 76], [150, 160, 168], light), [200, 206, 208], crest * 0.35);
				},
				{ step: 2 },
			);
			const lamps: Lamp[] = [];
			for (const boat of boats) lamps.push(...addBoat(stage, t, boat));
			stage.flush(canvas);
			lamps.push(...addQuay(stage));
			stage.flush(canvas);
			paintNight(canvas, stage, [72, 80, 102], [...lamps, ...shore], [52, 58, 76]);
			const seen = [...lamps, ...shore].filter(({ size = 0.3 }) => size > 0);
			paintReflections(canvas, stage, seen, t, { strength: 0.3, seed: 9, level: -1 });
			paintGlows(canvas, stage, seen, 1.3);
			paintVapour(canvas, stage, t, {
				at: [40, 1, 40],
				drift: [-80, 2, 0],
				radius: [4, 9],
				puffs: 18,
				color: [150, 156, 164],
				alpha: 0.06,
				seed: 3,
				lives: 2,
			});
			paintRain(canvas, t, { seed: 46, drops: 320, slant: -0.55, alpha: 0.22, color: [214, 212, 208] });
			paintLensDrops(canvas, t, { seed: 31, count: 22 });
		};
	},
};

interface Boat {
	at: Point;
	turn: number;
	hull: Color;
	long: number;
	phase: number;
}

const boats: Boat[] = buildBoats();

function buildBoats(): Boat[] {
	const chance = random(5);
	const hulls: Color[] = [
		[42, 92, 128],
		[128, 50, 42],
		[44, 104, 96],
		[70, 76, 84],
	];
	const list: Boat[] = [];
	for (const [row, z] of [20, 36, 56, 80].entries()) {
		for (let place = 0; place < 7; place++) {
			list.push({
				at: [-34 + place * (8.6 + row * 2.6) + chance() * 2 - row * 9, -1, z + chance() * 3],
				turn: 172 + chance() * 16,
				hull: hulls[Math.floor(chance() * 4)] ?? [60, 60, 60],
				long: 13 + chance() * 4,
				phase: chance(),
			});
		}
	}
	return list;
}

function addBoat(stage: Stage, t: number, boat: Boat): Lamp[] {
	const heave = 0.42 * swing(t, 3, boat.phase) + 0.15 * swing(t, 5, boat.phase * 3);
	const roll = 0.085 * swing(t, 3, boat.phase + 0.2);
	const pitch = 0.05 * swing(t, 4, boat.phase + 0.5);
	const flat = placed([boat.at[0], boat.at[1] + heave, boat.at[2]], boat.turn + 2.5 * swing(t, 1, boat.phase));
	const own = (x: number, y: number, z: number): Point => flat(x - y * roll, y + x * roll + z * pitch, z);
	const half = boat.long / 2;
	const wide = 2.1;
	stage.queue(boat.at, (canvas) => {
		const deck = (z: number): number => 1.5 + 0.9 * Math.max(0, z / half) ** 2 + 0.3 * Math.max(0, -z / half) ** 2;
		const beam = (z: number): number => wide * (z > 0 ? Math.sqrt(Math.max(0.02, 1 - (z / half) ** 2.2)) : 1 - 0.12 * (z / half) ** 2);
		const stations = [-1, -0.7, -0.35, 0, 0.3, 0.55, 0.75, 0.9, 1].map((part) => part * half);
		const eye = stage.view.eye;
		const centre = own(0, 1, 0);
		for (const side of [1, -1]) {
			const out = own(side * wide, 1, 0);
			const facing = (eye[0] - out[0]) * (out[0] - centre[0]) + (eye[2] - out[2]) * (out[2] - centre[2]) > 0;
			for (const [index, z] of stations.entries()) {
				const next = stations[index + 1];
				if (next === undefined) continue;
				const low = (at: number): Point => own(side * beam(at) * 0.72, -0.5, at * 0.95);
				const high = (at: number): Point => own(side * beam(at), deck(at), at);
				const tone = facing ? 1 : 0.55;
				stage.polygon(canvas, [low(z), low(next), high(next), high(z)], times(boat.hull, tone * (0.9 + 0.1 * (z / half))), {
					normal: [side * 0.5, 0.4, -0.5],
				});
				stage.beam(canvas, high(z), high(next), 0.16, [206, 200, 188]);
			}
		}
		stage.polygon(
			canvas,
			[
				...stations.map((z) => own(beam(z) * 0.94, deck(z) - 0.25, z)),
				...[...stations].reverse().map((z) => own(-beam(z) * 0.94, deck(z) - 0.25, z)),
			],
			[120, 104, 84],
			{ normal: [0, 1, 0] },
		);
		const [bx, by, bz] = own(0, 1.4, -half * 0.45);
		paintBox(stage, canvas, { at: [bx, by, bz], size: [2.7, 2.2, 3.8], turn: boat.turn, color: [222, 222, 214], taper: [0.94, 0.94] });
		paintBox(stage, canvas, { at: [bx, by + 1.1, bz], size: [2.74, 0.6, 3.84], turn: boat.turn, color: [44, 56, 64], taper: [0.98, 0.98] });
		paintBox(stage, canvas, { at: [bx, by + 2.2, bz], size: [3, 0.2, 4.2], turn: boat.turn, color: [176, 60, 50] });
		stage.beam(canvas, own(0, 3.5, -half * 0.4), own(0, 8.4, -half * 0.4), 0.16, [176, 170, 150]);
		stage.beam(canvas, own(0, 1.5, half * 0.4), own(0, 6.4, half * 0.4), 0.18, [176, 170, 150]);
		stage.beam(canvas, own(0, 6, half * 0.4), own(0, 3.6, -half * 0.1), 0.1, [176, 170, 150]);
		for (const [a, b] of [
			[own(0, 8.2, -half * 0.4), own(0, 2.3, half)],
			[own(0, 6.3, half * 0.4), own(0, 8.2, -half * 0.4)],
			[own(0, 8.2, -half * 0.4), own(0, 1.8, -half)],
		] as const)
			stage.beam(canvas, a, b, 0.04, [150, 150, 150]);
		for (let strip = 0; strip < 5; strip++) {
			const wave = (index: number) => 0.16 * swing(t, 17, boat.phase - index / 5);
			const [fx, fy, fz] = own(0, 7.4, -half * 0.4);
			stage.polygon(
				canvas,
				[
					[fx - strip * 0.26, fy + wave(strip), fz],
					[fx - strip * 0.26 - 0.26, fy + wave(strip + 1), fz],
					[fx - strip * 0.26 - 0.26, fy + 0.8 + wave(strip + 1), fz],
					[fx - strip * 0.26, fy + 0.8 + wave(strip), fz],
				],
				[206, 40, 34],
				{ lit: false },
			);
		}
		for (const side of [-1, 1]) for (const z of [-0.3, 0.1, 0.45]) paintTyre(stage, canvas, own(side * (beam(z * half) + 0.1), 0.9, z * half));
	});
	const working = boat.phase < 0.45;
	return [
		{ at: own(0, 8.5, -half * 0.4), color: white, reach: 0, power: 0.75, size: 0.13 },
		...(working ? [{ at: own(0, 4.4, -half * 0.1), color: [255, 222, 160], reach: 9, power: 0.95, size: 0.2 } as Lamp] : []),
	];
}

function paintTyre(stage: Stage, canvas: Canvas, at: Point): void {
	const { x, y, scale, depth } = stage.see(at);
	if (depth < 2) return;
	canvas.strokeStyle = 'rgb(26,26,28)';
	canvas.lineWidth = 0.2 * scale;
	canvas.beginPath();
	canvas.ellipse(x, y, 0.24 * scale, 0.32 * scale, 0, 0, 7);
	canvas.stroke();
}

/** Two lamps of the quay below the camera. */
function addQuay(stage: Stage): Lamp[] {
	return [
		addStreetLamp(stage, [-8.5, 1, quay - 2.2], { turn: -70, tall: 7, pool: 15, color: sodium, power: 1 }),
		addStreetLamp(stage, [12.5, 1, quay - 2.2], { turn: -110, tall: 7, pool: 15, color: sodium, power: 1 }),
	];
}

const shore: Lamp[] = Array.from({ length: 26 }, (_, index) => ({
	at: [-150 + index * 14 + ((index * 37) % 9), 5 + ((index * 13) % 7), 178],
	color: index % 3 ? sodium : white,
	reach: 0,
	power: 0.6,
	size: 0.5,
}));

function addShore(stage: Stage): void {
	stage.queue([0, 0, 220], (canvas) => {
		const points: Point[] = [[-260, -2, 220]];
		for (let x = -260; x <= 300; x += 6) points.push([x, 10 + 34 * cloudy(x / 60, 4, 4), 220]);
		points.push([300, -2, 220]);
		stage.polygon(canvas, points, [70, 80, 84], { normal: [0, 1, 0], alpha: 0.999 });
	});
	stage.queue([0, 0, 180], (canvas) =>
		stage.polygon(
			canvas,
			[
				[-260, -1, 180],
				[300, -1, 180],
				[300, 3, 180],
				[-260, 3, 180],
			],
			[104, 104, 100],
		),
	);
}
