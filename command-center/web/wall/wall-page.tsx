import type { Panel } from '@beilun/shared/protocol/walls.ts';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Boundary } from '../boundary.tsx';
import { formatElapsed } from '../format.ts';
import { MapView } from '../map/map-view.tsx';
import { Tile } from '../media/tile.tsx';
import { client } from '../media/use-watch.ts';
import { startRealtime, stopRealtime } from '../realtime/connection.ts';
import { useConnection, useEntities, useEntity, useNow } from '../realtime/store.ts';
import { requireSession, useSession } from '../session.ts';
import { AlertsPanel } from './alerts-panel.tsx';
import { ClockPanel } from './clock-panel.tsx';
import { fontPixels, gridArea, popUpArea, popUps } from './geometry.ts';
import { PopUp } from './pop-up.tsx';
import { useFreshPage } from './use-fresh-page.ts';

/** A wall display: full of its panels, no chrome, for weeks. */
export function WallPage({ wallId }: { wallId: string }) {
	const { t } = useTranslation('wall');
	const me = useSession((session) => session.me);
	useEffect(() => requireSession(), []);
	const staff = me !== null && me.role !== 'field-unit';
	useEffect(() => {
		if (!staff) return;
		startRealtime();
		client();
		return stopRealtime;
	}, [staff]);
	useFreshPage();
	const idle = useIdlePointer();
	const height = useViewportHeight();
	const wall = useEntity('walls', wallId);
	const connection = useConnection();
	const alerts = useEntities('alerts');
	const urgent = useMemo(() => (wall === undefined ? [] : popUps(Object.values(alerts), wall.popUp)), [alerts, wall]);
	const area = useMemo(() => (wall === undefined ? null : popUpArea(wall)), [wall]);
	const font = wall === undefined ? Math.max(18, height / 40) : fontPixels(wall, height);

	useEffect(() => {
		document.title = t('title');
	}, [t]);

	const first = urgent[0];
	return (
		<main
			data-wall={wallId}
			data-wall-connection={connection.state}
			className={`relative h-dvh w-screen overflow-hidden bg-black leading-[1.3] ${idle ? 'cursor-none **:cursor-none!' : ''}`}
			style={{ fontSize: font }}
		>
			{wall === undefined || area === null ? (
				<p className="flex size-full items-center justify-center text-[1.5em] text-muted">
					{me !== null && !staff ? t('notForYou') : connection.complete ? t('missing', { id: wallId }) : t('connecting')}
				</p>
			) : (
				<div
					className="grid size-full gap-[0.15em] p-[0.15em]"
					style={{
						gridTemplateColumns: `repeat(${wall.columns}, minmax(0, 1fr))`,
						gridTemplateRows: `repeat(${wall.rows}, minmax(0, 1fr))`,
					}}
				>
					{wall.panels.map((panel) => (
						<div key={keyOf(panel)} className="min-h-0 min-w-0 overflow-hidden" style={gridArea(panel)}>
							<Boundary>
								<PanelView panel={panel} font={font} height={height} />
							</Boundary>
						</div>
					))}
					{first !== undefined && (
						<div className="z-10 min-h-0 min-w-0" style={gridArea(area)}>
							<PopUp alert={first} others={urgent.slice(1)} />
						</div>
					)}
				</div>
			)}
			<Disconnected />
		</main>
	);
}

function keyOf(panel: Panel): string {
	const what = panel.kind === 'stream' ? panel.streamId : '';
	return `${panel.kind}:${what}:${panel.x},${panel.y},${panel.w},${panel.h}`;
}

function PanelView({ panel, font, height }: { panel: Panel; font: number; height: number }) {
	switch (panel.kind) {
		case 'stream':
			return <Tile streamId={panel.streamId} size="wall" />;
		case 'map':
			// A finer screen shows the same part of the world, only sharper.
			return <MapView mode="wall" center={panel} zoom={panel.zoom + Math.log2(height / 1080)} scale={font / 12} />;
		case 'alerts':
			return <AlertsPanel />;
		case 'clock':
			return <ClockPanel />;
		default:
			return panel satisfies never;
	}
}

/** Over everything while the server is away: nobody may take the last picture for the present one. */
function Disconnected() {
	const { t } = useTranslation('wall');
	const connection = useConnection();
	const now = useNow(1000);
	if (connection.state === 'live' || (connection.state === 'connecting' && connection.lastHeartbeatAt === null)) return null;
	const ended = connection.state === 'ended';
	const since = connection.lostAt === null ? null : now - connection.clockOffset - connection.lostAt;
	return (
		<div role="alert" className="absolute inset-0 z-20 flex flex-col items-center justify-center gap-[0.4em] bg-black/65 text-center text-text">
			<p className="text-[4em] font-semibold leading-[1.2] tabular-nums">
				{ended ? t('ended') : `${t('lost')} ${since === null ? '' : formatElapsed(since)}`}
			</p>
			<p className="text-[1.4em]">{t(ended ? 'endedDetail' : 'lostDetail')}</p>
			{ended && (
				<a className="text-[1.4em] underline" href={`/login?next=${encodeURIComponent(window.location.pathname)}`}>
					{t('login')}
				</a>
			)}
		</div>
	);
}

/** True after the pointer has rested for three seconds. */
function useIdlePointer(): boolean {
	const [idle, setIdle] = useState(true);
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const move = () => {
			setIdle(false);
			clearTimeout(timer);
			timer = setTimeout(() => setIdle(true), 3_000);
		};
		window.addEventListener('pointermove', move);
		return () => {
			clearTimeout(timer);
			window.removeEventListener('pointermove', move);
		};
	}, []);
	return idle;
}

function useViewportHeight(): number {
	const [height, setHeight] = useState(window.innerHeight);
	useEffect(() => {
		const resize = () => setHeight(window.innerHeight);
		window.addEventListener('resize', resize);
		return () => window.removeEventListener('resize', resize);
	}, []);
	return height;
}
