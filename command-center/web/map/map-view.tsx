import type { Map as MapLibre } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { entitiesOf } from '../realtime/store.ts';
import { useSelection } from '../selection.ts';
import { Around } from './around.tsx';
import { MapControls } from './controls.tsx';
import { MapList } from './map-list.tsx';
import { HoverCard, Notice, usePointer } from './pointer.tsx';
import { district, useMap } from './use-map.ts';
import { useMeasure } from './use-measure.ts';

export interface MapViewProps {
	/** A wall and a phone show the map; on the desk it is worked with. */
	mode: 'desk' | 'wall' | 'field';
	center?: { lon: number; lat: number };
	zoom?: number;
	/** Enlarges letters and icons for reading at a distance. */
	scale?: number;
}

/** The district with its sensors, cameras, units and alerts. Needs no tile server; without WebGL it lists the same things. */
export function MapView({ mode, center, zoom, scale = 1 }: MapViewProps) {
	const { t } = useTranslation('map');
	const container = useRef<HTMLDivElement>(null);
	const state = useMap(container, {
		interactive: mode !== 'wall',
		scale,
		lon: center?.lon ?? district.lon,
		lat: center?.lat ?? district.lat,
		zoom: zoom ?? district.zoom,
	});
	if (state.state === 'no-graphics' || state.state === 'failed') {
		return <MapList reason={state.state === 'no-graphics' ? t('noGraphics') : t('failed', { detail: state.detail })} />;
	}
	return (
		<section
			data-map={mode}
			data-map-state={state.state}
			aria-label={t('map')}
			className="relative size-full overflow-hidden bg-[#0c0f12]"
			style={{ fontSize: mode === 'wall' ? '1em' : '14px' }}
		>
			<div ref={container} className="size-full" />
			{state.state === 'ready' && mode !== 'wall' && <Worked map={state.map} />}
			{state.state === 'ready' && <Selected map={state.map} follow={mode === 'desk'} />}
			<p
				className={`pointer-events-none absolute right-0 bottom-0 max-w-[75%] bg-[#0c0f12]/80 px-2 text-[#8f99a3] ${mode === 'wall' ? 'leading-[1.3]' : 'text-xs leading-5'}`}
			>
				{t(mode === 'wall' ? 'sourceShort' : 'source')}
			</p>
		</section>
	);
}

/** What a hand on the map needs. */
function Worked({ map }: { map: MapLibre }) {
	const measure = useMeasure(map);
	const { hover, notice } = usePointer(map, measure.active);
	const picking = useSelection((selection) => selection.pickPlace !== null);
	const { t } = useTranslation('map');
	useEffect(() => {
		map.getCanvas().style.cursor = picking || measure.active ? 'crosshair' : hover !== null ? 'pointer' : '';
	}, [map, picking, measure.active, hover]);
	return (
		<>
			<MapControls map={map} measuring={measure.active} onMeasure={measure.toggle} />
			<Around map={map} />
			{picking && <Notice text={t('pick')} />}
			{measure.active && <Notice text={measure.text} />}
			{!picking && !measure.active && notice !== null && <Notice text={notice} />}
			{hover !== null && !picking && !measure.active && <HoverCard hover={hover} />}
		</>
	);
}

/** Marks the selected thing, and goes where someone asks to look. */
function Selected({ map, follow }: { map: MapLibre; follow: boolean }) {
	const selected = useSelection((selection) => selection.selected);
	const focus = useSelection((selection) => selection.focus);
	const [done, setDone] = useState(focus?.nonce ?? 0);
	useEffect(() => {
		if (!follow || focus === null || focus.nonce === done) return;
		setDone(focus.nonce);
		const zoom = focus.zoom ?? Math.max(map.getZoom(), 13);
		map.easeTo({ center: [focus.lon, focus.lat], zoom, duration: 450 });
	}, [map, follow, focus, done]);
	useEffect(() => {
		if (!follow) return;
		let shown = '';
		const mark = () => {
			const place = selected === null ? null : placeOf(selected.type, selected.id);
			const key = place === null ? '' : `${place.lon},${place.lat},${selected?.type}`;
			if (key === shown) return;
			shown = key;
			const source = map.getSource<import('maplibre-gl').GeoJSONSource>('selected');
			const features =
				place === null
					? []
					: [
							{
								type: 'Feature' as const,
								geometry: { type: 'Point' as const, coordinates: [place.lon, place.lat] },
								properties: { id: 'selected', offset: selected?.type === 'alert' ? [0, -9] : [0, 0] },
							},
						];
			void source?.setData({ type: 'FeatureCollection', features });
		};
		mark();
		// A unit that is followed moves.
		const timer = selected?.type === 'unit' ? setInterval(mark, 500) : undefined;
		return () => clearInterval(timer);
	}, [map, follow, selected]);
	return null;
}

function placeOf(type: 'alert' | 'sensor' | 'camera' | 'unit', id: string): { lon: number; lat: number } | null {
	switch (type) {
		case 'alert':
			return entitiesOf('alerts')[id]?.place ?? null;
		case 'sensor':
			return entitiesOf('sensors')[id]?.place ?? null;
		case 'camera':
			return entitiesOf('cameras')[id]?.place ?? null;
		case 'unit':
			return entitiesOf('units')[id]?.position ?? null;
		default:
			return type satisfies never;
	}
}
