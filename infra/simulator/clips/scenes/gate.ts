import { paintPlane, paintSky, paintVapour } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, smooth, swing, tau, times, wrap } from '../color.ts';
import { addPerson, addWalkers } from '../people.ts';
import { addBox, addBuilding, addTree, castShadow, groundShadow, paintBox, paintCylinder, placed } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addTruck } from '../vehicles.ts';

const line = 30;

/** The gate of a chemical plant: barriers, guards, lorries in and out. */
export const scene: Scene = {
	id: 'cam-gate-01',
	name: { zh: '青峙化工园 1号门岗', en: 'Qingzhi chemical park, gate 1' },
	light: 'day',
	weather: 'overcast',
	create() {
		const stage = new Stage({
			eye: [3, 8.5, 0],
			yaw: -5,
			pitch: 9.5,
			angle: 60,
			sun: [0.6, 0.75, -0.5],
			sunlight: 0.6,
			ambient: 0.5,
			sunColor: [255, 246, 230],
			haze: [196, 202, 206],
			hazeDensity: 0.003,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [128, 154, 184], low: [206, 212, 214], cloud: [234, 236, 238], cover: 0.6, seed: 102 });
		paintPlane(back, stage, 0, ground);
		castShadow(stage, back, { at: [0, 0, line], size: [1.6, 3.6, 5], color: [0, 0, 0] });
		castShadow(stage, back, { at: [-13, 0, line + 2], size: [7, 4, 6], color: [0, 0, 0] });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addPlant(stage);
			addGate(stage, t);
			addTraffic(stage, canvas, t);
			const vest = { coat: [232, 120, 30] as Color, trousers: [40, 50, 80] as Color, helmet: [240, 200, 40] as Color };
			addWalkers(stage, canvas, t, {
				from: [11.5, 0, 70],
				turn: 180,
				count: 5,
				start: 0.2,
				looks: [vest, { coat: [50, 80, 130], trousers: [44, 52, 76], helmet: [230, 232, 236] }],
			});
			addPerson(stage, canvas, {
				at: [1.9 + 0.05 * swing(t, 2), 0, line - 3],
				turn: 150 + 30 * swing(t, 1),
				coat: [34, 40, 56],
				trousers: [30, 34, 46],
				step: undefined,
				helmet: [28, 32, 44],
			});
			stage.flush(canvas);
			for (const [x, z, y] of [
				[-36, 130, 41],
				[22, 150, 33],
			] as const)
				paintVapour(canvas, stage, t, {
					at: [x, y, z],
					drift: [20, 11, 0],
					radius: [1.6, 7],
					puffs: 22,
					color: [238, 240, 242],
					alpha: 0.2,
					seed: y,
					lives: 1,
				});
		};
	},
};

function ground(x: number, z: number): Color {
	const side = Math.abs(x);
	if (side > 9.5) {
		const grass = side > 14;
		return grass
			? times([86, 108, 62], 0.8 + 0.35 * cloudy(x, z, 4))
			: times([158, 152, 144], (Math.min(wrap(x / 0.8), wrap(z / 0.8)) < 0.05 ? 0.88 : 1) * (0.9 + 0.18 * cloudy(x / 2, z / 3)));
	}
	if (side > 9.1) return [184, 180, 172];
	let color = times([118, 118, 116], 0.82 + 0.3 * cloudy(x / 3, z / 5, 5) + 0.05 * noise(x * 5, z * 5));
	for (const rut of [3.4, 5.8]) color = mix(color, [84, 84, 84], 0.35 * Math.exp(-(((side - rut) / 0.45) ** 2)));
	if (side < 0.28 && side > 0.1 && z < line - 6) color = [216, 176, 60];
	if (z > line - 5.6 && z < line - 5.1) color = [222, 222, 214];
	if (z > line + 1 && z < line + 4 && wrap((x + z) / 1.6) < 0.5) color = mix(color, [216, 176, 50], 0.75);
	const arrow = Math.abs(z - 17) < 2 && Math.abs(side - 4.6) < (z > 17 === x > 0 ? Math.abs(17 - z + Math.sign(x) * 2) * 0.35 : 0.14);
	if (arrow) color = mix(color, [222, 222, 214], 0.8);
	return color;
}

