import { paintPlane, paintSky, paintVapour, swells, waterAt } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, random, smooth, swing, tau, times, wrap } from '../color.ts';
import { addTree, paintBox } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

const wall = 13;
const mouth = { x: 0.6, y: 1.75, radius: 0.95 };

/** Treated waste water falls from a pipe into a river, with a monitoring cabin above it. */
export const scene: Scene = {
	id: 'cam-outfall-01',
	name: { zh: '岩东排水 入河排污口', en: 'Yandong waste-water outfall' },
	light: 'day',
	weather: 'clear',
	create() {
		const stage = new Stage({
			eye: [-3.5, 4.6, 0],
			yaw: 12,
			pitch: 9,
			angle: 56,
			sun: [-0.5, 0.7, -0.55],
			sunlight: 0.68,
			ambient: 0.48,
			sunColor: [255, 246, 226],
			haze: [196, 206, 208],
			hazeDensity: 0.004,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [112, 152, 196], low: [204, 216, 222], cloud: [240, 240, 240], cover: 0.5, seed: 82 });
		paintScenery(back, stage);
		const waves = swells(27, { count: 8, longest: 2.4, shortest: 0.25, steep: 0.07, heading: 2.6, spread: 2.2 });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			paintPlane(
				canvas,
				stage,
				0,
				(x, z, far) => {
					if (z > wall) return undefined;
					const [sx, sz] = waterAt(waves, x, z, t, far * 0.7);
					const dx = x - mouth.x;
					const dz = wall - 1.5 - z;
					const d = Math.hypot(dx, dz * 0.8);
					// Rings and foam run outward from where the water strikes.
					const ring = Math.sin(d * 4.2 - tau * 14 * t) * 0.3 * Math.exp(-d / 2.6);
					const torn = cloudy(x * 1.6 + 0.4 * swing(t, 3, z), z * 1.6 + 0.4 * swing(t, 4, x), 4) + 0.1 * swing(t, 6, d / 2);
					const foam = smooth(0.42, 0.78, torn + 0.75 * Math.exp(-d / 1.2) - 0.08 * d);
					const drift = smooth(0.58, 0.7, cloudy(x / 1.4 + 0.2 * swing(t, 1), z / 2.2, 4)) * smooth(9, 2, d) * 0.4;
					const plume = smooth(7.5, 1, Math.hypot(dx * 0.8, dz * 0.6)) * (0.5 + 0.5 * cloudy(x / 2, z / 3));
					const deep: Color = mix([78, 98, 76], [126, 122, 88], plume);
					const water = mix(deep, [190, 206, 210], clamp(0.2 + sz * 1.5 - sx * 0.6 + ring + (far - 6) * 0.012));
					return mix(water, [236, 236, 228], clamp(foam + drift));
				},
				{ step: 2 },
			);
			paintFall(canvas, stage, t);
			paintVapour(canvas, stage, t, {
				at: [mouth.x, 0.2, wall - 1.5],
				drift: [0.5, 1.1, -1],
				radius: [0.4, 1.1],
				puffs: 26,
				color: [240, 240, 236],
				alpha: 0.2,
				seed: 4,
				lives: 6,
			});
			addReeds(stage, t);
			stage.flush(canvas);
		};
	},
};

function paintScenery(canvas: Canvas, stage: Stage): void {
	for (let index = 0; index < 20; index++)
		addTree(stage, [-26 + index * 3.2, 3.2, 26 + (index % 4) * 4], 5 + (index % 4), { seed: index + 500, color: [72, 98, 52] });
	stage.flush(canvas);
	stage.polygon(
		canvas,
		[
			[-60, 3.1, wall],
			[60, 3.1, wall],
			[60, 3.2, 60],
			[-60, 3.2, 60],
		],
		[112, 128, 76],
		{ normal: [0, 1, 0] },
	);
	// The embankment is built of courses of stone.
	const chance = random(3);
	for (let row = 0; row < 9; row++) {
		for (let stone = -34; stone < 40; stone++) {
			const x = stone * 0.8 + (row % 2) * 0.4;
			const y = -0.1 + row * 0.36;
			const tone = (0.8 + chance() * 0.34) * (row < 2 ? 0.62 : 1);
			stage.polygon(
				canvas,
				[
					[x, y, wall],
					[x + 0.8, y, wall],
					[x + 0.8, y + 0.36, wall],
					[x, y + 0.36, wall],
				],
				times([120, 114, 104], tone * 0.72),
				{ normal: [0, 0.3, -1] },
			);
			stage.polygon(
				canvas,
				[
					[x + 0.03, y + 0.03, wall],
					[x + 0.77, y + 0.03, wall],
					[x + 0.77, y + 0.33, wall],
					[x + 0.03, y + 0.33, wall],
				],
				times(row < 2 ? [112, 116, 92] : [164, 156, 142], tone),
				{ normal: [0, 0.3, -1] },
			);
		}
	}
	paintBox(stage, canvas, { at: [0, 3, wall + 0.3], size: [70, 0.3, 0.9], color: [190, 186, 178] });
	for (let x = -24; x <= 26; x += 2) stage.beam(canvas, [x, 3.3, wall + 0.4], [x, 4.3, wall + 0.4], 0.08, [206, 208, 206]);
	for (const y of [3.8, 4.3]) stage.beam(canvas, [-24, y, wall + 0.4], [26, y, wall + 0.4], 0.07, [206, 208, 206]);
	// Headwall, with the pipe in it.
	paintBox(stage, canvas, { at: [mouth.x, -0.2, wall - 0.35], size: [4.4, 3.4, 0.6], color: [176, 172, 164] });
	const round = (radius: number, z: number): Point[] =>
		Array.from(
			{ length: 32 },
			(_, index): Point => [mouth.x + Math.cos((index / 32) * tau) * radius, mouth.y + Math.sin((index / 32) * tau) * radius, z],
		);
	stage.polygon(canvas, round(mouth.radius + 0.2, wall - 0.68), [140, 138, 132]);
	stage.polygon(canvas, round(mouth.radius, wall - 0.7), [34, 34, 32], { lit: false });
	paintBox(stage, canvas, { at: [5.4, 3.3, wall + 2.6], size: [3, 2.6, 2.6], color: [226, 228, 226] });
	paintBox(stage, canvas, { at: [5.4, 5.9, wall + 2.6], size: [3.4, 0.2, 3], color: [52, 110, 84] });
	paintBox(stage, canvas, { at: [4.9, 3.3, wall + 1.28], size: [0.9, 2, 0.05], color: [60, 116, 92] });
	stage.beam(canvas, [3.4, 3.2, wall + 0.6], [3.4, 6, wall + 0.6], 0.1, [150, 154, 156]);
	board(canvas, stage, [-4.4, 4.6, wall + 0.2], 2.6, ['入河排污口', '编号 NB-BL-017', '监督电话 12369']);
	board(canvas, stage, [5.9, 5.05, wall + 1.2], 1.9, ['在线监测']);
}

