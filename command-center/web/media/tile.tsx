import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../demo.tsx';
import { formatTime } from '../format.ts';
import { serverNow, useEntity } from '../realtime/store.ts';
import { useText } from '../text.ts';
import { pictureAge } from './picture.ts';
import { saveSnapshot } from './snapshot.ts';
import { SoundMeter } from './sound-meter.tsx';
import { Stage } from './stage.ts';
import { Stopped } from './stopped.tsx';
import { TalkButton, TalkerLabel } from './talk-button.tsx';
import { TileMenu } from './tile-menu.tsx';
import { SoundButton, StreamFacts } from './tile-parts.tsx';
import { useSeen } from './use-seen.ts';
import { useStill } from './use-still.ts';
import { useView } from './use-view.ts';
import { client, useWatch } from './use-watch.ts';

export interface TileProps {
	streamId: string;
	size: 'strip' | 'context' | 'wall';
	/** Why this picture stands here, when it is not by the usual order. */
	tag?: { text: string; strong: boolean } | undefined;
	/** A click on the picture. */
	onSelect?: (() => void) | undefined;
}

/** One live picture with its name, where it comes from and how old it is. Never lets an old picture look live. */
export function Tile(props: TileProps) {
	// Another stream is another picture: nothing of the last one may stand under its name.
	return <Picture key={props.streamId} {...props} />;
}

function Picture({ streamId, size, tag, onSelect }: TileProps) {
	const { t } = useTranslation(['media', 'common']);
	const text = useText();
	const camera = useEntity('cameras', streamId);
	const unit = useEntity('units', streamId);
	const stream = useEntity('streams', streamId);
	const figure = useRef<HTMLElement>(null);
	const place = useRef<HTMLDivElement>(null);
	const ageLabel = useRef<HTMLSpanElement>(null);
	const [sounding, setSounding] = useState(false);
	const seen = useSeen(figure, sounding);
	const [stage] = useState(() => new Stage({ delay: (times) => client().delay(streamId, times), shown: (media) => client().shown(streamId, media) }));
	const { canvas, stillAt, keep, draw } = useStill(stage, figure);
	const age = useCallback(() => (stage.frame === null || document.hidden ? null : pictureAge(stage.frame, performance.now())), [stage]);
	const { phase, media, quality, still } = useWatch(streamId, { wanted: seen === true, tile: figure, releasing: keep, age });
	useEffect(() => {
		stage.setPlace(place.current);
		return () => stage.show(null);
	}, [stage]);
	useEffect(() => stage.show(media), [stage, media]);
	useEffect(() => stage.setMuted(!sounding), [stage, sounding]);
	useEffect(() => {
		if (still !== null) draw(still);
	}, [draw, still]);
	const ageText = useCallback((seconds: string, preview: boolean) => (preview ? t('media:preview', { seconds }) : `${seconds} s`), [t]);
	const view = useView({ streamId, stream, phase, media, seen, stage, stillAt, figure, ageLabel, ageText });
	const hasSound = (media?.getAudioTracks().length ?? 0) > 0;

	const of = camera ?? unit;
	const name = of === undefined ? streamId : text(of.name);
	const agency = of === undefined ? '' : t(`common:agency.${of.agency}`);
	const demo = of?.demo ?? stream?.demo ?? false;
	const showing = view.look === 'clear' || view.look === 'late';
	const dimmed = showing ? '' : 'brightness-60 grayscale';
	const wall = size === 'wall';

	const snapshot = () => {
		const picture = view.own ? stage.video : canvas.current;
		if (picture === null) return;
		const taken = new Date(serverNow() - (age() ?? (stillAt.current === null ? 0 : performance.now() - stillAt.current)));
		const lines = [`${name}  ${agency}${demo ? `  ${t('common:demo')}` : ''}`, `${taken.toLocaleDateString('sv')} ${formatTime(taken)}`];
		saveSnapshot(picture, { lines, fileName: `${streamId}-${taken.toISOString().replaceAll(/[:.]/g, '')}.jpg` }).catch((error: unknown) =>
			console.error(error),
		);
	};

	return (
		<figure
			ref={figure}
			data-tile={streamId}
			data-tile-state={view.tile.state}
			data-tile-quality={quality ?? undefined}
			aria-label={name}
			className={`group relative size-full overflow-hidden bg-black ${wall ? 'text-[1em]' : 'rounded text-sm'}`}
		>
			<div ref={place} className={`absolute inset-0 ${dimmed}`} />
			<canvas ref={canvas} className={`absolute inset-0 size-full object-contain ${dimmed} ${view.own ? 'invisible' : ''}`} aria-hidden />
			{onSelect !== undefined && <button type="button" aria-label={name} onClick={onSelect} className="absolute inset-0" />}
			{!showing && <Stopped view={view} name={name} size={size} />}
			<figcaption
				className={`absolute inset-x-0 bottom-0 flex items-center bg-black/70 text-[#f0f2f4] ${wall ? 'gap-[0.5em] px-[0.4em] py-[0.1em] leading-[1.3]' : 'min-h-7 flex-wrap gap-x-2 px-2 py-0.5'}`}
			>
				<span className="min-w-0 max-w-full truncate font-medium">{name}</span>
				<span className="shrink-0 text-[#b9c1c8]">{agency}</span>
				{demo && (
					<DemoBadge className={wall ? 'border-[#8b949d]! text-[1em]! text-[#c6cdd3]! leading-[1.2]!' : 'border-[#8b949d]! text-[#c6cdd3]!'} />
				)}
				{stream?.kind === 'field' && !wall && <span className="shrink-0 text-[#b9c1c8]">{t('media:viewers', { count: stream.viewers })}</span>}
				<span
					ref={ageLabel}
					data-tile-age
					className={`ml-auto shrink-0 tabular-nums ${view.look === 'late' ? 'rounded bg-yellow-ground px-1 font-semibold text-yellow' : view.own ? 'text-[#9aa4ad]' : 'rounded border border-[#8b949d] border-dashed px-1 text-[#e6e9ec]'} ${showing ? '' : 'hidden'}`}
				/>
			</figcaption>
			{!wall && (
				<div className="absolute top-1 right-1 flex items-center gap-1">
					{sounding && media !== null && (
						<span className="flex h-8 items-center rounded bg-black/70 px-2">
							<SoundMeter media={media} />
						</span>
					)}
					<TalkButton streamId={streamId} size="tile" />
					{hasSound && <SoundButton sounding={sounding} onToggle={() => setSounding(!sounding)} />}
					<TileMenu
						streamId={streamId}
						tile={figure}
						place={camera?.place ?? unit?.position ?? null}
						kind={camera === undefined ? 'unit' : 'camera'}
						onSnapshot={snapshot}
					/>
				</div>
			)}
			{stream?.talker != null && (
				<div className={`pointer-events-none absolute left-1 max-w-[calc(100%-8px)] ${wall ? 'bottom-[1.8em]' : 'bottom-8'}`}>
					<TalkerLabel name={stream.talker} />
				</div>
			)}
			{tag !== undefined && (
				<span
					className={`pointer-events-none absolute top-1 left-1 rounded px-1 text-xs leading-5 group-focus-within:hidden group-hover:hidden ${tag.strong ? 'bg-good-ground text-text' : 'bg-black/70 text-[#c6cdd3]'}`}
				>
					{tag.text}
				</span>
			)}
			{!wall && stream !== undefined && <StreamFacts stream={stream} quality={quality} stage={stage} />}
		</figure>
	);
}
