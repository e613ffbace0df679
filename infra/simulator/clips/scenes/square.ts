import { paintPlane, paintSky, paintVapour } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, random, swing, tau, times, wrap } from '../color.ts';
import { addPerson, addWalkers } from '../people.ts';
import { addBox, addBuilding, addTree, castShadow, paintCylinder } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

/** A town square on a fine day: people walk, a fountain plays, a flag flies. */
export const scene: Scene = {
	id: 'cam-square-01',
	name: { zh: '北仑市民广场', en: 'Beilun civic square' },
	light: 'day',
	weather: 'clear',
	create() {
		const stage = new Stage({
			eye: [0, 11, 0],
			yaw: 4,
			pitch: 13.5,
			angle: 62,
			sun: [-0.62, 0.68, 0.25],
			sunlight: 0.75,
			ambient: 0.46,
			sunColor: [255, 244, 222],
			haze: [190, 206, 222],
			hazeDensity: 0.0024,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [92, 146, 206], low: [196, 216, 230], cloud: [244, 246, 248], cover: 0.45, seed: 22 });
		paintPlane(back, stage, 0, ground);
		for (const at of trees) castShadow(stage, back, { at: [at[0], 0, at[2]], size: [4, 7, 4], color: [0, 0, 0] }, 0.36);
		castShadow(stage, back, { at: [-34, 0, 92], size: [46, 22, 16], color: [0, 0, 0] }, 0.34);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addHall(stage);
			for (const [index, at] of trees.entries())
				addTree(stage, at, 7 + (index % 3), { seed: index + 40, sway: swing(t, 1 + (index % 2), index * 0.19), color: [66, 98, 44] });
			addFountain(stage, t);
			addFlag(stage, t);
			addPeople(stage, canvas, t);
			for (const x of [-14, 15]) for (const z of [26, 40, 54]) addBox(stage, { at: [x, 0, z], size: [2.6, 0.5, 0.7], color: [150, 112, 78] });
			stage.flush(canvas);
		};
	},
};

const trees: Point[] = [17, 24, 31, 38, 45, 52, 59, 66].flatMap((z): Point[] => [
	[-19 - (z % 3), 0, z],
	[21 + (z % 2), 0, z + 2],
]);
const basin = { at: [2, 0, 42] as Point, radius: 6.5 };

function ground(x: number, z: number): Color {
	const d = Math.hypot(x - basin.at[0], z - basin.at[2]);
	const lawn = Math.abs(x - 1) > 16.5 && z < 76;
	if (lawn) return times([88, 118, 56], 0.75 + 0.4 * cloudy(x, z, 4) + 0.12 * noise(x * 8, z * 8));
	const joint = Math.min(wrap(x / 1.2), wrap(z / 1.2)) < 0.035 ? 0.9 : 1;
	const slab = 0.94 + 0.12 * noise(Math.floor(x / 1.2) * 3.7, Math.floor(z / 1.2) * 5.1);
	let color: Color = [192, 182, 168];
	if (Math.abs(d - 10) < 1.2 || Math.abs(d - 14.5) < 0.5) color = [150, 108, 92];
	else if (wrap(x / 9.6) < 0.125 || wrap(z / 9.6) < 0.125) color = [160, 152, 146];
	return times(color, joint * slab * (0.9 + 0.18 * cloudy(x / 5, z / 7, 4)));
}

function addHall(stage: Stage): void {
	addBuilding(stage, { at: [2, 0, 108], size: [64, 17, 18], color: [206, 198, 186], floors: 4, bays: 20, glass: [70, 96, 120] });
	addBox(stage, { at: [2, 17, 106], size: [70, 1.6, 24], color: [184, 176, 166] });
	stage.queue([2, 0, 94], (canvas) => {
		for (let x = -22; x <= 26; x += 6) paintCylinder(stage, canvas, { at: [x, 1.2, 95], radius: 0.9, tall: 15.8, color: [222, 216, 206] });
		for (let step = 0; step < 4; step++)
			stage.polygon(
				canvas,
				[
					[-30, step * 0.35, 92 + step],
					[34, step * 0.35, 92 + step],
					[34, step * 0.35 + 0.35, 92 + step],
					[-30, step * 0.35 + 0.35, 92 + step],
				],
				[196, 190, 182],
			);
	});
	addBuilding(stage, { at: [-52, 0, 120], size: [28, 58, 22], color: [176, 182, 190], floors: 17, bays: 8, glass: [82, 112, 140] });
	addBuilding(stage, { at: [64, 0, 140], size: [30, 74, 24], color: [190, 186, 180], floors: 22, bays: 8, glass: [78, 104, 130] });
	addBuilding(stage, { at: [96, 0, 150], size: [26, 50, 24], color: [168, 176, 186], floors: 15, bays: 7 });
	addBuilding(stage, { at: [-92, 0, 150], size: [34, 44, 24], color: [196, 190, 178], floors: 13, bays: 9 });
}

