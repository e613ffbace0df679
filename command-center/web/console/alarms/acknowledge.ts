import { create } from 'zustand';
import { api, problemText } from '../../api.ts';
import i18next, { currentLanguage } from '../../i18n/index.ts';
import { entitiesOf } from '../../realtime/store.ts';
import { textIn } from '../../text.ts';
import { notify } from '../frame/notices.tsx';

/** Alerts whose acknowledgement is on its way. */
export const usePending = create<{ ids: ReadonlySet<string> }>()(() => ({ ids: new Set() }));

function setPending(id: string, pending: boolean): void {
	usePending.setState(({ ids }) => {
		const next = new Set(ids);
		if (pending) next.add(id);
		else next.delete(id);
		return { ids: next };
	});
}

/** Says to the server that somebody has this alert. The screen changes when the server has stored it, not before. */
export async function acknowledge(alertId: string): Promise<void> {
	const alert = entitiesOf('alerts')[alertId];
	if (alert === undefined || alert.acknowledged || usePending.getState().ids.has(alertId)) return;
	setPending(alertId, true);
	try {
		await api.post(`/api/v1/alerts/${alertId}/acknowledge`);
	} catch (error) {
		notify({
			text: i18next.t('console:alert.acknowledgeFailed', { name: textIn(alert.name, currentLanguage()), problem: problemText(error) }),
			retry: () => void acknowledge(alertId),
		});
	} finally {
		setPending(alertId, false);
	}
}
