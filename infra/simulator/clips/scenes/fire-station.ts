import { paintPlane, paintSky } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, cloudy, mix, noise, swing, times, wrap } from '../color.ts';
import { type Lamp, paintGlows, paintNight, sodium, white } from '../lamps.ts';
import { addPerson, addWalkers } from '../people.ts';
import { addBuilding, groundShadow, paintBox, placed } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';
import { addStreetLamp } from '../street.ts';

const front = 34;

/** The forecourt of a fire station in the evening: engines before their bays, blue lights turning. */
export const scene: Scene = {
	id: 'cam-fire-01',
	name: { zh: '北仑消防救援站 前坪', en: 'Beilun fire station, forecourt' },
	light: 'night',
	weather: 'clear',
	create() {
		const stage = new Stage({
			eye: [-9, 8, 0],
			yaw: 14,
			pitch: 10,
			angle: 60,
			sun: [-0.3, 0.7, -0.6],
			sunlight: 0.45,
			ambient: 0.6,
			haze: [120, 112, 112],
			hazeDensity: 0.002,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [70, 84, 120], low: [200, 150, 120], cloud: [120, 106, 112], cover: 0.5, seed: 112 });
		paintPlane(back, stage, 0, ground);
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			addStation(stage);
			const lamps = [
				...baysLight,
				addStreetLamp(stage, [-13, 0, 20], { tall: 8, pool: 20, color: white, power: 0.9 }),
				addStreetLamp(stage, [22, 0, 21], { turn: 180, tall: 8, pool: 20, color: sodium, power: 0.9 }),
			];
			const blue: Lamp[] = [];
			for (const [x, z, turn, kind] of [
				[-5.6, 29, 180, 0],
				[0.8, 27, 180, 1],
				[7.2, 30, 180, 0],
				[15.5, 19, 236, 1],
			] as const)
				blue.push(...addEngine(stage, canvas, [x, 0, z], turn, t, kind === 1));
			const crew = { coat: [196, 134, 44] as Color, trousers: [176, 118, 40] as Color, helmet: [206, 40, 32] as Color };
			addWalkers(stage, canvas, t, { from: [-20, 0, 17], turn: 86, count: 4, start: 0, looks: [crew] });
			addWalkers(stage, canvas, t, { from: [4, 0, 44], turn: 181, count: 3, start: 0.4, looks: [{ ...crew, helmet: [226, 200, 50] }] });
			for (const [index, [x, z]] of (
				[
					[-2.6, 19.5],
					[-1.8, 20.2],
					[10.8, 22.5],
				] as const
			).entries())
				addPerson(stage, canvas, {
					at: [x + 0.08 * swing(t, 2, index * 0.3), 0, z],
					turn: 60 + index * 90 + 20 * swing(t, 1),
					step: undefined,
					...crew,
				});
			stage.flush(canvas);
			paintNight(canvas, stage, [104, 108, 130], [...lamps, ...blue], [66, 66, 86]);
			paintGlows(
				canvas,
				stage,
				[...lamps, ...blue].filter(({ size = 0.3 }) => size > 0),
			);
		};
	},
};

function ground(x: number, z: number): Color {
	const joint = Math.min(wrap(x / 6.4 + 0.5), wrap(z / 5)) < 0.012 ? 0.8 : 1;
	let color = times([140, 138, 134], joint * (0.84 + 0.28 * cloudy(x / 3, z / 4, 5)) * (0.96 + 0.08 * noise(x * 5, z * 5)));
	if (z < front) {
		if (Math.abs(wrap((x + 2.4) / 6.4) - 0.5) > 0.485 && z > 21 && x > -10 && x < 12) color = mix(color, [220, 180, 50], 0.85);
		if (z > 13 && z < 14.2) color = mix(color, wrap((x + z) / 1.4) < 0.5 ? [222, 182, 44] : [48, 46, 44], 0.8);
		for (const rut of [-5.6, 0.8, 7.2])
			for (const side of [-1, 1]) color = mix(color, [84, 84, 84], 0.3 * Math.exp(-(((x - rut - side) / 0.35) ** 2)));
	}
	if (z < 12.6) color = times([86, 88, 92], 0.85 + 0.25 * cloudy(x / 2, z / 3, 4));
	if (Math.abs(z - 10) < 0.1) color = [214, 214, 206];
	return color;
}

