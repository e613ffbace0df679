import { RuleInput } from '@beilun/shared/protocol/alerts.ts';
import { CameraInput } from '@beilun/shared/protocol/media.ts';
import { UnitInput } from '@beilun/shared/protocol/people.ts';
import { ObservationMessage, SensorInput } from '@beilun/shared/protocol/sensors.ts';
import { WallInput } from '@beilun/shared/protocol/walls.ts';
import { agencies } from '@beilun/shared/protocol/words.ts';
import { describe, expect, test } from 'vitest';
import { views } from './cameras.ts';
import { observe, sensors } from './district.ts';
import { MovingUnit } from './fleet.ts';
import { distance, type Point, readBasemap } from './geometry.ts';
import { calm } from './moment.ts';
import { RoadNetwork } from './roads.ts';
import { rules } from './rules.ts';
import { units } from './units.ts';
import { mainWall } from './wall.ts';
import { tide } from './water.ts';

const land = readBasemap('land').map(({ geometry }) => (geometry.coordinates as Point[][])[0] ?? []);

function isInside([x, y]: Point, ring: Point[]): boolean {
	let inside = false;
	for (const [index, [ax, ay]] of ring.entries()) {
		const [bx, by] = ring[(index + ring.length - 1) % ring.length] ?? [0, 0];
		if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
	}
	return inside;
}
const onLand = (point: Point) => land.some((ring) => isInside(point, ring));

/** Metres to the nearest shore. */
function toShore(point: Point): number {
	let least = Number.POSITIVE_INFINITY;
	for (const ring of land) {
		for (const [index, from] of ring.entries()) {
			const to = ring[(index + 1) % ring.length] ?? from;
			const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
			const squared = dx * dx + dy * dy;
			const part = squared === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / squared));
			least = Math.min(least, distance(point, [from[0] + dx * part, from[1] + dy * part]));
		}
	}
	return least;
}

describe('the district', () => {
	test('holds at least 60 sensors of all six agencies, each with an id of its own, as the contract wants them', () => {
		const ids = sensors.map(({ input }) => SensorInput.parse(input).id);
		expect(ids.length).toBeGreaterThanOrEqual(66);
		expect(new Set(ids).size).toBe(ids.length);
		for (const agency of agencies) expect(sensors.filter(({ input }) => input.agency === agency).length, agency).toBeGreaterThanOrEqual(8);
		for (const { input } of sensors) {
			expect(input.demo).toBe(true);
			expect(input.period).toBeGreaterThanOrEqual(1);
			expect(input.period).toBeLessThanOrEqual(10);
		}
	});

	test('rules, units, cameras and the wall are valid, unique and marked as demo', () => {
		for (const list of [rules.map((rule) => RuleInput.parse(rule)), units.map(({ input }) => UnitInput.parse(input))]) {
			expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
			expect(list.every(({ demo }) => demo)).toBe(true);
		}
		const cameras = views.map((view) => CameraInput.parse({ ...view, name: { zh: '镜头' }, url: 'rtsp://127.0.0.1/x', demo: true }));
		expect(new Set(cameras.map(({ id }) => id)).size).toBe(14);
		const wall = WallInput.parse(mainWall);
		for (const panel of wall.panels) {
			if (panel.kind === 'stream') expect(views.map(({ id }) => id)).toContain(panel.streamId);
		}
		expect(units.length).toBeGreaterThanOrEqual(10);
	});

	test('the panels fill the wall without a gap and without overlapping', () => {
		const cells = mainWall.panels.flatMap(({ x, y, w, h }) =>
			Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
		);
		expect(new Set(cells).size).toBe(cells.length);
		expect(cells.length).toBe(mainWall.columns * mainWall.rows);
	});

	test('every rule watches a property that a sensor of its agency has', () => {
		for (const { id, agency, property, sensorIds } of rules) {
			const watched = sensors.filter(
				({ input }) => input.agency === agency && input.datastreams.some((datastream) => datastream.property === property),
			);
			expect(watched.length, id).toBeGreaterThan(0);
			for (const sensorId of sensorIds) expect(watched.map(({ input }) => input.id)).toContain(sensorId);
		}
		expect(new Set(rules.map(({ agency }) => agency)).size).toBe(6);
	});

	test('every sensor reports all its datastreams, with a finite value, and again the same at the same moment', () => {
		for (const model of sensors) {
			const moment = { time: Date.UTC(2026, 6, 14, 3, 20), age: 400, drivers: calm };
			const message = ObservationMessage.parse(observe(model, moment));
			expect(Object.keys(message.values).sort()).toEqual(model.input.datastreams.map(({ property }) => property).sort());
			expect(Object.values(message.values).every(Number.isFinite)).toBe(true);
			expect(ObservationMessage.parse(observe(model, moment))).toEqual(message);
		}
	});

	test('the tide goes up and down twice a day within its range', () => {
		const levels = Array.from({ length: 24 * 30 * 12 }, (_, step) => tide({ time: Date.UTC(2026, 7, 1) + step * 300_000, age: 0, drivers: calm }));
		const highs = levels.filter((level, index) => level > (levels[index - 1] ?? 9) && level >= (levels[index + 1] ?? 9));
		expect(highs.length).toBeGreaterThan(56);
		expect(highs.length).toBeLessThan(60);
		expect(Math.max(...levels)).toBeLessThan(2);
		expect(Math.min(...levels)).toBeGreaterThan(-1.6);
	});
});

describe('on the right side of the shore', () => {
	test('tide gauges stand within 300 m of it, bridges beside or over water, everything else on land', () => {
		for (const { input } of sensors) {
			const point: Point = [input.place.lon, input.place.lat];
			if (input.kind === 'tide-gauge') expect(toShore(point), input.id).toBeLessThan(300);
			else if (input.kind === 'bridge') expect(toShore(point), input.id).toBeLessThan(1_000);
			else expect(onLand(point), input.id).toBe(true);
		}
	});

	test('cameras stand on land', () => {
		for (const { id, place } of views) expect(onLand([place.lon, place.lat]), id).toBe(true);
	});

	test('boats stay at sea and cars on land while they go their rounds for an hour, moving smoothly', () => {
		const roads = RoadNetwork.read();
		for (const model of units) {
			const unit = new MovingUnit(model, roads);
			let travelled = 0;
			for (let second = 0; second < 3_600; second += 2) {
				const before: Point = [unit.position.lon, unit.position.lat];
				unit.advance(2);
				const after: Point = [unit.position.lon, unit.position.lat];
				const metres = distance(before, after);
				travelled += metres;
				expect(metres, model.input.id).toBeLessThan(40);
				if (model.medium === 'sea') expect(onLand(after), `${model.input.id} at ${after}`).toBe(false);
				else expect(onLand(after), `${model.input.id} at ${after}`).toBe(true);
			}
			if (model.stops.length > 1) expect(travelled, model.input.id).toBeGreaterThan(10_000);
		}
	});
});
