/**
 * What drives the district beyond an ordinary day; all 0 when calm. A scenario moves them, sensors answer each in its own way.
 */
export const driverNames = ['rain', 'wind', 'surge', 'river', 'flood', 'power', 'pressure', 'gas', 'smoke'] as const;
export type DriverName = (typeof driverNames)[number];
/**
 * `rain` mm/h, `wind` m/s, `river` m, `pressure` kPa, `gas` %LEL and `smoke` %/m are added at the place that feels them most;
 * `surge`, `flood` and `power` run from 0 to 1.
 */
export type Drivers = Record<DriverName, number>;

export const calm: Drivers = { rain: 0, wind: 0, surge: 0, river: 0, flood: 0, power: 0, pressure: 0, gas: 0, smoke: 0 };

export interface Moment {
	/** Milliseconds since the epoch. */
	time: number;
	/** Seconds since the district was started. */
	age: number;
	drivers: Drivers;
}

/** A value as a pure function of the moment: the same moment always gives the same reading. */
export type Signal = (moment: Moment) => number;

/** Smooth noise between -1 and 1 that takes about `step` seconds from one turn to the next. Seeded by `key`. */
export function noise(key: string, step: number): Signal {
	const seed = hashText(key);
	return ({ time }) => {
		const at = time / 1000 / step;
		const index = Math.floor(at);
		const part = at - index;
		const from = hashNumber(seed, index);
		const to = hashNumber(seed, index + 1);
		return from + (to - from) * part * part * (3 - 2 * part);
	};
}

/** Stays near `mean`, wandering within `spread` slowly (`step` seconds) and a little quickly. */
export function around(key: string, mean: number, spread: number, step = 900): Signal {
	const slow = noise(`${key} slow`, step);
	const quick = noise(`${key} quick`, step / 40);
	return (moment) => mean + spread * (0.75 * slow(moment) + 0.25 * quick(moment));
}

/** -1 in the early morning, 1 at `peakHour` of China Standard Time. */
export function dayCurve({ time }: Moment, peakHour = 14): number {
	const hour = ((time / 3_600_000 + 8) % 24) - peakHour;
	return Math.cos((hour / 24) * 2 * Math.PI);
}

/** A hump from 0 to 1 and back that begins `at` seconds after the start, takes `lasts` and comes again `every` so many seconds. */
export function swell({ age }: Moment, { at, lasts, every }: { at: number; lasts: number; every: number }): number {
	const phase = (age - at) % every;
	return phase > 0 && phase < lasts ? Math.sin((phase / lasts) * Math.PI) : 0;
}

function hashText(text: string): number {
	let hash = 2_166_136_261;
	for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
	return hash >>> 0;
}

function hashNumber(seed: number, index: number): number {
	let hash = Math.imul(seed ^ (index | 0), 2_654_435_761);
	hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519);
	hash ^= hash >>> 13;
	return (hash >>> 0) / 2_147_483_648 - 1;
}
