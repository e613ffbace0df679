import { Check } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { formatNumber, formatValue } from '../../format.ts';
import { useEntity } from '../../realtime/store.ts';
import { select, useSelection } from '../../selection.ts';
import { SeverityMark } from '../../severity.tsx';
import { usePlace, useText } from '../../text.ts';
import { Elapsed } from '../age.tsx';
import { usePending } from './acknowledge.ts';
import { standing } from './queue.ts';

const bars = { red: 'bg-red', orange: 'bg-orange', yellow: 'bg-yellow', blue: 'bg-blue' };

/** One alert of the queue: what, where, how bad, since when, who has it. Renders when its own alert changes, and never else. */
export const AlarmRow = memo(function AlarmRow({ id }: { id: string }) {
	const { t } = useTranslation('console');
	const text = useText();
	const placeText = usePlace();
	const alert = useEntity('alerts', id);
	const selected = useSelection(({ selected }) => selected?.type === 'alert' && selected.id === id);
	const pending = usePending(({ ids }) => ids.has(id));
	if (alert === undefined) return null;
	const active = alert.state === 'active';
	const severity = standing(alert);
	const place = placeText(alert.place);
	const sensor = text(alert.sensorName);
	const where = place === '' || sensor.includes(place) ? sensor : `${sensor} · ${place}`;
	return (
		<li
			data-alert-id={id}
			data-severity={severity}
			data-state={alert.state}
			data-acknowledged={alert.acknowledged}
			className="border-b border-line [contain-intrinsic-size:auto_57px] [content-visibility:auto]"
		>
			<button
				type="button"
				aria-current={selected}
				onClick={() => select({ type: 'alert', id })}
				className={`relative flex w-full flex-col py-2 pr-3 pl-4 text-left hover:bg-hover ${selected ? 'bg-hover' : ''}`}
			>
				<span aria-hidden className={`absolute inset-y-0 left-0 ${alert.acknowledged ? 'w-px opacity-60' : 'w-1'} ${bars[severity]}`} />
				<span className="flex w-full items-center gap-2">
					<SeverityMark severity={severity} hollow={!active} />
					<span className={`min-w-0 flex-1 truncate ${alert.acknowledged ? '' : 'font-semibold'} ${active ? '' : 'text-muted'}`}>
						{text(alert.name)}
					</span>
					<span className="flex shrink-0 items-center gap-2 text-muted">
						{pending && <span>{t('alert.acknowledging')}</span>}
						{!pending && alert.acknowledged && (
							<span className="flex items-center gap-1 text-good" title={alert.acknowledgedBy ?? ''}>
								<Check size={14} aria-hidden />
								<span>{t('alert.acknowledgedShort')}</span>
							</span>
						)}
						{!active && <span>{t('alert.clearedShort')}</span>}
						<Elapsed since={alert.raisedAt} until={alert.clearedAt} className={active ? 'text-text' : ''} />
					</span>
				</span>
				<span className="flex w-full items-center gap-2 pl-6">
					<span className="flex min-w-0 flex-1 items-center gap-2 text-muted">
						<span className="truncate">{where}</span>
						{alert.demo && <DemoBadge />}
					</span>
					<span className={`shrink-0 ${active ? 'text-text' : 'text-muted'}`}>
						{formatValue(alert.value, alert.decimals, alert.unit)}
						<span className="text-muted">
							{(alert.direction === 'above') === active ? ' ≥ ' : ' ≤ '}
							{formatNumber(alert.limit, alert.decimals)}
						</span>
					</span>
				</span>
				{selected && <span aria-hidden className="pointer-events-none absolute inset-0 border-y border-r border-line-strong" />}
			</button>
		</li>
	);
});
