import { paintPlane, paintSky, paintVapour } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, random, swing, tau, times, wrap } from '../color.ts';
import { type Lamp, paintGlows, paintNight, paintReflections, sodium, white } from '../lamps.ts';
import { addBox, groundShadow, paintBall, paintBox, paintCylinder } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

const steel: Color = [176, 180, 180];

/** Floating-roof tanks and pressure spheres by night; a flare burns behind them. */
export const scene: Scene = {
	id: 'cam-tank-01',
	name: { zh: '青峙化工园 储罐区全景', en: 'Qingzhi chemical park, tank farm' },
	light: 'night',
	weather: 'clear',
	create() {
		const stage = new Stage({
			eye: [0, 21, 0],
			yaw: 0,
			pitch: 4.5,
			angle: 60,
			sun: [0.5, 0.7, -0.5],
			sunlight: 0.45,
			ambient: 0.6,
			haze: [96, 92, 96],
			hazeDensity: 0.0014,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [70, 84, 110], low: [196, 158, 124], cloud: [120, 112, 112], cover: 0.5, seed: 9 });
		paintPlane(back, stage, 0, ground);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addTanks(stage, canvas);
			addPipes(stage);
			addColumns(stage);
			stage.flush(canvas);
			const flicker = 0.8 + 0.12 * swing(t, 17) + 0.08 * swing(t, 29, 0.3);
			const flare: Lamp = { at: [62, 62, 240], color: [255, 150, 60], reach: 150, power: 0.55 * flicker, size: 2.2 };
			const all = [...lamps, flare];
			paintNight(canvas, stage, [84, 90, 108], all, [62, 66, 84]);
			paintReflections(canvas, stage, lamps.slice(0, 4), t, { strength: 0.06, seed: 3 });
			paintVapour(canvas, stage, t, {
				at: [-46, 46, 210],
				drift: [26, 22, 0],
				radius: [2, 10],
				puffs: 26,
				color: [196, 178, 164],
				alpha: 0.11,
				seed: 6,
				lives: 1,
			});
			paintGlows(canvas, stage, all);
			paintFlame(canvas, stage, t);
			if (wrap(t * 5) < 0.5) paintGlows(canvas, stage, beacons);
		};
	},
};

function ground(x: number, z: number): Color {
	const tone = 0.8 + 0.4 * cloudy(x / 7, z / 10, 4);
	let color = times([104, 104, 100], tone * (0.97 + 0.06 * noise(x * 2, z * 2)));
	if (Math.abs(x + 2) < 5) color = times([74, 74, 76], 0.9 + 0.2 * cloudy(x / 3, z / 12));
	if (Math.abs(x + 2) < 0.12 && wrap(z / 9) < 0.5) color = [206, 204, 190];
	if (Math.abs(Math.abs(x + 2) - 5.2) < 0.2) color = [170, 150, 70];
	if (Math.abs(z - 46) < 3.4) color = mix(color, [84, 84, 84], 0.8);
	return color;
}

const cylinders: { at: Point; radius: number; tall: number }[] = [
	{ at: [-34, 0, 74], radius: 15, tall: 15 },
	{ at: [-40, 0, 116], radius: 16, tall: 16 },
	{ at: [-78, 0, 104], radius: 16, tall: 16 },
	{ at: [-36, 0, 162], radius: 15, tall: 16 },
	{ at: [-82, 0, 160], radius: 16, tall: 16 },
	{ at: [30, 0, 150], radius: 14, tall: 17 },
	{ at: [68, 0, 156], radius: 14, tall: 17 },
];
const spheres: Point[] = [
	[21, 0, 72],
	[43, 0, 76],
	[26, 0, 106],
	[50, 0, 110],
];

function addTanks(stage: Stage, canvas: Canvas): void {
	for (const { at, radius, tall } of cylinders) {
		groundShadow(stage, canvas, at, [radius * 2.3, radius * 2.3], { alpha: 0.6 });
		stage.queue(at, (into) => {
			paintCylinder(stage, into, { at, radius, tall, color: steel, roof: [112, 112, 108] });
			// The roof floats some metres below the rim; the inner wall behind it stays in sight.
			const rim = (index: number, r: number, y: number): Point => [
				at[0] + Math.cos((index / 48) * tau) * r,
				y,
				at[2] + Math.sin((index / 48) * tau) * r,
			];
			for (let index = 0; index < 48; index++) {
				stage.beam(into, rim(index, radius, tall + 1.1), rim(index + 1, radius, tall + 1.1), 0.1, [206, 200, 150]);
				if (index % 2 === 0) stage.beam(into, rim(index, radius, tall), rim(index, radius, tall + 1.1), 0.08, [206, 200, 150]);
				const front = Math.sin((index / 48) * tau) < 0.15;
				if (front)
					for (const band of [0.35, 0.68, 0.97])
						stage.beam(into, rim(index, radius + 0.1, tall * band), rim(index + 1, radius + 0.1, tall * band), 0.22, times(steel, 0.72));
				if (index > 24 && index < 44)
					stage.beam(
						into,
						rim(index, radius + 0.5, ((index - 24) / 20) * tall),
						rim(index + 1, radius + 0.5, ((index - 23) / 20) * tall),
						0.5,
						[96, 92, 84],
					);
			}
		});
	}
	for (const [x, , z] of spheres) {
		groundShadow(stage, canvas, [x, 0, z], [18, 18], { alpha: 0.7 });
		stage.queue([x, 0, z], (into) => {
			for (let leg = 0; leg < 10; leg++) {
				const angle = (leg / 10) * tau;
				stage.beam(
					into,
					[x + Math.cos(angle) * 7.4, 0, z + Math.sin(angle) * 7.4],
					[x + Math.cos(angle) * 7.6, 10, z + Math.sin(angle) * 7.6],
					0.7,
					times(steel, 0.7),
				);
			}
			paintBall(stage, into, [x, 11, z], 8.2, [214, 214, 208]);
			stage.beam(into, [x - 8, 10.6, z - 1.5], [x + 8, 10.6, z - 1.5], 0.25, times(steel, 0.55));
			paintBox(stage, into, { at: [x, 19, z], size: [3, 1.1, 3], color: [150, 146, 120] });
			stage.beam(into, [x - 2, 0, z - 9], [x + 1.4, 19, z - 2], 0.5, [120, 116, 100]);
		});
	}
}

