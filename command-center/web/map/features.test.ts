import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Camera, Stream } from '@beilun/shared/protocol/media.ts';
import type { Unit } from '@beilun/shared/protocol/people.ts';
import type { Reading } from '@beilun/shared/protocol/realtime.ts';
import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import { expect, test } from 'vitest';
import { FeatureSet } from './diff.ts';
import {
	alertFeature,
	cameraFeature,
	cameraState,
	countWithin,
	isOnMap,
	nearest,
	sensorFeature,
	sensorGroup,
	sensorState,
	unitFeature,
	unitLook,
} from './features.ts';

const now = Date.parse('2026-06-01T08:00:00.000Z');
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const place = { lon: 121.85, lat: 29.9, name: '新碶', nameEn: 'Xinqi' };
const sensor: Sensor = {
	id: 'level-1',
	name: { zh: '小浃江水位', en: 'Xiaojia level' },
	agency: 'water',
	kind: 'water-level',
	place,
	period: 60,
	datastreams: [{ property: 'waterLevel', name: { zh: '水位', en: 'Water level' }, unit: 'm', decimals: 2 }],
	demo: false,
	status: 'online',
	statusSince: null,
};
const reading = (secondsAgo: number): Reading => ({
	datastreamId: 'level-1.waterLevel',
	sensorId: 'level-1',
	property: 'waterLevel',
	phenomenonTime: at(secondsAgo),
	resultTime: at(secondsAgo),
	value: 3.214,
});
const stream = (status: Stream['status']): Stream => ({
	id: 'x',
	kind: 'camera',
	agency: 'water',
	status,
	viewers: 0,
	canTalk: false,
	talker: null,
	demo: false,
});
const live = stream({ state: 'live', since: at(5), video: null, audio: null, frozenSince: null });

test('a sensor that is online but silent for three periods is stale', () => {
	expect(sensorState(sensor, reading(179), now)).toBe('online');
	expect(sensorState(sensor, reading(181), now)).toBe('stale');
	expect(sensorState(sensor, undefined, now)).toBe('unknown');
	expect(sensorState({ ...sensor, status: 'offline' }, reading(1), now)).toBe('offline');
});

test('a sensor shows its first value with its unit, and none while it is offline', () => {
	const shown = sensorFeature(sensor, reading(1), 'online', 'zh').properties;
	expect(shown).toMatchObject({ icon: 'sensor-water-online', name: '小浃江水位', dim: 0 });
	expect(shown.label.replace(/\s/u, ' ')).toBe('3.21 m');
	expect(sensorFeature(sensor, reading(1), 'offline', 'en').properties).toMatchObject({
		icon: 'sensor-water-offline',
		name: 'Xiaojia level',
		label: '',
		dim: 1,
	});
});

test('kinds of sensors find their drawing', () => {
	expect(['rain', 'tide', 'gas', 'tank', 'smoke', 'wind', 'slope-tilt', 'manhole', 'quantum'].map(sensorGroup)).toEqual([
		'rain',
		'water',
		'gas',
		'plant',
		'fire',
		'wind',
		'ground',
		'city',
		'other',
	]);
});

test('a camera shows its state by shape, and where it looks only when that is known', () => {
	const camera: Camera = {
		id: 'cam',
		name: { zh: '甲', en: '' },
		agency: 'police',
		place,
		bearing: 40,
		fieldOfView: 62,
		demo: false,
		address: '',
		subAddress: null,
		transport: 'auto',
		certificate: null,
		speaker: false,
		hasPassword: false,
	};
	expect(cameraFeature(camera, cameraState(live), 'en').properties).toMatchObject({
		icon: 'camera-live',
		cone: 'cone-60-live',
		bearing: 40,
		name: '甲',
	});
	expect(cameraFeature({ ...camera, bearing: null }, 'failed', 'zh').properties.cone).toBe('');
	expect(cameraFeature({ ...camera, bearing: null, fieldOfView: 360 }, 'connecting', 'zh').properties.cone).toBe('cone-360-dark');
	expect(cameraState(undefined)).toBe('connecting');
});

test('a camera that nobody watches is ready, not broken; one whose picture stands still is', () => {
	const ready = cameraState(stream({ state: 'idle', checkedAt: at(30) }));
	expect(ready).toBe('ready');
	expect(cameraState(stream({ state: 'idle', checkedAt: null }))).toBe('connecting');
	expect(cameraState(stream({ state: 'live', since: at(5), video: null, audio: null, frozenSince: at(2) }))).toBe('failed');
	const failed = { state: 'failed', since: at(5), reason: 'silent', detail: '', attempt: 1, nextTryAt: at(0) } as const;
	expect(cameraState(stream(failed))).toBe('failed');
});

