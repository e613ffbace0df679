import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDistance } from '../../format.ts';
import { Tile } from '../../media/tile.tsx';
import { useEntities } from '../../realtime/store.ts';
import { select, useSelection } from '../../selection.ts';
import { distanceBetween } from '../freshness.ts';
import { Section } from './parts.tsx';

/** The live pictures nearest to a place, each with its distance. */
export function NearestCameras({ lon, lat, count, except }: { lon: number; lat: number; count: number; except?: string }) {
	const { t } = useTranslation('console');
	const cameras = useEntities('cameras');
	const pinned = useSelection((selection) => selection.pinned);
	const togglePinned = useSelection((selection) => selection.togglePinned);
	const nearest = useMemo(
		() =>
			Object.values(cameras)
				.filter((camera) => camera.id !== except)
				.map((camera) => ({ id: camera.id, distance: distanceBetween({ lon, lat }, camera.place) }))
				.sort((a, b) => a.distance - b.distance)
				.slice(0, count),
		[cameras, lon, lat, count, except],
	);
	return (
		<Section title={t('nearest.title')} keyHint="C" id="nearest-cameras">
			{nearest.length === 0 && <p className="text-muted">{t('nearest.none')}</p>}
			<ul className="grid grid-cols-1 gap-3 @5xl:grid-cols-2">
				{nearest.map(({ id, distance }) => (
					<li key={id} data-nearest-camera={id}>
						<div className="aspect-video">
							<Tile streamId={id} size="context" />
						</div>
						<div className="flex items-center text-muted">
							<span className="flex-1">{t('nearest.distance', { distance: formatDistance(distance) })}</span>
							<button type="button" className="button-quiet" aria-pressed={pinned.includes(id)} onClick={() => togglePinned(id)}>
								{t(pinned.includes(id) ? 'camera.unpin' : 'camera.pin')}
							</button>
							<button type="button" className="button-quiet" onClick={() => select({ type: 'camera', id })}>
								{t('nearest.open')}
							</button>
						</div>
					</li>
				))}
			</ul>
		</Section>
	);
}
