import type { Stream } from '@beilun/shared/protocol/media.ts';
import type { TFunction } from 'i18next';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../demo.tsx';
import { formatElapsed, formatTime } from '../format.ts';
import { serverNow, useEntity } from '../realtime/store.ts';
import { useText } from '../text.ts';
import { lookOf, pictureAge, secondsUntil, type TileState, tileState } from './picture.ts';
import { saveSnapshot } from './snapshot.ts';
import { SoundMeter } from './sound-meter.tsx';
import { TileMenu } from './tile-menu.tsx';
import { SoundButton, StreamFacts } from './tile-parts.tsx';
import { useFrames } from './use-frames.ts';
import { client, onTick, useOnScreen, useWatch } from './use-watch.ts';

export interface TileProps {
	streamId: string;
	size: 'strip' | 'context' | 'wall';
	/** Why this picture stands here, when it is not by the usual order. */
	tag?: { text: string; strong: boolean } | undefined;
	/** A click on the picture. */
	onSelect?: (() => void) | undefined;
}

/** What is drawn: changes a few times a minute while all is well, once a second while something counts. */
interface View {
	tile: TileState;
	/** Whole seconds since the picture was true, where that is to be shown large; null where there never was one. */
	stoppedFor: number | null;
	look: ReturnType<typeof lookOf>;
	retryIn: number | null;
	/** The frame came from the media that plays now; otherwise it is the last picture of before. */
	own: boolean;
}

const blank: View = { tile: { state: 'signalling' }, stoppedFor: null, look: 'empty', retryIn: null, own: false };

