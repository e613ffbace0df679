import { paintPlane, paintSky, paintVapour, swells, waterAt } from '../atmosphere.ts';
import { newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, smooth, swing, times, wrap } from '../color.ts';
import { addTree, paintBox } from '../solids.ts';
import { Stage } from '../stage.ts';

const dam = 40;
const bays = [-14, -7, 0, 7, 14];
/** The two outer gates are shut. */
const open = (x: number): boolean => Math.abs(x) < 10;

/** A sluice with five gates; water shoots out below those that are raised. */
export const scene: Scene = {
	id: 'cam-sluice-01',
	name: { zh: '大碶 节制闸', en: 'Daqi sluice' },
	light: 'dusk',
	weather: 'overcast',
	create() {
		const stage = new Stage({
			eye: [-5, 8, 0],
			yaw: 7,
			pitch: 5.5,
			angle: 58,
			sun: [0.7, 0.5, -0.5],
			sunlight: 0.5,
			ambient: 0.5,
			sunColor: [255, 206, 160],
			haze: [184, 172, 166],
			hazeDensity: 0.0035,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [104, 122, 152], low: [226, 188, 156], cloud: [196, 176, 172], cover: 0.6, seed: 72 });
		paintPlane(back, stage, 0, (x, z) => (Math.abs(x) < 60 ? [128, 128, 118] : mix([96, 110, 70], [130, 132, 96], cloudy(x / 9, z / 9))));
		const waves = swells(17, { count: 8, longest: 4.5, shortest: 0.35, steep: 0.1, heading: Math.PI, spread: 2 });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			paintPlane(
				canvas,
				stage,
				0,
				(x, z, far) => {
					if (z > dam || Math.abs(x) > 19.5) return undefined;
					const [sx, sz] = waterAt(waves, x, z, t, far);
					const away = dam - z;
					const jet = Math.abs(x) < 11 ? 1 : smooth(15, 11, Math.abs(x));
					// Foam is carried away from the gates; a whole number of its patterns passes in a loop.
					const flow = cloudy(x / 1.1 + 0.3 * swing(t, 2, z / 9), wrap((z + t * 48) / 48) * 24, 4);
					const other = cloudy(x / 1.1 + 7, wrap((z + t * 48) / 48 + 0.5) * 24, 4);
					const seam = Math.abs(wrap((z + t * 48) / 48) - 0.5) * 2;
					const torn = mix([flow, 0, 0], [other, 0, 0], smooth(0.7, 1, seam))[0];
					const foam = jet * smooth(0.34, 0.68, torn + 0.42 * Math.exp(-away / 7) - 0.1 + away * -0.006);
					const water = mix([84, 94, 84], [196, 180, 166], clamp(0.25 + sz * 1.6 + sx * 0.5 + (1 - 7 / far) * 0.2));
					return mix(water, [232, 230, 224], clamp(foam * 0.92));
				},
				{ step: 2 },
			);
			addBanks(stage);
			addDam(stage, t);
			stage.flush(canvas);
			for (const x of bays.filter(open)) {
				paintVapour(canvas, stage, t, {
					at: [x, 0.3, dam - 2.4],
					drift: [0.8, 1.5, -7],
					radius: [0.7, 2.2],
					puffs: 22,
					color: [240, 238, 234],
					alpha: 0.24,
					seed: 30 + x,
					lives: 7,
				});
			}
		};
	},
};

