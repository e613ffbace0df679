import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAge, formatElapsed, formatMoment } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { useNow } from '../realtime/store.ts';

/** A stopwatch since a moment, for columns; its hover tells the moment. */
export const Elapsed = memo(function Elapsed({ since, until, className }: { since: string; until?: string | null; className?: string }) {
	const now = useNow();
	const end = until === null || until === undefined ? now : Date.parse(until);
	return (
		<time dateTime={since} title={formatMoment(since, now)} className={className}>
			{formatElapsed(end - Date.parse(since))}
		</time>
	);
});

/** "3 min ago". */
export const Ago = memo(function Ago({ at, className }: { at: string; className?: string }) {
	const now = useNow();
	const { t } = useTranslation('common');
	const { language } = useLanguage();
	return (
		<time dateTime={at} title={formatMoment(at, now)} className={className}>
			{t('ago', { age: formatAge(now - Date.parse(at), language) })}
		</time>
	);
});

/** A local time with seconds and how long ago it was. */
export const Moment = memo(function Moment({ at }: { at: string }) {
	const now = useNow();
	return (
		<span className="whitespace-nowrap">
			{formatMoment(at, now)} <Ago at={at} className="text-muted" />
		</span>
	);
});