function board(canvas: Canvas, stage: Stage, [x, y, z]: Point, wide: number, lines: string[]): void {
	const tall = lines.length * 0.46 + 0.2;
	if (lines.length > 1) {
		stage.beam(canvas, [x - wide / 3, y - 1.6, z], [x - wide / 3, y, z], 0.09, [130, 134, 136]);
		stage.beam(canvas, [x + wide / 3, y - 1.6, z], [x + wide / 3, y, z], 0.09, [130, 134, 136]);
	}
	stage.polygon(
		canvas,
		[
			[x - wide / 2, y - tall / 2, z],
			[x + wide / 2, y - tall / 2, z],
			[x + wide / 2, y + tall / 2, z],
			[x - wide / 2, y + tall / 2, z],
		],
		[32, 112, 84],
	);
	canvas.textAlign = 'center';
	canvas.textBaseline = 'middle';
	canvas.fillStyle = 'rgb(240,244,240)';
	for (const [index, line] of lines.entries()) {
		const place = stage.see([x, y + tall / 2 - 0.33 - index * 0.46, z]);
		canvas.font = `bold ${Math.round(place.scale * (index ? 0.26 : 0.36))}px "Noto Sans CJK SC", sans-serif`;
		canvas.fillText(line, place.x, place.y);
	}
}

function paintFall(canvas: Canvas, stage: Stage, t: number): void {
	const strips = 76;
	for (let strip = 0; strip < strips; strip++) {
		const u = (strip + 0.5) / strips;
		const x = mouth.x - 0.86 + u * 1.72;
		const lip = mouth.y - Math.sqrt(Math.max(0.05, mouth.radius ** 2 - (x - mouth.x) ** 2)) + 0.5;
		for (let drop = 0; drop < 20; drop++) {
			const at = (part: number): Point => [x + (part * (u - 0.5)) / 2.4, lip * (1 - part * part), wall - 0.7 - part * 1.1];
			const shine = noise(strip * 0.9, wrap(drop / 20 - t * 12 + noise(strip * 2.3, 4)) * 9);
			const color = mix([128, 134, 112], [244, 246, 242], clamp(shine * 1.1 + (drop / 20) * 0.35));
			stage.beam(canvas, at(drop / 20), at((drop + 1.15) / 20), 0.045, color, { lit: false, alpha: 0.75 });
		}
	}
}

function addReeds(stage: Stage, t: number): void {
	const chance = random(88);
	for (let reed = 0; reed < 240; reed++) {
		const x = -12 + chance() * 7.5 + (reed % 3 === 0 ? 17 : 0);
		const z = reed % 3 === 0 ? 11.2 + chance() * 1.6 : 9 + chance() * 3.8;
		const tall = 0.9 + chance() * 1.3;
		const start = chance();
		stage.queue([x, 0, z], (canvas) => {
			const bend = 0.16 * tall * swing(t, 2, start + x * 0.05) + 0.1;
			const green = mix([70, 96, 46], [146, 150, 84], start);
			stage.beam(canvas, [x, 0, z], [x + bend * 0.35, tall * 0.6, z], 0.045, green);
			stage.beam(canvas, [x + bend * 0.35, tall * 0.6, z], [x + bend, tall, z], 0.03, green);
		});
	}
}