function addFountain(stage: Stage, t: number): void {
	stage.queue([basin.at[0], 0, basin.at[2] + 1], (canvas) => {
		paintCylinder(stage, canvas, { at: basin.at, radius: basin.radius, tall: 0.6, color: [186, 180, 172], roof: [112, 146, 160] });
		for (let ring = 0; ring < 5; ring++) {
			const part = wrap(t * 6 + ring / 5);
			const seen = stage.see([basin.at[0], 0.62, basin.at[2]]);
			canvas.strokeStyle = `rgba(226,236,240,${0.3 * (1 - part)})`;
			canvas.lineWidth = 1.2;
			canvas.beginPath();
			canvas.ellipse(seen.x, seen.y, (0.8 + part * 5) * seen.scale, (0.8 + part * 5) * seen.scale * 0.27, 0, 0, tau);
			canvas.stroke();
		}
		for (let jet = 0; jet < 9; jet++) {
			const angle = (jet / 8) * tau;
			const out = jet === 8 ? 0 : 3.6;
			const tall = (jet === 8 ? 6.4 : 3) * (0.86 + 0.14 * swing(t, 3, jet / 8));
			const foot: Point = [basin.at[0] + Math.cos(angle) * out, 0.6, basin.at[2] + Math.sin(angle) * out];
			const spray = { color: [240, 246, 250] as Color, seed: 70 + jet };
			paintVapour(canvas, stage, t, { ...spray, at: foot, drift: [0, tall, 0], radius: [0.14, 0.34], puffs: 26, alpha: 0.8, lives: 9 });
			paintVapour(canvas, stage, t, {
				...spray,
				at: [foot[0], tall + 0.4, foot[2]],
				drift: [0.5, -tall, 0],
				radius: [0.24, 0.6],
				puffs: 18,
				alpha: 0.45,
				lives: 8,
			});
		}
	});
}

function addFlag(stage: Stage, t: number): void {
	const at: Point = [2, 0, 78];
	stage.queue(at, (canvas) => {
		stage.beam(canvas, at, [2, 15, 78], 0.2, [214, 216, 220]);
		for (let strip = 0; strip < 16; strip++) {
			const wave = (index: number) => swing(t, 9, -index / 14) * 0.28 * (index / 16);
			const x = (index: number) => 2.1 + index * 0.26;
			const shade = 0.85 + 0.22 * swing(t, 9, -strip / 14 + 0.25);
			stage.polygon(
				canvas,
				[
					[x(strip), 11.8 + wave(strip), 78],
					[x(strip + 1), 11.8 + wave(strip + 1), 78],
					[x(strip + 1), 14.8 + wave(strip + 1), 78],
					[x(strip), 14.8 + wave(strip), 78],
				],
				times([214, 36, 30], clamp(shade, 0, 1.2)),
				{ lit: false },
			);
		}
	});
}

const coats: Color[] = [
	[176, 52, 52],
	[44, 70, 120],
	[222, 220, 214],
	[70, 100, 74],
	[206, 160, 60],
	[60, 58, 66],
	[150, 96, 130],
	[96, 140, 170],
];

function addPeople(stage: Stage, canvas: Canvas, t: number): void {
	const chance = random(61);
	const look = () => ({
		coat: mix(coats[Math.floor(chance() * coats.length)] ?? [90, 90, 90], [120, 120, 120], 0.15),
		trousers: mix([38, 42, 58], [150, 140, 120], chance() * 0.7),
		tall: 1.5 + chance() * 0.3,
	});
	for (const [from, turn, count] of [
		[[-30, 0, 20], 84, 5],
		[[34, 0, 24.5], -96, 5],
		[[-9, 0, 12], 6, 6],
		[[11.5, 0, 84], 176, 6],
		[[-30, 0, 56], 92, 5],
		[[32, 0, 63], -92, 5],
		[[-12, 0, 90], 158, 5],
		[[15, 0, 8], -14, 6],
	] as const)
		addWalkers(stage, canvas, t, { from, turn, count, start: chance(), pace: 1.1 + chance() * 0.35, looks: [look(), look()] });
	// Some stand together and talk; a child turns round the basin.
	for (const [x, z] of [
		[-6, 29],
		[-5.1, 29.5],
		[-5.7, 30.1],
		[10.5, 33],
		[11.3, 32.6],
		[-10, 47],
		[-9.2, 47.4],
	] as const) {
		addPerson(stage, canvas, { at: [x + 0.06 * swing(t, 2, x), 0, z], turn: x * 90, step: undefined, ...look() });
	}
	const round = t * tau;
	for (const [ahead, tall] of [
		[0, 1.1],
		[0.12, 1.2],
		[3.3, 1.7],
	] as const) {
		const angle = round + ahead;
		addPerson(stage, canvas, {
			at: [basin.at[0] + Math.cos(angle) * 7.8, 0, basin.at[2] + Math.sin(angle) * 7.8],
			turn: (-angle * 180) / Math.PI,
			step: t * 34 + ahead,
			coat: tall < 1.5 ? [230, 120, 60] : [80, 120, 160],
			trousers: [60, 66, 96],
			tall,
		});
	}
}