test('a unit says how old its position is once that is worth saying, and is not shown without one', () => {
	const position = { lon: 121.8, lat: 29.9, time: at(20), speed: null, heading: 90, accuracy: null, source: 'phone' as const };
	const unit: Unit = {
		id: 'u',
		name: { zh: '消防201', en: 'Fire 201' },
		agency: 'fire',
		kind: 'engine',
		demo: false,
		status: 'en-route',
		statusAt: null,
		position,
	};
	expect(unitFeature(unit, unitLook(unit, undefined, now), 'zh', '途中')?.properties).toMatchObject({
		icon: 'unit-fresh',
		label: '消防201\n途中',
		heading: 90,
	});
	expect(unitFeature(unit, unitLook(unit, live, now), 'zh', '途中')?.properties.icon).toBe('unit-video');
	const old = { ...unit, position: { ...position, time: at(600) } };
	const shown = unitFeature(old, unitLook(old, undefined, now), 'en', 'En route')?.properties;
	expect(shown).toMatchObject({ icon: 'unit-stale', dim: 1 });
	expect(shown?.label).toContain('10 min');
	expect(unitFeature({ ...unit, position: null }, unitLook(unit, undefined, now), 'zh', '')).toBeNull();
	const calling = { ...old, status: 'needs-help' as const };
	expect(unitFeature(calling, unitLook(calling, undefined, now), 'zh', '')?.properties.icon).toBe('unit-help');
});

const alert: Alert = {
	id: '0190a000-0000-7000-8000-000000000001',
	ruleId: 'r',
	ruleVersion: 1,
	name: { zh: '水位超限', en: 'High water' },
	agency: 'water',
	sensorId: 'level-1',
	sensorName: sensor.name,
	datastreamId: 'level-1.waterLevel',
	propertyName: { zh: '水位', en: 'Water level' },
	place,
	severity: 'red',
	peakSeverity: 'red',
	state: 'active',
	acknowledged: false,
	acknowledgedAt: null,
	acknowledgedBy: null,
	raisedAt: at(60),
	clearedAt: null,
	storedAt: at(60),
	updatedAt: at(60),
	value: 3.2,
	limit: 3,
	direction: 'above',
	unit: 'm',
	decimals: 1,
	revision: 1,
	demo: false,
};

test('an alert stays on the map until it is over and someone has seen it', () => {
	expect(isOnMap(alert)).toBe(true);
	expect(isOnMap({ ...alert, state: 'cleared' })).toBe(true);
	expect(isOnMap({ ...alert, state: 'cleared', acknowledged: true })).toBe(false);
	expect(alertFeature({ ...alert, severity: 'blue', state: 'cleared' }, 'en').properties).toMatchObject({ icon: 'alert-red-cleared', label: '' });
	const order = (more: Partial<Alert>) => Number(alertFeature({ ...alert, ...more }, 'zh').properties.order);
	expect(order({ severity: 'red', state: 'cleared' })).toBeLessThan(order({ severity: 'blue' }));
	expect(order({ severity: 'red' })).toBeGreaterThan(order({ severity: 'orange' }));
});

test('what lies around a place is counted within each distance', () => {
	const points = [place, { lon: 121.857, lat: 29.9 }, { lon: 121.88, lat: 29.9 }];
	expect(countWithin(place, points, [500, 1000, 3000])).toEqual([1, 2, 3]);
	expect(nearest(place, points.map((each, index) => ({ id: index, place: each })).reverse(), 2).map(({ thing }) => thing.id)).toEqual([0, 1]);
});

test('only what changed is sent to the map, and what is gone is removed', () => {
	const set = new FeatureSet();
	let built = 0;
	const wanted = (ids: string[], input: unknown = 1) =>
		ids.map((id) => ({
			id,
			inputs: [input],
			build: () => {
				built += 1;
				return input === null ? null : sensorFeature({ ...sensor, id }, undefined, 'unknown', 'zh');
			},
		}));
	expect(set.update(wanted(['a', 'b'])).add.map((each) => each.properties.id)).toEqual(['a', 'b']);
	expect(set.update(wanted(['a', 'b']))).toEqual({ add: [], remove: [] });
	expect(built).toBe(2);
	expect(set.update(wanted(['b'])).remove).toEqual(['a']);
	expect(set.update(wanted(['b'], null)).remove).toEqual(['b']);
	expect(set.update(wanted(['b'], 2)).add).toHaveLength(1);
	set.clear();
	expect(set.update(wanted(['b'], 2)).add).toHaveLength(1);
});
