import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Language } from '../i18n/index.ts';
import landUrl from './basemap/land.geojson?url';
import placesUrl from './basemap/places.geojson?url';
import roadsUrl from './basemap/roads.geojson?url';
import waterUrl from './basemap/water.geojson?url';
import { graticule } from './geometry.ts';
import { ink } from './icons.ts';

/** Without `glyphs` the map draws text with the machine's own fonts, of which these are tried in order. */
const fonts = ['Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

/** Groups of layers that a person can switch off. */
/** From here on sensors' values are written on the map. */
export const sensorLabelZoom = 12;

export const layerGroups = {
	sensors: ['sensor-clusters', 'sensor-cluster-counts', 'sensors', 'sensor-labels'],
	cameras: ['cones', 'cameras', 'camera-labels'],
	units: ['unit-headings', 'units', 'unit-labels'],
	alerts: ['alerts', 'alert-labels'],
	places: ['place-labels', 'town-labels', 'sea-labels', 'road-labels'],
	grid: ['grid', 'grid-labels'],
} as const;
export type LayerGroup = keyof typeof layerGroups;

/** Layers whose features can be pointed at, topmost first. */
export const pointable = ['alerts', 'units', 'cameras', 'sensors'] as const;
export const kindOfLayer = { alerts: 'alert', units: 'unit', cameras: 'camera', sensors: 'sensor' } as const;

const byZoom = (...stops: [number, number][]): ExpressionSpecification =>
	['interpolate', ['linear'], ['zoom'], ...stops.flat()] as unknown as ExpressionSpecification;

/** Everything that does not move, and empty sources for what does. `scale` enlarges letters and icons for a wall. */
export function mapStyle(language: Language, scale: number): StyleSpecification {
	const name = nameIn(language);
	const size = (pixels: number) => pixels * scale;
	// Shapes are told apart at a smaller size than letters are read.
	const icon = scale > 1 ? Math.max(1, scale * 0.72) : scale;
	const live = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] }, promoteId: 'id' };
	const halo = { 'text-halo-color': ink.halo, 'text-halo-width': 1.6 * scale };
	const overlap = { 'icon-allow-overlap': true, 'icon-image': ['get', 'icon'] as ExpressionSpecification };
	const label = (id: string, source: string, minzoom: number, more: object = {}): LayerSpecification => ({
		id,
		type: 'symbol',
		source,
		minzoom,
		layout: {
			'text-field': ['get', 'label'],
			'text-font': fonts,
			'text-size': size(12.5),
			'text-anchor': 'top',
			'text-offset': [0, 1.05],
			'text-max-width': 14,
			'text-line-height': 1.25,
			...more,
		},
		paint: { 'text-color': ['case', ['==', ['coalesce', ['get', 'dim'], 0], 1], ink.label, ink.text] as ExpressionSpecification, ...halo },
	});
	const onLand: ExpressionSpecification = ['!', ['in', ['get', 'kind'], ['literal', ['sea', 'harbour', 'lake']]]];
	// A name moves beside what stands on it.
	const aside = {
		'text-variable-anchor': ['center' as const, 'top' as const, 'bottom' as const, 'left' as const, 'right' as const],
		'text-radial-offset': 1.1,
		'text-justify': 'auto' as const,
	};
	const layers: LayerSpecification[] = [
		{ id: 'sea', type: 'background', paint: { 'background-color': ink.sea } },
		{ id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': ink.land, 'fill-antialias': true } },
		{ id: 'reservoirs', type: 'fill', source: 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ink.reservoir } },
		{
			id: 'rivers',
			type: 'line',
			source: 'water',
			filter: ['==', ['geometry-type'], 'LineString'],
			layout: { 'line-cap': 'round', 'line-join': 'round' },
			paint: { 'line-color': ink.river, 'line-width': byZoom([8, 0.6 * scale], [11, 1.5 * scale], [15, 6 * scale]) },
		},
		{
			id: 'grid',
			type: 'line',
			source: 'grid',
			paint: { 'line-color': ink.grid, 'line-width': 1 },
		},
		{ id: 'coast', type: 'line', source: 'land', paint: { 'line-color': ink.coast, 'line-width': 1 * scale } },
		{
			id: 'roads',
			type: 'line',
			source: 'roads',
			filter: ['!=', ['get', 'class'], 'rail'],
			layout: { 'line-cap': 'round', 'line-join': 'round' },
			paint: {
				'line-color': ['match', ['get', 'class'], ['motorway', 'trunk'], ink.mainRoad, ink.road],
				'line-width': [
					'interpolate',
					['exponential', 1.4],
					['zoom'],
					8,
					['match', ['get', 'class'], ['motorway', 'trunk'], 0.8 * scale, 0.3 * scale],
					11,
					['match', ['get', 'class'], ['motorway', 'trunk'], 1.8 * scale, 1.1 * scale],
					15,
					['match', ['get', 'class'], ['motorway', 'trunk'], 7 * scale, 4 * scale],
				],
			},
		},
		{
			id: 'rail',
			type: 'line',
			source: 'roads',
			filter: ['==', ['get', 'class'], 'rail'],
			paint: { 'line-color': ink.mainRoad, 'line-width': 1.2 * scale, 'line-dasharray': [4, 3] },
		},
		{
			id: 'grid-labels',
			type: 'symbol',
			source: 'grid',
			layout: { 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': ['get', 'label'], 'text-font': fonts, 'text-size': size(11) },
			paint: { 'text-color': '#69737d', 'text-halo-color': ink.halo, 'text-halo-width': 2 * scale },
		},
		{
			id: 'road-labels',
			type: 'symbol',
			source: 'roads',
			minzoom: 11.5,
			layout: { 'symbol-placement': 'line', 'symbol-spacing': 380, 'text-field': name, 'text-font': fonts, 'text-size': size(11.5) },
			paint: { 'text-color': ink.faintLabel, ...halo },
		},
		{
			id: 'sea-labels',
			type: 'symbol',
			source: 'places',
			filter: ['in', ['get', 'kind'], ['literal', ['sea', 'harbour', 'lake']]],
			layout: { 'text-field': name, 'text-font': fonts, 'text-size': size(12.5), 'text-letter-spacing': 0.12, 'symbol-sort-key': ['get', 'rank'] },
			paint: { 'text-color': ink.seaLabel, 'text-halo-color': ink.sea, 'text-halo-width': 1.4 * scale },
		},
		{
			id: 'place-labels',
			type: 'symbol',
			source: 'places',
			filter: ['all', onLand, ['>', ['get', 'rank'], 2], ['<=', ['get', 'rank'], ['step', ['zoom'], 2, 9.5, 3, 11, 4]]],
			layout: {
				'text-field': name,
				'text-font': fonts,
				'text-size': ['match', ['get', 'rank'], 3, size(12.5), size(12)],
				...aside,
				'symbol-sort-key': ['get', 'rank'],
			},
			paint: { 'text-color': ink.label, ...halo },
		},
		{
			id: 'cones',
			type: 'symbol',
			source: 'cameras',
			minzoom: 9.5,
			filter: ['!=', ['get', 'cone'], ''],
			layout: {
				'icon-image': ['get', 'cone'],
				'icon-rotate': ['get', 'bearing'],
				'icon-rotation-alignment': 'map',
				'icon-allow-overlap': true,
				'icon-ignore-placement': true,
				'icon-size': byZoom([9.5, 0.45 * icon], [12, 0.8 * icon], [15, 1.9 * icon]),
			},
		},
		{
			id: 'around-area',
			type: 'fill',
			source: 'around',
			filter: ['==', ['geometry-type'], 'Polygon'],
			paint: { 'fill-color': '#ffffff', 'fill-opacity': 0.025 },
		},
		{
			id: 'around-line',
			type: 'line',
			source: 'around',
			paint: { 'line-color': ink.muted, 'line-width': 1.2 * scale, 'line-dasharray': [3, 3], 'line-opacity': 0.7 },
		},
		{
			id: 'sensor-clusters',
			type: 'circle',
			source: 'sensors',
			filter: ['has', 'point_count'],
			paint: {
				'circle-color': ink.body,
				'circle-stroke-color': ink.line,
				'circle-stroke-width': 1.4 * scale,
				'circle-radius': ['step', ['get', 'point_count'], 12 * scale, 10, 15 * scale, 100, 19 * scale],
			},
		},
		{
			id: 'sensor-cluster-counts',
			type: 'symbol',
			source: 'sensors',
			filter: ['has', 'point_count'],
			layout: { 'text-field': ['get', 'point_count_abbreviated'], 'text-font': fonts, 'text-size': size(12.5), 'text-allow-overlap': true },
			paint: { 'text-color': ink.text },
		},
		{
			id: 'sensors',
			type: 'symbol',
			source: 'sensors',
			filter: ['!', ['has', 'point_count']],
			layout: { ...overlap, 'icon-size': byZoom([9, 0.7 * icon], [12, 0.85 * icon], [14, icon]) },
		},
		// The names by which people find their way stay, whatever stands there.
		{
			id: 'town-labels',
			type: 'symbol',
			source: 'places',
			filter: ['all', onLand, ['<=', ['get', 'rank'], 2]],
			layout: {
				'text-field': name,
				'text-font': fonts,
				'text-size': ['match', ['get', 'rank'], 1, size(15), size(14)],
				'text-letter-spacing': 0.08,
				'text-overlap': 'always',
				...aside,
				'symbol-sort-key': ['get', 'rank'],
			},
			paint: { 'text-color': '#c3cad1', ...halo },
		},
		{
			id: 'cameras',
			type: 'symbol',
			source: 'cameras',
			layout: { ...overlap, 'icon-size': byZoom([9, 0.75 * icon], [12, 0.9 * icon], [14, icon]) },
		},
		{
			id: 'unit-headings',
			type: 'symbol',
			source: 'units',
			filter: ['>=', ['get', 'heading'], 0],
			layout: {
				'icon-image': 'heading',
				'icon-rotate': ['get', 'heading'],
				'icon-rotation-alignment': 'map',
				'icon-allow-overlap': true,
				'icon-ignore-placement': true,
				'icon-size': byZoom([9, 0.75 * icon], [13, icon]),
			},
		},
		{ id: 'units', type: 'symbol', source: 'units', layout: { ...overlap, 'icon-size': byZoom([9, 0.8 * icon], [13, 1.1 * icon]) } },
		label('sensor-labels', 'sensors', sensorLabelZoom, {
			'text-field': ['step', ['zoom'], ['get', 'label'], 14, ['concat', ['get', 'name'], '\n', ['get', 'label']]],
		}),
		label('camera-labels', 'cameras', 13),
		label('unit-labels', 'units', 11.2, { 'text-offset': [0, 1.25] }),
		{
			id: 'alerts',
			type: 'symbol',
			source: 'alerts',
			layout: { ...overlap, 'icon-size': byZoom([9, 0.85 * icon], [13, 1.05 * icon]), 'symbol-sort-key': ['get', 'order'], 'icon-offset': [0, -9] },
		},
		label('alert-labels', 'alerts', 10, {
			'text-size': size(13),
			'text-anchor': 'bottom',
			'text-offset': [0, -1.7],
			'symbol-sort-key': ['-', 0, ['get', 'order']],
		}),
		{
			id: 'selected',
			type: 'symbol',
			source: 'selected',
			layout: {
				'icon-image': 'selection',
				'icon-allow-overlap': true,
				'icon-ignore-placement': true,
				'icon-size': icon,
				'icon-offset': ['get', 'offset'],
			},
		},
		{ id: 'measure-line', type: 'line', source: 'measure', paint: { 'line-color': '#ffffff', 'line-width': 2, 'line-dasharray': [2, 2] } },
		{
			id: 'measure-points',
			type: 'circle',
			source: 'measure',
			filter: ['==', ['geometry-type'], 'Point'],
			paint: { 'circle-radius': 4, 'circle-color': '#ffffff', 'circle-stroke-color': ink.halo, 'circle-stroke-width': 2 },
		},
	];
	return {
		version: 8,
		sources: {
			land: { type: 'geojson', data: absolute(landUrl) },
			water: { type: 'geojson', data: absolute(waterUrl) },
			roads: { type: 'geojson', data: absolute(roadsUrl) },
			places: { type: 'geojson', data: absolute(placesUrl) },
			grid: {
				type: 'geojson',
				data: { type: 'FeatureCollection', features: graticule({ west: 120.5, south: 28.9, east: 123.2, north: 30.9 }, 0.1) },
			},
			sensors: { ...live, cluster: true, clusterMaxZoom: 9, clusterRadius: 44 },
			cameras: live,
			units: live,
			alerts: live,
			selected: live,
			around: live,
			measure: live,
		},
		layers,
	};
}

/** Workers resolve addresses against their own file. */
function absolute(url: string): string {
	return new URL(url, window.location.href).href;
}

function nameIn(language: Language): ExpressionSpecification {
	return ['coalesce', ['get', language], ['get', 'zh'], ''];
}

/** Layers of the base map that carry names. */
export const namedLayers = ['road-labels', 'sea-labels', 'place-labels', 'town-labels'] as const;
export { nameIn };
