import { severities } from '@beilun/shared/protocol/words.ts';
import { Command, Menu as MenuIcon, Volume2, VolumeX } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate, formatNumber, formatTime } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { staleAfter } from '../realtime/connection.ts';
import { useConnection, useEntities, useEntity, useNow } from '../realtime/store.ts';
import { keepsCameras, logout, useMe, useSession } from '../session.ts';
import { SeverityMark, severityText } from '../severity.tsx';
import { useDesk } from './alarms/desk-state.ts';
import { countActive } from './alarms/queue.ts';
import { unlock, useSound } from './alarms/sound.ts';
import { DemoScenario } from './demo-scenario.tsx';
import { useLayout } from './frame/layout.ts';
import { openWindow, type PlainWindow } from './frame/windows.ts';

/** The line at the top: what system, what time, who, how many alerts, and how old all of it is. */
export function Header() {
	const { t } = useTranslation(['console', 'common']);
	const info = useSession((session) => session.info);
	return (
		<header className="flex h-12 shrink-0 items-center gap-4 overflow-hidden border-b border-line bg-panel pr-2 pl-4">
			<h1 className="flex shrink-0 items-center gap-2 font-semibold text-base">
				{t('common:system')}
				{info?.demo === true && (
					<span data-demo className="rounded border border-dashed border-line-strong px-1.5 font-normal text-sm text-muted">
						{t('common:demoData')}
					</span>
				)}
			</h1>
			<Clock />
			<Person />
			{info?.demo === true && <DemoScenario />}
			<span className="flex-1" />
			<Counts />
			<ConnectionAge />
			<div className="flex shrink-0 items-center">
				<DeadLetters />
				<SoundSwitch />
				<button
					type="button"
					className="button-quiet"
					title={t('palette.title')}
					aria-label={t('palette.title')}
					onClick={() => openWindow({ name: 'palette' })}
				>
					<Command size={16} aria-hidden />
					<span>K</span>
				</button>
				<LanguageSwitch />
				<MainMenu />
			</div>
		</header>
	);
}

function Clock() {
	const now = useNow(500);
	return (
		<time dateTime={new Date(now).toISOString()} className="shrink-0 whitespace-nowrap">
			<span className="text-muted max-[1500px]:hidden">{formatDate(now)} </span>
			<span className="font-semibold text-base">{formatTime(now)}</span>
		</time>
	);
}

function Person() {
	const { t } = useTranslation(['console', 'common']);
	const me = useMe();
	if (me === null) return null;
	return (
		<span data-me={me.name} className="shrink truncate text-muted">
			<span className="max-[1500px]:hidden">{t('header.onDuty')} </span>
			<span className="text-text">{me.displayName}</span> <span className="max-[1500px]:hidden">· {t(`common:role.${me.role}`)}</span>
		</span>
	);
}

/** Active alerts by severity. A severity with none is grey; a click narrows the queue to it. */
function Counts() {
	const { t } = useTranslation('console');
	const alerts = useEntities('alerts');
	const counts = useMemo(() => countActive(Object.values(alerts)), [alerts]);
	const { filter, setFilter } = useDesk();
	return (
		<fieldset className="flex shrink-0 items-center" aria-label={t('header.active')}>
			{severities.map((severity) => (
				<button
					key={severity}
					type="button"
					data-count={severity}
					aria-pressed={filter.severity === severity}
					className="button-quiet font-semibold text-base"
					onClick={() => setFilter({ severity: filter.severity === severity ? null : severity, group: null })}
				>
					<span className={counts[severity] === 0 ? 'opacity-40 grayscale' : severityText[severity]}>
						<SeverityMark severity={severity} />
					</span>
					<span className={counts[severity] === 0 ? 'text-faint' : 'text-text'}>{counts[severity]}</span>
				</button>
			))}
		</fieldset>
	);
}

/** How old the whole screen is. Quiet while it is fresh. */
function ConnectionAge() {
	const { t } = useTranslation('console');
	const connection = useConnection();
	useNow(500);
	const age = connection.lastHeartbeatAt === null ? null : Math.max(0, Date.now() - connection.lastHeartbeatAt);
	const stale = connection.state !== 'live' || (age !== null && age > staleAfter);
	return (
		<span
			data-connection={connection.state}
			className={`shrink-0 whitespace-nowrap ${stale ? 'rounded bg-text px-2 py-1 font-semibold text-ground' : 'text-muted'}`}
			title={t('header.connectionHelp')}
		>
			{t(`connection.${connection.state}`)} {age !== null && <span>{formatNumber(age / 1000, 1)} s</span>}
		</span>
	);
}

