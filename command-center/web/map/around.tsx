import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDistance } from '../format.ts';
import { useEntities, useEntity } from '../realtime/store.ts';
import { useSelection } from '../selection.ts';
import { countWithin } from './features.ts';
import { circle } from './geometry.ts';

const radii = [500, 1_000, 3_000] as const;

/** Circles around the selected alert, and how many cameras and units lie within each. */
export function Around({ map }: { map: MapLibre }) {
	const { t } = useTranslation('map');
	const selected = useSelection((selection) => selection.selected);
	const alert = useEntity('alerts', selected?.type === 'alert' ? selected.id : null);
	const cameras = useEntities('cameras');
	const units = useEntities('units');
	const lon = alert?.place.lon;
	const lat = alert?.place.lat;
	useEffect(() => {
		if (lon === undefined || lat === undefined) return;
		const source = map.getSource<GeoJSONSource>('around');
		const features = radii.map((radius) => ({
			type: 'Feature' as const,
			geometry: { type: 'Polygon' as const, coordinates: [circle({ lon, lat }, radius)] },
			properties: { id: radius },
		}));
		void source?.setData({ type: 'FeatureCollection', features });
		return () => void (map.style === undefined || source?.setData({ type: 'FeatureCollection', features: [] }));
	}, [map, lon, lat]);
	if (alert === undefined) return null;
	const cameraCounts = countWithin(
		alert.place,
		Object.values(cameras).map((camera) => camera.place),
		radii,
	);
	const unitCounts = countWithin(
		alert.place,
		Object.values(units).flatMap((unit) => unit.position ?? []),
		radii,
	);
	return (
		<table className="absolute bottom-9 left-2 rounded border border-line bg-panel/95 text-sm">
			<caption className="sr-only">{t('around')}</caption>
			<thead className="text-muted">
				<tr>
					<th className="px-2 py-1 text-left font-normal">{t('around')}</th>
					<th className="px-2 text-right font-normal">{t('cameras')}</th>
					<th className="px-2 text-right font-normal">{t('units')}</th>
				</tr>
			</thead>
			<tbody>
				{radii.map((radius, index) => (
					<tr key={radius} className="border-line border-t">
						<th className="px-2 py-0.5 text-left font-normal text-muted">{t('within', { distance: formatDistance(radius) })}</th>
						<td className="px-2 text-right">{cameraCounts[index]}</td>
						<td className="px-2 text-right">{unitCounts[index]}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
