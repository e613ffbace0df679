import { paintLensDrops, paintPlane, paintRain, paintSky, swells, waterAt } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { clamp, cloudy, css, mix, noise, random, smooth, swing, tau, times, wrap } from '../color.ts';
import { addTree } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

const board = { left: 0.32, right: 0.86, z: 5.4, bottom: -0.8, top: 2.9 };

/** The staff gauge of a river in rain: the water goes up and down its scale. */
export const scene: Scene = {
	id: 'cam-gauge-01',
	name: { zh: '小浃江 水位尺', en: 'Xiaojia river, staff gauge' },
	light: 'day',
	weather: 'rain',
	create() {
		const stage = new Stage({
			eye: [0, 2.6, 0],
			yaw: 1,
			pitch: 11,
			angle: 54,
			sun: [0.2, 0.9, -0.4],
			sunlight: 0.3,
			ambient: 0.72,
			haze: [176, 184, 186],
			hazeDensity: 0.011,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [150, 160, 168], low: [190, 196, 198], cloud: [206, 210, 212], cover: 0.7, seed: 13 });
		paintBank(back, stage);
		const waves = swells(12, { count: 8, longest: 2.6, shortest: 0.22, steep: 0.07, heading: 1.35, spread: 1.3 });
		return (canvas, t) => {
			const level = 0.32 + 0.2 * swing(t, 1) + 0.02 * swing(t, 6, 0.2);
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			paintPlane(
				canvas,
				stage,
				level,
				(x, z, far) => {
					if (z > 46 || x < wallAt(level)) return undefined;
					const [sx, sz] = waterAt(waves, x, z, t, far);
					const grazing = clamp(1 - 2.2 / far) ** 2;
					const murk = 0.92 + 0.16 * cloudy(x / 3 - swing(t, 1) * 0.05, z / 5, 3);
					const water = times([96, 98, 76], murk);
					const sky = mix(water, [188, 194, 194], clamp(grazing * 0.75 + sz * 1.9));
					return mix(sky, [52, 62, 52], smooth(24, 46, z) * 0.5 + clamp(-sx) * 1.4);
				},
				{ step: 2 },
			);
			paintRings(canvas, stage, t, level);
			paintMirror(canvas, stage, t, level);
			paintBoard(canvas, stage, level);
			paintFoam(canvas, stage, t, level);
			paintRain(canvas, t, { seed: 6, drops: 150, slant: -0.12, alpha: 0.2 });
			paintLensDrops(canvas, t, { seed: 40, count: 14 });
		};
	},
};

/** The left bank is a sloping wall of stone. */
function wallAt(y: number): number {
	return -2.1 + (y - 2.2) * -0.55 - 1;
}

function paintBank(canvas: Canvas, stage: Stage): void {
	for (let index = 0; index < 26; index++)
		addTree(stage, [-30 + index * 2.8 + (index % 3), 1.2, 48 + (index % 4)], 6 + ((index * 7) % 5), { seed: index + 3, color: [62, 84, 56] });
	stage.flush(canvas);
	stage.polygon(
		canvas,
		[
			[-60, -1, 46],
			[70, -1, 46],
			[70, 1.7, 48],
			[-60, 1.7, 48],
		],
		[132, 134, 126],
	);
	stage.polygon(
		canvas,
		[
			[-60, 1.7, 47.9],
			[70, 1.7, 47.9],
			[70, 2.7, 48],
			[-60, 2.7, 48],
		],
		[170, 172, 168],
	);
	const chance = random(77);
	for (let row = 0; row < 14; row++) {
		for (let stone = 0; stone < 60; stone++) {
			const y = -0.9 + row * 0.33;
			const z = 0.4 + stone * 0.85 + (row % 2) * 0.4;
			const tone = (0.78 + chance() * 0.34) * (y < 0.7 ? 0.72 : 1);
			const corner = (dy: number, dz: number): Point => [wallAt(y + dy), y + dy, z + dz];
			stage.polygon(canvas, [corner(0, 0), corner(0.33, 0), corner(0.33, 0.85), corner(0, 0.85)], times([86, 86, 80], tone * 0.7), {
				normal: [0.6, 0.8, 0],
			});
			stage.polygon(
				canvas,
				[corner(0.03, 0.03), corner(0.3, 0.03), corner(0.3, 0.82), corner(0.03, 0.82)],
				times(y < 0.7 ? [108, 114, 92] : [148, 146, 138], tone),
				{ normal: [0.6, 0.8, 0] },
			);
		}
	}
}