function addStation(stage: Stage): void {
	const wall: Color = [202, 194, 184];
	const red: Color = [178, 44, 36];
	stage.queue([2, 0, front + 8], (canvas) => {
		paintBox(stage, canvas, { at: [4, 0, front + 7], size: [32, 6, 14], color: wall });
		for (const x of [-5.6, 0.8, 7.2, 13.6]) {
			// Open bays glow from inside; the last door is down.
			const open = x < 10;
			stage.polygon(
				canvas,
				[
					[x - 2.4, 0, front - 0.05],
					[x + 2.4, 0, front - 0.05],
					[x + 2.4, 4.7, front - 0.05],
					[x - 2.4, 4.7, front - 0.05],
				],
				open ? [238, 226, 200] : red,
				{ lit: !open },
			);
			if (open) {
				stage.polygon(
					canvas,
					[
						[x - 2.4, 0, front - 0.06],
						[x + 2.4, 0, front - 0.06],
						[x + 1.9, 0.9, front - 0.06],
						[x - 1.9, 0.9, front - 0.06],
					],
					[168, 160, 146],
					{ lit: false },
				);
				stage.polygon(
					canvas,
					[
						[x - 1.9, 0.9, front - 0.07],
						[x + 1.9, 0.9, front - 0.07],
						[x + 1.9, 3.9, front - 0.07],
						[x - 1.9, 3.9, front - 0.07],
					],
					[206, 196, 172],
					{ lit: false },
				);
				paintBox(stage, canvas, { at: [x, 4.1, front - 0.2], size: [4.9, 0.65, 0.25], color: red });
			} else for (let y = 0.5; y < 4.7; y += 0.6) stage.beam(canvas, [x - 2.4, y, front - 0.1], [x + 2.4, y, front - 0.1], 0.09, times(red, 0.6));
		}
		paintBox(stage, canvas, { at: [4, 5.1, front - 0.5], size: [32.4, 1.6, 1], color: red });
		const name = stage.see([4, 5.9, front - 1.1]);
		canvas.font = `bold ${Math.round(name.scale * 1.2)}px "Noto Sans CJK SC", sans-serif`;
		canvas.textAlign = 'center';
		canvas.textBaseline = 'middle';
		canvas.fillStyle = 'rgb(255,236,190)';
		canvas.fillText('北 仑 消 防 救 援 站', name.x, name.y);
		for (const [index, x] of [-5.6, 0.8, 7.2, 13.6].entries()) {
			const place = stage.see([x, 4.45, front - 0.4]);
			canvas.font = `bold ${Math.round(place.scale * 0.6)}px "Noto Sans CJK SC", sans-serif`;
			canvas.fillText(`${index + 1}`, place.x, place.y);
		}
	});
	addBuilding(stage, { at: [4, 6.7, front + 8], size: [31, 7, 12], color: wall, floors: 2, bays: 12, litWindows: 0.4, seed: 12 });
	addBuilding(stage, { at: [-17, 0, front + 10], size: [6, 22, 6], color: [184, 92, 74], floors: 7, bays: 2, litWindows: 0.2, seed: 5 });
	addBuilding(stage, { at: [48, 0, 92], size: [40, 46, 20], color: [120, 118, 122], floors: 14, bays: 11, litWindows: 0.3, seed: 9 });
	addBuilding(stage, { at: [-52, 0, 100], size: [36, 34, 20], color: [128, 120, 116], floors: 10, bays: 9, litWindows: 0.3, seed: 3 });
}

const baysLight: Lamp[] = [-5.6, 0.8, 7.2].map((x): Lamp => ({ at: [x, 3, front - 2], color: [255, 232, 190], reach: 8, power: 0.95, size: 0 }));

