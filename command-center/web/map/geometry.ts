/** WGS-84, degrees. */
export interface Point {
	lon: number;
	lat: number;
}

const earthRadius = 6_371_008.8;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in metres; within 0.6 % of the ellipsoid's. */
export function metresBetween(a: Point, b: Point): number {
	const sinLat = Math.sin(radians(b.lat - a.lat) / 2);
	const sinLon = Math.sin(radians(b.lon - a.lon) / 2);
	const h = sinLat ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * sinLon ** 2;
	return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The point `metres` away in direction `bearing` (degrees from north). */
export function pointFrom(start: Point, bearing: number, metres: number): Point {
	const angle = metres / earthRadius;
	const lat1 = radians(start.lat);
	const lat2 = Math.asin(Math.sin(lat1) * Math.cos(angle) + Math.cos(lat1) * Math.sin(angle) * Math.cos(radians(bearing)));
	const turn = Math.atan2(Math.sin(radians(bearing)) * Math.sin(angle) * Math.cos(lat1), Math.cos(angle) - Math.sin(lat1) * Math.sin(lat2));
	return { lon: start.lon + (turn * 180) / Math.PI, lat: (lat2 * 180) / Math.PI };
}

/** A closed ring of lon/lat pairs around a centre. */
export function circle(centre: Point, metres: number, steps = 64): [number, number][] {
	return Array.from({ length: steps + 1 }, (_, index) => {
		const { lon, lat } = pointFrom(centre, ((index % steps) * 360) / steps, metres);
		return [lon, lat];
	});
}

/** Metres along a line. */
export function lengthOf(line: readonly Point[]): number {
	return line.slice(1).reduce((sum, point, index) => sum + metresBetween(line[index] ?? point, point), 0);
}

export interface Line {
	type: 'Feature';
	properties: { label: string };
	geometry: { type: 'LineString'; coordinates: [number, number][] };
}

/** Meridians and parallels every `step` degrees over a box, each with its label. */
export function graticule(box: { west: number; south: number; east: number; north: number }, step: number): Line[] {
	const lines: Line[] = [];
	const degrees = (value: number, letters: string) => `${Math.abs(value).toFixed(step < 0.1 ? 2 : 1)}°${value < 0 ? letters[1] : letters[0]}`;
	const line = (label: string, coordinates: [number, number][]): Line => ({
		type: 'Feature',
		properties: { label },
		geometry: { type: 'LineString', coordinates },
	});
	const tiny = step / 1e6; // 299 × 0.1 is a little more than 29.9
	for (let index = Math.ceil((box.west - tiny) / step); index * step <= box.east + tiny; index++) {
		const lon = index * step;
		lines.push(
			line(degrees(lon, 'EW'), [
				[lon, box.south],
				[lon, box.north],
			]),
		);
	}
	for (let index = Math.ceil((box.south - tiny) / step); index * step <= box.north + tiny; index++) {
		const lat = index * step;
		lines.push(
			line(degrees(lat, 'NS'), [
				[box.west, lat],
				[box.east, lat],
			]),
		);
	}
	return lines;
}
