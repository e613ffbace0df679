import { useEffect, useState, useSyncExternalStore } from 'react';
import { mediaSignal } from '../media/signal.ts';
import { Listener, type Spoken } from './listener.ts';
import { type Published, Publisher } from './publisher.ts';
import { type Quality, thinFor, type Uplink, type UplinkCounts, uplinkOf, uplinkQuality } from './uplink.ts';

let publisher: Publisher | undefined;

/** The page's one publisher. */
export function ownPublisher(): Publisher {
	publisher ??= new Publisher(mediaSignal());
	return publisher;
}

export function usePublished(): Published {
	const own = ownPublisher();
	return useSyncExternalStore(own.subscribe, () => own.published);
}

let listener: Listener | undefined;

/** The page's one loudspeaker. */
export function ownListener(): Listener {
	listener ??= new Listener(mediaSignal());
	return listener;
}

export function useSpoken(): Spoken {
	const own = ownListener();
	return useSyncExternalStore(own.subscribe, () => own.spoken);
}

export interface UplinkView extends Uplink {
	quality: Quality;
	/** The network has been too thin for the full picture for a while. */
	thin: boolean;
}

/** How the way to the centre is, looked at every two seconds; null while nothing is sent. */
export function useUplink(sending: boolean): UplinkView | null {
	const [view, setView] = useState<UplinkView | null>(null);
	useEffect(() => {
		if (!sending) return;
		let before: UplinkCounts | null = null;
		let limitedSince: number | null = null;
		const look = async () => {
			const counts = await ownPublisher().uplink();
			if (counts === null) return;
			const uplink = uplinkOf(counts, before);
			before = counts;
			limitedSince = uplink.limited ? (limitedSince ?? counts.at) : null;
			setView({ ...uplink, quality: uplinkQuality(uplink), thin: limitedSince !== null && counts.at - limitedSince >= thinFor });
		};
		const timer = setInterval(() => look().catch(() => undefined), 2_000);
		return () => {
			clearInterval(timer);
			setView(null);
		};
	}, [sending]);
	return view;
}

interface BatteryManager extends EventTarget {
	level: number;
	charging: boolean;
}

/** Null where the browser does not tell. */
export function useBattery(): { percent: number; charging: boolean } | null {
	const [battery, setBattery] = useState<{ percent: number; charging: boolean } | null>(null);
	useEffect(() => {
		const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<BatteryManager> };
		let manager: BatteryManager | undefined;
		const show = () => {
			if (manager !== undefined) setBattery({ percent: Math.round(manager.level * 100), charging: manager.charging });
		};
		getBattery
			?.call(navigator)
			.then((found) => {
				manager = found;
				found.addEventListener('levelchange', show);
				found.addEventListener('chargingchange', show);
				show();
			})
			.catch(() => undefined);
		return () => {
			manager?.removeEventListener('levelchange', show);
			manager?.removeEventListener('chargingchange', show);
		};
	}, []);
	return battery;
}

/** Keeps the screen on while `wanted`. False where the phone does not let us. */
export function useWakeLock(wanted: boolean): boolean {
	const [held, setHeld] = useState(true);
	useEffect(() => {
		if (!wanted) return;
		let lock: WakeLockSentinel | undefined;
		let stopped = false;
		const take = async () => {
			if (document.visibilityState !== 'visible' || stopped) return;
			try {
				if (navigator.wakeLock === undefined) throw new Error('no wake lock');
				lock = await navigator.wakeLock.request('screen');
				setHeld(true);
				if (stopped) await lock.release();
			} catch {
				setHeld(false);
			}
		};
		const again = () => void take();
		// The system takes the lock back whenever the page is hidden.
		document.addEventListener('visibilitychange', again);
		again();
		return () => {
			stopped = true;
			document.removeEventListener('visibilitychange', again);
			void lock?.release().catch(() => undefined);
		};
	}, [wanted]);
	return held;
}

const themeKey = 'beilun.field.theme';
export type Theme = 'dark' | 'light';

/** The sun's theme or the night's; at first as the phone has it. */
export function useTheme(): { theme: Theme; setTheme: (theme: Theme) => void } {
	const [theme, setTheme] = useState<Theme>(() => {
		const stored = localStorage.getItem(themeKey);
		if (stored === 'light' || stored === 'dark') return stored;
		return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
	});
	useEffect(() => {
		document.documentElement.dataset.theme = theme;
		document.querySelector('meta[name="theme-color"]')?.setAttribute('content', theme === 'light' ? '#eceef0' : '#121417');
		return () => {
			delete document.documentElement.dataset.theme;
		};
	}, [theme]);
	return {
		theme,
		setTheme: (next) => {
			localStorage.setItem(themeKey, next);
			setTheme(next);
		},
	};
}