function addGate(stage: Stage, t: number): void {
	const white: Color = [224, 222, 216];
	addBox(stage, { at: [0, 0, line + 0.5], size: [1.8, 0.25, 8], color: [200, 180, 70] });
	stage.queue([0, 0, line], (canvas) => {
		paintBox(stage, canvas, { at: [0, 0.25, line], size: [1.6, 2.7, 3], color: white });
		paintBox(stage, canvas, { at: [0, 1.2, line], size: [1.64, 1.15, 3.04], color: [70, 92, 108] });
		paintBox(stage, canvas, { at: [0, 2.95, line], size: [2.3, 0.25, 4], color: [176, 52, 44] });
	});
	// The portal with the plant's name.
	stage.queue([0, 0, line + 5], (canvas) => {
		for (const x of [-10, 10]) paintBox(stage, canvas, { at: [x, 0, line + 5], size: [1.6, 7.6, 1.6], color: white });
		paintBox(stage, canvas, { at: [0, 6, line + 5], size: [23, 2.2, 1.8], color: [36, 84, 146] });
		const name = stage.see([0, 7.1, line + 4]);
		canvas.font = `bold ${Math.round(name.scale * 1.5)}px "Noto Sans CJK SC", sans-serif`;
		canvas.textAlign = 'center';
		canvas.textBaseline = 'middle';
		canvas.fillStyle = 'rgb(244,246,248)';
		canvas.fillText('青 峙 化 工 园 区', name.x, name.y);
	});
	addBuilding(stage, { at: [-13.5, 0, line + 3], size: [6, 3.6, 6], color: [214, 210, 202], floors: 1, bays: 3, glass: [74, 96, 114] });
	addBox(stage, { at: [-13.5, 3.6, line + 3], size: [6.8, 0.4, 6.8], color: [176, 52, 44] });
	for (const side of [-1, 1]) {
		for (let x = 17; x < 62; x += 3)
			addBox(stage, { at: [side * x, 0, line + 5], size: [2.96, 2.3, 0.25], color: times([190, 184, 172], 0.95 + 0.08 * noise(x, side)) });
		const lift = barrier(t, side);
		const post: Point = [side * 8.6, 0, line - 2.4];
		stage.queue(post, (canvas) => {
			paintBox(stage, canvas, { at: post, size: [0.5, 1.2, 0.5], color: [226, 150, 40] });
			for (let part = 0; part < 8; part++) {
				const at = (index: number): Point => [post[0] - side * Math.cos(lift) * index * 0.92, 1 + Math.sin(lift) * index * 0.92, post[2]];
				stage.beam(canvas, at(part), at(part + 1), 0.17, part % 2 ? [206, 40, 34] : [238, 238, 234]);
			}
		});
	}
	stage.queue([13, 0, 33], (canvas) => {
		for (const x of [11.6, 14.4]) stage.beam(canvas, [x, 0, 33], [x, 3, 33], 0.12, [150, 154, 156]);
		stage.polygon(
			canvas,
			[
				[11.2, 1.3, 33],
				[14.8, 1.3, 33],
				[14.8, 3.7, 33],
				[11.2, 3.7, 33],
			],
			[196, 36, 32],
		);
		for (const [index, text] of ['严禁烟火', '入厂登记'].entries()) {
			const place = stage.see([13, 3.05 - index * 1.05, 32.9]);
			canvas.font = `bold ${Math.round(place.scale * 0.75)}px "Noto Sans CJK SC", sans-serif`;
			canvas.textAlign = 'center';
			canvas.textBaseline = 'middle';
			canvas.fillStyle = 'rgb(250,244,236)';
			canvas.fillText(text, place.x, place.y);
		}
	});
}

/** When the lorry of each side is at the barrier (own part of the loop), the barrier is up. */
function barrier(t: number, side: number): number {
	const own = wrap(t + (side > 0 ? 0 : 0.5));
	return 1.35 * smooth(0.3, 0.42, own) * smooth(0.92, 0.8, own);
}

