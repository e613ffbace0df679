import { paintPlane, paintSky, paintVapour, swells, waterAt } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, random, smooth, swing, times, wrap } from '../color.ts';
import { addBox, boxFaces, castShadow, groundShadow, paintBox, paintCylinder, placed } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addTruck } from '../vehicles.ts';

const paints: Color[] = [
	[150, 58, 46],
	[38, 84, 132],
	[40, 104, 92],
	[196, 120, 40],
	[120, 124, 128],
	[92, 44, 52],
	[206, 206, 198],
	[30, 62, 92],
];
const craneBlue: Color = [196, 74, 44];
const concrete: Color = [142, 142, 138];

/** Container stacks, quay cranes over a moored ship, terminal tractors going round. */
export const scene: Scene = {
	id: 'cam-port-01',
	name: { zh: '北仑港区 3号集装箱泊位', en: 'Beilun port, container berth 3' },
	light: 'day',
	weather: 'overcast',
	create() {
		const stage = new Stage({
			eye: [0, 24, 0],
			yaw: 14,
			pitch: 6,
			angle: 62,
			sun: [-0.5, 0.75, -0.35],
			sunlight: 0.62,
			ambient: 0.52,
			sunColor: [255, 244, 226],
			haze: [190, 200, 208],
			hazeDensity: 0.0022,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [116, 146, 178], low: [204, 211, 214], cloud: [232, 234, 236], cover: 0.6, seed: 3 });
		const waves = swells(5, { count: 7, longest: 14, shortest: 1.6, steep: 0.035, heading: 0.7, spread: 1.6 });
		const ground = newCanvas();
		paintPlane(ground, stage, 0, (x, z) => (x > quay ? undefined : yard(x, z)));
		const shadows = (canvas: Canvas) => {
			for (const stack of stacks) castShadow(stage, canvas, { ...stack, color: concrete }, 0.3);
		};
		shadows(ground);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			paintPlane(
				canvas,
				stage,
				-4,
				(x, z, far) => {
					if (x < quay - 3) return undefined;
					const [sx, sz] = waterAt(waves, x, z, t, far);
					const shine = smooth(-0.06, 0.12, sz + sx * 0.6);
					return mix([66, 88, 92], [150, 166, 172], shine * 0.7 + Math.min(0.25, far / 1600));
				},
				{ step: 2 },
			);
			canvas.drawImage(ground.canvas, 0, 0, 960, 540);
			addHills(stage);
			addShip(stage, t);
			for (const stack of stacks) addStack(stage, stack);
			for (const [index, z] of [118, 205, 292].entries()) addCrane(stage, canvas, z, t, index);
			addTraffic(stage, canvas, t);
			stage.flush(canvas);
			paintVapour(canvas, stage, t, {
				at: [78, 44, 300],
				drift: [34, 12, 10],
				radius: [1.5, 9],
				puffs: 14,
				color: [120, 122, 126],
				alpha: 0.16,
				seed: 4,
				lives: 1,
			});
		};
	},
};

/** The water begins at this x. */
const quay = 46;

function yard(x: number, z: number): Color {
	const slab = Math.min(wrap(x / 6), wrap(z / 6)) < 0.018 ? 0.86 : 1;
	const stain = 0.86 + 0.28 * cloudy(x / 11, z / 16, 4);
	const grit = 0.96 + 0.08 * noise(x * 3, z * 3);
	let color = times(concrete, slab * stain * grit * 0.98);
	// Tyre tracks along the lanes, then the lane lines and the yellow edge of the quay.
	for (const lane of [-12, -4, 4, 30])
		color = mix(color, [82, 82, 82], 0.34 * Math.exp(-(((Math.abs(x - lane) - 1) / 0.5) ** 2)) * (0.5 + noise(x, z / 9)));
	for (const line of [-16, -8, 0, 8]) if (Math.abs(x - line) < 0.16 && wrap(z / 8) < 0.62) color = mix(color, [226, 222, 206], 0.75);
	for (const line of [20, 38]) if (Math.abs(x - line) < 0.3) color = [74, 70, 66];
	if (x > quay - 1.1) color = wrap((x + z) / 2.4) < 0.5 ? [206, 164, 42] : [58, 56, 52];
	return times(color, 1.02);
}

const stacks = buildStacks();

function buildStacks(): { at: Point; size: Point; colors: Color[] }[] {
	const chance = random(21);
	const list: { at: Point; size: Point; colors: Color[] }[] = [];
	for (let row = 0; row < 9; row++) {
		for (let bay = 0; bay < 4; bay++) {
			const tiers = 1 + Math.floor(chance() * 4);
			const colors = Array.from({ length: tiers }, () => times(paints[Math.floor(chance() * paints.length)] ?? concrete, 0.85 + chance() * 0.25));
			list.push({ at: [-23 - bay * 3.1, 0, 48 + row * 27], size: [2.44, tiers * 2.6, 12.2], colors });
			if (row % 2 === 0) list.push({ at: [-23 - bay * 3.1, 0, 48 + row * 27 + 12.8], size: [2.44, Math.max(1, tiers - 1) * 2.6, 12.2], colors });
		}
	}
	return list;
}

