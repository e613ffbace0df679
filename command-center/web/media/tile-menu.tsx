import { Activity, Camera, Ellipsis, MapPin, Maximize, Pin, PinOff } from 'lucide-react';
import { type ReactNode, type RefObject, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { openWindow } from '../console/frame/windows.ts';
import { useSelection } from '../selection.ts';
import { tileButton } from './tile-parts.tsx';

interface Props {
	streamId: string;
	tile: RefObject<HTMLElement | null>;
	place: { lon: number; lat: number } | null;
	kind: 'camera' | 'unit';
	onSnapshot: () => void;
}

/** What can be done with a picture. In the top layer, so that a small tile does not cut it off. */
export function TileMenu({ streamId, tile, place, kind, onSnapshot }: Props) {
	const { t } = useTranslation('media');
	const id = useId();
	const button = useRef<HTMLButtonElement>(null);
	const menu = useRef<HTMLDivElement>(null);
	const pinned = useSelection((selection) => selection.pinned.includes(streamId));
	const { togglePinned, focusOn, select } = useSelection.getState();

	const position = () => {
		if (button.current === null || menu.current === null) return;
		const at = button.current.getBoundingClientRect();
		const { offsetHeight: height, offsetWidth: width } = menu.current;
		const below = at.bottom + 4 + height <= window.innerHeight;
		menu.current.style.top = `${below ? at.bottom + 4 : Math.max(4, at.top - height - 4)}px`;
		menu.current.style.left = `${Math.max(4, Math.min(at.right - width, window.innerWidth - width - 4))}px`;
	};
	const item = (icon: ReactNode, label: string, act: () => void) => (
		<button
			type="button"
			className="flex h-8 w-full items-center gap-2 rounded px-2 text-left text-sm hover:bg-hover"
			onClick={() => {
				menu.current?.hidePopover();
				act();
			}}
		>
			{icon}
			{label}
		</button>
	);
	const fullScreen = document.fullscreenElement !== null && document.fullscreenElement === tile.current;
	return (
		<>
			<button ref={button} type="button" popoverTarget={id} aria-label={t('menu')} title={t('menu')} className={tileButton}>
				<Ellipsis size={16} aria-hidden />
			</button>
			<div
				ref={menu}
				id={id}
				popover="auto"
				onToggle={(event) => event.newState === 'open' && position()}
				className="fixed inset-auto m-0 min-w-44 rounded border border-line bg-raised p-1 text-text shadow-raised"
			>
				{item(<Camera size={16} aria-hidden />, t('snapshot'), onSnapshot)}
				{item(<Maximize size={16} aria-hidden />, t(fullScreen ? 'leaveFullScreen' : 'fullScreen'), () => {
					const change = fullScreen ? document.exitFullscreen() : tile.current?.requestFullscreen();
					change?.catch(() => undefined);
				})}
				{item(pinned ? <PinOff size={16} aria-hidden /> : <Pin size={16} aria-hidden />, t(pinned ? 'unpin' : 'pin'), () => togglePinned(streamId))}
				{item(<Activity size={16} aria-hidden />, t('inspect'), () => openWindow({ name: 'stream', id: streamId }))}
				{place !== null &&
					item(<MapPin size={16} aria-hidden />, t('showOnMap'), () => {
						select({ type: kind, id: streamId });
						focusOn({ lon: place.lon, lat: place.lat, zoom: 15 });
					})}
			</div>
		</>
	);
}
