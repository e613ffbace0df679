import { paintLensDrops, paintPlane, paintRain, paintSky, paintVapour } from '../atmosphere.ts';
import { newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, random, smooth, swing, times, wrap } from '../color.ts';
import { paintGlows, paintReflections } from '../lamps.ts';
import { addTree, groundShadow, paintBox } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { carLights } from '../street.ts';
import { addCar } from '../vehicles.ts';

/** Middle of the road at a distance: it winds to the left round the slope. */
function bend(z: number): number {
	return 3 - ((z - 12) / 26) ** 2 * 4.2 + Math.max(0, z - 60) * 0.5;
}

/** A mountain road in rain; banks of fog drift across it. */
export const scene: Scene = {
	id: 'cam-hill-01',
	name: { zh: '九峰山 盘山公路 K3+200', en: 'Jiufeng mountain road, K3+200' },
	light: 'day',
	weather: 'fog',
	create() {
		const stage = new Stage({
			eye: [1, 7, 0],
			yaw: -9,
			pitch: 9,
			angle: 60,
			sun: [0.1, 1, -0.1],
			sunlight: 0.12,
			ambient: 0.78,
			haze: [178, 186, 188],
			hazeDensity: 0.0115,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [160, 168, 174], low: [186, 192, 194], cloud: [196, 202, 204], cover: 0.6, seed: 41 });
		addSlopes(stage);
		stage.flush(back);
		paintPlane(back, stage, 0, ground);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addWoods(stage, t);
			addRails(stage);
			const lights = [0, 1].flatMap((way) => {
				const part = wrap(t + way * 0.55);
				const z = way ? 6 + part * 110 : 116 - part * 110;
				const at: Point = [bend(z) + (way ? 1.9 : -1.9), 0, z];
				const slope = ((bend(z + 1) - bend(z - 1)) / 2) * 57.3 * 0.7;
				const turn = way ? slope : 180 + slope;
				groundShadow(stage, canvas, at, [2.1, 5], { turn });
				addCar(stage, { at, turn, color: way ? [150, 34, 32] : [214, 216, 218], braking: way === 1 });
				return carLights(at, turn, stage.view.eye, way === 1);
			});
			stage.flush(canvas);
			const bright = lights.filter(({ size = 0 }) => size > 0);
			paintReflections(canvas, stage, bright, t, { strength: 0.35, seed: 5 });
			paintGlows(canvas, stage, bright, 1.6);
			for (const [index, z] of [95, 70, 48, 34].entries()) {
				paintVapour(canvas, stage, t, {
					at: [-60 + index * 9, 4 + index, z],
					drift: [110, 3, 0],
					radius: [9, 15],
					puffs: 22,
					color: [190, 197, 199],
					alpha: 0.17 - index * 0.022,
					seed: 90 + index,
					lives: 1,
				});
			}
			paintRain(canvas, t, { seed: 26, drops: 240, slant: -0.2, alpha: 0.2 });
			paintLensDrops(canvas, t, { seed: 17, count: 20 });
		};
	},
};

function ground(x: number, z: number): Color {
	const off = x - bend(z);
	const road = Math.abs(off) < 4.4;
	if (!road) {
		const grass = cloudy(x / 1.3, z / 1.6, 5);
		return mix([70, 84, 52], [112, 108, 80], smooth(5.6, 4.4, Math.abs(off)) * 0.7 + grass * 0.3);
	}
	const wet = smooth(0.45, 0.65, cloudy(x / 2.5, z / 7, 4));
	let color = times([98, 102, 106], 0.86 + 0.2 * cloudy(x, z / 2, 4) + 0.05 * noise(x * 7, z * 7));
	color = mix(color, [146, 154, 158], wet * 0.55);
	for (const rut of [-2.8, -1.1, 1.1, 2.8]) color = mix(color, [132, 140, 144], 0.3 * Math.exp(-(((off - rut) / 0.3) ** 2)));
	if (Math.abs(Math.abs(off) - 0.13) < 0.07) color = mix(color, [206, 170, 60], 0.85);
	if (Math.abs(Math.abs(off) - 3.9) < 0.09) color = mix(color, [214, 216, 212], 0.85);
	return color;
}