/** A container with its corrugation, at a place of its own. */
function addStack(stage: Stage, { at, size, colors }: { at: Point; size: Point; colors: Color[] }): void {
	stage.queue(at, (canvas) => {
		const tiers = Math.round(size[1] / 2.6);
		for (let tier = 0; tier < tiers; tier++) paintContainer(stage, canvas, [at[0], tier * 2.6, at[2]], colors[tier] ?? concrete, size[2]);
	});
}

function paintContainer(stage: Stage, canvas: Canvas, at: Point, color: Color, long = 12.2): void {
	const box = { at, size: [2.44, 2.56, long] as const, color };
	paintBox(stage, canvas, box);
	const near = stage.see(at);
	if (near.depth > 190) return;
	const own = placed(at);
	const side = at[0] < stage.view.eye[0] ? 1.23 : -1.23;
	const ribs = near.depth > 110 ? 12 : 24;
	for (let rib = 1; rib < ribs; rib++) {
		const z = -long / 2 + (rib * long) / ribs;
		stage.beam(canvas, own(side, 0.15, z), own(side, 2.4, z), 0.1, times(color, 0.72), { alpha: 0.55 });
	}
	// Door bars at the end that faces the camera.
	for (const x of [-0.75, -0.2, 0.2, 0.75])
		stage.beam(canvas, own(x, 0.1, -long / 2 - 0.02), own(x, 2.4, -long / 2 - 0.02), 0.06, [190, 190, 186], { alpha: 0.6 });
}

function addCrane(stage: Stage, ground: Canvas, base: number, t: number, index: number): void {
	const z = base + swing(t, 1, index * 0.31) * 2.2;
	const far = 38;
	const close = 20;
	const half = 8.5;
	const top = 40;
	groundShadow(stage, ground, [29, 0, z], [20, 20], { alpha: 0.25 });
	const steel = times(craneBlue, 0.95);
	stage.queue([29, 0, z + half], (canvas) => {
		for (const x of [far, close]) leg(stage, canvas, x, z + half, top, steel);
	});
	stage.queue([24, 0, z - half], (canvas) => {
		paintBox(stage, canvas, { at: [29, 13, z + half], size: [18, 1.7, 1.6], color: steel });
		for (const side of [half, -half]) {
			stage.beam(canvas, [close, 13, z + side], [far, top, z + side], 0.8, steel);
			if (side < 0) for (const x of [far, close]) leg(stage, canvas, x, z + side, top, steel);
		}
		paintBox(stage, canvas, { at: [29, 13, z - half], size: [18, 1.7, 1.6], color: steel });
		// Boom over the ship, with its rails, the tower above it and the stays.
		for (const side of [2.4, -2.4]) paintBox(stage, canvas, { at: [44, top, z + side], size: [88, 2.3, 1.1], color: steel });
		for (let x = 4; x < 88; x += 7) stage.beam(canvas, [x, top + 1.2, z - 2.4], [x, top + 1.2, z + 2.4], 0.5, times(steel, 0.8));
		for (const side of [2.4, -2.4]) {
			stage.beam(canvas, [close + 3, top, z + side], [far - 4, top + 21, z], 1.0, steel);
			stage.beam(canvas, [far + 1, top, z + side], [far - 4, top + 21, z], 1.0, steel);
		}
		for (const x of [84, 62]) stage.beam(canvas, [far - 4, top + 21, z], [x, top + 2, z], 0.35, times(steel, 0.85));
		stage.beam(canvas, [far - 4, top + 21, z], [5, top + 2, z], 0.35, times(steel, 0.85));
		paintBox(stage, canvas, { at: [14, top + 2.3, z], size: [13, 5, 6], color: [214, 214, 208] });
		// The trolley goes out and back once in a loop, the spreader goes down at both ends.
		const way = 0.5 - 0.5 * Math.cos(Math.PI * 2 * (t + index * 0.37));
		const x = 25 + way * 41;
		const down = 0.5 + 0.5 * Math.cos(Math.PI * 4 * (t + index * 0.37));
		const spreader = top - 5 - down * (way > 0.5 ? 14 : 26);
		paintBox(stage, canvas, { at: [x, top - 1.6, z], size: [5, 1.8, 6], color: [90, 92, 94] });
		paintBox(stage, canvas, { at: [x + 3.5, top - 4.4, z - 1], size: [2.4, 2.8, 2.6], color: [208, 214, 216] });
		for (const [dx, dz] of [
			[-1, -3],
			[1, -3],
			[-1, 3],
			[1, 3],
		] as const)
			stage.beam(canvas, [x + dx, top - 1.5, z + dz], [x + dx, spreader + 0.6, z + dz], 0.12, [40, 42, 44]);
		paintBox(stage, canvas, { at: [x, spreader, z], size: [2.4, 0.7, 12], color: [220, 178, 40] });
		if (wrap(t + index * 0.37) < 0.5) paintContainer(stage, canvas, [x, spreader - 2.6, z], paints[(index * 3 + 1) % paints.length] ?? concrete);
		if (wrap(t * 10 + index * 0.4) < 0.5) paintCylinder(stage, canvas, { at: [far - 4, top + 21, z], radius: 0.7, tall: 1, color: [255, 60, 40] });
	});
}

