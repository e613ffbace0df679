/** A reading older than this many of its sensor's periods is stale, milliseconds; never under ten seconds. */
export function staleAfterPeriod(periodSeconds: number): number {
	return Math.max(10_000, periodSeconds * 3_000);
}

/** Great-circle distance in metres. */
export function distanceBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
	const radians = Math.PI / 180;
	const x = Math.sin(((b.lat - a.lat) * radians) / 2) ** 2;
	const y = Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.sin(((b.lon - a.lon) * radians) / 2) ** 2;
	return 2 * 6_371_008.8 * Math.asin(Math.sqrt(x + y));
}
