import { paintLensDrops, paintPlane, paintRain, paintSky, paintSplashes } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, smooth, times, wrap } from '../color.ts';
import { type Lamp, paintGlows, paintNight, paintReflections, sodium, white } from '../lamps.ts';
import { addWalkers } from '../people.ts';
import { addBuilding, groundShadow, paintBox } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addStreetLamp, carLights, carPaints, queueAtLights } from '../street.ts';
import { addCar } from '../vehicles.ts';

const centre = 36;
const half = 8;

/** A crossroads on a wet night: the lights change once in a loop. */
export const scene: Scene = {
	id: 'cam-road-01',
	name: { zh: '明州路—新大路 路口', en: 'Mingzhou Road at Xinda Road' },
	light: 'night',
	weather: 'rain',
	create() {
		const stage = new Stage({
			eye: [3, 12, 0],
			yaw: -3,
			pitch: 15,
			angle: 68,
			sun: [0.2, 0.9, -0.3],
			sunlight: 0.3,
			ambient: 0.7,
			haze: [110, 112, 122],
			hazeDensity: 0.004,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [70, 76, 96], low: [150, 132, 116], cloud: [110, 106, 108], cover: 0.6, seed: 4 });
		paintPlane(back, stage, 0, ground);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addBlocks(stage);
			const lamps = addLamps(stage);
			const lights = [...addCars(stage, canvas, t), ...addSignals(stage, t)];
			for (const [x, turn] of [
				[13, 0],
				[-13.5, 180],
			] as const) {
				addWalkers(stage, canvas, t, {
					from: [x, 0, turn > 0 ? 64 : 6],
					turn,
					count: 5,
					start: 0.3,
					looks: [
						{ coat: [60, 66, 84], trousers: [40, 42, 50], umbrella: [170, 44, 50] },
						{ coat: [120, 110, 90], trousers: [50, 50, 60], umbrella: [52, 96, 150] },
					],
				});
			}
			stage.flush(canvas);
			paintNight(canvas, stage, [58, 64, 86], [...lamps, ...lights], [46, 50, 64]);
			paintReflections(canvas, stage, [...lamps, ...lights.filter(({ size = 0.3 }) => size > 0), ...shopLights], t, { strength: 0.3, seed: 12 });
			paintGlows(canvas, stage, [...lamps, ...lights.filter(({ size = 0.3 }) => size > 0), ...shopLights]);
			paintSplashes(canvas, stage, t, { seed: 20, count: 260, x: [-26, 32], z: [11, 60], alpha: 0.3 });
			paintRain(canvas, t, { seed: 16, drops: 210, slant: -0.1, color: [236, 214, 186], alpha: 0.2 });
			paintLensDrops(canvas, t, { seed: 7, count: 12 });
		};
	},
};

function ground(x: number, z: number): Color {
	const dz = z - centre;
	const crossing = Math.abs(x) < half || Math.abs(dz) < half;
	const puddle = smooth(0.52, 0.62, cloudy(x / 6 + 4, z / 7, 4));
	let color = times([92, 94, 98], (0.84 + 0.3 * cloudy(x / 2, z / 3, 4)) * (1 - 0.3 * puddle) * (0.95 + 0.1 * noise(x * 5, z * 5)));
	if (!crossing) {
		const tile = Math.min(wrap(x / 0.9), wrap(z / 0.9)) < 0.06 ? 0.85 : 1;
		color = times([138, 128, 120], tile * (0.85 + 0.25 * cloudy(x / 3, z / 3)));
		const curb = Math.min(Math.abs(Math.abs(x) - half), Math.abs(Math.abs(dz) - half));
		if (curb < 0.35) color = [168, 166, 160];
		return color;
	}
	const paint = (part: number) => {
		color = mix(color, [222, 222, 214], part * (0.6 + 0.35 * cloudy(x * 2, z * 2, 3)));
	};
	const inside = Math.abs(x) < half && Math.abs(dz) < half;
	if (inside) return color;
	const along = Math.abs(x) < half ? Math.abs(dz) : Math.abs(x);
	const across = Math.abs(x) < half ? x : dz;
	if (along > half + 1.4 && along < half + 5.2) {
		if (wrap(across / 1.15) < 0.5) paint(0.9);
	} else if (along > half + 6.2 && along < half + 6.7) paint(0.9);
	else if (along > half + 6.7) {
		if (Math.abs(Math.abs(across) - 0.22) < 0.09) color = mix(color, [214, 170, 50], 0.8);
		if (Math.abs(Math.abs(across) - 4) < 0.09 && (along < 32 || wrap(along / 6) < 0.5)) paint(0.8);
	}
	return color;
}

const shopLights: Lamp[] = [
	{ at: [-20, 3.4, centre + 17], color: [255, 90, 70], reach: 0, power: 0.35, size: 0.5 },
	{ at: [-26, 3.4, centre + 17], color: [90, 190, 255], reach: 0, power: 0.35, size: 0.5 },
	{ at: [19, 3.4, centre + 17], color: [255, 206, 120], reach: 0, power: 0.4, size: 0.5 },
	{ at: [26, 3.6, centre + 17], color: [110, 240, 150], reach: 0, power: 0.35, size: 0.5 },
];