function leg(stage: Stage, canvas: Canvas, x: number, z: number, top: number, steel: Color): void {
	paintBox(stage, canvas, { at: [x, 0, z], size: [2.8, 2.2, 5], color: [66, 66, 68] });
	paintBox(stage, canvas, { at: [x, 2.2, z], size: [1.7, top - 2.2, 1.7], color: steel });
}

function addShip(stage: Stage, t: number): void {
	const lift = swing(t, 1, 0.1) * 0.18;
	const chance = random(8);
	stage.queue([66, 0, 190], (canvas) => {
		const hull: Color = [34, 48, 74];
		const [front, side, back, left, deck] = boxFaces({ at: [66, -4 + lift, 205], size: [34, 15, 290], color: hull });
		for (const face of [back, side, deck, front, left]) if (face) stage.polygon(canvas, face, hull);
		const red = boxFaces({ at: [66, -4 + lift, 205], size: [34.2, 2.2, 290.2], color: hull });
		for (const face of [red[3], red[0]]) if (face) stage.polygon(canvas, face, [128, 46, 40]);
		for (let row = 17; row >= 0; row--) {
			if (row === 12) {
				paintBox(stage, canvas, { at: [66, 11 + lift, 72 + row * 14.5], size: [32, 26, 10], color: [222, 222, 216] });
				for (let deckLevel = 0; deckLevel < 7; deckLevel++)
					stage.beam(canvas, [50, 14 + deckLevel * 3 + lift, 67 + row * 14.5], [82, 14 + deckLevel * 3 + lift, 67 + row * 14.5], 0.9, [62, 74, 84]);
				continue;
			}
			for (let bay = 11; bay >= 0; bay--) {
				const tiers = 2 + Math.floor(chance() * 4);
				for (let tier = 0; tier < tiers; tier++) {
					const paint = paints[Math.floor(chance() * paints.length)] ?? concrete;
					paintBox(stage, canvas, {
						at: [52 + bay * 2.55, 11 + tier * 2.6 + lift, 72 + row * 14.5],
						size: [2.44, 2.55, 12.4],
						color: times(paint, 0.8 + chance() * 0.3),
					});
				}
			}
		}
	});
}

function addTraffic(stage: Stage, ground: Canvas, t: number): void {
	// Every truck takes the next one's place when the loop closes, so the column never ends.
	for (const [lane, count, way] of [
		[-12, 5, -1],
		[-4, 4, 1],
		[4, 4, -1],
	] as const) {
		for (let index = -1; index <= count; index++) {
			const gap = 64;
			const part = wrap(t + lane * 0.13) + index;
			const z = way > 0 ? 20 + part * gap : 20 + (count - part) * gap;
			const load = paints[wrap(lane * 0.37 + 0.1) < 0.5 ? 1 : 2] ?? concrete;
			groundShadow(stage, ground, [lane, 0, z], [3.4, 16], { alpha: 0.5 });
			addTruck(stage, { at: [lane, 0, z], turn: way > 0 ? 0 : 180, cab: [206, 196, 60], load: lane === 4 ? undefined : load });
		}
	}
	for (const [x, z] of [
		[15, 60],
		[15.5, 128],
	] as const) {
		groundShadow(stage, ground, [x, 0, z], [2.2, 5]);
		addBox(stage, { at: [x, 0.4, z], size: [1.9, 1.1, 4.6], color: [222, 222, 222] });
		addBox(stage, { at: [x, 1.5, z - 0.01], size: [1.8, 0.7, 2.6], taper: [0.85, 0.8], color: [50, 58, 64] });
	}
}

function addHills(stage: Stage): void {
	stage.queue([0, 0, 5_000], (canvas) => {
		const tone: Color = [150, 164, 172];
		for (const [level, shade] of [
			[70, 0.98],
			[42, 0.9],
		] as const) {
			const points: Point[] = [[-2600, -6, 2400]];
			for (let step = 0; step <= 60; step++) points.push([-2600 + step * 90, 12 + level * cloudy(step * 0.21 + level, 2, 3), 2400]);
			points.push([2800, -6, 2400]);
			stage.polygon(canvas, points, times(tone, shade), { lit: false, alpha: 0.999 });
		}
	});
}
