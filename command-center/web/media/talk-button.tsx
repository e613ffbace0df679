import { Lock, Mic } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntity } from '../realtime/store.ts';
import { maySpeak, useMe } from '../session.ts';
import { SoundMeter } from './sound-meter.tsx';
import { ownTalker, useTalk } from './talk.ts';
import { tileButton } from './tile-parts.tsx';

/** A shorter press may be the first half of a double one: the end waits this long, in milliseconds. */
const shortPress = 250;
const doublePress = 350;

/**
 * Press and hold to speak (pointer, Space or Enter); a double press holds it open until the next press. Nothing is drawn where the
 * stream cannot be spoken to or this person may not. `tile` is for a tile's corner, `panel` has words.
 */
export function TalkButton({ streamId, size }: { streamId: string; size: 'tile' | 'panel' }) {
	const { t } = useTranslation('media');
	const me = useMe();
	const stream = useEntity('streams', streamId);
	const talk = useTalk();
	const mine = talk.state !== 'silent' && talk.streamId === streamId ? talk : null;
	const [locked, setLocked] = useState(false);
	const pressedAt = useRef(0);
	const lastUp = useRef(Number.NEGATIVE_INFINITY);
	const ending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const active = mine?.state === 'opening' || mine?.state === 'talking';
	useEffect(() => {
		if (!active) setLocked(false);
	}, [active]);
	useEffect(
		() => () => {
			clearTimeout(ending.current);
			const { state } = ownTalker();
			// A tile that goes away must not leave an open microphone behind.
			if ((state.state === 'opening' || state.state === 'talking') && state.streamId === streamId) ownTalker().end();
		},
		[streamId],
	);
	if (stream?.canTalk !== true || !maySpeak(me?.role)) return null;
	const down = () => {
		clearTimeout(ending.current);
		if (locked) {
			setLocked(false);
			ownTalker().end();
			pressedAt.current = 0;
			// The press that ends it is no half of a double one.
			lastUp.current = Number.NEGATIVE_INFINITY;
			return;
		}
		pressedAt.current = performance.now();
		if (pressedAt.current - lastUp.current < doublePress) setLocked(true);
		ownTalker().start(streamId);
	};
	const up = () => {
		if (pressedAt.current === 0) return;
		const now = performance.now();
		const short = now - pressedAt.current < shortPress;
		pressedAt.current = 0;
		lastUp.current = short ? now : Number.NEGATIVE_INFINITY;
		if (locked) return;
		if (short) ending.current = setTimeout(() => ownTalker().end(), doublePress);
		else ownTalker().end();
	};
	const other = stream.talker !== null && !active ? stream.talker : null;
	const words = t(active ? (mine.state === 'opening' ? 'talk.opening' : locked ? 'talk.locked' : 'talk.talking') : 'talk.hold');
	const tile = size === 'tile';
	const refusal =
		mine?.state !== 'refused'
			? null
			: mine.problem === 'busy' && stream.talker !== null
				? t('talk.busyBy', { name: stream.talker })
				: t([`talk.refused.${mine.problem}`, 'talk.refused.failed'], { detail: mine.detail });
	const meter = mine?.state === 'talking' ? <SoundMeter media={mine.microphone} /> : null;
	const button = (
		<button
			type="button"
			data-talk={streamId}
			data-talk-state={mine?.state ?? 'silent'}
			aria-pressed={active}
			aria-label={tile ? words : undefined}
			title={t('talk.help')}
			onPointerEnter={() => ownTalker().prepare()}
			onFocus={() => ownTalker().prepare()}
			onPointerDown={(event) => {
				if (event.button !== 0) return;
				event.currentTarget.setPointerCapture(event.pointerId);
				down();
			}}
			// The system's own measure of a double press, which a busy page cannot spoil.
			onMouseDown={(event) => event.button === 0 && event.detail === 2 && setLocked(true)}
			onPointerUp={up}
			onPointerCancel={up}
			onContextMenu={(event) => event.preventDefault()}
			onKeyDown={(event) => {
				if (event.key !== ' ' && event.key !== 'Enter') return;
				event.preventDefault();
				event.stopPropagation();
				if (!event.repeat) down();
			}}
			onKeyUp={(event) => {
				if (event.key === ' ' || event.key === 'Enter') up();
			}}
			onBlur={up}
			className={`touch-none select-none ${
				tile ? `${tileButton} ${active ? 'bg-[#f0f2f4]! text-black! opacity-100!' : ''}` : `button ${active ? 'button-main' : ''}`
			}`}
		>
			{locked ? <Lock size={tile ? 16 : 14} aria-hidden /> : <Mic size={tile ? 16 : 14} aria-hidden />}
			{!tile && words}
		</button>
	);
	if (tile) {
		return (
			<>
				{button}
				{(active || refusal !== null) && (
					<span
						role={refusal === null ? 'status' : 'alert'}
						className="absolute top-9 right-0 flex w-max max-w-52 items-center gap-2 rounded bg-black/80 px-2 py-1 text-[#f0f2f4]"
					>
						{refusal ?? words}
						{meter}
					</span>
				)}
			</>
		);
	}
	return (
		<span className="flex min-w-0 flex-wrap items-center gap-2">
			{button}
			{meter}
			{refusal !== null && (
				<span role="alert" className="min-w-0 font-semibold">
					{refusal}
				</span>
			)}
			{other !== null && refusal === null && <span>{t('talk.by', { name: other })}</span>}
		</span>
	);
}

/** Over a picture: who speaks to it now. */
export function TalkerLabel({ name }: { name: string }) {
	const { t } = useTranslation('media');
	return (
		<span
			data-talker
			className="flex min-w-0 items-center gap-[0.3em] truncate rounded bg-[#f0f2f4] px-[0.5em] font-semibold text-black leading-[1.6]"
		>
			<Mic className="size-[1em] shrink-0" aria-hidden />
			<span className="truncate">{t('talk.by', { name })}</span>
		</span>
	);
}
