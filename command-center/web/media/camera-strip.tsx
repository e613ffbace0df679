import { type DragEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntities } from '../realtime/store.ts';
import { type Selected, useSelection } from '../selection.ts';
import { chooseStrip, pinAt } from './strip-choice.ts';
import { Tile } from './tile.tsx';

/** Four to six live pictures below the map. Drag one to pin it and to set its place; Alt+←/→ does the same by key. */
export function CameraStrip() {
	const { t } = useTranslation('media');
	const cameras = useEntities('cameras');
	const streams = useEntities('streams');
	const near = useSelectedPlace();
	const { pinned, selected, setPinned, select } = useSelection();
	const strip = useRef<HTMLElement>(null);
	const room = useRoom(strip);
	const [over, setOver] = useState<number | null>(null);

	const fieldLive = useMemo(
		() =>
			Object.values(streams)
				.filter((stream) => stream.kind === 'field' && stream.status.state === 'live')
				.map((stream) => stream.id),
		[streams],
	);
	const items = useMemo(
		() => chooseStrip({ room, pinned, cameras: Object.values(cameras), fieldLive, near }),
		[room, pinned, cameras, fieldLive, near],
	);

	const drop = (event: DragEvent, index: number) => {
		event.preventDefault();
		setOver(null);
		const streamId = event.dataTransfer.getData('application/x-beilun-stream');
		if (streamId !== '') setPinned(pinAt(items, pinned, streamId, index));
	};
	const move = (event: KeyboardEvent, streamId: string, index: number) => {
		if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
		event.preventDefault();
		setPinned(pinAt(items, pinned, streamId, event.key === 'ArrowLeft' ? Math.max(0, index - 1) : index + 2));
	};

	return (
		<section ref={strip} aria-label={t('strip')} className="flex h-full min-h-0 gap-1 overflow-hidden bg-panel p-1">
			{items.length === 0 && <p className="m-auto text-muted">{t('stripEmpty')}</p>}
			{items.map(({ streamId, why }, index) => {
				const isSelected = selected?.id === streamId && (selected.type === 'camera' || selected.type === 'unit');
				return (
					// biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the same is done by Alt and the arrow keys
					<div
						key={streamId}
						draggable
						data-strip-item={streamId}
						onDragStart={(event) => event.dataTransfer.setData('application/x-beilun-stream', streamId)}
						onDragOver={(event) => {
							event.preventDefault();
							setOver(index);
						}}
						onDragLeave={() => setOver(null)}
						onDrop={(event) => drop(event, index)}
						onKeyDown={(event) => move(event, streamId, index)}
						className={`relative min-w-0 flex-1 rounded ${isSelected ? 'outline-2 outline-text' : ''} ${over === index ? 'border-text border-l-2' : ''}`}
					>
						<Tile
							streamId={streamId}
							size="strip"
							tag={why === 'standing' ? undefined : { text: t(`why.${why}`), strong: why === 'field' }}
							onSelect={() => select({ type: cameras[streamId] === undefined ? 'unit' : 'camera', id: streamId })}
						/>
					</div>
				);
			})}
		</section>
	);
}

/** How many tiles fit: four to six at most, fewer only where they would be too small to recognise anything. */
function useRoom(strip: React.RefObject<HTMLElement | null>): number {
	const [room, setRoom] = useState(5);
	useEffect(() => {
		if (strip.current === null) return;
		const observer = new ResizeObserver(([entry]) => {
			if (entry === undefined) return;
			const { width, height } = entry.contentRect;
			setRoom(Math.max(2, Math.min(6, Math.round(width / Math.max(180, height * 1.6)))));
		});
		observer.observe(strip.current);
		return () => observer.disconnect();
	}, [strip]);
	return room;
}

/** Where the selected thing is; the same object while it stays there. */
function useSelectedPlace(): { lon: number; lat: number } | null {
	const selected = useSelection((selection) => selection.selected);
	const place = usePlaceOf(selected);
	const lon = place?.lon;
	const lat = place?.lat;
	return useMemo(() => (lon === undefined || lat === undefined ? null : { lon, lat }), [lon, lat]);
}

function usePlaceOf(selected: Selected | null): { lon: number; lat: number } | null {
	const alerts = useEntities('alerts');
	const sensors = useEntities('sensors');
	const units = useEntities('units');
	if (selected === null) return null;
	switch (selected.type) {
		case 'alert':
			return alerts[selected.id]?.place ?? null;
		case 'sensor':
			return sensors[selected.id]?.place ?? null;
		case 'unit':
			return units[selected.id]?.position ?? null;
		// A camera that was clicked in the strip must not move away under the pointer.
		case 'camera':
			return null;
		default:
			return selected.type satisfies never;
	}
}
