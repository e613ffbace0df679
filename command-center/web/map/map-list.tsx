import { useTranslation } from 'react-i18next';
import { useEntities } from '../realtime/store.ts';
import { type Selected, useSelection } from '../selection.ts';
import { Description } from './description.tsx';
import { isOnMap } from './features.ts';

/** The map's things as a list, for browsers that cannot draw it. */
export function MapList({ reason }: { reason: string }) {
	const { t } = useTranslation('map');
	const alerts = Object.values(useEntities('alerts')).filter(isOnMap);
	const units = Object.values(useEntities('units'));
	const cameras = Object.values(useEntities('cameras'));
	const sensors = Object.values(useEntities('sensors'));
	const { selected, select } = useSelection();
	const groups: [string, Selected[]][] = [
		[t('group.alerts'), alerts.map(({ id }) => ({ type: 'alert', id }))],
		[t('group.units'), units.map(({ id }) => ({ type: 'unit', id }))],
		[t('group.cameras'), cameras.map(({ id }) => ({ type: 'camera', id }))],
		[t('group.sensors'), sensors.slice(0, 500).map(({ id }) => ({ type: 'sensor', id }))],
	];
	return (
		<section data-map="list" aria-label={t('list')} className="size-full overflow-auto bg-panel p-4">
			<p role="alert" className="mb-4 text-muted">
				{reason}
			</p>
			{groups.map(([title, things]) => (
				<div key={title} className="mb-4">
					<h2 className="mb-1 text-muted">
						{title} {things.length}
					</h2>
					{things.length === 0 && <p className="text-faint">{t('empty')}</p>}
					<ul className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-1">
						{things.map((thing) => (
							<li key={thing.id}>
								<button
									type="button"
									aria-pressed={selected?.id === thing.id}
									onClick={() => select(thing)}
									className="size-full rounded border border-line px-2 py-1 text-left hover:bg-hover aria-pressed:border-text"
								>
									<Description thing={thing} />
								</button>
							</li>
						))}
					</ul>
				</div>
			))}
		</section>
	);
}