function addTraffic(stage: Stage, ground: Canvas, t: number): void {
	for (const side of [1, -1]) {
		const own = wrap(t + (side > 0 ? 0 : 0.5));
		// It rolls to the barrier, waits, drives through; the next one is where it came from.
		const rolled = (part: number): number =>
			part < 0.28 ? 17 * Math.sin((part / 0.28) * (Math.PI / 2)) : part < 0.45 ? 17 : 17 + 115 * ((part - 0.45) / 0.55) ** 1.7;
		for (const lead of [0, 1]) {
			const way = lead ? 132 + rolled(own) * 0.9 : rolled(own);
			const z = side > 0 ? line - 27.6 + way : line + 32 - way;
			const at: Point = [side * 4.6, 0, z];
			if (z < -12) continue;
			const turn = side > 0 ? 0 : 180;
			groundShadow(stage, ground, at, [3, 16]);
			if (side > 0) addTanker(stage, at, turn);
			else addTruck(stage, { at, turn, cab: [52, 92, 150], load: [150, 66, 50] });
		}
	}
}

/** A lorry with a tank for liquids. */
function addTanker(stage: Stage, at: Point, turn: number): void {
	addTruck(stage, { at, turn, cab: [226, 228, 230], load: undefined });
	const own = placed(at, turn);
	stage.queue([at[0], at[1], at[2] - 0.2], (canvas) => {
		const hoop = (index: number, z: number): Point => own(Math.cos((index / 20) * tau) * 1.15, 2.3 + Math.sin((index / 20) * tau) * 0.85, z);
		const ring = (z: number): Point[] => Array.from({ length: 20 }, (_, index) => hoop(index, z));
		const shell = Array.from({ length: 20 }, (_, index): Point[] => [hoop(index, -7.6), hoop(index + 1, -7.6), hoop(index + 1, 4), hoop(index, 4)]);
		stage.solid(canvas, [...shell, ring(-7.6), ring(4)], [206, 210, 214], own(0, 2.3, -1.8));
		for (const y of [2.1, 2.2]) stage.beam(canvas, own(-1.16, y, 4), own(-1.16, y, -7.6), 0.12, [206, 92, 34]);
		for (const z of [-5, -1, 2.6]) paintBox(stage, canvas, { at: own(0, 3.05, z), size: [0.7, 0.3, 0.7], turn, color: [150, 154, 158] });
	});
}

function addPlant(stage: Stage): void {
	for (const [x, z, tall, radius] of [
		[-36, 130, 40, 2.2],
		[-28, 122, 26, 3.6],
		[-48, 128, 30, 4],
		[22, 150, 32, 2],
		[34, 130, 24, 5],
		[48, 136, 24, 5],
		[12, 120, 18, 4.4],
		[-14, 140, 34, 1.8],
		[-62, 120, 20, 6],
	] as const) {
		stage.queue([x, 0, z], (canvas) => {
			paintCylinder(stage, canvas, { at: [x, 0, z], radius, tall, color: [188, 190, 190] });
			if (radius < 3)
				for (let y = 6; y < tall; y += 8) paintCylinder(stage, canvas, { at: [x, y, z], radius: radius + 0.8, tall: 0.6, color: [150, 120, 70] });
		});
	}
	addBuilding(stage, { at: [30, 0, 84], size: [34, 12, 18], color: [186, 188, 186], floors: 3, bays: 10 });
	addBuilding(stage, { at: [-40, 0, 92], size: [34, 10, 16], color: [172, 180, 186], floors: 2, bays: 9 });
	stage.queue([0, 0, 100], (canvas) => {
		for (let x = -70; x < 70; x += 10) stage.beam(canvas, [x, 0, 100], [x, 8, 100], 0.4, [130, 128, 122]);
		for (const [index, paint] of (
			[
				[190, 190, 188],
				[200, 170, 70],
				[90, 130, 96],
			] as const
		).entries())
			stage.beam(canvas, [-70, 7 + index * 0.7, 100], [70, 7 + index * 0.7, 100], 0.5, paint);
	});
	for (let index = 0; index < 10; index++)
		addTree(stage, [(index % 2 ? 1 : -1) * (18 + (index >> 1) * 6), 0, line + 9 + (index % 3)], 5.5, { seed: index + 700, color: [70, 98, 52] });
}