/** One live picture with its name, where it comes from and how old it is. Never lets an old picture look live. */
export function Tile({ streamId, size, tag, onSelect }: TileProps) {
	const { t } = useTranslation(['media', 'common']);
	const text = useText();
	const camera = useEntity('cameras', streamId);
	const unit = useEntity('units', streamId);
	const stream = useEntity('streams', streamId);
	const figure = useRef<HTMLElement>(null);
	const video = useRef<HTMLVideoElement>(null);
	const kept = useRef<HTMLCanvasElement>(null);
	const ageLabel = useRef<HTMLSpanElement>(null);
	const [sounding, setSounding] = useState(false);
	const onScreen = useOnScreen(figure, sounding);
	const releasing = useCallback(() => keepPicture(video.current, kept.current), []);
	const { phase, media } = useWatch(streamId, onScreen, releasing);
	const frame = useFrames(video, media);
	const view = useView({ streamId, stream, phase, media, onScreen, frame, figure, ageLabel });
	const hasSound = (media?.getAudioTracks().length ?? 0) > 0;

	const of = camera ?? unit;
	const name = of === undefined ? streamId : text(of.name);
	const agency = of === undefined ? '' : t(`common:agency.${of.agency}`);
	const demo = of?.demo ?? stream?.demo ?? false;
	const showing = view.look === 'clear' || view.look === 'late';
	const wall = size === 'wall';

	const snapshot = () => {
		const picture = view.own ? video.current : kept.current;
		if (picture === null) return;
		const age = frame.current === null ? 0 : pictureAge(frame.current, performance.now());
		const taken = new Date(serverNow() - age);
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
			aria-label={name}
			className={`group relative size-full overflow-hidden bg-black ${wall ? 'text-[1em]' : 'rounded text-sm'}`}
		>
			<video
				ref={video}
				muted={!sounding}
				autoPlay
				playsInline
				disablePictureInPicture
				className={`absolute inset-0 size-full object-contain ${showing ? '' : 'brightness-60 grayscale'}`}
			/>
			<canvas ref={kept} className={`absolute inset-0 size-full object-contain brightness-60 grayscale ${view.own ? 'invisible' : ''}`} aria-hidden />
			{onSelect !== undefined && <button type="button" aria-label={name} onClick={onSelect} className="absolute inset-0" />}
			{!showing && <Stopped view={view} name={name} wall={wall} strip={size === 'strip'} />}
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
					className={`ml-auto shrink-0 tabular-nums ${view.look === 'late' ? 'rounded bg-yellow-ground px-1 font-semibold text-yellow' : 'text-[#9aa4ad]'} ${showing ? '' : 'hidden'}`}
				/>
			</figcaption>
			{!wall && (
				<div className="absolute top-1 right-1 flex items-center gap-1">
					{sounding && media !== null && (
						<span className="flex h-8 items-center rounded bg-black/70 px-2">
							<SoundMeter media={media} />
						</span>
					)}
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
			{tag !== undefined && (
				<span
					className={`pointer-events-none absolute top-1 left-1 rounded px-1 text-xs leading-5 group-focus-within:hidden group-hover:hidden ${tag.strong ? 'bg-good-ground text-text' : 'bg-black/70 text-[#c6cdd3]'}`}
				>
					{tag.text}
				</span>
			)}
			{!wall && stream !== undefined && <StreamFacts stream={stream} video={video} />}
		</figure>
	);
}

interface ViewInput {
	streamId: string;
	stream: Stream | undefined;
	phase: Parameters<typeof tileState>[0]['phase'];
	media: MediaStream | null;
	onScreen: boolean;
	frame: ReturnType<typeof useFrames>;
	figure: React.RefObject<HTMLElement | null>;
	ageLabel: React.RefObject<HTMLSpanElement | null>;
}

/** Looks at the picture four times a second and renders only when what is said about it changes. */
function useView({ streamId, stream, phase, media, onScreen, frame, figure, ageLabel }: ViewInput): View {
	const [view, setView] = useState(blank);
	const mountedAt = useRef(performance.now());
	useEffect(() => {
		let shown = '';
		let labelled = 0;
		const tick = () => {
			const now = performance.now();
			const age = frame.current === null ? null : pictureAge(frame.current, now);
			const own = media !== null && frame.current?.of === media;
			// The last picture of before a gap is kept on the screen, and however young it is it is not live.
			const tile = tileState({ watching: onScreen, status: stream?.status, phase, frame: own ? frame.current : null, now });
			const moving = tile.state === 'live' || tile.state === 'late';
			// A picture that is not being received may be young, but it is no longer live.
			const look = age === null ? 'empty' : moving ? lookOf(age) : 'stale';
			if (tile.state === 'live') client().moving(streamId);
			if ((tile.state === 'frozen' && (age ?? 0) > 8_000) || tile.state === 'keyframe') client().nudge(streamId);
			const retryIn =
				tile.state === 'failed' ? secondsUntil(tile.nextTryAt, serverNow()) : tile.state === 'refused' ? secondsUntil(tile.nextTryAt, now) : null;
			if (figure.current !== null) {
				if (age === null) delete figure.current.dataset.pictureAge;
				else figure.current.dataset.pictureAge = String(Math.round(age));
				if (frame.current !== null) figure.current.dataset.firstPictureMs ??= String(Math.round(frame.current.presentedAt - mountedAt.current));
			}
			if (ageLabel.current !== null && moving && age !== null && (look === 'late' || now - labelled > 900)) {
				ageLabel.current.textContent = `${(age / 1000).toFixed(1)} s`;
				labelled = now;
			}
			const next: View = {
				tile,
				look,
				stoppedFor: age === null || moving ? null : Math.floor(age / 1000),
				retryIn,
				own,
			};
			const key = JSON.stringify(next, (field, value: unknown) => (field === 'nextTryAt' ? undefined : value));
			if (key === shown) return;
			shown = key;
			setView(next);
		};
		tick();
		return onTick(tick);
	}, [streamId, stream, phase, media, onScreen, frame, figure, ageLabel]);
	return view;
}

/** Copies the picture that is on the screen before its stream is let go. */
function keepPicture(video: HTMLVideoElement | null, canvas: HTMLCanvasElement | null): void {
	if (video === null || canvas === null || video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
	// Half size is enough to remember by, and twelve of them are light.
	const scale = Math.min(1, 960 / video.videoWidth);
	canvas.width = Math.round(video.videoWidth * scale);
	canvas.height = Math.round(video.videoHeight * scale);
	canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
	canvas.dataset.filled = 'true';
}

/** In place of a live picture: since when it stands, why, and when the next try is. */
function Stopped({ view, name, wall, strip }: { view: View; name: string; wall: boolean; strip: boolean }) {
	const { t } = useTranslation(['media', 'common']);
	const { tile, stoppedFor, retryIn } = view;
	return (
		<div
			role="status"
			aria-label={name}
			className={`pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-1 px-3 text-center text-[#e6e9ec] ${wall ? 'pb-[1.4em]' : 'pb-7'} ${stoppedFor === null ? '' : 'stale'}`}
		>
			{stoppedFor !== null && (
				<p className={`rounded bg-black/75 px-2 font-semibold tabular-nums ${wall ? 'text-[1.5em] leading-[1.3]' : strip ? 'text-lg' : 'text-2xl'}`}>
					{t('media:stopped')} {formatElapsed(stoppedFor * 1000)}
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
		default:
			return t(`media:state.${tile.state}`);
	}
}
