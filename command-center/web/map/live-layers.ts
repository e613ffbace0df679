import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Language } from '../i18n/index.ts';
import { entitiesOf, serverNow, useRealtime } from '../realtime/store.ts';
import { FeatureSet } from './diff.ts';
import { alertFeature, cameraFeature, cameraState, isOnMap, leadingReading, sensorFeature, sensorState, unitFeature, unitLook } from './features.ts';

/** Readings and positions are drawn this often at most, in milliseconds; alerts at once. */
const pause = 250;
/** Things grow stale without any message. */
const staleCheck = 5_000;
const ringLasts = 1_400;

interface Words {
	language: Language;
	unitStatus: (status: string) => string;
}

/** Keeps the map's sources equal to the realtime store, by differences. */
export class LiveLayers {
	readonly #map: MapLibre;
	readonly #sets = { sensors: new FeatureSet(), cameras: new FeatureSet(), units: new FeatureSet(), alerts: new FeatureSet() };
	#words: Words;
	#known: Set<string> | null = null;
	#stops: (() => void)[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;
	#ringFrame = 0;

	constructor(map: MapLibre, words: Words) {
		this.#map = map;
		this.#words = words;
	}

	start(): void {
		this.#stops.push(
			useRealtime.subscribe((now, before) => {
				if (now.held.alerts.entities !== before.held.alerts.entities) this.#alerts();
				const rest = ['sensors', 'readings', 'cameras', 'streams', 'units'] as const;
				if (rest.some((topic) => now.held[topic].entities !== before.held[topic].entities)) this.#soon();
			}),
		);
		const stale = setInterval(() => this.#soon(), staleCheck);
		this.#stops.push(() => clearInterval(stale));
		this.#everything();
	}

	stop(): void {
		for (const stop of this.#stops.splice(0)) stop();
		clearTimeout(this.#timer);
		cancelAnimationFrame(this.#ringFrame);
	}

	/** Another language: every label is built anew. */
	speak(words: Words): void {
		this.#words = words;
		this.#everything();
	}

	/** The map lost its sources (a lost graphics context) and has them again, empty. */
	refill(): void {
		for (const set of Object.values(this.#sets)) set.clear();
		this.#everything();
	}

	#soon(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			this.#things();
		}, pause);
	}

	#everything(): void {
		this.#things();
		this.#alerts();
	}

	#things(): void {
		const { language, unitStatus } = this.#words;
		const now = serverNow();
		const readings = entitiesOf('readings');
		const streams = entitiesOf('streams');
		this.#send(
			'sensors',
			Object.values(entitiesOf('sensors')).map((sensor) => {
				const reading = leadingReading(sensor, readings);
				const state = sensorState(sensor, reading, now);
				return {
					id: sensor.id,
					inputs: [sensor, reading?.value, state, language],
					build: () => sensorFeature(sensor, reading, state, language),
				};
			}),
		);
		this.#send(
			'cameras',
			Object.values(entitiesOf('cameras')).map((camera) => {
				const state = cameraState(streams[camera.id]);
				return { id: camera.id, inputs: [camera, state, language], build: () => cameraFeature(camera, state, language) };
			}),
		);
		this.#send(
			'units',
			Object.values(entitiesOf('units')).map((unit) => {
				const look = unitLook(unit, streams[unit.id], now);
				return {
					id: unit.id,
					inputs: [unit, look.stale, look.minutes, look.video, language],
					build: () => unitFeature(unit, look, language, unitStatus(unit.status)),
				};
			}),
		);
	}

	#alerts(): void {
		const { language } = this.#words;
		const alerts = Object.values(entitiesOf('alerts')).filter(isOnMap);
		this.#send(
			'alerts',
			alerts.map((alert) => ({ id: alert.id, inputs: [alert, language], build: () => alertFeature(alert, language) })),
		);
		const known = this.#known;
		const complete = useRealtime.getState().connection.complete;
		// What was there when the page opened is not news.
		this.#known = complete || known !== null ? new Set(alerts.map((alert) => alert.id)) : null;
		if (known === null) return;
		const fresh = alerts.filter((alert) => !known.has(alert.id) && alert.state === 'active');
		if (fresh.length > 0) this.#ring(fresh.map(({ place }) => [place.lon, place.lat]));
	}

	#send(name: 'sensors' | 'cameras' | 'units' | 'alerts', wanted: Parameters<FeatureSet['update']>[0]): void {
		const source = this.#map.getSource<GeoJSONSource>(name);
		if (source === undefined) return;
		const diff = this.#sets[name].update(wanted);
		if (diff.add.length === 0 && diff.remove.length === 0) return;
		source.updateData(diff).catch((error: unknown) => console.error(error));
	}

	/** One ring that opens around new alerts and is gone; nothing on the map goes on moving. */
	#ring(places: [number, number][]): void {
		const source = this.#map.getSource<GeoJSONSource>('rings');
		if (source === undefined || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
		cancelAnimationFrame(this.#ringFrame);
		const features = places.map((coordinates, index) => ({
			type: 'Feature' as const,
			geometry: { type: 'Point' as const, coordinates },
			properties: { id: index },
		}));
		void source.setData({ type: 'FeatureCollection', features });
		const began = performance.now();
		const step = () => {
			if (this.#map.getLayer('rings') === undefined) return;
			const part = (performance.now() - began) / ringLasts;
			this.#map.setPaintProperty('rings', 'circle-radius', 12 + 34 * Math.min(1, part));
			this.#map.setPaintProperty('rings', 'circle-stroke-opacity', Math.max(0, 1 - part));
			if (part < 1) this.#ringFrame = requestAnimationFrame(step);
			else void source.setData({ type: 'FeatureCollection', features: [] });
		};
		step();
	}
}
