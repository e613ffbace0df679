import { create } from 'zustand';
import type { Filter, Tab } from './queue.ts';

interface DeskState {
	filter: Filter;
	/** The rows as they stand on the screen, top to bottom: what the arrow keys walk through. */
	order: readonly string[];
	/** Rises when somebody asks for the waiting alerts (N, or the edge's button). */
	release: number;
	setFilter: (change: Partial<Filter>) => void;
	setOrder: (order: readonly string[]) => void;
	releaseNow: () => void;
}

const storageKey = 'beilun.queue';

function storedTab(): Tab {
	const tab = globalThis.localStorage?.getItem(storageKey);
	return tab === 'unacknowledged' || tab === 'cleared' ? tab : 'all';
}

/** The alarm desk's filter and order. The tab survives a reload; a search does not, lest it hide alerts from the next shift. */
export const useDesk = create<DeskState>()((set, get) => ({
	filter: { tab: storedTab(), search: '', severity: null, group: null },
	order: [],
	release: 0,
	setFilter: (change) => {
		if (change.tab !== undefined) globalThis.localStorage?.setItem(storageKey, change.tab);
		set({ filter: { ...get().filter, ...change } });
	},
	setOrder: (order) => set({ order }),
	releaseNow: () => set({ release: get().release + 1 }),
}));