function addPipes(stage: Stage): void {
	stage.queue([0, 0, 47], (canvas) => {
		for (let x = -60; x <= 62; x += 9) {
			for (const z of [45.5, 49.5]) stage.beam(canvas, [x, 0, z], [x, 6.4, z], 0.35, [110, 104, 96]);
			stage.beam(canvas, [x, 5.4, 45.5], [x, 5.4, 49.5], 0.3, [110, 104, 96]);
		}
		const paints: Color[] = [
			[178, 180, 178],
			[70, 110, 74],
			[196, 168, 66],
			[178, 180, 178],
			[150, 70, 54],
			[160, 162, 166],
		];
		for (const [index, paint] of paints.entries())
			stage.beam(canvas, [-90, 5.8 + (index % 2) * 0.9, 49 - index * 0.65], [95, 5.8 + (index % 2) * 0.9, 49 - index * 0.65], 0.48, paint);
	});
	for (const side of [-9.5, 9]) {
		addBox(stage, { at: [side, 0, 105], size: [0.6, 1.6, 112], color: [138, 136, 130] });
	}
}

function addColumns(stage: Stage): void {
	const chance = random(15);
	for (let index = 0; index < 13; index++) {
		const at: Point = [-90 + index * 15 + chance() * 6, 0, 225 + chance() * 40];
		const tall = 22 + chance() * 36;
		const radius = 1.4 + chance() * 2;
		stage.queue(at, (canvas) => {
			paintCylinder(stage, canvas, { at, radius, tall, color: [168, 168, 166] });
			for (let level = 6; level < tall; level += 7)
				paintCylinder(stage, canvas, { at: [at[0], level, at[2]], radius: radius + 0.9, tall: 0.7, color: [120, 116, 104] });
		});
	}
	stage.queue([62, 0, 240], (canvas) => {
		paintCylinder(stage, canvas, { at: [62, 0, 240], radius: 1.3, tall: 60, color: [170, 160, 150], top: 0.9 });
		for (const [dx, dz] of [
			[-16, 6],
			[16, 6],
		] as const)
			stage.beam(canvas, [62 + dx, 0, 240 + dz], [62, 44, 240], 0.3, [120, 110, 100]);
	});
}

const lamps: Lamp[] = buildLamps();
const beacons: Lamp[] = [{ at: [62, 46, 239], color: [255, 40, 30], reach: 0, power: 0.6, size: 0.7 }];

function buildLamps(): Lamp[] {
	const chance = random(44);
	const list: Lamp[] = [];
	for (const z of [40, 62, 90, 124, 160]) list.push({ at: [-8.5, 9, z], color: sodium, reach: 24, power: 0.95, size: 0.35 });
	for (const [x, , z] of spheres)
		list.push(
			{ at: [x + 1, 20.5, z - 2], color: white, reach: 15, power: 0.7, size: 0.3 },
			{ at: [x - 6, 4, z - 9], color: sodium, reach: 13, power: 0.8, size: 0.25 },
		);
	for (const { at, radius, tall } of cylinders)
		list.push({ at: [at[0] + radius * 0.75, tall + 2.5, at[2] - radius * 0.7], color: sodium, reach: radius * 1.7, power: 0.8, size: 0.32 });
	for (let index = 0; index < 60; index++)
		list.push({
			at: [-95 + chance() * 195, 4 + chance() * 44, 222 + chance() * 40],
			color: chance() < 0.6 ? sodium : white,
			reach: index % 5 === 0 ? 16 : 0,
			power: 0.5,
			size: 0.4,
		});
	return list;
}

function paintFlame(canvas: Canvas, stage: Stage, t: number): void {
	canvas.save();
	canvas.globalCompositeOperation = 'lighter';
	const fire = { drift: [7, 17, 0] as const, puffs: 34, lives: 11 };
	paintVapour(canvas, stage, t, { ...fire, at: [62, 60, 240], radius: [1.6, 3.6], color: [255, 96, 24], alpha: 0.34, seed: 2 });
	paintVapour(canvas, stage, t, { ...fire, at: [62, 60, 240], drift: [4, 10, 0], radius: [1.2, 2.2], color: [255, 214, 120], alpha: 0.4, seed: 3 });
	canvas.restore();
}
