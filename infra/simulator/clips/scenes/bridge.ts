import { paintPlane, paintSky, swells, waterAt } from '../atmosphere.ts';
import { newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, times, wrap } from '../color.ts';
import { addBox, groundShadow, paintBox } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addStreamOfCars, carPaints } from '../street.ts';
import { addTruck } from '../vehicles.ts';

/** An expressway crosses the sea on a cable-stayed bridge. */
export const scene: Scene = {
	id: 'cam-bridge-01',
	name: { zh: '穿山疏港高速 跨海大桥', en: 'Chuanshan expressway, sea bridge' },
	light: 'dusk',
	weather: 'clear',
	create() {
		const stage = new Stage({
			eye: [-2.5, 11, 0],
			yaw: 3,
			pitch: 7,
			angle: 60,
			sun: [-0.8, 0.4, 0.25],
			sunlight: 0.55,
			ambient: 0.5,
			sunColor: [255, 208, 156],
			haze: [214, 190, 172],
			hazeDensity: 0.0022,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [96, 124, 166], low: [240, 200, 160], cloud: [232, 196, 176], cover: 0.5, seed: 92 });
		const deck = newCanvas();
		paintPlane(deck, stage, 0, road);
		const waves = swells(57, { count: 8, longest: 20, shortest: 2, steep: 0.07, heading: 0.8, spread: 2 });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addIslands(stage);
			stage.flush(canvas);
			paintPlane(
				canvas,
				stage,
				-28,
				(x, z, far) => {
					if (Math.abs(x) < 13 + far * 0.02 && z < 120) return [90, 90, 90];
					const [sx, sz] = waterAt(waves, x, z, t, far * 0.4);
					const glitter = clamp(0.3 + sz * 2.4 + sx * 0.8 + far / 1500);
					return mix([72, 94, 104], [240, 208, 176], glitter * 0.85);
				},
				{ step: 3 },
			);
			canvas.drawImage(deck.canvas, 0, 0, 960, 540);
			addBridge(stage);
			for (const [x, turn, speed, start, paints] of [
				[2.6, 0, 27, 0.1, [0, 3]],
				[6.3, 0, 24, 0.5, [1, 5, 2]],
				[-2.6, 180, 28, 0.3, [4, 0]],
				[-6.3, 180, 24, 0.8, [2, 1]],
			] as const) {
				addStreamOfCars(stage, canvas, t, {
					from: turn ? [x, 0, 330] : [x, 0, -40],
					turn,
					count: 2,
					speed,
					start,
					paints: paints.map((paint) => carPaints[paint] ?? [200, 200, 200]),
				});
			}
			for (const [x, turn, start, load] of [
				[10, 0, 0.2, [40, 96, 150]],
				[-10, 180, 0.6, [168, 62, 46]],
				[10, 0, 0.85, [60, 122, 104]],
			] as const) {
				for (let index = 0; index < 2; index++) {
					const way = (wrap(t + start) + index) * 190 - 30;
					const at: Point = [x, 0, turn ? 330 - way : way];
					groundShadow(stage, canvas, at, [3, 16], { alpha: 0.7 });
					addTruck(stage, { at, turn, cab: [214, 216, 218], load });
				}
			}
			stage.flush(canvas);
		};
	},
};

function road(x: number, z: number): Color | undefined {
	const side = Math.abs(x);
	if (side > 13) return undefined;
	let color = times([98, 98, 100], 0.86 + 0.2 * cloudy(x / 2, z / 9, 4) + 0.05 * noise(x * 4, z * 4));
	if (wrap(z / 40) < 0.012) color = [52, 52, 54];
	for (const lane of [2.6, 6.3, 10]) color = mix(color, [76, 76, 78], 0.3 * Math.exp(-(((side - lane) / 0.9) ** 2)));
	for (const line of [4.45, 8.15]) if (Math.abs(side - line) < 0.09 && wrap(z / 15) < 0.42) color = [226, 226, 220];
	if (Math.abs(side - 0.95) < 0.1) color = [220, 176, 60];
	if (Math.abs(side - 11.7) < 0.1) color = [226, 226, 220];
	return color;
}