function DeadLetters() {
	const { t } = useTranslation('console');
	const counts = useEntity('deadLetters', 'counts');
	if (counts === undefined) return null;
	return (
		<button
			type="button"
			data-dead-letters={counts.total}
			className="button-quiet"
			title={t('dead.help')}
			onClick={() => openWindow({ name: 'dead-letters' })}
		>
			{t('dead.short')} <span className={counts.total > 0 ? 'text-text' : ''}>{formatNumber(counts.total, 0)}</span>
		</button>
	);
}

function SoundSwitch() {
	const { t } = useTranslation('console');
	const { on, blocked, toggle } = useSound();
	if (on && blocked) {
		return (
			<button type="button" data-sound="blocked" className="button border-dashed" onClick={unlock}>
				<VolumeX size={16} aria-hidden /> {t('sound.blocked')}
			</button>
		);
	}
	return (
		<button
			type="button"
			data-sound={on ? 'on' : 'off'}
			className="button-quiet"
			aria-pressed={on}
			title={t(on ? 'sound.on' : 'sound.off')}
			onClick={toggle}
		>
			{on ? <Volume2 size={16} aria-hidden /> : <VolumeX size={16} aria-hidden />}
			<span className={on ? 'sr-only' : ''}>{t(on ? 'sound.on' : 'sound.off')}</span>
		</button>
	);
}

function LanguageSwitch() {
	const { language, setLanguage } = useLanguage();
	const { t } = useTranslation('console');
	return (
		<button
			type="button"
			data-language={language}
			className="button-quiet"
			aria-label={t('header.language')}
			onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
		>
			<span className={language === 'zh' ? 'text-text' : 'text-faint'}>中</span>/
			<span className={language === 'en' ? 'text-text' : 'text-faint'}>EN</span>
		</button>
	);
}

function MainMenu() {
	const { t } = useTranslation('console');
	const me = useMe();
	const menu = useRef<HTMLDivElement>(null);
	const { deskOpen, contextOpen, stripOpen, swapped, change, reset } = useLayout();
	const item = (label: string, act: () => void, checked?: boolean) => (
		<button
			key={label}
			type="button"
			className="flex min-h-9 w-full items-center gap-2 px-4 text-left hover:bg-hover"
			{...(checked === undefined ? {} : { 'aria-pressed': checked })}
			onClick={() => {
				menu.current?.hidePopover();
				act();
			}}
		>
			<span className="flex-1">{label}</span>
			{checked !== undefined && <span className="text-muted">{t(checked ? 'menu.shown' : 'menu.hidden')}</span>}
		</button>
	);
	const window = (name: PlainWindow) => () => openWindow({ name });
	return (
		<>
			<button type="button" data-menu className="button-quiet" popoverTarget="main-menu" aria-label={t('menu.title')} title={t('menu.title')}>
				<MenuIcon size={18} aria-hidden />
			</button>
			<div
				ref={menu}
				id="main-menu"
				popover="auto"
				className="fixed inset-auto top-12 right-2 m-0 min-w-64 rounded border border-line-strong bg-raised p-0 py-1 text-text shadow-raised"
			>
				{item(t('cameras.title'), window('cameras'))}
				{item(t('streams.open'), window('streams'))}
				{keepsCameras(me?.role) && item(t('tokens.title'), window('stream-tokens'))}
				{item(t('sensors.title'), window('sensors'))}
				{item(t('rules.title'), window('rules'))}
				{item(t('dead.title'), window('dead-letters'))}
				{me?.role === 'admin' && item(t('people.title'), window('people'))}
				<hr className="my-1 border-line" />
				{item(t('menu.desk'), () => change({ deskOpen: !deskOpen }), deskOpen)}
				{item(t('menu.context'), () => change({ contextOpen: !contextOpen }), contextOpen)}
				{item(t('menu.strip'), () => change({ stripOpen: !stripOpen }), stripOpen)}
				{item(t('menu.swap'), () => change({ swapped: !swapped }))}
				{item(t('menu.reset'), reset)}
				<hr className="my-1 border-line" />
				{item(t('keys.title'), window('shortcuts'))}
				{item(t('menu.wall'), () => globalThis.open('/wall/main', '_blank', 'noopener'))}
				<hr className="my-1 border-line" />
				{item(t('menu.logout'), () => void logout())}
			</div>
		</>
	);
}
