import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCoordinates } from '../format.ts';
import { type Selected, useSelection } from '../selection.ts';
import { Description } from './description.tsx';
import { kindOfLayer, pointable } from './style.ts';

export interface Hover {
	thing: Selected | { type: 'cluster'; count: number };
	x: number;
	y: number;
	/** Of the map, so that the card stays inside. */
	width: number;
	height: number;
}

type Found = { thing: Selected } | { cluster: number; count: number; at: [number, number] } | null;

function thingAt(map: MapLibre, { point }: MapMouseEvent): Found {
	const box: [[number, number], [number, number]] = [
		[point.x - 7, point.y - 7],
		[point.x + 7, point.y + 7],
	];
	for (const layer of pointable) {
		const [found] = map.queryRenderedFeatures(box, { layers: [layer] });
		if (found !== undefined) return { thing: { type: kindOfLayer[layer], id: String(found.properties.id) } };
	}
	const [cluster] = map.queryRenderedFeatures(box, { layers: ['sensor-clusters'] });
	if (cluster === undefined || cluster.geometry.type !== 'Point') return null;
	const [lon = 0, lat = 0] = cluster.geometry.coordinates;
	return { cluster: Number(cluster.properties.cluster_id), count: Number(cluster.properties.point_count), at: [lon, lat] };
}

/** What lies under the pointer, what a click does, and the coordinates on a right click. */
export function usePointer(map: MapLibre, busy: boolean): { hover: Hover | null; notice: string | null } {
	const { t } = useTranslation('map');
	const [hover, setHover] = useState<Hover | null>(null);
	const [notice, setNotice] = useState<string | null>(null);
	useEffect(() => {
		if (busy) return;
		let frame = 0;
		const move = (event: MapMouseEvent) => {
			cancelAnimationFrame(frame);
			frame = requestAnimationFrame(() => {
				const found = thingAt(map, event);
				const { clientWidth: width, clientHeight: height } = map.getContainer();
				const thing = found === null ? null : 'thing' in found ? found.thing : { type: 'cluster' as const, count: found.count };
				setHover(thing === null ? null : { thing, x: event.point.x, y: event.point.y, width, height });
			});
		};
		const leave = () => {
			cancelAnimationFrame(frame);
			setHover(null);
		};
		const click = (event: MapMouseEvent) => {
			const { pickPlace, setPickPlace, select } = useSelection.getState();
			if (pickPlace !== null) {
				setPickPlace(null);
				pickPlace({ lon: event.lngLat.lng, lat: event.lngLat.lat });
				return;
			}
			const found = thingAt(map, event);
			if (found === null) select(null);
			else if ('thing' in found) select(found.thing);
			else map.easeTo({ center: found.at, zoom: Math.max(map.getZoom() + 1.5, 10.2), duration: 350 });
		};
		let timer: ReturnType<typeof setTimeout> | undefined;
		const copy = (event: MapMouseEvent) => {
			event.preventDefault();
			const coordinates = formatCoordinates({ lon: event.lngLat.lng, lat: event.lngLat.lat });
			clearTimeout(timer);
			timer = setTimeout(() => setNotice(null), 6_000);
			// The clipboard is there only on a secure page; the coordinates are shown either way.
			const written = navigator.clipboard?.writeText(coordinates) ?? Promise.reject(new Error('no clipboard'));
			written.then(
				() => setNotice(t('copied', { coordinates })),
				() => setNotice(t('copyFailed', { coordinates })),
			);
		};
		const key = (event: KeyboardEvent) => {
			const { pickPlace, setPickPlace } = useSelection.getState();
			if (event.key !== 'Escape' || pickPlace === null) return;
			event.stopPropagation();
			setPickPlace(null);
		};
		map.on('mousemove', move);
		map.on('mouseout', leave);
		map.on('movestart', leave);
		map.on('click', click);
		map.on('contextmenu', copy);
		window.addEventListener('keydown', key, true);
		return () => {
			cancelAnimationFrame(frame);
			clearTimeout(timer);
			map.off('mousemove', move);
			map.off('mouseout', leave);
			map.off('movestart', leave);
			map.off('click', click);
			map.off('contextmenu', copy);
			window.removeEventListener('keydown', key, true);
			setHover(null);
		};
	}, [map, busy, t]);
	return { hover, notice };
}

export function HoverCard({ hover }: { hover: Hover }) {
	const { t } = useTranslation('map');
	const left = hover.x > hover.width - 300;
	const up = hover.y > hover.height - 160;
	return (
		<div
			role="tooltip"
			className="pointer-events-none absolute z-10 w-max max-w-72 rounded border border-line bg-raised px-3 py-2 shadow-raised"
			style={{
				[left ? 'right' : 'left']: (left ? hover.width - hover.x : hover.x) + 14,
				[up ? 'bottom' : 'top']: (up ? hover.height - hover.y : hover.y) + 14,
			}}
		>
			{hover.thing.type === 'cluster' ? t('sensorsHere', { count: hover.thing.count }) : <Description thing={hover.thing} />}
		</div>
	);
}

export function Notice({ text }: { text: string }) {
	return (
		<p role="status" className="absolute top-2 left-1/2 -translate-x-1/2 rounded border border-line bg-raised px-3 py-1.5 shadow-raised">
			{text}
		</p>
	);
}
