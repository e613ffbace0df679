import { Volume2 } from 'lucide-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { SoundMeter } from '../media/sound-meter.tsx';
import { ownListener, useSpoken } from './use-phone.ts';

/** Who of the centre speaks to this unit now. Large, over the picture, below the title line. */
export function SpokenBanner() {
	const { t } = useTranslation('field');
	const spoken = useSpoken();
	if (spoken.state === 'silent') return null;
	return (
		<div
			data-spoken={spoken.state}
			role="alert"
			style={{ '--color-text': '#000' } as CSSProperties}
			className="absolute inset-x-0 top-16 z-10 flex flex-col gap-2 bg-[#f0f2f4] px-4 py-3 text-black"
		>
			<p className="flex items-center gap-3 font-semibold text-xl leading-7">
				<Volume2 size={28} className="shrink-0" aria-hidden />
				<span className="min-w-0 flex-1">{t('speaking', { name: spoken.by })}</span>
				{spoken.state === 'heard' && <SoundMeter media={spoken.media} />}
			</p>
			{spoken.state === 'connecting' && <p>{t('speakingSoon')}</p>}
			{spoken.state === 'blocked' && (
				<button
					type="button"
					data-listen
					className="min-h-18 rounded bg-black font-semibold text-[#f0f2f4] text-xl"
					onClick={() => ownListener().play()}
				>
					{t('listen')}
				</button>
			)}
		</div>
	);
}
