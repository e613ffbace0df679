import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDistance } from '../format.ts';
import { lengthOf, type Point } from './geometry.ts';

/** Distances by clicking point after point; Escape ends. */
export function useMeasure(map: MapLibre): { active: boolean; text: string; toggle: () => void } {
	const { t } = useTranslation('map');
	const [active, setActive] = useState(false);
	const [points, setPoints] = useState<Point[]>([]);
	useEffect(() => {
		if (!active) return;
		const click = ({ lngLat }: MapMouseEvent) => setPoints((before) => [...before.slice(-99), { lon: lngLat.lng, lat: lngLat.lat }]);
		const key = (event: KeyboardEvent) => {
			if (event.key !== 'Escape') return;
			event.stopPropagation();
			setActive(false);
		};
		map.on('click', click);
		map.doubleClickZoom.disable();
		window.addEventListener('keydown', key, true);
		return () => {
			map.off('click', click);
			map.doubleClickZoom.enable();
			window.removeEventListener('keydown', key, true);
			setPoints([]);
		};
	}, [map, active]);
	useEffect(() => {
		const coordinates = points.map(({ lon, lat }) => [lon, lat] as [number, number]);
		const corners = coordinates.map((at, index) => ({
			type: 'Feature' as const,
			geometry: { type: 'Point' as const, coordinates: at },
			properties: { id: index },
		}));
		const line = { type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates }, properties: { id: 'line' } };
		void map
			.getSource<GeoJSONSource>('measure')
			?.setData({ type: 'FeatureCollection', features: coordinates.length > 1 ? [line, ...corners] : corners });
	}, [map, points]);
	const text = points.length < 2 ? t('measureHint') : t('measureTotal', { distance: formatDistance(lengthOf(points)) });
	return { active, text, toggle: () => setActive(!active) };
}