function addSlopes(stage: Stage): void {
	for (const [z, high, tone] of [
		[190, 95, [92, 112, 104]],
		[130, 62, [84, 104, 88]],
		[95, 40, [74, 94, 72]],
	] as const) {
		stage.queue([0, 0, z], (canvas) => {
			const points: Point[] = [[-180, -2, z]];
			for (let x = -180; x <= 160; x += 4)
				points.push([x, high * (0.25 + cloudy(x / 46 + z, 1, 4) * smooth(60, -120, x) * 1.25) + 2 * noise(x, z), z]);
			points.push([160, -2, z]);
			stage.polygon(canvas, points, tone, { normal: [0, 1, 0], alpha: 0.999 });
		});
	}
}

function addWoods(stage: Stage, t: number): void {
	const chance = random(33);
	for (let index = 0; index < 62; index++) {
		const z = 16 + (index / 62) * 92;
		const left = chance() < 0.72;
		const x = bend(z) + (left ? -(7.5 + chance() * 26) : 8.5 + chance() * 12);
		const rise = left ? 3 + (bend(z) - x - 6.2) * 0.45 : -1.5 - chance() * 2;
		addTree(stage, [x, rise - 0.6, z], 5 + chance() * 5, {
			seed: 300 + index,
			sway: swing(t, 1 + (index % 3), chance()) * 0.8,
			color: mix([44, 68, 42], [66, 84, 46], chance()),
		});
	}
}

function addRails(stage: Stage): void {
	for (let z = 8; z < 84; z += 4) {
		const x = bend(z) + 5;
		const next = bend(z + 4) + 5;
		stage.queue([x, 0, z], (canvas) => {
			stage.beam(canvas, [x, 0, z], [x, 0.85, z], 0.15, [150, 154, 154]);
			stage.beam(canvas, [x, 0.7, z], [next, 0.7, z + 4], 0.32, [196, 200, 200]);
			stage.beam(canvas, [x, 0.62, z], [next, 0.62, z + 4], 0.06, [120, 124, 126]);
			if (wrap(z / 8) < 0.5) paintBox(stage, canvas, { at: [x - 0.05, 0.85, z], size: [0.14, 0.2, 0.1], color: [240, 150, 40] });
		});
	}
	for (let z = 3; z < 110; z += 1.5) {
		stage.queue([bend(z) - 6, 0, z], (canvas) => {
			for (let row = 0; row < 4; row++) {
				const x = (at: number) => bend(at) - 5.4 - row * 0.22;
				const tone = 0.74 + 0.4 * noise(z * 1.7, row * 3.3) - (row === 3 ? 0.12 : 0);
				const face: Point[] = [
					[x(z), row * 0.75, z],
					[x(z + 1.5), row * 0.75, z + 1.5],
					[x(z + 1.5) - 0.2, row * 0.75 + 0.75, z + 1.5],
					[x(z) - 0.2, row * 0.75 + 0.75, z],
				];
				stage.polygon(canvas, face, times([104, 108, 100], tone), { normal: [0.4, 0.9, 0] });
				stage.beam(canvas, [x(z), row * 0.75, z], [x(z + 1.5), row * 0.75, z + 1.5], 0.07, [70, 74, 68]);
			}
			stage.polygon(
				canvas,
				[
					[bend(z) - 6.2, 3, z],
					[bend(z + 1.5) - 6.2, 3, z + 1.5],
					[bend(z + 1.5) - 26, 12, z + 1.5],
					[bend(z) - 26, 12, z],
				],
				mix([60, 78, 46], [88, 100, 62], noise(z * 0.9, 2)),
				{ normal: [0, 1, 0] },
			);
		});
	}
	// A warning of the bend.
	stage.queue([8.4, 0, 30], (canvas) => {
		const x = bend(30) + 6.2;
		stage.beam(canvas, [x, 0, 30], [x, 3.2, 30], 0.12, [160, 164, 166]);
		stage.polygon(
			canvas,
			[
				[x - 0.85, 2.3, 29.9],
				[x + 0.85, 2.3, 29.9],
				[x, 3.8, 29.9],
			],
			[36, 34, 30],
			{ lit: false },
		);
		stage.polygon(
			canvas,
			[
				[x - 0.68, 2.4, 29.85],
				[x + 0.68, 2.4, 29.85],
				[x, 3.6, 29.85],
			],
			[232, 186, 40],
			{ lit: false },
		);
		stage.beam(canvas, [x + 0.15, 2.5, 29.8], [x + 0.15, 2.9, 29.8], 0.12, [30, 30, 28], { lit: false });
		stage.beam(canvas, [x + 0.15, 2.9, 29.8], [x - 0.15, 3.2, 29.8], 0.12, [30, 30, 28], { lit: false });
	});
}
