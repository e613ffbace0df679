import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { startRealtime, stopRealtime } from '../realtime/connection.ts';
import { requireSession, useSession } from '../session.ts';
import { CrewView } from './crew-view.tsx';

/** The phone page of a field unit: camera, microphone, position and status to the centre. */
export function FieldPage() {
	const { t } = useTranslation(['field', 'common']);
	const me = useSession((session) => session.me);
	useEffect(() => requireSession(), []);
	const isCrew = me?.role === 'field-unit' && me.unitId !== null;
	useEffect(() => {
		if (!isCrew) return;
		startRealtime({ topics: ['units'] });
		return stopRealtime;
	}, [isCrew]);
	useEffect(() => {
		document.title = t('field:title');
	}, [t]);
	if (me === null) return <p className="p-6 text-lg">{t('common:loading')}</p>;
	if (me.role !== 'field-unit') {
		return (
			<main className="flex min-h-full flex-col items-center justify-center gap-6 p-6 text-center text-lg leading-7">
				<p className="text-balance">{t('field:notForYou', { role: t(`common:role.${me.role}`) })}</p>
				<a href="/console" className="button button-main min-h-14! px-6! text-lg">
					{t('field:toConsole')}
				</a>
			</main>
		);
	}
	if (me.unitId === null) return <p className="p-6 text-lg">{t('field:noUnit')}</p>;
	return <CrewView unitId={me.unitId} />;
}
