import { paintPlane, paintSky, paintVapour } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, noise, swing, tau, times, wrap } from '../color.ts';
import { addBox, castShadow, groundShadow, paintBox, paintCylinder } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

const shell: Color = [206, 208, 204];
const tank = { at: [5, 0.4, 38] as Point, radius: 12, tall: 13.5 };

/** Tank G-07 from near by: a white cloud leaks from a flange at its foot. */
export const scene: Scene = {
	id: 'cam-tank-g07',
	name: { zh: '储罐区 G-07 罐前', en: 'Tank farm, tank G-07' },
	light: 'day',
	weather: 'overcast',
	create() {
		const stage = new Stage({
			eye: [-3, 8.2, 0],
			yaw: 3,
			pitch: 9,
			angle: 58,
			sun: [-0.75, 0.75, -0.45],
			sunlight: 0.58,
			ambient: 0.5,
			sunColor: [255, 240, 214],
			haze: [196, 200, 200],
			hazeDensity: 0.003,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [136, 158, 180], low: [206, 208, 204], cloud: [226, 228, 230], cover: 0.65, seed: 31 });
		paintPlane(back, stage, 0, ground);
		castShadow(stage, back, { at: [tank.at[0], 0, tank.at[2]], size: [20, 13, 20], color: shell }, 0.32);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addFar(stage);
			addTank(stage, canvas, tank, 'G-07');
			addTank(stage, canvas, { at: [-29, 0.4, 58], radius: 12, tall: 13.5 }, 'G-06');
			addTank(stage, canvas, { at: [38, 0.4, 62], radius: 12, tall: 13.5 }, 'G-08');
			addManifold(stage, canvas);
			stage.flush(canvas);
			paintLeak(canvas, stage, t);
			const spin = Math.max(0, swing(t, 10));
			paintBox(stage, canvas, { at: [9.2, 3.2, 15.5], size: [0.2, 0.3, 0.2], color: [120 + 135 * spin, 40 + 60 * spin, 30] });
		};
	},
};

function ground(x: number, z: number): Color {
	const joints = Math.min(wrap(x / 5), wrap(z / 5)) < 0.012 ? 0.78 : 1;
	const wet = cloudy(x / 4 + 9, z / 5, 4);
	const dark = Math.hypot(x + 3.2, (z - 18) * 0.8) < 3.4 + wet * 2 ? 0.72 : 1;
	const color: Color = z > 21 && z < 62 ? [150, 146, 136] : [132, 132, 128];
	return times(color, joints * dark * (0.82 + 0.34 * cloudy(x / 3, z / 4, 5)) * (0.95 + 0.1 * noise(x * 6, z * 6)));
}

function addTank(stage: Stage, ground: Canvas, { at, radius, tall }: typeof tank, label: string): void {
	groundShadow(stage, ground, at, [radius * 2.15, radius * 2.15], { alpha: 0.6 });
	stage.queue(at, (canvas) => {
		const rim = (angle: number, r: number, y: number): Point => [at[0] + Math.cos(angle) * r, at[1] + y, at[2] + Math.sin(angle) * r];
		paintCylinder(stage, canvas, { at: [at[0], 0, at[2]], radius: radius + 0.8, tall: 0.5, color: [140, 138, 132] });
		paintCylinder(stage, canvas, { at, radius, tall, color: shell });
		paintCylinder(stage, canvas, { at: [at[0], at[1] + tall, at[2]], radius: radius * 0.99, tall: 1.8, top: 0.6, color: times(shell, 0.94) });
		for (let step = 0; step < 72; step++) {
			const a = Math.PI + (step / 72) * Math.PI;
			const b = Math.PI + ((step + 1) / 72) * Math.PI;
			for (const course of [2.2, 4.4, 6.6, 8.8, 11])
				stage.beam(canvas, rim(a, radius + 0.02, course), rim(b, radius + 0.02, course), 0.07, times(shell, 0.74));
			stage.beam(canvas, rim(a, radius + 0.04, tall - 0.4), rim(b, radius + 0.04, tall - 0.4), 0.5, [58, 96, 148]);
			stage.beam(canvas, rim(a, radius, tall + 1.1), rim(b, radius, tall + 1.1), 0.07, [214, 180, 50]);
			if (step % 3 === 0) stage.beam(canvas, rim(a, radius, tall), rim(a, radius, tall + 1.1), 0.06, [214, 180, 50]);
			// Stairs climb round the shell from left to right.
			if (step > 40 && step < 70) {
				const y = ((step - 40) / 30) * tall;
				stage.beam(canvas, rim(a, radius + 0.6, y), rim(b, radius + 0.6, y + tall / 30), 0.3, [104, 104, 100]);
				stage.beam(canvas, rim(a, radius + 0.9, y + 1.1), rim(b, radius + 0.9, y + 1.1 + tall / 30), 0.07, [214, 180, 50]);
				stage.beam(canvas, rim(a, radius + 0.9, y), rim(a, radius + 0.9, y + 1.1), 0.05, [214, 180, 50]);
			}
			if (step % 9 === 4)
				stage.beam(canvas, rim(a, radius + 0.03, 10 - (step % 4)), rim(a, radius + 0.03, 1 + (step % 5)), 0.35, [150, 128, 104], { alpha: 0.16 });
		}
		const face = stage.see([at[0] - 1.5, at[1] + 9.3, at[2] - radius]);
		canvas.font = `bold ${Math.round(face.scale * 2.7)}px "Noto Sans CJK SC", sans-serif`;
		canvas.textAlign = 'center';
		canvas.textBaseline = 'middle';
		canvas.fillStyle = 'rgba(34,62,112,0.9)';
		canvas.fillText(label, face.x, face.y);
		canvas.font = `bold ${Math.round(face.scale * 1.05)}px "Noto Sans CJK SC", sans-serif`;
		canvas.fillStyle = 'rgba(176,36,30,0.9)';
		canvas.fillText('严禁烟火', face.x, face.y + face.scale * 2.6);
	});
}

