import { create } from 'zustand';

export type Selected = { type: 'alert' | 'sensor' | 'camera' | 'unit'; id: string };
interface Focus {
	lon: number;
	lat: number;
	zoom?: number;
	/** Rises with every request, so that the same place can be asked for twice. */
	nonce: number;
}

interface Selection {
	selected: Selected | null;
	focus: Focus | null;
	/** Stream ids pinned in the camera strip, in order. */
	pinned: string[];
	/** While not null the next click on the map answers with its place instead of selecting. */
	pickPlace: ((place: { lon: number; lat: number }) => void) | null;
	select: (selected: Selected | null) => void;
	focusOn: (place: { lon: number; lat: number; zoom?: number }) => void;
	setPinned: (streamIds: string[]) => void;
	togglePinned: (streamId: string) => void;
	setPickPlace: (pick: ((place: { lon: number; lat: number }) => void) | null) => void;
}

const storageKey = 'beilun.pinned';

function storedPinned(): string[] {
	try {
		const value: unknown = JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '[]');
		return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string').slice(0, 64) : [];
	} catch {
		return [];
	}
}

/** What the operator works on, shared by the queue, the map, the strip and the context panel. */
export const useSelection = create<Selection>()((set, get) => ({
	selected: null,
	focus: null,
	pinned: storedPinned(),
	pickPlace: null,
	select: (selected) => set({ selected }),
	focusOn: (place) => set({ focus: { ...place, nonce: (get().focus?.nonce ?? 0) + 1 } }),
	setPinned: (pinned) => {
		globalThis.localStorage?.setItem(storageKey, JSON.stringify(pinned));
		set({ pinned });
	},
	togglePinned: (streamId) => {
		const { pinned, setPinned } = get();
		setPinned(pinned.includes(streamId) ? pinned.filter((id) => id !== streamId) : [...pinned, streamId]);
	},
	setPickPlace: (pickPlace) => set({ pickPlace }),
}));

export function select(selected: Selected | null): void {
	useSelection.getState().select(selected);
}

export function focusOn(place: { lon: number; lat: number; zoom?: number }): void {
	useSelection.getState().focusOn(place);
}
