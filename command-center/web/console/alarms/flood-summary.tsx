import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntities, useNow } from '../../realtime/store.ts';
import { SeverityMark } from '../../severity.tsx';
import { usePlace, useText } from '../../text.ts';
import { useDesk } from './desk-state.ts';
import { floodLimit, groupAlerts, recentAlerts, standing } from './queue.ts';

/** In a flood: what it consists of, by rule, with the places, above the queue. A group narrows the queue to itself. */
export function FloodSummary({ held }: { held: boolean }) {
	const { t } = useTranslation('console');
	const text = useText();
	const placeText = usePlace();
	const alerts = useEntities('alerts');
	const now = useNow(5_000);
	const { filter, setFilter } = useDesk();
	const [folded, setFolded] = useState(false);
	const recent = useMemo(() => recentAlerts(Object.values(alerts), now), [alerts, now]);
	const groups = useMemo(() => groupAlerts(recent), [recent]);
	const flood = recent.length > floodLimit;
	const [shown, setShown] = useState(flood);
	// It comes and goes only while nobody works on the list, which it would move.
	if (shown !== flood && !held) setShown(flood);
	if (!shown) return null;
	return (
		<section data-flood aria-label={t('flood.title')} className="flex max-h-[38%] shrink-0 flex-col border-b border-line-strong bg-raised">
			<div className="flex items-center gap-2 py-1 pr-1 pl-4">
				<h2 className="flex-1 font-semibold">{t('flood.heading', { count: recent.length, groups: groups.length })}</h2>
				<button type="button" className="button-quiet" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
					{folded ? t('flood.show') : t('flood.hide')}
				</button>
			</div>
			{!folded && (
				<ul className="min-h-0 overflow-y-auto pb-1">
					{groups.map(({ ruleId, first, count, unacknowledged, active, places }) => (
						<li key={ruleId}>
							<button
								type="button"
								aria-pressed={filter.group === ruleId}
								onClick={() => setFilter({ group: filter.group === ruleId ? null : ruleId })}
								className={`grid min-h-8 w-full grid-cols-[16px_1fr_auto] items-center gap-2 px-4 py-1 text-left hover:bg-hover ${filter.group === ruleId ? 'bg-hover' : ''}`}
							>
								<SeverityMark severity={standing(first)} hollow={active === 0} />
								<span className="truncate">
									{text(first.name)} <span className="text-muted">{places.map(placeText).join(t('list.comma'))}</span>
								</span>
								<span>
									{t('flood.count', { count })}
									{unacknowledged > 0 && <span className="text-muted"> · {t('flood.unacknowledged', { count: unacknowledged })}</span>}
								</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
