import type { DeadLetter } from '@beilun/shared/protocol/sensors.ts';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../../api.ts';
import { formatMoment } from '../../format.ts';
import { serverNow, useEntity } from '../../realtime/store.ts';
import { CopyButton } from '../context/parts.tsx';
import { useFetched } from '../fetched.ts';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow } from '../frame/windows.ts';
import { Head } from './lists.tsx';

const pageSize = 50;
const cell = 'border-b border-line px-2 py-1.5 align-top first:pl-4 last:pr-4';

/** What came in and could not be taken, as it came, with the reason: for finding the device that sends it. */
export function DeadLettersWindow() {
	const { t } = useTranslation(['console', 'common']);
	const counts = useEntity('deadLetters', 'counts');
	// The table stands still while it is read; what came meanwhile is announced above it.
	const { data, error, loading, reload } = useFetched<{ items: DeadLetter[] }>(`/api/v1/dead-letters?limit=${pageSize}`);
	const [older, setOlder] = useState<DeadLetter[]>([]);
	const [problem, setProblem] = useState<string | null>(null);
	const [totalWhenLoaded, setTotalWhenLoaded] = useState(counts?.total ?? 0);
	const items = [...(data?.items ?? []), ...older];
	// biome-ignore lint/correctness/useExhaustiveDependencies: counted at the moment the list came
	useEffect(() => setTotalWhenLoaded(counts?.total ?? 0), [data]);
	const fresh = Math.max(0, (counts?.total ?? 0) - totalWhenLoaded);
	const more = async () => {
		const last = items.at(-1);
		if (last === undefined) return;
		try {
			const page = await api.get<{ items: DeadLetter[] }>(`/api/v1/dead-letters?limit=${pageSize}&before=${encodeURIComponent(last.id)}`);
			setOlder((before) => [...before, ...page.items]);
			setProblem(null);
		} catch (reason) {
			setProblem(problemText(reason));
		}
	};
	const now = serverNow();
	return (
		<Dialog
			wide
			name="dead-letters"
			title={t('dead.title')}
			onClose={closeWindow}
			actions={
				<button
					type="button"
					className="button"
					onClick={() => {
						setOlder([]);
						reload();
					}}
				>
					{fresh > 0 ? t('dead.fresh', { count: fresh }) : t('reload')}
				</button>
			}
		>
			<p className="px-4 py-2 text-muted">{t('dead.help')}</p>
			{(error ?? problem) !== null && (
				<p role="alert" className="px-4 pb-2 font-semibold">
					{error ?? problem}
				</p>
			)}
			<table className="w-full">
				<Head columns={[t('dead.time'), t('dead.reason'), t('dead.topic'), t('dead.client'), t('dead.original')]} />
				<tbody>
					{items.map((letter) => (
						<tr key={letter.id} data-dead-letter={letter.id} data-reason={letter.reason}>
							<td className={`${cell} whitespace-nowrap`}>{formatMoment(letter.receivedAt, now)}</td>
							<td className={cell}>
								<span className="block">{t(`dead.reasons.${letter.reason}`)}</span>
								<span className="block break-words text-muted">{letter.detail}</span>
							</td>
							<td className={`${cell} break-all font-mono`}>{letter.topic}</td>
							<td className={`${cell} break-all`}>
								{letter.client}
								<span className="block text-muted">{letter.source}</span>
							</td>
							<td className={`${cell} w-[36%]`}>
								<Original letter={letter} />
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{items.length === 0 && !loading && error === null && <p className="p-4 text-muted">{t('dead.none')}</p>}
			{items.length > 0 && items.length % pageSize === 0 && (
				<button type="button" className="button m-4" onClick={() => void more()}>
					{t('dead.older')}
				</button>
			)}
		</Dialog>
	);
}

function Original({ letter }: { letter: DeadLetter }) {
	const { t } = useTranslation('console');
	const [open, setOpen] = useState(false);
	return (
		<div className="flex items-start gap-1">
			<button
				type="button"
				aria-expanded={open}
				title={t(open ? 'dead.fold' : 'dead.unfold')}
				onClick={() => setOpen(!open)}
				className={`min-h-8 min-w-0 flex-1 text-left font-mono ${open ? 'max-h-80 overflow-y-auto whitespace-pre-wrap break-all' : 'line-clamp-1 break-all'}`}
			>
				{letter.original === '' ? t('dead.empty') : letter.original}
			</button>
			{letter.encoding === 'base64' && <span className="text-muted text-xs leading-8">base64</span>}
			<CopyButton text={letter.original} />
		</div>
	);
}
