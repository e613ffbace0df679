import { unitStatuses } from '@beilun/shared/protocol/people.ts';
import { Flashlight, FlashlightOff, Languages, LogOut, Mic, MicOff, Moon, Sun, SwitchCamera, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../api.ts';
import { DemoBadge } from '../demo.tsx';
import { formatAge } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { secondsUntil } from '../media/picture.ts';
import { bitrateText } from '../media/tile-parts.tsx';
import { useConnection, useEntity, useNow } from '../realtime/store.ts';
import { logout } from '../session.ts';
import { useText } from '../text.ts';
import { askCompass } from './compass.ts';
import { SpokenBanner } from './spoken-banner.tsx';
import { ownListener, ownPublisher, type UplinkView, useBattery, usePublished, useTheme, useUplink, useWakeLock } from './use-phone.ts';
import { type OwnPosition, usePosition } from './use-position.ts';

/** Below the limit an age is quiet. */
const positionOldAfter = 30_000;

/** Picture on top, everything a thumb needs below it (beside it when the phone lies). */
export function CrewView({ unitId }: { unitId: string }) {
	const { t } = useTranslation(['field', 'common']);
	const text = useText();
	const unit = useEntity('units', unitId);
	const published = usePublished();
	const own = usePosition(unitId);
	const { theme, setTheme } = useTheme();
	const { language, setLanguage } = useLanguage();
	const { publish, video, audio, camera, muted, torch, viewers } = published;
	const running = publish.state !== 'off' && publish.state !== 'problem' && publish.state !== 'taken';
	const awake = useWakeLock(running);
	const live = publish.state === 'live';
	const uplink = useUplink(live);
	useEffect(() => {
		// Whatever is touched first: what the centre says is then played without being asked for.
		const unlock = () => ownListener().unlock();
		document.addEventListener('pointerup', unlock, { once: true });
		return () => document.removeEventListener('pointerup', unlock);
	}, []);
	const start = () => {
		askCompass();
		void ownPublisher().start();
	};

	return (
		<main
			data-field-state={publish.state}
			data-field-viewers={viewers ?? 0}
			className="flex h-dvh touch-manipulation flex-col overflow-hidden bg-ground text-base leading-6 landscape:flex-row"
		>
			<section className="relative min-h-0 flex-1 bg-black" aria-label={t('field:preview')}>
				<Preview track={video} />
				{camera === 'off' && (
					<p className="absolute inset-0 flex items-center justify-center px-8 text-center text-[#b9c1c8]">{t('field:previewOff')}</p>
				)}
				{camera === 'taken' && (
					<p
						role="alert"
						className="absolute inset-0 flex items-center justify-center bg-black/60 px-8 text-center font-semibold text-[#f0f2f4] text-lg"
					>
						{t(audio === null ? 'field:cameraTaken' : 'field:cameraTakenSound')}
					</p>
				)}
				<header className="absolute inset-x-0 top-0 flex items-center gap-2 bg-black/70 py-1 pr-1 pl-3 text-[#f0f2f4]">
					<h1 className="line-clamp-2 min-w-0 font-semibold text-[15px] leading-5">{unit === undefined ? unitId : text(unit.name)}</h1>
					{unit?.demo === true && <DemoBadge className="border-[#8b949d]! text-[#c6cdd3]!" />}
					<span className="flex-1" />
					<IconButton label={t(theme === 'dark' ? 'field:light' : 'field:dark')} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>
						{theme === 'dark' ? <Sun aria-hidden /> : <Moon aria-hidden />}
					</IconButton>
					<IconButton label={language === 'zh' ? 'English' : '中文'} onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
						<Languages aria-hidden />
					</IconButton>
					<IconButton label={t('field:logout')} onClick={() => void logout()}>
						<LogOut aria-hidden />
					</IconButton>
				</header>
				<SpokenBanner />
				{camera !== 'off' && (
					<div className="absolute right-2 bottom-2 flex gap-2">
						{torch !== null && <TorchButton on={torch} />}
						<IconButton label={t('field:turnCamera')} solid onClick={() => void ownPublisher().turnCamera().catch(console.error)}>
							<SwitchCamera aria-hidden />
						</IconButton>
						{audio !== null && (
							<IconButton label={t(muted ? 'field:unmute' : 'field:mute')} solid pressed={muted} onClick={() => ownPublisher().setMuted(!muted)}>
								{muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
							</IconButton>
						)}
					</div>
				)}
			</section>
			<section className="flex max-h-[64%] flex-col p-3 pt-0 pb-[max(12px,env(safe-area-inset-bottom))] landscape:max-h-none landscape:w-[336px]">
				<div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto py-2 *:shrink-0">
					<Seen />
					{own.problem !== null && <Warning>{t(`field:problem.${own.problem}`)}</Warning>}
					{own.unsent !== null && <Warning>{t('field:positionUnsent', { detail: own.unsent })}</Warning>}
					<StatusPicker unitId={unitId} status={unit?.status ?? null} />
					<Facts uplink={uplink} own={own} />
					{uplink?.thin === true && <Warning>{t('field:thin')}</Warning>}
					{running && !awake && <Warning>{t('field:screenMayLock')}</Warning>}
				</div>
				<button
					type="button"
					data-live-button
					aria-pressed={running}
					onClick={() => (running ? ownPublisher().stop() : start())}
					className={`flex min-h-18 w-full shrink-0 items-center justify-center gap-3 rounded text-xl font-semibold ${running ? 'border-2 border-text bg-panel text-text' : 'bg-text text-ground'}`}
				>
					{running ? (
						<span className="size-5 bg-current" aria-hidden />
					) : (
						<span className="size-5 rounded-full border-4 border-current" aria-hidden />
					)}
					{t(running ? 'field:stop' : 'field:goLive')}
				</button>
			</section>
		</main>
	);
}

/** Whether the centre sees and hears the scene: the one thing this page must never leave open. */
function Seen() {
	const { t } = useTranslation(['field', 'common']);
	const { publish, camera, microphone, audio, muted, viewers } = usePublished();
	useNow(1000);
	const live = publish.state === 'live';
	const seen = live && (viewers ?? 0) > 0;
	const sound = microphone === 'taken' ? 'field:microphoneTaken' : audio === null ? 'field:noMicrophone' : muted ? 'field:muted' : 'field:heard';
	const words = () => {
		switch (publish.state) {
			case 'problem':
				return t(`field:problem.${publish.problem}`, { detail: publish.detail });
			case 'retrying':
				return t('field:state.retrying', { seconds: secondsUntil(publish.nextTryAt, performance.now()) });
			case 'live':
				return t(seen ? 'field:seen' : 'field:unseen', { count: viewers ?? 0 });
			default:
				return t(`field:state.${publish.state}`);
		}
	};
	return (
		<div
			role="status"
			className={`rounded border-l-8 bg-panel px-3 py-2 ${seen ? 'border-good' : live ? 'border-text' : publish.state === 'off' ? 'border-line-strong' : 'border-yellow'}`}
		>
			<p className="flex items-baseline justify-between gap-3 font-semibold text-lg leading-7">
				<span>{words()}</span>
				{live && <span className="shrink-0 text-good">● {t('field:state.live')}</span>}
			</p>
			<p className="text-muted">{live ? `${camera === 'taken' ? `${t('field:noPicture')} · ` : ''}${t(sound)}` : t('field:unsent')}</p>
		</div>
	);
}

function Facts({ uplink, own: { position } }: { uplink: UplinkView | null; own: OwnPosition }) {
	const { t } = useTranslation(['field', 'common']);
	const { language } = useLanguage();
	const now = useNow(1000);
	const connection = useConnection();
	const battery = useBattery();
	// The phone's own clock gave the position its time.
	const age = position === null ? null : Date.now() - Date.parse(position.time);
	const old = age === null || age > positionOldAfter;
	const centre =
		connection.state === 'live'
			? t('field:connected')
			: connection.lostAt === null
				? t('field:connectingCentre')
				: t('field:lost', { age: formatAge(now - connection.clockOffset - connection.lostAt, language) });
	return (
		<dl className="grid grid-cols-[auto_1fr] gap-x-3 text-[15px]">
			<dt className="text-muted">{t('field:position')}</dt>
			<dd className={`text-right ${old ? 'font-semibold text-yellow' : ''}`}>
				{age === null || position === null ? (
					t('field:positionNone')
				) : (
					<>
						{t('field:positionAge', { age: formatAge(age, language) })}
						{position.heading !== undefined && ` · ${t('field:heading', { degrees: String(Math.round(position.heading) % 360).padStart(3, '0') })}`}
						{position.accuracy !== undefined && ` · ${t('field:accuracy', { metres: Math.round(position.accuracy) })}`}
					</>
				)}
			</dd>
			<dt className="text-muted">{t('field:console')}</dt>
			<dd className={`text-right ${connection.state === 'live' ? '' : 'font-semibold text-yellow'}`}>{centre}</dd>
			{uplink !== null && (
				<>
					<dt className="text-muted">{t('field:uplink')}</dt>
					<dd data-uplink={uplink.quality} className={`text-right ${uplink.quality === 'poor' ? 'font-semibold text-yellow' : ''}`}>
						{[t(`field:uplinkQuality.${uplink.quality}`), ...uplinkFigures(uplink)].join(' · ')}
					</dd>
				</>
			)}
			{battery !== null && (
				<>
					<dt className="text-muted">{t('field:battery')}</dt>
					<dd className={`text-right ${battery.percent <= 15 && !battery.charging ? 'font-semibold text-yellow' : ''}`}>
						{battery.percent} %{battery.charging && ` · ${t('field:charging')}`}
					</dd>
				</>
			)}
		</dl>
	);
}

/** Sent, there and back, lost: those that are known. */
function uplinkFigures({ bitrate, roundTrip, loss }: UplinkView): string[] {
	return [
		bitrate === null ? '' : bitrateText(bitrate),
		roundTrip === null ? '' : `${Math.round(roundTrip)}\u202fms`,
		loss === null || loss < 0.01 ? '' : `−${Math.round(loss * 100)}\u202f%`,
	].filter((figure) => figure !== '');
}

function StatusPicker({ unitId, status }: { unitId: string; status: string | null }) {
	const { t } = useTranslation(['field', 'common']);
	const [sending, setSending] = useState<string | null>(null);
	const [failure, setFailure] = useState<string | null>(null);
	const choose = async (next: string) => {
		setSending(next);
		setFailure(null);
		try {
			await api.post(`/api/v1/units/${unitId}/status`, { status: next });
		} catch (error) {
			setFailure(problemText(error));
		} finally {
			setSending(null);
		}
	};
	return (
		<div className="flex flex-col gap-1">
			<label className="flex min-h-14 items-center gap-3 rounded border border-line-strong bg-panel pl-3">
				<span className="shrink-0 text-muted">{t('field:status')}</span>
				<select
					data-status
					value={sending ?? status ?? ''}
					disabled={status === null || sending !== null}
					onChange={(event) => void choose(event.target.value)}
					className="min-h-14 min-w-0 flex-1 bg-panel pr-2 text-right font-semibold text-lg"
				>
					{status === null && <option value="">…</option>}
					{unitStatuses.map((each) => (
						<option key={each} value={each}>
							{t(`common:unitStatus.${each}`)}
						</option>
					))}
				</select>
			</label>
			{failure !== null && <Warning>{t('field:statusFailed', { detail: failure })}</Warning>}
		</div>
	);
}

function Preview({ track }: { track: MediaStreamTrack | null }) {
	const video = useRef<HTMLVideoElement>(null);
	useEffect(() => {
		if (video.current === null) return;
		video.current.srcObject = track === null ? null : new MediaStream([track]);
	}, [track]);
	// The own sound is never played back.
	return <video ref={video} autoPlay muted playsInline className="absolute inset-0 size-full object-contain" />;
}

function TorchButton({ on }: { on: boolean }) {
	const { t } = useTranslation('field');
	return (
		<IconButton
			label={t(on ? 'torchOff' : 'torchOn')}
			solid
			pressed={on}
			onClick={() =>
				ownPublisher()
					.setTorch(!on)
					.catch((error: unknown) => console.error(error))
			}
		>
			{on ? <FlashlightOff aria-hidden /> : <Flashlight aria-hidden />}
		</IconButton>
	);
}

interface IconButtonProps {
	label: string;
	onClick: () => void;
	children: ReactNode;
	/** Over the picture. */
	solid?: boolean;
	pressed?: boolean;
}

function IconButton({ label, onClick, children, solid = false, pressed }: IconButtonProps) {
	return (
		<button
			type="button"
			aria-label={label}
			title={label}
			{...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
			onClick={onClick}
			className={`flex size-14 shrink-0 items-center justify-center rounded text-[#f0f2f4] ${solid ? 'border border-[#8b949d] bg-black/70 aria-pressed:bg-[#f0f2f4] aria-pressed:text-black' : ''}`}
		>
			{children}
		</button>
	);
}

function Warning({ children }: { children: ReactNode }) {
	return (
		<p role="alert" className="flex items-start gap-2 rounded bg-yellow-ground px-3 py-2 text-text">
			<TriangleAlert size={20} className="mt-0.5 shrink-0 text-yellow" aria-hidden />
			<span>{children}</span>
		</p>
	);
}
