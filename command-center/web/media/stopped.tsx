import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { formatAge, formatElapsed } from '../format.ts';
import { type Language, useLanguage } from '../i18n/index.ts';
import type { TileState } from './picture.ts';
import type { View } from './use-view.ts';

interface Props {
	view: View;
	name: string;
	size: 'strip' | 'context' | 'wall';
}

/** In place of a live picture: since when it stands, why, and when the next try is. */
export function Stopped({ view, name, size }: Props) {
	const { t } = useTranslation(['media', 'common']);
	const { language } = useLanguage();
	const { tile, stoppedFor, retryIn } = view;
	const wall = size === 'wall';
	return (
		<div
			role="status"
			aria-label={name}
			className={`pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-1 px-3 text-center text-[#e6e9ec] ${wall ? 'pb-[1.4em]' : 'pb-7'} ${stoppedFor === null ? '' : 'stale'}`}
		>
			{stoppedFor !== null && (
				<p
					className={`rounded bg-black/75 px-2 font-semibold tabular-nums ${wall ? 'text-[1.5em] leading-[1.3]' : size === 'strip' ? 'whitespace-nowrap text-base' : 'text-2xl'}`}
				>
					{headline(tile, stoppedFor * 1000, language, t)}
				</p>
			)}
			<p className={`max-w-full rounded text-balance ${stoppedFor === null ? 'text-[#b9c1c8]' : 'bg-black/75 px-2'}`}>{reasonWords(tile, t)}</p>
			{retryIn !== null && (
				<p className={`text-[#b9c1c8] tabular-nums ${stoppedFor === null ? '' : 'rounded bg-black/75 px-2'}`}>
					{retryIn > 0 ? t('media:retryIn', { seconds: retryIn }) : t('media:retrying')}
				</p>
			)}
		</div>
	);
}

function headline(tile: TileState, age: number, language: Language, t: TFunction<readonly ['media', 'common']>): string {
	if (tile.state === 'frozen' && tile.by === 'source') return t('media:frozenFor', { age: formatAge(age, language) });
	if (tile.state === 'preview') return t('media:pictureOf', { age: formatAge(age, language) });
	// A stopwatch, which a day later nobody reads any more.
	return t('media:stopped', { age: age < 86_400_000 ? formatElapsed(age) : formatAge(age, language) });
}

function reasonWords(tile: TileState, t: TFunction<readonly ['media', 'common']>): string {
	switch (tile.state) {
		case 'live':
		case 'late':
			return '';
		case 'failed':
			return t(`common:streamFailure.${tile.reason}`);
		case 'refused':
			return t([`media:refused.${tile.reason}`, 'media:refused.failed']);
		case 'connecting':
			return t('media:state.connecting', { attempt: tile.attempt });
		case 'frozen':
			return t(`media:state.frozen-${tile.by}`);
		default:
			return t(`media:state.${tile.state}`);
	}
}
