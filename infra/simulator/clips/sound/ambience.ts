import { random, swing, tau } from '../color.ts';

const rate = 8_000;

/** One layer of sound: the sample at `index` of a loop of `length` samples. */
type Layer = (length: number, seed: number) => Float32Array;

/** Noise between two frequencies that comes round without a seam: a sum of whole cycles of the loop. */
function hiss(low: number, high: number, level: number, gusts: { count: number; depth: number } = { count: 0, depth: 0 }): Layer {
	return (length, seed) => {
		const chance = random(seed);
		const noise = new Float32Array(length);
		for (let index = 0; index < length; index++) noise[index] = chance() * 2 - 1;
		const shaped = band(noise, low, high);
		for (let index = 0; index < length; index++) {
			const t = index / length;
			const gust = 1 - gusts.depth * (0.5 + 0.3 * swing(t, gusts.count, 0.1) + 0.2 * swing(t, gusts.count + 2, 0.6));
			shaped[index] = (shaped[index] ?? 0) * level * gust;
		}
		return shaped;
	};
}

/** Keeps what lies between two frequencies. The filters run through the loop twice, so that its end fits its beginning. */
function band(noise: Float32Array, low: number, high: number): Float32Array {
	const up = 1 - Math.exp((-tau * high) / rate);
	const down = 1 - Math.exp((-tau * low) / rate);
	const shaped = new Float32Array(noise.length);
	const state = [0, 0, 0, 0];
	for (let pass = 0; pass < 2; pass++) {
		for (const [index, sample] of noise.entries()) {
			const [a = 0, b = 0, c = 0, d = 0] = state;
			state[0] = a + up * (sample - a);
			state[1] = b + up * (state[0] - b);
			state[2] = c + down * (state[1] - c);
			state[3] = d + down * (state[1] - state[2] - d);
			shaped[index] = state[1] - state[2] - state[3] * 0.5;
		}
	}
	const loud = Math.sqrt(shaped.reduce((sum, sample) => sum + sample * sample, 0) / shaped.length) || 1;
	return shaped.map((sample) => sample / loud);
}

/** An engine or a pump: a low tone with overtones, slightly uneven. */
function hum(frequency: number, level: number, swell = 0): Layer {
	return (length, seed) => {
		const whole = Math.round((frequency * length) / rate);
		const chance = random(seed);
		const tones = [1, 2, 3, 4, 6].map((part) => ({ part, level: (0.4 + chance() * 0.6) / part, phase: chance() }));
		return Float32Array.from({ length }, (_, index) => {
			const t = index / length;
			const wobble = 0.35 * swing(t, 7, 0.2);
			const sum = tones.reduce((all, tone) => all + tone.level * Math.sin(tau * (whole * tone.part * t + tone.phase) + wobble * tone.part), 0);
			return sum * level * (1 - swell * (0.5 + 0.5 * swing(t, 1, 0.3)));
		});
	};
}

/** Short sounds now and then: `voice` answers the sample `after` seconds from its start. */
function events(count: number, lasting: number, voice: (after: number, chance: number) => number): Layer {
	return (length, seed) => {
		const chance = random(seed);
		const samples = new Float32Array(length);
		for (let event = 0; event < count; event++) {
			const start = Math.floor(((event + chance() * 0.7) / count) * length);
			const own = chance();
			for (let step = 0; step < lasting * rate; step++) {
				const at = (start + step) % length;
				samples[at] = (samples[at] ?? 0) + voice(step / rate, own);
			}
		}
		return samples;
	};
}

const wind = (level: number) => hiss(90, 420, level, { count: 2, depth: 0.6 });
const rain = (level: number) => hiss(900, 3_200, level, { count: 1, depth: 0.15 });
const surf = (level: number) => hiss(150, 1_500, level, { count: 2, depth: 0.85 });
const stream = (level: number) => hiss(350, 2_200, level, { count: 3, depth: 0.2 });
/** A crane's or a lorry's warning, far away. */
const beeps = (level: number) =>
	events(3, 1.3, (s) => (s % 0.65 < 0.22 ? level * Math.sin(tau * 1_150 * s) * Math.min(1, (s % 0.65) * 60, (0.22 - (s % 0.65)) * 60) : 0));
const clanks = (level: number) =>
	events(4, 0.5, (s, own) => level * Math.exp(-s * 9) * (Math.sin(tau * (310 + own * 240) * s) + 0.6 * Math.sin(tau * (790 + own * 410) * s)));
const passing = (count: number, level: number) => (length: number, seed: number) => {
	const tyres = hiss(120, 900, 1)(length, seed + 5);
	const nearness = events(count, 3, (s) => Math.exp(-(((s - 1.5) / 0.55) ** 2)))(length, seed);
	return tyres.map((sample, index) => sample * level * (nearness[index] ?? 0));
};
const steps = (level: number) => events(22, 0.06, (s, own) => level * Math.exp(-s * 70) * Math.sin(tau * (220 + own * 260) * s));
const birds = (level: number) =>
	events(5, 0.35, (s, own) => level * Math.sin(tau * (2_300 + own * 600 + 320 * Math.sin(s * 70)) * s) * Math.sin((Math.PI * s) / 0.35) ** 2);

const layers: Record<string, Layer[]> = {
	'cam-port-01': [wind(0.03), hum(52, 0.05, 0.3), clanks(0.05), beeps(0.025), passing(2, 0.05)],
	'cam-tank-01': [hum(50, 0.04), hiss(60, 300, 0.06, { count: 5, depth: 0.5 }), wind(0.02)],
	'cam-tank-g07': [hiss(1_200, 3_000, 0.05, { count: 3, depth: 0.2 }), hum(100, 0.03), wind(0.02)],
	'cam-gauge-01': [stream(0.05), rain(0.035)],
	'cam-sluice-01': [stream(0.1), hiss(80, 500, 0.07), wind(0.02)],
	'cam-road-01': [rain(0.045), passing(4, 0.09), hum(45, 0.02, 0.6)],
	'cam-square-01': [steps(0.04), birds(0.025), hiss(250, 900, 0.015, { count: 3, depth: 0.5 }), wind(0.012)],
	'cam-hill-01': [rain(0.06), wind(0.04), passing(1, 0.06)],
	'cam-seawall-01': [surf(0.12), wind(0.07)],
	'cam-gate-01': [hum(60, 0.025), passing(2, 0.06), wind(0.015)],
	'cam-fire-01': [hum(48, 0.05, 0.2), wind(0.015), steps(0.02)],
	'cam-outfall-01': [stream(0.11), birds(0.012)],
	'cam-bridge-01': [passing(5, 0.1), wind(0.05)],
	'cam-harbour-01': [surf(0.06), wind(0.1), rain(0.05), clanks(0.03)],
};

/** The sound of a scene's place: quiet, without a seam where the loop closes. */
export function ambience(sceneId: string, seconds: number): Float32Array {
	const length = seconds * rate;
	const mixed = new Float32Array(length);
	for (const [index, layer] of (layers[sceneId] ?? [wind(0.03)]).entries()) {
		for (const [at, sample] of layer(length, 31 + index * 13 + sceneId.length).entries()) mixed[at] = (mixed[at] ?? 0) + sample;
	}
	return mixed;
}
