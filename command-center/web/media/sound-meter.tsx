import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { onTick } from './tick.ts';

let audio: AudioContext | undefined;

/** Root mean square of the samples as a share of five bars: silence is 0, −42 dB the first bar, −6 dB the fifth. */
function meterBars(samples: Float32Array): number {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-10);
	return Math.max(0, Math.min(5, Math.floor((decibels + 51) / 9)));
}

/** How loud the sound is that comes out, so that silence can be told from a loudspeaker that is off. */
export function SoundMeter({ media }: { media: MediaStream }) {
	const { t } = useTranslation('media');
	const meter = useRef<HTMLSpanElement>(null);
	useEffect(() => {
		const tracks = media.getAudioTracks();
		if (tracks.length === 0) return;
		audio ??= new AudioContext();
		const analyser = audio.createAnalyser();
		analyser.fftSize = 1024;
		const samples = new Float32Array(analyser.fftSize);
		const source = audio.createMediaStreamSource(new MediaStream(tracks));
		source.connect(analyser);
		void audio.resume().catch(() => undefined);
		const stop = onTick(() => {
			analyser.getFloatTimeDomainData(samples);
			const bars = meterBars(samples);
			for (const [index, bar] of [...(meter.current?.children ?? [])].entries()) bar.classList.toggle('opacity-25', index >= bars);
		});
		return () => {
			stop();
			source.disconnect();
		};
	}, [media]);
	return (
		<span ref={meter} title={t('soundLevel')} aria-hidden className="flex h-4 items-end gap-px">
			{[5, 8, 11, 14, 16].map((height) => (
				<span key={height} className="w-1 bg-text opacity-25" style={{ height }} />
			))}
		</span>
	);
}