/** A fire engine, 8.6 m long; answers its lights. */
function addEngine(stage: Stage, ground: Canvas, at: Point, turn: number, t: number, ladder: boolean): Lamp[] {
	const own = placed(at, turn);
	const red: Color = [196, 30, 26];
	groundShadow(stage, ground, at, [3, 9.4], { turn });
	stage.queue(at, (canvas) => {
		const body = () => {
			paintBox(stage, canvas, { at: own(0, 0.55, -1.4), size: [2.45, 2.35, 5.8], turn, color: red });
			paintBox(stage, canvas, { at: own(0, 1.15, -1.4), size: [2.49, 0.3, 5.82], turn, color: [232, 232, 226] });
			for (const z of [-3.5, -2.1, -0.7]) paintBox(stage, canvas, { at: own(0, 1.55, z), size: [2.5, 1.15, 1.15], turn, color: [150, 156, 162] });
			paintBox(stage, canvas, { at: own(0, 2.9, -1.4), size: [2, 0.25, 5.4], turn, color: [160, 162, 164] });
			if (ladder) {
				for (const x of [-0.5, 0.5]) stage.beam(canvas, own(x, 3.4, -4.2), own(x, 3.7, 3.6), 0.16, [214, 214, 210]);
				for (let z = -4; z < 3.6; z += 0.5)
					stage.beam(canvas, own(-0.5, 3.4 + (z + 4.2) * 0.038, z), own(0.5, 3.4 + (z + 4.2) * 0.038, z), 0.09, [200, 200, 196]);
			}
		};
		const cab = () => {
			paintBox(stage, canvas, { at: own(0, 0.55, 2.95), size: [2.45, 2.2, 2.7], turn, color: red, taper: [0.96, 0.94] });
			paintBox(stage, canvas, { at: own(0, 1.65, 2.97), size: [2.48, 0.8, 2.72], turn, color: [40, 50, 60], taper: [0.98, 0.97] });
			paintBox(stage, canvas, { at: own(0, 0.55, 4.3), size: [2.4, 0.4, 0.2], turn, color: [226, 226, 220] });
			paintBox(stage, canvas, { at: own(0, 2.75, 3.2), size: [1.7, 0.28, 0.5], turn, color: [60, 110, 220] });
		};
		const [far, close] =
			Math.hypot(own(0, 0, 3)[0] - stage.view.eye[0], own(0, 0, 3)[2]) > Math.hypot(own(0, 0, -2)[0] - stage.view.eye[0], own(0, 0, -2)[2])
				? [cab, body]
				: [body, cab];
		far();
		close();
		for (const side of [-1, 1]) {
			for (const z of [2.9, -2.9]) {
				const hub = stage.see(own(side * 1.24, 0.5, z));
				const outer = own(side * 1.24, 0, z);
				const inner = own(0, 0, z);
				if ((stage.view.eye[0] - outer[0]) * (outer[0] - inner[0]) + (stage.view.eye[2] - outer[2]) * (outer[2] - inner[2]) < 0) continue;
				const squeeze = Math.abs(Math.sin(((turn - 14) * Math.PI) / 180 - Math.atan2(at[0] - stage.view.eye[0], at[2]))) * 0.7 + 0.3;
				for (const [r, tone] of [
					[0.5, 'rgb(24,24,26)'],
					[0.26, 'rgb(150,152,154)'],
				] as const) {
					canvas.fillStyle = tone;
					canvas.beginPath();
					canvas.ellipse(hub.x, hub.y, r * hub.scale * squeeze, r * hub.scale, 0, 0, 7);
					canvas.fill();
				}
			}
		}
	});
	const blink = (phase: number) => Math.max(0, swing(t, 12, phase + at[0] * 0.13)) ** 2;
	const ahead = own(0, 1, 6.5);
	return [
		...[-0.6, 0.6].map(
			(x): Lamp => ({ at: own(x, 3.05, 3.3), color: [70, 130, 255], reach: 9, power: 0.15 + 0.75 * blink(x > 0 ? 0.5 : 0), size: 0.16 }),
		),
		...[-0.9, 0.9].map((x): Lamp => ({ at: own(x, 0.95, 4.45), color: [255, 246, 226], reach: 0, power: 0.7, size: 0.14 })),
		{ at: [ahead[0], 0.3, ahead[2]], color: [255, 240, 214], reach: 6, power: 0.35, size: 0 },
	];
}
