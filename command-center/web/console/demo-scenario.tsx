import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../api.ts';
import { useMe } from '../session.ts';
import { Elapsed } from './age.tsx';
import { useFetched } from './fetched.ts';
import { notify } from './frame/notices.tsx';

interface State {
	scenario: { name: string; startedAt: string } | null;
}
const path = '/api/v1/demo/scenario';

/** Plays the demo's typhoon night. Only drawn when the system runs on demo data. */
export function DemoScenario() {
	const { t } = useTranslation('console');
	const me = useMe();
	const allowed = me !== null && ['duty-officer', 'commander', 'admin'].includes(me.role);
	const { data, reload } = useFetched<State>(allowed ? path : null);
	const [busy, setBusy] = useState(false);
	const scenario = data?.scenario ?? null;
	useEffect(() => {
		// It ends by itself, and colleagues start and stop it too.
		const timer = setInterval(reload, 10_000);
		return () => clearInterval(timer);
	}, [reload]);
	if (!allowed) return null;
	const turn = async () => {
		setBusy(true);
		try {
			await api.post(path, { name: 'typhoon-night', action: scenario === null ? 'start' : 'stop' });
			reload();
		} catch (error) {
			notify({ text: problemText(error) });
		} finally {
			setBusy(false);
		}
	};
	return (
		<span
			data-demo-scenario={scenario === null ? 'stopped' : 'running'}
			className="flex shrink-0 items-center gap-2 text-muted"
			title={t('demo.scenario')}
		>
			<span className="max-[1700px]:hidden">{t('demo.scenario')}</span>
			<button type="button" className="button border-dashed" disabled={busy} onClick={() => void turn()}>
				<span className="min-[1700px]:hidden">{t('demo.short')}</span>
				{t(scenario === null ? 'demo.start' : 'demo.stop')}
				{scenario !== null && <Elapsed since={scenario.startedAt} />}
			</button>
		</span>
	);
}
