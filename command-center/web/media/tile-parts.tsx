import type { Quality, Stream } from '@beilun/shared/protocol/media.ts';
import { Volume2, VolumeX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { codecName } from './picture.ts';
import type { Stage } from './stage.ts';

export const tileButton =
	'flex size-8 items-center justify-center rounded bg-black/70 text-[#e6e9ec] hover:bg-black/90 opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 focus-visible:opacity-100';

export function SoundButton({ sounding, onToggle }: { sounding: boolean; onToggle: () => void }) {
	const { t } = useTranslation('media');
	const label = t(sounding ? 'soundOff' : 'soundOn');
	return (
		<button
			type="button"
			data-tile-sound
			aria-pressed={sounding}
			aria-label={label}
			title={label}
			onClick={onToggle}
			className={`${tileButton} ${sounding ? 'opacity-100!' : ''}`}
		>
			{sounding ? <Volume2 size={16} aria-hidden /> : <VolumeX size={16} aria-hidden />}
		</button>
	);
}

/** Which of the streams it is, codec, size, bit rate and what was transcoded, for those who look closer. */
export function StreamFacts({ stream, quality, stage }: { stream: Stream; quality: Quality | null; stage: Stage }) {
	const { t } = useTranslation('media');
	if (stream.status.state !== 'live') return null;
	const { video: picture, audio } = stream.status;
	// What is really seen: of a phone's layers the gateway knows only the largest.
	const width = stage.video?.videoWidth || picture?.width;
	const height = stage.video?.videoHeight || picture?.height;
	const facts = [
		quality === null || stream.kind === 'field' ? '' : t(`quality.${quality}`),
		picture === null ? '' : codecOf(picture),
		width && height ? `${width}×${height}` : '',
		picture === null ? '' : bitrateText(picture.bitrate),
		audio === null ? '' : codecOf(audio),
	].filter((fact) => fact !== '');
	function codecOf({ codec, transcodedFrom }: { codec: string; transcodedFrom: string | null }): string {
		return transcodedFrom === null ? codecName(codec) : t('transcoded', { from: codecName(transcodedFrom), to: codecName(codec) });
	}
	if (facts.length === 0) return null;
	return (
		<p
			data-tile-facts
			className="pointer-events-none absolute top-1 left-1 max-w-[calc(100%-120px)] truncate rounded bg-black/70 px-2 text-[#c6cdd3] text-xs leading-6 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
		>
			{facts.join(' · ')}
		</p>
	);
}

/** `1.24 Mbit/s`, `380 kbit/s`. */
export function bitrateText(bits: number): string {
	return bits >= 1e6 ? `${(bits / 1e6).toFixed(2)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`;
}
