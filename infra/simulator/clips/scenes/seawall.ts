import { paintLensDrops, paintPlane, paintRain, paintSky, paintVapour, swells, waterAt } from '../atmosphere.ts';
import { type Canvas, newCanvas, type Scene } from '../canvas.ts';
import { type Color, clamp, cloudy, mix, noise, random, smooth, swing, tau, times, wrap } from '../color.ts';
import { paintBox } from '../solids.ts';
import { type Point, Stage } from '../stage.ts';

const edge = 4.5;

/** A sea wall in heavy weather: swell rolls in and breaks over the tetrapods. */
export const scene: Scene = {
	id: 'cam-seawall-01',
	name: { zh: '梅山 标准海塘', en: 'Meishan sea wall' },
	light: 'day',
	weather: 'storm',
	create() {
		const stage = new Stage({
			eye: [-1, 8, 0],
			yaw: 13,
			pitch: 8,
			angle: 64,
			sun: [0.3, 0.8, 0.3],
			sunlight: 0.3,
			ambient: 0.66,
			haze: [158, 168, 174],
			hazeDensity: 0.005,
		});
		const back = newCanvas();
		paintSky(back, stage, { top: [84, 94, 104], low: [164, 172, 176], cloud: [112, 120, 128], cover: 0.85, seed: 52 });
		const wall = newCanvas();
		paintPlane(wall, stage, 2.2, (x, z) => (x < edge ? pavement(x, z) : undefined));
		paintWall(wall, stage);
		const waves = swells(31, { count: 9, longest: 26, shortest: 1.3, steep: 0.17, heading: -1.25, spread: 0.9, pace: 0.9 });
		return (canvas, t) => {
			canvas.drawImage(back.canvas, 0, 0, 960, 540);
			paintPlane(
				canvas,
				stage,
				-2,
				(x, z, far) => {
					if (x < edge - 1) return undefined;
					const [sx, sz, rise] = waterAt(waves, x, z, t, far * 0.45);
					const light = clamp(0.36 - sx * 1.25 - sz * 0.5, 0, 1);
					let color = mix([44, 60, 60], [142, 156, 156], light * 0.8);
					const torn = cloudy(x / 1.6 + sx * 1.5, z / 2.4 + sz * 1.5, 4);
					const crest = smooth(0.32, 0.95, rise * 0.75 + torn * 0.75 - 0.12);
					const surf = smooth(12, 0, x - edge) * smooth(0.35, 0.75, torn + rise * 0.25);
					color = mix(color, [222, 228, 228], clamp(crest * 0.85 + surf * 0.85));
					return color;
				},
				{ step: 2 },
			);
			addBlocks(stage);
			stage.flush(canvas);
			canvas.drawImage(wall.canvas, 0, 0, 960, 540);
			addRail(stage);
			stage.flush(canvas);
			paintSpray(canvas, stage, t);
			paintRain(canvas, t, { seed: 36, drops: 130, slant: -0.5, alpha: 0.16 });
			paintLensDrops(canvas, t, { seed: 23, count: 16 });
		};
	},
};

function pavement(x: number, z: number): Color {
	const joint = wrap(z / 4) < 0.02 || wrap(x / 2) < 0.02 ? 0.82 : 1;
	const wet = smooth(0.4, 0.62, cloudy(x / 3, z / 5, 4));
	const grass = x < -9;
	const color: Color = grass ? [72, 88, 58] : x < -3.6 ? [96, 98, 102] : [142, 142, 136];
	if (x < -3.4 && x > -3.7) return [206, 206, 200];
	if (x < -6.2 && x > -6.4 && wrap(z / 8) < 0.5) return [206, 206, 200];
	return mix(times(color, joint * (0.86 + 0.24 * cloudy(x, z, 4)) * (0.96 + 0.08 * noise(x * 6, z * 6))), [150, 158, 162], wet * (grass ? 0 : 0.35));
}

function paintWall(canvas: Canvas, stage: Stage): void {
	for (let z = 118; z >= 1; z -= 3) {
		const tone = 0.9 + 0.16 * noise(z, 2);
		paintBox(stage, canvas, { at: [edge - 0.35, 2.2, z], size: [0.7, 1.1, 2.98], color: times([160, 160, 152], tone) });
		stage.polygon(
			canvas,
			[
				[edge, 2.2, z - 1.5],
				[edge, 2.2, z + 1.5],
				[edge + 2.4, -2.2, z + 1.5],
				[edge + 2.4, -2.2, z - 1.5],
			],
			times([112, 114, 106], tone),
			{ normal: [0.8, 0.6, 0] },
		);
	}
}

