import 'maplibre-gl/dist/maplibre-gl.css';
import './map.css';
import { Map as MapLibre, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type RefObject, useEffect, useState } from 'react';
import i18next, { currentLanguage, useLanguage } from '../i18n/index.ts';
import { shareFrames } from './frames.ts';
import { addImages } from './icons.ts';
import { LiveLayers } from './live-layers.ts';
import { mapStyle, namedLayers, nameIn } from './style.ts';

setWorkerUrl(workerUrl);

export const district = { lon: 121.87, lat: 29.895, zoom: 10.7 };

export interface MapOptions {
	interactive: boolean;
	/** Enlarges letters and icons; 1 on a desk. */
	scale: number;
	lon: number;
	lat: number;
	zoom: number;
}

export type MapState = { state: 'loading' } | { state: 'ready'; map: MapLibre } | { state: 'no-graphics' } | { state: 'failed'; detail: string };

const labels = {
	unitStatus: (status: string): string => i18next.t(`common:unitStatus.${status}`),
};

/** The map in this element, filled from the realtime store for as long as the element is there. */
export function useMap(container: RefObject<HTMLElement | null>, { interactive, scale, lon, lat, zoom }: MapOptions): MapState {
	const { language } = useLanguage();
	const [state, setState] = useState<MapState>({ state: 'loading' });
	const [layers, setLayers] = useState<LiveLayers | null>(null);

	useEffect(() => {
		if (container.current === null) return;
		const graphics = graphicsOf();
		if (graphics === 'none') {
			setState({ state: 'no-graphics' });
			return;
		}
		const software = graphics === 'software';
		let map: MapLibre;
		try {
			map = new MapLibre({
				container: container.current,
				style: mapStyle(currentLanguage(), scale),
				center: [lon, lat],
				zoom,
				minZoom: 7,
				maxZoom: 18,
				maxBounds: [117.5, 27, 126.5, 33],
				interactive,
				attributionControl: false,
				dragRotate: false,
				pitchWithRotate: false,
				touchPitch: false,
				fadeDuration: 0,
				canvasContextAttributes: { antialias: !software },
			});
		} catch (error) {
			setState({ state: 'failed', detail: error instanceof Error ? error.message.slice(0, 200) : String(error) });
			return;
		}
		map.touchZoomRotate.disableRotation();
		map.keyboard.disableRotation();
		map.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left');
		const unshare = software ? shareFrames(map) : () => undefined;
		const live = new LiveLayers(map, { language: currentLanguage(), ...labels });
		const fill = () => {
			addImages(map);
			live.refill();
		};
		map.once('style.load', () => {
			addImages(map);
			live.start();
			setLayers(live);
			setState({ state: 'ready', map });
		});
		map.on('webglcontextrestored', fill);
		map.on('error', ({ error }) => console.error(error));
		const resized = new ResizeObserver(() => map.resize());
		resized.observe(container.current);
		return () => {
			resized.disconnect();
			unshare();
			live.stop();
			map.remove();
			setLayers(null);
			setState({ state: 'loading' });
		};
		// The place is where the map begins; it is not put back there while a person works with it.
	}, [container, interactive, scale, lon, lat, zoom]);

	useEffect(() => {
		if (state.state !== 'ready') return;
		for (const layer of namedLayers) state.map.setLayoutProperty(layer, 'text-field', nameIn(language));
		layers?.speak({ language, ...labels });
	}, [state, layers, language]);
	return state;
}

/** What draws WebGL here: a graphics card, the processor, or nothing. */
function graphicsOf(): 'hardware' | 'software' | 'none' {
	const context = document.createElement('canvas').getContext('webgl2');
	if (context === null) return 'none';
	const info = context.getExtension('WEBGL_debug_renderer_info');
	const renderer = info === null ? '' : String(context.getParameter(info.UNMASKED_RENDERER_WEBGL));
	context.getExtension('WEBGL_lose_context')?.loseContext();
	return /swiftshader|llvmpipe|software|basic render/i.test(renderer) ? 'software' : 'hardware';
}
