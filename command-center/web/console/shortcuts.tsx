import { severities } from '@beilun/shared/protocol/words.ts';
import { useTranslation } from 'react-i18next';
import { SeverityMark } from '../severity.tsx';
import { Dialog } from './frame/dialog.tsx';
import { closeWindow } from './frame/windows.ts';

/** All keys, and what the marks mean. */
export function Shortcuts() {
	const { t } = useTranslation(['console', 'common']);
	const rows: [keys: string[], meaning: string][] = [
		[['↑', '↓', 'J', 'K'], t('keys.walk')],
		[[t('keys.space')], t('keys.acknowledge')],
		[['C'], t('keys.cameras')],
		[['M'], t('keys.map')],
		[['N'], t('keys.new')],
		[['/'], t('keys.search')],
		[['Ctrl', 'K'], t('keys.palette')],
		[['Esc'], t('keys.escape')],
		[['Alt', '← →'], t('keys.pin')],
		[['?'], t('keys.title')],
	];
	return (
		<Dialog name="shortcuts" title={t('keys.title')} onClose={closeWindow}>
			<table className="w-full">
				<tbody>
					{rows.map(([keys, meaning]) => (
						<tr key={meaning} className="border-b border-line">
							<td className="w-44 px-4 py-2">
								<span className="flex gap-1">
									{keys.map((key) => (
										<kbd key={key} className="key">
											{key}
										</kbd>
									))}
								</span>
							</td>
							<td className="py-2 pr-4">{meaning}</td>
						</tr>
					))}
				</tbody>
			</table>
			<h3 className="px-4 pt-4 font-semibold">{t('legend.title')}</h3>
			<ul className="flex flex-wrap gap-x-6 gap-y-2 px-4 py-3">
				{severities.map((severity) => (
					<li key={severity}>
						<SeverityMark severity={severity} label />
					</li>
				))}
				<li className="flex items-center gap-1">
					<SeverityMark severity="red" hollow /> {t('legend.cleared')}
				</li>
				<li className="stale rounded px-2">{t('legend.stale')}</li>
				<li className="offline rounded px-2">{t('legend.offline')}</li>
				<li className="estimated rounded px-2">{t('legend.estimated')}</li>
			</ul>
		</Dialog>
	);
}
