import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../demo.tsx';
import { formatAge, formatDistance, formatTime, formatValue } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { nearest } from '../map/features.ts';
import { Tile } from '../media/tile.tsx';
import { useEntities, useNow } from '../realtime/store.ts';
import { SeverityMark } from '../severity.tsx';
import { usePlace, useText } from '../text.ts';

const borders: Record<Severity, string> = { red: 'border-red', orange: 'border-orange', yellow: 'border-yellow', blue: 'border-blue' };

/** The most urgent alert in the place of some pictures: what, where, how bad, since when, and what the nearest camera sees. */
export function PopUp({ alert, others }: { alert: Alert; others: Alert[] }) {
	const { t } = useTranslation('wall');
	const { language } = useLanguage();
	const text = useText();
	const place = usePlace();
	const now = useNow(1000);
	const cameras = useEntities('cameras');
	const { lon, lat } = alert.place;
	const closest = useMemo(() => nearest({ lon, lat }, Object.values(cameras), 1)[0], [cameras, lon, lat]);
	return (
		<section
			data-pop-up={alert.id}
			data-severity={alert.severity}
			role="alert"
			className={`flex size-full flex-col overflow-hidden border-[0.3em] bg-panel text-text ${borders[alert.severity]}`}
		>
			<header className="flex shrink-0 flex-col gap-[0.1em] px-[0.6em] py-[0.4em]">
				<h2 className="flex items-center gap-[0.4em] text-[1.5em] font-semibold leading-[1.25]">
					<span className="shrink-0 [&_svg]:size-[1em]">
						<SeverityMark severity={alert.severity} label />
					</span>
					<span className="min-w-0 truncate">{text(alert.name)}</span>
					{alert.demo && <DemoBadge className="text-[0.7em]! leading-[1.3]!" />}
				</h2>
				<p className="flex flex-wrap items-baseline gap-x-[1em]">
					<span className="text-[1.5em] font-semibold leading-[1.25]">
						{text(alert.propertyName)} {formatValue(alert.value, alert.decimals, alert.unit)}
					</span>
					<span className="text-muted">{t('limit', { limit: formatValue(alert.limit, alert.decimals, alert.unit) })}</span>
				</p>
				<p className="flex flex-wrap gap-x-[1em]">
					<span>
						{text(alert.sensorName)} {place(alert.place)}
					</span>
					<span className="tabular-nums">
						{formatTime(alert.raisedAt)} · {t('since', { age: formatAge(now - Date.parse(alert.raisedAt), language) })}
					</span>
				</p>
			</header>
			<div className="relative min-h-0 flex-1 bg-black">
				{closest === undefined ? (
					<p className="flex size-full items-center justify-center text-muted">{t('noCamera')}</p>
				) : (
					<>
						<Tile key={closest.thing.id} streamId={closest.thing.id} size="wall" />
						<p className="absolute top-0 left-0 bg-black/70 px-[0.4em]">{t('nearest', { distance: formatDistance(closest.metres) })}</p>
					</>
				)}
			</div>
			{others.length > 0 && <p className="shrink-0 px-[0.6em] py-[0.2em]">{t('otherAlerts', { count: others.length })}</p>}
		</section>
	);
}
