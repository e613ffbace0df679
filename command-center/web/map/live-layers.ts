import { type GeoJSONSource, type Map as MapLibre, Marker } from 'maplibre-gl';
import type { Language } from '../i18n/index.ts';
import { entitiesOf, serverNow, useRealtime } from '../realtime/store.ts';
import { FeatureSet } from './diff.ts';
import { alertFeature, cameraFeature, cameraState, isOnMap, leadingReading, sensorFeature, sensorState, unitFeature, unitLook } from './features.ts';
import { sensorLabelZoom } from './style.ts';

/** Readings and positions are drawn this often at most, in milliseconds; alerts at once. */
const pause = 250;
/** How long the map waits with a new alert: the queue shows it in the frame before. */
const alertPause = 50;
/** Things grow stale without any message. */
const staleCheck = 5_000;
const ringsAtOnce = 5;

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
	#alertsTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(map: MapLibre, words: Words) {
		this.#map = map;
		this.#words = words;
	}

	start(): void {
		this.#stops.push(
			useRealtime.subscribe((now, before) => {
				if (now.held.alerts.entities !== before.held.alerts.entities) this.#alertsNext();
				const rest = ['sensors', 'readings', 'cameras', 'streams', 'units'] as const;
				if (rest.some((topic) => now.held[topic].entities !== before.held[topic].entities)) this.#soon();
			}),
		);
		const zoomed = () => this.#things();
		this.#map.on('zoomend', zoomed);
		this.#stops.push(() => this.#map.off('zoomend', zoomed));
		const stale = setInterval(() => this.#soon(), staleCheck);
		this.#stops.push(() => clearInterval(stale));
		this.#everything();
	}

	stop(): void {
		for (const stop of this.#stops.splice(0)) stop();
		clearTimeout(this.#timer);
		clearTimeout(this.#alertsTimer);
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

	/** After the frame in which the queue shows them: the map is the slower of the two. */
	#alertsNext(): void {
		this.#alertsTimer ??= setTimeout(() => {
			this.#alertsTimer = undefined;
			this.#alerts();
		}, alertPause);
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
		// A value that is not written anywhere is no reason to draw the map.
		const valuesShown = this.#map.getZoom() >= sensorLabelZoom;
		this.#send(
			'sensors',
			Object.values(entitiesOf('sensors')).map((sensor) => {
				const reading = leadingReading(sensor, readings);
				const state = sensorState(sensor, reading, now);
				return {
					id: sensor.id,
					inputs: [sensor, valuesShown ? reading?.value : undefined, state, language],
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

	/** One ring that opens around new alerts and is gone. The page draws it, so that the map is not drawn anew for each step. */
	#ring(places: [number, number][]): void {
		if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
		for (const place of places.slice(0, ringsAtOnce)) {
			const element = document.createElement('div');
			const circle = document.createElement('div');
			circle.className = 'map-ring';
			element.append(circle);
			const marker = new Marker({ element }).setLngLat(place).addTo(this.#map);
			circle.addEventListener('animationend', () => marker.remove());
		}
	}
}