function addDam(stage: Stage, t: number): void {
	stage.queue([0, 0, dam + 1], (canvas) => {
		for (const x of bays) {
			const raised = open(x) ? 1.5 + 0.12 * swing(t, 1, x / 14) : 0.1;
			stage.polygon(
				canvas,
				[
					[x - 2.8, 0, dam + 0.5],
					[x + 2.8, 0, dam + 0.5],
					[x + 2.8, 7, dam + 0.5],
					[x - 2.8, 7, dam + 0.5],
				],
				[52, 54, 54],
			);
			if (open(x)) {
				// The sheet of water under the gate.
				for (let strip = 0; strip < 28; strip++) {
					const left = x - 2.7 + strip * 0.193;
					const shine = 0.75 + 0.3 * noise(strip * 1.7 + x, Math.floor(wrap(t * 15 + strip * 0.37) * 8));
					stage.polygon(
						canvas,
						[
							[left, 0, dam - 2.2],
							[left + 0.2, 0, dam - 2.2],
							[left + 0.2, raised, dam + 0.3],
							[left, raised, dam + 0.3],
						],
						times([206, 212, 206], shine),
						{ lit: false },
					);
				}
			}
			const gate: Color = [152, 70, 48];
			paintBox(stage, canvas, { at: [x, raised, dam], size: [5.5, 4.6, 0.5], color: gate });
			for (let rib = 0; rib < 5; rib++)
				paintBox(stage, canvas, { at: [x, raised + 0.3 + rib * 0.95, dam - 0.4], size: [5.5, 0.22, 0.35], color: times(gate, 0.85) });
			for (const side of [-1.7, 0, 1.7])
				paintBox(stage, canvas, { at: [x + side, raised, dam - 0.42], size: [0.25, 4.6, 0.3], color: times(gate, 0.9) });
			for (const side of [-1.9, 1.9]) stage.beam(canvas, [x + side, raised + 4.6, dam - 0.2], [x + side, 10, dam - 0.2], 0.14, [60, 62, 64]);
		}
		for (let pier = 0; pier < 6; pier++) {
			const x = -17.5 + pier * 7;
			paintBox(stage, canvas, { at: [x, -1, dam - 0.8], size: [1.5, 10.5, 4.4], color: [166, 160, 152] });
			paintBox(stage, canvas, { at: [x, -1, dam - 2.9], size: [1.5, 2.6, 0.3], color: [120, 118, 108] });
			for (let mark = 0; mark < 9; mark++)
				paintBox(stage, canvas, {
					at: [x - 0.35, 0.6 + mark * 0.5, dam - 3.06],
					size: [0.35, 0.24, 0.04],
					color: mark % 2 ? [226, 226, 220] : [40, 70, 140],
				});
		}
		paintBox(stage, canvas, { at: [0, 9.4, dam], size: [39, 0.9, 5], color: [180, 174, 166] });
		paintBox(stage, canvas, { at: [0, 10.3, dam + 0.6], size: [38, 4, 3.6], color: [214, 206, 194] });
		paintBox(stage, canvas, { at: [0, 14.3, dam + 0.6], size: [40, 0.7, 5], color: [96, 108, 124] });
		for (let window = 0; window < 15; window++) {
			const x = -17.2 + window * 2.46;
			stage.polygon(
				canvas,
				[
					[x - 0.7, 11.2, dam - 1.25],
					[x + 0.7, 11.2, dam - 1.25],
					[x + 0.7, 12.6, dam - 1.25],
					[x - 0.7, 12.6, dam - 1.25],
				],
				window % 4 === 1 ? [255, 214, 150] : [70, 84, 98],
				{ lit: window % 4 !== 1 },
			);
		}
		for (let post = -19; post <= 19; post += 1.9) stage.beam(canvas, [post, 10.3, dam - 2.4], [post, 11.3, dam - 2.4], 0.07, [190, 192, 190]);
		for (const y of [10.8, 11.3]) stage.beam(canvas, [-19, y, dam - 2.4], [19, y, dam - 2.4], 0.07, [190, 192, 190]);
		const sign = stage.see([0, 13.45, dam - 1.3]);
		canvas.font = `bold ${Math.round(sign.scale * 1.15)}px "Noto Serif CJK SC", serif`;
		canvas.textAlign = 'center';
		canvas.textBaseline = 'middle';
		canvas.fillStyle = 'rgb(176,34,28)';
		canvas.fillText('大 碶 节 制 闸', sign.x, sign.y);
	});
}

function addBanks(stage: Stage): void {
	for (const side of [-1, 1]) {
		for (let z = 2; z < 60; z += 2) {
			const x = side * 19.4;
			stage.queue([side * 20, 0, z + (z > 38 ? 20 : 0)], (canvas) => {
				const tone = 0.85 + 0.25 * noise(z, side * 4);
				stage.polygon(
					canvas,
					[
						[x, -0.3, z],
						[x, -0.3, z + 2],
						[x + side * 4.4, 4.4, z + 2],
						[x + side * 4.4, 4.4, z],
					],
					times([148, 142, 132], tone),
					{ normal: [-side * 0.7, 0.7, 0] },
				);
				stage.polygon(
					canvas,
					[
						[x + side * 4.4, 4.4, z],
						[x + side * 4.4, 4.4, z + 2],
						[x + side * 60, 4.6, z + 2],
						[x + side * 60, 4.6, z],
					],
					mix([104, 118, 72], [126, 130, 88], noise(z, 9)),
					{ normal: [0, 1, 0] },
				);
			});
		}
		for (let index = 0; index < 7; index++)
			addTree(stage, [side * (29 + (index % 3) * 4), 4.4, 26 + index * 8], 7 + (index % 3), { seed: index + side * 20 + 60, color: [74, 92, 54] });
	}
	for (let index = 0; index < 22; index++)
		addTree(stage, [-80 + index * 8, 3, 120 + (index % 4) * 5], 12, { seed: index + 160, color: [90, 104, 82] });
}
