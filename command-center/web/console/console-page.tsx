import { PanelLeftOpen, PanelRightOpen } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Boundary } from '../boundary.tsx';
import { MapView } from '../map/map-view.tsx';
import { CameraStrip } from '../media/camera-strip.tsx';
import { client } from '../media/use-watch.ts';
import { startRealtime, stopRealtime } from '../realtime/connection.ts';
import { useSelection } from '../selection.ts';
import { requireSession, useSession } from '../session.ts';
import { AlarmDesk } from './alarms/alarm-desk.tsx';
import { Announcer } from './alarms/announcer.tsx';
import { startSound } from './alarms/sound.ts';
import { ConnectionBanner, useStaleScreen } from './connection-banner.tsx';
import { ContextPanel } from './context/context-panel.tsx';
import { CameraForm } from './desks/camera-form.tsx';
import { DeadLettersWindow } from './desks/dead-letters.tsx';
import { CamerasWindow, SensorsWindow } from './desks/lists.tsx';
import { PeopleWindow } from './desks/people.tsx';
import { RulesWindow } from './desks/rules.tsx';
import { SensorForm } from './desks/sensor-form.tsx';
import { useLayout, useNarrow } from './frame/layout.ts';
import { Notices } from './frame/notices.tsx';
import { Splitter } from './frame/splitter.tsx';
import { useWindow } from './frame/windows.ts';
import { Header } from './header.tsx';
import { useKeyboard } from './keyboard.ts';
import { Palette } from './palette.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { StreamsWindow } from './streams/desk.tsx';
import { StreamInspector } from './streams/inspector.tsx';
import { StreamTokensWindow } from './streams/tokens.tsx';

/** The duty officer's desk. */
export function ConsolePage() {
	const { t } = useTranslation(['console', 'common']);
	const session = useSession();
	const allowed = session.state === 'in' && session.me?.role !== 'field-unit';
	useEffect(() => requireSession(), []);
	useEffect(() => {
		if (session.state === 'in' && session.me?.role === 'field-unit') window.location.replace('/field');
	}, [session]);
	useEffect(() => {
		if (!allowed) return;
		startRealtime();
		client();
		const silence = startSound();
		return () => {
			silence();
			stopRealtime();
		};
	}, [allowed]);
	useKeyboard();
	if (!allowed) {
		return (
			<main className="p-6 text-muted" data-session={session.state}>
				{session.state === 'unreachable' ? t('session.unreachable') : t('common:loading')}
			</main>
		);
	}
	return (
		<div className="flex h-full flex-col overflow-hidden">
			<Header />
			<ConnectionBanner />
			<Columns />
			<Announcer />
			<OpenWindow />
			<Notices />
		</div>
	);
}

function Columns() {
	const { t } = useTranslation('console');
	const layout = useLayout();
	const narrow = useNarrow();
	const stale = useStaleScreen();
	const selected = useSelection((selection) => selection.selected);
	const picking = useSelection((selection) => selection.pickPlace !== null);
	const { setDrawer } = layout;
	useEffect(() => {
		if (selected !== null) setDrawer(true);
		else setDrawer(false);
	}, [selected, setDrawer]);
	const deskSide = layout.swapped ? -1 : 1;
	return (
		<main className={`relative flex min-h-0 flex-1 ${layout.swapped ? 'flex-row-reverse' : ''}`} data-stale-screen={stale}>
			{layout.deskOpen ? (
				<>
					<div className="shrink-0" style={{ width: layout.desk }}>
						<Boundary part={t('queue.title')}>
							<AlarmDesk />
						</Boundary>
					</div>
					<Splitter part="desk" label={t('menu.resizeDesk')} direction={deskSide} />
				</>
			) : (
				<Folded label={t('menu.openDesk')} onOpen={() => layout.change({ deskOpen: true })}>
					<PanelLeftOpen size={18} aria-hidden />
				</Folded>
			)}
			<div className="flex min-w-0 flex-1 flex-col">
				<div className="relative min-h-0 flex-1">
					<Boundary part={t('menu.map')}>
						<MapView mode="desk" />
					</Boundary>
					{picking && (
						<p
							role="status"
							className="absolute inset-x-0 top-2 z-20 mx-auto w-fit rounded bg-text px-4 py-2 font-semibold text-ground shadow-raised"
						>
							{t('form.picking')}
						</p>
					)}
				</div>
				{layout.stripOpen && (
					<>
						<Splitter part="strip" label={t('menu.resizeStrip')} direction={-1} />
						<div className="shrink-0" style={{ height: layout.strip }}>
							<Boundary part={t('menu.strip')}>
								<CameraStrip />
							</Boundary>
						</div>
					</>
				)}
			</div>
			{narrow ? (
				layout.drawerOpen && (
					<div
						data-drawer
						className={`absolute inset-y-0 z-30 border-line-strong shadow-raised ${layout.swapped ? 'left-0 border-r' : 'right-0 border-l'}`}
						style={{ width: Math.min(layout.context, 480) }}
					>
						<ContextPanel onClose={() => setDrawer(false)} />
					</div>
				)
			) : layout.contextOpen ? (
				<>
					<Splitter part="context" label={t('menu.resizeContext')} direction={deskSide === 1 ? -1 : 1} />
					<div className="shrink-0" style={{ width: layout.context }}>
						<ContextPanel />
					</div>
				</>
			) : (
				<Folded label={t('menu.openContext')} onOpen={() => layout.change({ contextOpen: true })}>
					<PanelRightOpen size={18} aria-hidden />
				</Folded>
			)}
			{stale && <div aria-hidden className="stale pointer-events-none absolute inset-0 z-40 bg-ground/45" />}
		</main>
	);
}

function Folded({ label, onOpen, children }: { label: string; onOpen: () => void; children: ReactNode }) {
	return (
		<div className="w-10 shrink-0 border-x border-line bg-panel p-1">
			<button type="button" className="button-quiet px-0" aria-label={label} title={label} onClick={onOpen}>
				{children}
			</button>
		</div>
	);
}

function OpenWindow() {
	const window = useWindow((state) => state.window);
	switch (window?.name) {
		case undefined:
			return null;
		case 'palette':
			return <Palette />;
		case 'shortcuts':
			return <Shortcuts />;
		case 'cameras':
			return <CamerasWindow />;
		case 'camera':
			return <CameraForm id={window.id} />;
		case 'sensors':
			return <SensorsWindow />;
		case 'sensor':
			return <SensorForm id={window.id} />;
		case 'dead-letters':
			return <DeadLettersWindow />;
		case 'people':
			return <PeopleWindow />;
		case 'rules':
			return <RulesWindow />;
		case 'streams':
			return <StreamsWindow />;
		case 'stream':
			return <StreamInspector key={window.id} id={window.id} />;
		case 'stream-tokens':
			return <StreamTokensWindow />;
	}
}