function addBlocks(stage: Stage): void {
	const walls: Color[] = [
		[128, 122, 116],
		[112, 116, 124],
		[140, 128, 112],
		[104, 108, 112],
	];
	for (const [index, [x, z, w, tall]] of (
		[
			[-31, 62, 34, 26],
			[31, 64, 34, 34],
			[-40, 96, 40, 52],
			[38, 100, 40, 44],
			[-30, 140, 40, 40],
			[30, 150, 40, 60],
			[-50, 24, 30, 22],
		] as const
	).entries()) {
		addBuilding(stage, {
			at: [x, 0, z],
			size: [w, tall, 24],
			color: walls[index % 4] ?? [120, 120, 120],
			floors: Math.round(tall / 3.4),
			bays: 11,
			litWindows: 0.34,
			seed: index + 2,
		});
	}
	for (const [x, w, color] of [
		[-23, 16, [220, 120, 90]],
		[23, 16, [230, 210, 150]],
	] as const) {
		stage.queue([x, 0, 51], (canvas) => {
			stage.polygon(
				canvas,
				[
					[x - w / 2, 0.4, 51.8],
					[x + w / 2, 0.4, 51.8],
					[x + w / 2, 3.2, 51.8],
					[x - w / 2, 3.2, 51.8],
				],
				[255, 226, 176],
				{ lit: false },
			);
			stage.polygon(
				canvas,
				[
					[x - w / 2, 3.3, 51.7],
					[x + w / 2, 3.3, 51.7],
					[x + w / 2, 4.4, 51.7],
					[x - w / 2, 4.4, 51.7],
				],
				color,
				{ lit: false },
			);
			for (let bar = -w / 2; bar <= w / 2; bar += 2.6) stage.beam(canvas, [x + bar, 0, 51.6], [x + bar, 3.3, 51.6], 0.25, [80, 76, 72]);
		});
	}
}

function addLamps(stage: Stage): Lamp[] {
	const lamps: Lamp[] = [];
	for (const z of [16, 54, 80, 106, 132])
		for (const side of [-1, 1])
			lamps.push(addStreetLamp(stage, [side * (half + 1.2), 0, z], { turn: side > 0 ? 180 : 0, color: sodium, pool: 17, power: 0.95 }));
	for (const x of [-32, 30]) lamps.push(addStreetLamp(stage, [x, 0, centre + half + 1.2], { turn: 90, color: sodium, pool: 16 }));
	lamps.push(
		{ at: [-23, 3, 50], color: [255, 196, 140], reach: 12, power: 0.8, size: 0 },
		{ at: [23, 3, 50], color: [255, 220, 170], reach: 12, power: 0.8, size: 0 },
	);
	return lamps;
}

const greens = { along: 0.02, across: 0.52 };

function addSignals(stage: Stage, t: number): Lamp[] {
	const lamps: Lamp[] = [];
	const state = (green: number): Color => {
		const since = wrap(t - green);
		return since < 0.38 ? [60, 255, 150] : since < 0.45 ? [255, 190, 40] : [255, 44, 34];
	};
	const signal = (at: Point, arm: number, color: Color) => {
		stage.queue(at, (canvas) => {
			stage.beam(canvas, at, [at[0], 6.2, at[2]], 0.2, [90, 94, 98]);
			stage.beam(canvas, [at[0], 6, at[2]], [at[0] + arm, 6.2, at[2]], 0.14, [90, 94, 98]);
			paintBox(stage, canvas, { at: [at[0] + arm, 5.5, at[2]], size: [2, 0.8, 0.4], color: [30, 32, 34] });
		});
		const shift = color[0] < 100 ? 0.6 : color[1] > 150 ? 0 : -0.6;
		lamps.push({ at: [at[0] + arm + shift, 5.9, at[2] - 0.3], color, reach: 5, power: 0.75, size: 0.26 });
	};
	signal([half + 0.8, 0, centre + half + 7], -4.5, state(greens.along));
	signal([-half - 0.8, 0, centre + half + 2.4], 3.5, state(greens.along));
	signal([half + 1, 0, centre - half - 1], -1, state(greens.across));
	lamps.push({ at: [-half - 1, 5, centre - half - 2], color: white, reach: 4, power: 0.3, size: 0.12 });
	return lamps;
}

function addCars(stage: Stage, ground: Canvas, t: number): Lamp[] {
	const lamps: Lamp[] = [];
	const put = (at: Point, turn: number, paint: number, braking: boolean) => {
		if (Math.abs(at[0]) > 75 || at[2] < 4 || at[2] > 170) return;
		groundShadow(stage, ground, at, [2.2, 5], { turn });
		addCar(stage, { at, turn, color: carPaints[paint % carPaints.length] ?? [200, 200, 200], braking });
		lamps.push(...carLights(at, turn, stage.view.eye, braking));
	};
	const stop = half + 8.8;
	for (const [lane, perCycle] of [
		[2, 2],
		[6, 2],
	] as const) {
		for (const car of queueAtLights(t, { green: greens.along, perCycle, waiting: 5, left: 2 })) {
			put([-lane, 0, centre + stop - car.way], 180, car.number + lane, car.braking);
			put([lane, 0, centre - stop + car.way], 0, car.number + lane + 3, car.braking);
		}
		for (const car of queueAtLights(t, { green: greens.across, perCycle, waiting: 5, left: 2 })) {
			put([-stop + car.way, 0, centre - lane], 90, car.number + lane + 1, car.braking);
			put([stop - car.way, 0, centre + lane], -90, car.number + lane + 2, car.braking);
		}
	}
	return lamps;
}