/** Concrete blocks with four legs, heaped before the wall. */
function addBlocks(stage: Stage): void {
	const chance = random(9);
	for (let z = 5; z < 110; z += 1.7) {
		for (let row = 0; row < 2; row++) {
			const at: Point = [edge + 3.3 + row * 1.5 + chance() * 0.6, -1.7 - row * 0.6 + chance() * 0.5, z + chance()];
			const spin = chance() * tau;
			const tone = 0.72 + chance() * 0.3;
			stage.queue(at, (canvas) => {
				for (let leg = 0; leg < 4; leg++) {
					const angle = spin + (leg * tau) / 3;
					const tip: Point = leg === 3 ? [at[0], at[1] + 1.2, at[2]] : [at[0] + Math.cos(angle) * 1.05, at[1] - 0.3, at[2] + Math.sin(angle) * 1.05];
					stage.beam(canvas, at, tip, 0.62, times([138, 136, 126], tone * (leg === 3 ? 1.15 : 0.8 + 0.2 * Math.sin(angle))), { round: true });
				}
			});
		}
	}
}

function addRail(stage: Stage): void {
	for (let z = 6; z < 120; z += 18) {
		stage.queue([-4.6, 2.2, z], (canvas) => {
			stage.beam(canvas, [-4.6, 2.2, z], [-4.6, 9, z], 0.16, [112, 118, 122]);
			stage.beam(canvas, [-4.6, 9, z], [-2.8, 9.3, z], 0.12, [112, 118, 122]);
		});
	}
	stage.queue([2.6, 2.2, 21], (canvas) => {
		stage.beam(canvas, [2.6, 2.2, 21], [2.6, 5, 21], 0.1, [180, 184, 186]);
		stage.polygon(
			canvas,
			[
				[1.5, 3.9, 20.9],
				[3.7, 3.9, 20.9],
				[3.7, 5.2, 20.9],
				[1.5, 5.2, 20.9],
			],
			[214, 178, 40],
			{ lit: false },
		);
		const place = stage.see([2.6, 4.55, 20.8]);
		canvas.font = `bold ${Math.round(place.scale * 0.44)}px "Noto Sans CJK SC", sans-serif`;
		canvas.textAlign = 'center';
		canvas.textBaseline = 'middle';
		canvas.fillStyle = 'rgb(32,30,26)';
		canvas.fillText('当心风浪', place.x, place.y);
	});
}

/** A breaker runs along the wall; where it strikes, spray flies up and inland. */
function paintSpray(canvas: Canvas, stage: Stage, t: number): void {
	for (const [index, z] of [88, 66, 48, 34, 24, 15].entries()) {
		for (const strike of [0.12, 0.62]) {
			const life = wrap(t - strike - index * 0.045) / 0.3;
			if (life > 1) continue;
			const chance = random(index * 7 + Math.round(strike * 10));
			const tall = 4.2 + chance() * 3.4;
			for (let puff = 0; puff < 30; puff++) {
				const side = (chance() - 0.5) * 8;
				const fast = 0.4 + chance() * 0.8;
				const y = -1 + fast * tall * 4.2 * life * (1 - life * 0.9);
				const { x: px, y: py, scale, depth } = stage.see([edge + 1.4 - life * 3.6 * fast, y, z + side]);
				if (depth < 1) continue;
				const r = (0.35 + life * 1.3) * scale * (0.6 + chance() * 0.7);
				const soft = canvas.createRadialGradient(px, py, 0, px, py, r);
				const alpha = 0.4 * (1 - life) ** 0.8 * Math.min(1, life * 9);
				soft.addColorStop(0, `rgba(236,240,240,${alpha})`);
				soft.addColorStop(1, 'rgba(230,236,238,0)');
				canvas.fillStyle = soft;
				canvas.fillRect(px - r, py - r, r * 2, r * 2);
			}
		}
	}
	paintVapour(canvas, stage, t, {
		at: [edge + 26, -1, 60],
		drift: [-34, 3, 4],
		radius: [3, 9],
		puffs: 16,
		color: [206, 212, 214],
		alpha: 0.07 + 0.01 * swing(t, 2),
		seed: 14,
		lives: 1,
	});
}
