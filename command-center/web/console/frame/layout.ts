import { useSyncExternalStore } from 'react';
import { create } from 'zustand';

export interface Columns {
	/** Widths of the alarm desk and the context, height of the strip: CSS pixels. */
	desk: number;
	context: number;
	strip: number;
	deskOpen: boolean;
	contextOpen: boolean;
	stripOpen: boolean;
	/** The context on the left and the desk on the right. */
	swapped: boolean;
}
export type Resizable = 'desk' | 'context' | 'strip';

export const limits: Record<Resizable, readonly [least: number, most: number]> = { desk: [280, 720], context: [340, 1200], strip: [120, 720] };
/** Below this width the context is a drawer over the map. */
export const drawerBelow = 1500;
const storageKey = 'beilun.columns';

/** A larger screen shows more, not larger: more rows, more tiles, a context of two columns. */
function startingColumns(width: number): Columns {
	const open = { deskOpen: true, contextOpen: true, stripOpen: true, swapped: false };
	if (width >= 3000) return { desk: 460, context: 880, strip: 320, ...open };
	if (width < drawerBelow) return { desk: 340, context: 420, strip: 152, ...open };
	return { desk: 360, context: 420, strip: 192, ...open };
}

function within(part: Resizable, size: number): number {
	const [least, most] = limits[part];
	return Math.round(Math.min(most, Math.max(least, size)));
}

function stored(): Columns {
	const start = startingColumns(globalThis.innerWidth ?? 1920);
	try {
		const kept = JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '{}') as Partial<Record<keyof Columns, unknown>>;
		const size = (part: Resizable) => (typeof kept[part] === 'number' ? within(part, kept[part]) : start[part]);
		const flag = (name: 'deskOpen' | 'contextOpen' | 'stripOpen' | 'swapped') => (typeof kept[name] === 'boolean' ? kept[name] : start[name]);
		return {
			desk: size('desk'),
			context: size('context'),
			strip: size('strip'),
			deskOpen: flag('deskOpen'),
			contextOpen: flag('contextOpen'),
			stripOpen: flag('stripOpen'),
			swapped: flag('swapped'),
		};
	} catch {
		return start;
	}
}

interface Layout extends Columns {
	/** The drawer of a small screen; never kept. */
	drawerOpen: boolean;
	resize: (part: Resizable, size: number) => void;
	change: (change: Partial<Columns>) => void;
	setDrawer: (open: boolean) => void;
	reset: () => void;
}

/** Where the columns stand, kept on this machine. */
export const useLayout = create<Layout>()((set, get) => {
	const keep = (change: Partial<Columns>) => {
		set(change);
		const { desk, context, strip, deskOpen, contextOpen, stripOpen, swapped } = get();
		globalThis.localStorage?.setItem(storageKey, JSON.stringify({ desk, context, strip, deskOpen, contextOpen, stripOpen, swapped }));
	};
	return {
		...stored(),
		drawerOpen: false,
		resize: (part, size) => keep({ [part]: within(part, size) }),
		change: keep,
		setDrawer: (drawerOpen) => set({ drawerOpen }),
		reset: () => {
			globalThis.localStorage?.removeItem(storageKey);
			set(startingColumns(globalThis.innerWidth));
		},
	};
});

function onResize(listener: () => void): () => void {
	window.addEventListener('resize', listener);
	return () => window.removeEventListener('resize', listener);
}

/** Whether the screen is too narrow for three columns. */
export function useNarrow(): boolean {
	return useSyncExternalStore(onResize, () => window.innerWidth < drawerBelow);
}
