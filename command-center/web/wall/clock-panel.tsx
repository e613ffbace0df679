import { useTranslation } from 'react-i18next';
import { formatDate, formatTime } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { useNow } from '../realtime/store.ts';
import { useSession } from '../session.ts';

/** The server's time in the time zone of this screen, as large as the panel allows. */
export function ClockPanel() {
	const { t } = useTranslation('common');
	const { language } = useLanguage();
	const now = useNow(250);
	const demo = useSession((session) => session.info?.demo ?? false);
	const weekday = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'long' }).format(now);
	return (
		<div className="@container-[size] size-full bg-panel">
			<div className="flex size-full flex-col items-center justify-center gap-[0.1em] overflow-hidden text-center">
				<time className="text-[max(1em,min(22cqw,45cqh))] font-semibold leading-none tabular-nums">{formatTime(now)}</time>
				<p className="text-muted">
					{formatDate(now)} {weekday}
				</p>
				<p>
					{t('system')}
					{demo && <span className="ml-[0.5em] rounded border border-dashed border-line-strong px-[0.3em] text-muted">{t('demoData')}</span>}
				</p>
			</div>
		</div>
	);
}
