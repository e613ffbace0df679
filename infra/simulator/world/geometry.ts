import { readFileSync } from 'node:fs';

/** Longitude, latitude. */
export type Point = readonly [number, number];

const metresPerDegree = 111_195;

/** Metres; flat within the district, where that errs by less than 0.1 %. */
export function distance(from: Point, to: Point): number {
	const east = (to[0] - from[0]) * Math.cos((((from[1] + to[1]) / 2) * Math.PI) / 180);
	return Math.hypot(east, to[1] - from[1]) * metresPerDegree;
}

/** Degrees from north, 0 to below 360. */
export function heading(from: Point, to: Point): number {
	const east = (to[0] - from[0]) * Math.cos((((from[1] + to[1]) / 2) * Math.PI) / 180);
	return ((Math.atan2(east, to[1] - from[1]) * 180) / Math.PI + 360) % 360;
}

export function between(from: Point, to: Point, part: number): Point {
	return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}

interface Feature {
	properties: Record<string, string>;
	geometry: { type: string; coordinates: unknown };
}

/** The features of one file of the console's base map. */
export function readBasemap(name: 'land' | 'roads'): Feature[] {
	const file = new URL(`../../../command-center/web/map/basemap/${name}.geojson`, import.meta.url);
	return (JSON.parse(readFileSync(file, 'utf8')) as { features: Feature[] }).features;
}
