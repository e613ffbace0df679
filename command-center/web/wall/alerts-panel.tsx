import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../demo.tsx';
import { formatElapsed, formatValue } from '../format.ts';
import { useEntities, useNow } from '../realtime/store.ts';
import { SeverityMark } from '../severity.tsx';
import { usePlace, useText } from '../text.ts';
import { byUrgency } from './geometry.ts';

/** Height of a row, of the heading and of the line that counts the rest, in lines of the wall's letters. */
const rowEms = 3.1;
const headEms = 2.2;

/** Active alerts, most severe first; what does not fit is counted, never cut in half. */
export function AlertsPanel() {
	const { t } = useTranslation('wall');
	const alerts = useEntities('alerts');
	const active = useMemo(
		() =>
			Object.values(alerts)
				.filter((alert) => alert.state === 'active')
				.sort(byUrgency),
		[alerts],
	);
	const panel = useRef<HTMLElement>(null);
	const room = useRoom(panel);
	const shown = active.length <= room ? active : active.slice(0, Math.max(0, room - 1));
	return (
		<section ref={panel} className="flex size-full flex-col overflow-hidden bg-panel" aria-label={t('alerts')}>
			<h2 className="flex shrink-0 items-center px-[0.5em] font-semibold" style={{ height: `${headEms}em` }}>
				{t('alerts')} {active.length > 0 && active.length}
			</h2>
			{active.length === 0 && <p className="m-auto text-muted">{t('noAlerts')}</p>}
			<ul>
				{shown.map((alert) => (
					<Row key={alert.id} alert={alert} />
				))}
			</ul>
			{shown.length < active.length && <p className="px-[0.5em] text-muted">{t('more', { count: active.length - shown.length })}</p>}
		</section>
	);
}

function Row({ alert }: { alert: Alert }) {
	const { t } = useTranslation('wall');
	const text = useText();
	const place = usePlace();
	const now = useNow(1000);
	return (
		<li className="flex items-center gap-[0.5em] border-line border-t px-[0.5em]" style={{ height: `${rowEms}em` }}>
			<span className="shrink-0 [&_svg]:size-[1.3em]">
				<SeverityMark severity={alert.severity} />
			</span>
			<span className="min-w-0 flex-1">
				<span className="flex items-center gap-[0.4em]">
					<span className="min-w-0 truncate font-semibold">{text(alert.name)}</span>
					{alert.demo && <DemoBadge className="text-[1em]! leading-[1.2]!" />}
				</span>
				<span className="block truncate text-muted">
					{text(alert.sensorName)} {place(alert.place)}
				</span>
			</span>
			<span className="shrink-0 text-right">
				<span className="block font-semibold">{formatValue(alert.value, alert.decimals, alert.unit)}</span>
				<span className="block text-muted">
					{alert.acknowledged && `${t('acknowledged')} `}
					{formatElapsed(now - Date.parse(alert.raisedAt))}
				</span>
			</span>
		</li>
	);
}

function useRoom(panel: React.RefObject<HTMLElement | null>): number {
	const [room, setRoom] = useState(0);
	useEffect(() => {
		const element = panel.current;
		if (element === null) return;
		const measure = () => {
			const em = Number.parseFloat(getComputedStyle(element).fontSize);
			setRoom(Math.max(1, Math.floor((element.clientHeight / em - headEms) / rowEms)));
		};
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		return () => observer.disconnect();
	}, [panel]);
	return room;
}
