import { useTranslation } from 'react-i18next';
import { goToLogin } from '../api.ts';
import { formatElapsed, formatTime } from '../format.ts';
import { reconnectNow, staleAfter } from '../realtime/connection.ts';
import { useConnection, useNow } from '../realtime/store.ts';

/** Whether what is on the screen may be old; true a few seconds after the connection is lost. */
export function useStaleScreen(): boolean {
	const { state, lastHeartbeatAt } = useConnection();
	useNow();
	return state === 'ended' || (state === 'lost' && (lastHeartbeatAt === null || Date.now() - lastHeartbeatAt > staleAfter));
}

/** The loudest thing on the screen while the server is lost: since when, and as of when everything below is. */
export function ConnectionBanner() {
	const { t } = useTranslation('console');
	const { state, lastHeartbeatAt, endReason } = useConnection();
	const stale = useStaleScreen();
	if (!stale) return null;
	const at = lastHeartbeatAt ?? Date.now();
	return (
		<div role="alert" data-stale-banner className="flex min-h-12 shrink-0 items-center gap-4 bg-text px-4 text-ground">
			{state === 'ended' ? (
				<>
					<strong className="text-lg">{t(`ended.${endReason ?? 'expired'}`)}</strong>
					<span className="flex-1">{t('ended.asOf', { time: formatTime(at) })}</span>
					<button type="button" className="rounded border border-ground px-3 py-1 font-semibold" onClick={goToLogin}>
						{t('ended.login')}
					</button>
				</>
			) : (
				<>
					<strong className="text-lg">{t('lost.title', { elapsed: formatElapsed(Date.now() - at) })}</strong>
					<span className="flex-1">{t('lost.asOf', { time: formatTime(at) })}</span>
					<button type="button" className="rounded border border-ground px-3 py-1 font-semibold" onClick={reconnectNow}>
						{t('lost.retry')}
					</button>
				</>
			)}
		</div>
	);
}