function addBridge(stage: Stage): void {
	const concrete: Color = [206, 198, 188];
	for (const z of [105, 265]) {
		stage.queue([0, 0, z], (canvas) => {
			for (const side of [-1, 1]) paintBox(stage, canvas, { at: [side * 14.4, 0, z], size: [2.8, 36, 4.6], color: concrete });
			const foot = (x: number): Point => [x, 36, z];
			for (const side of [-1, 1])
				for (const dz of [-1.5, 0, 1.5]) stage.beam(canvas, [side * 14.4, 35, z + dz], [0, 66, z + dz], 2.6, times(concrete, dz ? 0.94 : 1.02));
			stage.beam(canvas, foot(-14), foot(14), 2.6, times(concrete, 0.9));
			paintBox(stage, canvas, { at: [0, 62, z], size: [3.2, 20, 3.4], color: concrete });
		});
		for (let cable = 1; cable <= 11; cable++) {
			for (const side of [-1, 1]) {
				for (const way of [-1, 1]) {
					const foot: Point = [side * 12.6, 1, z + way * cable * 7];
					if (foot[2] < 4) continue;
					stage.queue(foot, (canvas) => stage.beam(canvas, foot, [side * 0.9, 63 + cable * 1.5, z], 0.2, [226, 222, 214]));
				}
			}
		}
	}
	for (let z = 4; z < 330; z += 6) {
		for (const x of [-12.5, 12.5, 0]) {
			stage.queue([x, 0, z], (canvas) => {
				paintBox(stage, canvas, { at: [x, 0, z + 3], size: [0.5, x ? 0.85 : 0.8, 6], color: [184, 180, 174] });
				if (x) {
					stage.beam(canvas, [x, 0.8, z], [x, 1.5, z], 0.1, [150, 152, 154]);
					stage.beam(canvas, [x, 1.45, z], [x, 1.45, z + 6], 0.12, [200, 200, 200]);
				}
			});
		}
	}
	// The gantry with its signs.
	stage.queue([0, 0, 52], (canvas) => {
		for (const x of [-13, 13]) paintBox(stage, canvas, { at: [x, 0, 52], size: [0.5, 8.4, 0.5], color: [176, 180, 182] });
		for (const y of [7.4, 8.3]) stage.beam(canvas, [-13, y, 52], [13, y, 52], 0.28, [176, 180, 182]);
		for (let x = -13; x < 13; x += 1.6) stage.beam(canvas, [x, 7.4, 52], [x + 1.6, 8.3, 52], 0.1, [176, 180, 182]);
		const sign = (x: number, wide: number, lines: readonly [string, string]) => {
			stage.polygon(
				canvas,
				[
					[x - wide / 2, 5.6, 51.6],
					[x + wide / 2, 5.6, 51.6],
					[x + wide / 2, 8.9, 51.6],
					[x - wide / 2, 8.9, 51.6],
				],
				[30, 118, 84],
				{ lit: false },
			);
			canvas.textAlign = 'center';
			canvas.textBaseline = 'middle';
			canvas.fillStyle = 'rgb(240,244,240)';
			for (const [index, line] of lines.entries()) {
				const place = stage.see([x, 8.05 - index * 1.5, 51.5]);
				canvas.font = `bold ${Math.round(place.scale * (index ? 0.8 : 1.15))}px "Noto Sans CJK SC", sans-serif`;
				canvas.fillText(line, place.x, place.y);
			}
		};
		sign(4.4, 6, ['穿山港区', '2 km']);
		sign(9.6, 3.6, ['120', '小客车']);
	});
	addBox(stage, { at: [12.3, 1.2, 30], size: [0.3, 1.2, 0.5], color: [40, 90, 150] });
}

function addIslands(stage: Stage): void {
	for (const [z, high, tone, shift] of [
		[2600, 230, [156, 152, 158], 0],
		[1900, 130, [132, 134, 138], 5],
	] as const) {
		stage.queue([0, 0, z], (canvas) => {
			const points: Point[] = [[-2400, -28, z]];
			for (let x = -2400; x <= 2600; x += 60) points.push([x, -28 + high * Math.max(0, cloudy(x / 420 + shift, shift, 4) - 0.22), z]);
			points.push([2600, -28, z]);
			stage.polygon(canvas, points, tone, { lit: false, alpha: 0.999 });
		});
	}
}
