import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Camera, Stream } from '@beilun/shared/protocol/media.ts';
import type { Unit } from '@beilun/shared/protocol/people.ts';
import type { Reading } from '@beilun/shared/protocol/realtime.ts';
import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import { formatAge, formatValue } from '../format.ts';
import type { Language } from '../i18n/index.ts';
import { streamLook } from '../media/stream-look.ts';
import { severityRank } from '../severity.tsx';
import { textIn } from '../text.ts';
import { metresBetween, type Point } from './geometry.ts';
import { coneStep, type SensorGroup } from './icons.ts';

export interface MapFeature {
	type: 'Feature';
	geometry: { type: 'Point'; coordinates: [number, number] };
	properties: { id: string; icon: string; name: string; label: string } & Record<string, string | number>;
}

const groupPatterns: [SensorGroup, RegExp][] = [
	['rain', /rain|precip/],
	['wind', /wind|weather|meteo/],
	['water', /water|tide|flow|river|wave|sea|level|drain|flood|pump|ph\b/],
	['plant', /tank|pressure|temperature|vessel|pipe|boiler|plant/],
	['fire', /smoke|fire|hydrant|flame|heat/],
	['gas', /gas|air|voc|pm|ozone|h2s|odou?r|chlor|ammonia|emission|dust/],
	['ground', /slope|tilt|displacement|soil|landslide|crack|settle|ground|vibration/],
	['city', /manhole|light|traffic|noise|crowd|bin|garbage|parking|lamp|power|bridge|people/],
];

/** Which drawing stands for a kind of sensor. */
export function sensorGroup(kind: string): SensorGroup {
	return groupPatterns.find(([, pattern]) => pattern.test(kind.toLowerCase()))?.[0] ?? 'other';
}

export type SensorState = 'online' | 'stale' | 'offline' | 'unknown';

/** A sensor that says it is there but whose last reading is older than three reporting periods is stale, not well. */
export function sensorState(sensor: Sensor, reading: Reading | undefined, now: number): SensorState {
	if (sensor.status === 'offline') return 'offline';
	if (reading === undefined) return 'unknown';
	const limit = Math.max(5_000, sensor.period * 3_000);
	return now - Date.parse(reading.phenomenonTime) > limit ? 'stale' : 'online';
}

/** The first datastream stands for the sensor on the map. */
export function leadingReading(sensor: Sensor, readings: Readonly<Record<string, Reading>>): Reading | undefined {
	return readings[`${sensor.id}.${sensor.datastreams[0]?.property ?? ''}`];
}

function sensorValue(sensor: Sensor, reading: Reading | undefined): string {
	const lead = sensor.datastreams[0];
	return lead === undefined || reading === undefined ? '—' : formatValue(reading.value, lead.decimals, lead.unit);
}

function feature(point: Point, properties: MapFeature['properties']): MapFeature {
	return { type: 'Feature', geometry: { type: 'Point', coordinates: [point.lon, point.lat] }, properties };
}

export function sensorFeature(sensor: Sensor, reading: Reading | undefined, state: SensorState, language: Language): MapFeature {
	return feature(sensor.place, {
		id: sensor.id,
		icon: `sensor-${sensorGroup(sensor.kind)}-${state}`,
		name: textIn(sensor.name, language),
		label: state === 'offline' ? '' : sensorValue(sensor, reading),
		dim: state === 'online' ? 0 : 1,
	});
}

/** How a camera is drawn: `ready` answers and is watched by nobody, `connecting` stands for all that is not known yet. */
export type CameraState = 'live' | 'ready' | 'connecting' | 'failed';

export function cameraState(stream: Stream | undefined): CameraState {
	const look = streamLook(stream?.status);
	switch (look) {
		case 'live':
		case 'ready':
		case 'connecting':
			return look;
		case 'unknown':
		case 'unchecked':
			return 'connecting';
		// A picture that stands still shows nothing of what happens.
		case 'frozen':
		case 'failed':
		case 'ended':
			return 'failed';
		default:
			return look satisfies never;
	}
}

export function cameraFeature(camera: Camera, state: CameraState, language: Language): MapFeature {
	const name = textIn(camera.name, language);
	const { bearing, fieldOfView } = camera;
	const cone =
		fieldOfView === null || (bearing === null && fieldOfView < 360)
			? ''
			: `cone-${coneStep(fieldOfView)}-${state === 'live' || state === 'ready' ? 'live' : 'dark'}`;
	return feature(camera.place, { id: camera.id, icon: `camera-${state}`, name, label: name, cone, bearing: bearing ?? 0 });
}

/** A position older than this is said to be old. */
export const positionStaleAfter = 60_000;

export interface UnitLook {
	stale: boolean;
	/** Whole minutes; a map that counts seconds never rests. */
	minutes: number;
	video: boolean;
}

export function unitLook(unit: Unit, stream: Stream | undefined, now: number): UnitLook {
	const age = unit.position === null ? 0 : now - Date.parse(unit.position.time);
	const stale = age > positionStaleAfter;
	return { stale, minutes: stale ? Math.floor(age / 60_000) : 0, video: stream?.status.state === 'live' };
}

export function unitFeature(unit: Unit, { stale, minutes, video }: UnitLook, language: Language, statusWord: string): MapFeature | null {
	if (unit.position === null) return null;
	const help = unit.status === 'needs-help';
	const name = textIn(unit.name, language);
	const age = stale ? ` · ${formatAge(minutes * 60_000, language)}` : '';
	return feature(unit.position, {
		id: unit.id,
		icon: help ? 'unit-help' : stale ? 'unit-stale' : video ? 'unit-video' : 'unit-fresh',
		name,
		label: `${name}\n${statusWord}${age}`,
		heading: unit.position.heading ?? -1,
		dim: stale ? 1 : 0,
	});
}

/** Only what someone must still look at: active, or cleared and not yet acknowledged. */
export function isOnMap(alert: Alert): boolean {
	return alert.state === 'active' || !alert.acknowledged;
}

/** What is over keeps its worst severity, as an outline without a label: it waits for someone, but it no longer presses. */
export function alertFeature(alert: Alert, language: Language): MapFeature {
	const over = alert.state === 'cleared';
	const severity = over ? alert.peakSeverity : alert.severity;
	const name = textIn(alert.name, language);
	return feature(alert.place, {
		id: alert.id,
		icon: `alert-${severity}-${over ? 'cleared' : alert.acknowledged ? 'acknowledged' : 'open'}`,
		name,
		label: over ? '' : `${name}  ${formatValue(alert.value, alert.decimals, alert.unit)}`,
		// The most severe lies on top, and what is over below what is not.
		order: 4 - severityRank[severity] + (over ? 0 : 4),
	});
}

/** How many of these lie within each distance. */
export function countWithin(centre: Point, points: Iterable<Point>, radii: readonly number[]): number[] {
	const counts = radii.map(() => 0);
	for (const point of points) {
		const metres = metresBetween(centre, point);
		for (const [index, radius] of radii.entries()) if (metres <= radius) counts[index] = (counts[index] ?? 0) + 1;
	}
	return counts;
}

/** Those nearest to a place, nearest first. */
export function nearest<T extends { place: Point }>(centre: Point, things: Iterable<T>, count: number): { thing: T; metres: number }[] {
	return [...things]
		.map((thing) => ({ thing, metres: metresBetween(centre, thing.place) }))
		.sort((a, b) => a.metres - b.metres)
		.slice(0, count);
}