/** White enamel with the E-shaped marks of a Chinese staff gauge, decimetres in red and blue by turns. */
function paintBoard(canvas: Canvas, stage: Stage, level: number): void {
	const { left, right, z, top } = board;
	const at = (x: number, y: number) => stage.see([x, y, z]);
	const fill = (x0: number, y0: number, x1: number, y1: number, color: string) => {
		const low = Math.max(y0, level);
		if (low >= y1) return;
		const a = at(x0, y1);
		const b = at(x1, low);
		canvas.fillStyle = color;
		canvas.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
	};
	fill(left - 0.16, board.bottom, left - 0.03, top + 0.15, 'rgb(98,104,106)');
	fill(left - 0.05, board.bottom, right + 0.05, top + 0.02, 'rgb(122,126,128)');
	fill(left, board.bottom, right, top, 'rgb(226,228,224)');
	for (let mark = -8; mark < 29; mark++) {
		const y = mark / 10;
		const color = Math.floor((mark + 20) / 10) % 2 === 0 ? 'rgb(24,66,140)' : 'rgb(186,34,34)';
		const mirrored = mark % 2 === 0;
		const x0 = mirrored ? left + 0.03 : left + 0.2;
		const x1 = mirrored ? left + 0.2 : left + 0.37;
		for (const bar of [0, 0.04, 0.08]) fill(x0, y + bar, x1, y + bar + 0.02, color);
		const spine = mirrored ? x1 - 0.035 : x0;
		fill(spine, y, spine + 0.035, y + 0.1, color);
		if (mark % 2 === 0 && y > level + 0.01) {
			const place = at(right - 0.09, y + 0.05);
			canvas.font = `bold ${Math.round(place.scale * (mark % 10 === 0 ? 0.17 : 0.12))}px "Noto Sans CJK SC", sans-serif`;
			canvas.textAlign = 'center';
			canvas.textBaseline = 'middle';
			canvas.fillStyle = color;
			canvas.fillText(mark % 10 === 0 ? `${mark / 10 + 2}` : `${(mark + 20) % 10}`, place.x, place.y);
		}
	}
	// Where the water stood before, the enamel is brown.
	const stain = canvas.createLinearGradient(0, at(0, 0.9).y, 0, at(0, level).y);
	stain.addColorStop(0, 'rgba(86,78,52,0)');
	stain.addColorStop(1, 'rgba(86,78,52,0.42)');
	const a = at(left - 0.05, 0.9);
	const b = at(right + 0.05, level);
	canvas.fillStyle = stain;
	canvas.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
}

function paintMirror(canvas: Canvas, stage: Stage, t: number, level: number): void {
	const foot = stage.see([0, level, board.z]);
	const a = stage.see([board.left, level, board.z]).x;
	const b = stage.see([board.right, level, board.z]).x;
	for (let row = 0; row < 120; row += 2) {
		const shift = (swing(t, 9, row / 23) + swing(t, 5, row / 41)) * (1.5 + row * 0.06);
		const band = wrap((row + 6 * swing(t, 3, row / 60)) / 22) < 0.5 ? 0.2 : 0.12;
		canvas.fillStyle = css([224, 226, 220], band * (1 - row / 125));
		canvas.fillRect(a + shift, foot.y + row, b - a, 2);
	}
}

/** Rings where drops fall. */
function paintRings(canvas: Canvas, stage: Stage, t: number, level: number): void {
	const chance = random(51);
	for (let ring = 0; ring < 260; ring++) {
		const life = wrap(chance() + t * (7 + Math.floor(chance() * 5)));
		const z = 2.2 + chance() ** 2 * 24;
		const x = (chance() - 0.42) * z * 1.2;
		if (life > 0.55 || x < wallAt(level) + 0.1) continue;
		const { x: px, y: py, scale } = stage.see([x, level, z]);
		const r = (0.02 + life * 0.22) * scale;
		canvas.strokeStyle = css([222, 228, 228], 0.5 * (1 - life / 0.55));
		canvas.lineWidth = Math.max(0.7, 0.012 * scale);
		canvas.beginPath();
		canvas.ellipse(px, py, r, r * 0.3, 0, 0, tau);
		canvas.stroke();
	}
}

/** The line of foam at the foot of the board and along the wall. */
function paintFoam(canvas: Canvas, stage: Stage, t: number, level: number): void {
	for (let part = 0; part < 40; part++) {
		const x = board.left - 0.15 + (part / 40) * 0.85;
		const place = stage.see([x, level + 0.015 * swing(t, 7, part * 0.13), board.z - 0.02]);
		canvas.fillStyle = css([226, 230, 226], 0.35 + 0.3 * noise(part, 3));
		canvas.fillRect(place.x, place.y - 1, 6, 2.4);
	}
	for (let part = 0; part < 90; part++) {
		const z = 1.2 + part * 0.3;
		const place = stage.see([wallAt(level) + 0.03 * swing(t, 5, part * 0.17), level, z]);
		canvas.fillStyle = css([206, 210, 202], 0.3 + 0.3 * noise(part, 8));
		canvas.fillRect(place.x - 3, place.y - 1.2, 0.12 * place.scale, 2.2);
	}
}