function addManifold(stage: Stage, ground: Canvas): void {
	addBox(stage, { at: [0, 0, 21.5], size: [90, 1.1, 0.4], color: [158, 154, 146] });
	for (const [index, z] of [18, 19.1].entries()) {
		groundShadow(stage, ground, [0, 0, z], [70, 1], { alpha: 0.5 });
		stage.queue([0, 0, z], (canvas) => {
			const y = 0.9 + index * 0.7;
			for (let x = -34; x < 36; x += 4.5) paintBox(stage, canvas, { at: [x, 0, z], size: [0.3, y - 0.2, 0.5], color: [120, 118, 112] });
			stage.beam(canvas, [-40, y, z], [40, y, z], 0.5, index ? [186, 188, 186] : [204, 172, 70]);
			for (let x = -30; x < 34; x += 6.7) {
				stage.beam(canvas, [x - 0.12, y, z], [x + 0.12, y, z], 0.8, [96, 98, 98]);
				stage.beam(canvas, [x + 1.2, y + 0.2, z], [x + 1.2, y + 1, z], 0.12, [90, 90, 90]);
				wheel(stage, canvas, [x + 1.2, y + 1, z], index ? [176, 40, 34] : [40, 92, 150]);
			}
		});
	}
	for (const x of [-3.2, 3.6, 8.2]) {
		stage.queue([x, 0, 22], (canvas) => {
			stage.beam(canvas, [x, 1, 19], [x, 1, 27.5], 0.45, [186, 188, 186]);
		});
	}
	stage.queue([9.2, 0, 15.5], (canvas) => {
		stage.beam(canvas, [9.2, 0, 15.5], [9.2, 3.2, 15.5], 0.14, [206, 170, 40]);
		paintBox(stage, canvas, { at: [9.2, 1.5, 15.4], size: [0.7, 0.9, 0.25], color: [224, 222, 214] });
		paintBox(stage, canvas, { at: [9.2, 1.8, 15.25], size: [0.45, 0.35, 0.06], color: [30, 40, 44] });
	});
}

function wheel(stage: Stage, canvas: Canvas, [x, y, z]: Point, color: Color): void {
	for (let part = 0; part < 14; part++) {
		const at = (index: number): Point => [
			x + Math.cos((index / 14) * tau) * 0.42,
			y + 0.08 * Math.sin((index / 14) * tau),
			z + Math.sin((index / 14) * tau) * 0.42,
		];
		stage.beam(canvas, at(part), at(part + 1), 0.09, color);
	}
}

function addFar(stage: Stage): void {
	for (const [x, z, tall, radius] of [
		[-62, 150, 46, 2.4],
		[-50, 160, 34, 3],
		[70, 150, 40, 2.2],
		[84, 158, 58, 2],
		[20, 190, 30, 4],
	] as const) {
		stage.queue([x, 0, z], (canvas) => paintCylinder(stage, canvas, { at: [x, 0, z], radius, tall, color: [176, 178, 178] }));
	}
	addBox(stage, { at: [-20, 0, 120], size: [200, 6, 3], color: [140, 138, 130] });
}

/** A jet from the flange that turns into a cloud lying low over the ground. */
function paintLeak(canvas: Canvas, stage: Stage, t: number): void {
	const from: Point = [-3.2, 0.95, 17.6];
	paintVapour(canvas, stage, t, {
		at: [-3.4, 0.4, 17.4],
		drift: [-13, 1.2, -3],
		radius: [0.8, 4.6],
		puffs: 60,
		color: [236, 239, 241],
		alpha: 0.12,
		seed: 12,
		lives: 1,
	});
	paintVapour(canvas, stage, t, {
		at: from,
		drift: [-7, 5.6, 2],
		radius: [0.35, 3.4],
		puffs: 60,
		color: [246, 248, 250],
		alpha: 0.2,
		seed: 18,
		lives: 3,
	});
	paintVapour(canvas, stage, t, {
		at: from,
		drift: [-3, 2.2, -0.6],
		radius: [0.12, 1.1],
		puffs: 40,
		color: [255, 255, 255],
		alpha: 0.5,
		seed: 19,
		lives: 8,
	});
}
