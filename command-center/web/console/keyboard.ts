import { useEffect } from 'react';
import { entitiesOf } from '../realtime/store.ts';
import { focusOn, type Selected, select, useSelection } from '../selection.ts';
import { acknowledge } from './alarms/acknowledge.ts';
import { useDesk } from './alarms/desk-state.ts';
import { drawerBelow, useLayout } from './frame/layout.ts';
import { openWindow, useWindow } from './frame/windows.ts';

/** Where something selected is; null when nobody knows. */
export function placeOfSelected(selected: Selected): { lon: number; lat: number } | null {
	switch (selected.type) {
		case 'alert':
			return entitiesOf('alerts')[selected.id]?.place ?? null;
		case 'sensor':
			return entitiesOf('sensors')[selected.id]?.place ?? null;
		case 'camera':
			return entitiesOf('cameras')[selected.id]?.place ?? null;
		case 'unit':
			return entitiesOf('units')[selected.id]?.position ?? null;
	}
}

export function showOnMap(): void {
	const { selected } = useSelection.getState();
	const place = selected === null ? null : placeOfSelected(selected);
	if (place !== null) focusOn({ lon: place.lon, lat: place.lat, zoom: 15 });
}

/** Brings the nearest cameras of what is selected into view, opening the context if it is away. */
export function showNearestCameras(): void {
	if (useSelection.getState().selected === null) return;
	openContext();
	// The panel may have to be drawn first.
	requestAnimationFrame(() => {
		const section = document.getElementById('nearest-cameras');
		section?.scrollIntoView({ block: 'start' });
		section?.focus({ preventScroll: true });
	});
}

export function openContext(): void {
	if (window.innerWidth < drawerBelow) useLayout.getState().setDrawer(true);
	else if (!useLayout.getState().contextOpen) useLayout.getState().change({ contextOpen: true });
}

/** One row up or down in the queue as it stands on the screen. */
function step(by: 1 | -1): void {
	const { order } = useDesk.getState();
	const { selected } = useSelection.getState();
	const at = selected?.type === 'alert' ? order.indexOf(selected.id) : -1;
	const next = order[at === -1 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
	if (next !== undefined) select({ type: 'alert', id: next });
}

function acknowledgeSelected(): void {
	const { selected } = useSelection.getState();
	if (selected?.type === 'alert') void acknowledge(selected.id);
}

function leave(): void {
	const selection = useSelection.getState();
	if (selection.pickPlace !== null) selection.setPickPlace(null);
	else if (useLayout.getState().drawerOpen) useLayout.getState().setDrawer(false);
	else selection.select(null);
}

/** True where a key is text or belongs to the control itself. */
function typing(target: EventTarget | null): boolean {
	return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"], dialog, [popover]') !== null;
}

/** The console's keys. A control that has a use for a key keeps it: the map its arrows, a button its space. */
export function useKeyboard(): void {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
				event.preventDefault();
				openWindow({ name: 'palette' });
				return;
			}
			if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
			if (useWindow.getState().window !== null && useSelection.getState().pickPlace === null) return;
			const { target } = event;
			if (typing(target)) return;
			const element = target instanceof HTMLElement ? target : null;
			const onRow = element?.closest('[data-alert-id]') !== null && element !== null;
			const onControl = !onRow && element?.closest('button, a, [role="separator"], [role="button"], summary, video, canvas') != null;
			const act = actionFor(event.key, onControl);
			if (act === null) return;
			event.preventDefault();
			act(event);
			if (onRow && element !== null && (event.key === 'ArrowDown' || event.key === 'ArrowUp' || event.key === 'j' || event.key === 'k')) moveFocus();
		};
		window.addEventListener('keydown', onKey);
		return () => window.removeEventListener('keydown', onKey);
	}, []);
}

/** The focus goes along with the selection while it is in the queue. */
function moveFocus(): void {
	const { selected } = useSelection.getState();
	if (selected === null) return;
	document.querySelector<HTMLElement>(`[data-alert-id="${CSS.escape(selected.id)}"] button`)?.focus({ preventScroll: true });
}

function actionFor(key: string, onControl: boolean): ((event: KeyboardEvent) => void) | null {
	switch (key) {
		case 'ArrowDown':
			return onControl ? null : () => step(1);
		case 'ArrowUp':
			return onControl ? null : () => step(-1);
		case 'j':
			return () => step(1);
		case 'k':
			return () => step(-1);
		case ' ':
			return onControl ? null : (event) => (event.repeat ? undefined : acknowledgeSelected());
		case 'c':
		case 'C':
			return showNearestCameras;
		case 'm':
		case 'M':
			return showOnMap;
		case 'n':
		case 'N':
			return () => useDesk.getState().releaseNow();
		case '/':
			return () => document.getElementById('queue-search')?.focus();
		case '?':
			return () => openWindow({ name: 'shortcuts' });
		case 'Escape':
			return leave;
		default:
			return null;
	}
}
