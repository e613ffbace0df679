import { create } from 'zustand';

/** The window that is open over the desk; one at a time. */
export type Window =
	| { name: 'palette' }
	| { name: 'shortcuts' }
	| { name: 'cameras' }
	| { name: 'camera'; id: string | null }
	| { name: 'sensors' }
	| { name: 'sensor'; id: string | null }
	| { name: 'dead-letters' }
	| { name: 'people' }
	| { name: 'rules' }
	| { name: 'streams' }
	| { name: 'stream'; id: string }
	| { name: 'stream-tokens' };

/** Windows that are about nothing in particular, for menus. */
export type PlainWindow = Exclude<Window, { id: unknown }>['name'];

export const useWindow = create<{ window: Window | null }>()(() => ({ window: null }));

export function openWindow(window: Window): void {
	useWindow.setState({ window });
}

export function closeWindow(): void {
	useWindow.setState({ window: null });
}
