import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import { severities } from '@beilun/shared/protocol/words.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatValue } from '../../format.ts';
import { useEntities, useRealtime } from '../../realtime/store.ts';
import { severityCharacters, severityShapes } from '../../severity.tsx';
import { usePlace, useText } from '../../text.ts';
import { standing } from './queue.ts';

const fills = { red: '#ff6a5e', orange: '#ff9d42', yellow: '#f2d14a', blue: '#62acff' };

/** Speaks new alerts to screen readers and keeps the tab's title and icon telling what is unacknowledged. */
export function Announcer() {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const place = usePlace();
	const alerts = useEntities('alerts');
	const complete = useRealtime(({ connection }) => connection.complete);
	const known = useRef<Set<string> | null>(null);
	const [message, setMessage] = useState<{ text: string; urgent: boolean }>({ text: '', urgent: false });

	useEffect(() => {
		const all = Object.values(alerts);
		const before = known.current;
		if (before === null && !complete) return;
		known.current = new Set(all.map(({ id }) => id));
		if (before === null) return;
		const fresh = all.filter((alert) => !before.has(alert.id) && alert.state === 'active');
		if (fresh.length === 0) return;
		const say = (alert: Alert) =>
			`${t(`common:severity.${alert.severity}`)} ${text(alert.name)} ${text(alert.sensorName)} ${place(alert.place)} ${formatValue(alert.value, alert.decimals, alert.unit)}`;
		setMessage({ text: fresh.slice(0, 3).map(say).join('; '), urgent: fresh.some((alert) => alert.severity === 'red') });
	}, [alerts, complete, t, text, place]);

	const { count, worst } = useMemo(() => {
		const open = Object.values(alerts).filter((alert) => !alert.acknowledged);
		return { count: open.length, worst: severities.find((severity) => open.some((alert) => standing(alert) === severity)) };
	}, [alerts]);
	useEffect(() => {
		document.title = worst === undefined ? t('common:system') : `(${count}) ${severityCharacters[worst]} ${t('common:system')}`;
		const shape =
			worst === undefined ? '<circle cx="8" cy="8" r="5" fill="#929ca6"/>' : `<path d="${severityShapes[worst]}" fill="${fills[worst]}"/>`;
		const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
		if (icon !== null)
			icon.href = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>`)}`;
	}, [count, worst, t]);

	return (
		<>
			<p data-announce aria-live="polite" className="sr-only">
				{message.urgent ? '' : message.text}
			</p>
			<p aria-live="assertive" className="sr-only">
				{message.urgent ? message.text : ''}
			</p>
		</>
	);
}
