import { House, Layers, Minus, Plus, Ruler } from 'lucide-react';
import type { Map as MapLibre } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LayerGroup, layerGroups } from './style.ts';
import { district } from './use-map.ts';

const storageKey = 'beilun.map.hidden';
const groups = Object.keys(layerGroups) as LayerGroup[];

function storedHidden(): LayerGroup[] {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
		return groups.filter((group) => Array.isArray(value) && value.includes(group));
	} catch {
		return [];
	}
}

interface Props {
	map: MapLibre;
	measuring: boolean;
	onMeasure: () => void;
}

/** Buttons at the map's edge; all of them can be reached by key. */
export function MapControls({ map, measuring, onMeasure }: Props) {
	const { t } = useTranslation('map');
	const [open, setOpen] = useState(false);
	const [hidden, setHidden] = useState(storedHidden);
	useEffect(() => {
		localStorage.setItem(storageKey, JSON.stringify(hidden));
		for (const group of groups) {
			const visibility = hidden.includes(group) ? 'none' : 'visible';
			for (const layer of layerGroups[group]) map.setLayoutProperty(layer, 'visibility', visibility);
		}
	}, [map, hidden]);
	const toggle = (group: LayerGroup) => setHidden(hidden.includes(group) ? hidden.filter((each) => each !== group) : [...hidden, group]);
	const button = 'flex size-8 items-center justify-center text-muted hover:bg-hover hover:text-text aria-pressed:bg-hover aria-pressed:text-text';
	const block = 'overflow-hidden rounded border border-line bg-panel';
	return (
		<div className="absolute top-2 right-2 flex items-start gap-1">
			{open && (
				<fieldset className="rounded border border-line bg-panel p-1 shadow-raised">
					<legend className="sr-only">{t('layers')}</legend>
					{groups.map((group) => (
						<label key={group} className="flex h-8 cursor-pointer items-center gap-2 rounded px-2 pr-3 hover:bg-hover">
							<input type="checkbox" className="size-4 accent-[#e6e9ec]" checked={!hidden.includes(group)} onChange={() => toggle(group)} />
							{t(`group.${group}`)}
						</label>
					))}
				</fieldset>
			)}
			<div className="flex flex-col gap-1">
				<div className={block}>
					<button type="button" className={button} aria-label={t('zoomIn')} title={t('zoomIn')} onClick={() => map.zoomIn()}>
						<Plus size={18} aria-hidden />
					</button>
					<button type="button" className={button} aria-label={t('zoomOut')} title={t('zoomOut')} onClick={() => map.zoomOut()}>
						<Minus size={18} aria-hidden />
					</button>
					<button
						type="button"
						className={button}
						aria-label={t('home')}
						title={t('home')}
						onClick={() => map.easeTo({ center: [district.lon, district.lat], zoom: district.zoom, duration: 450 })}
					>
						<House size={17} aria-hidden />
					</button>
				</div>
				<div className={block}>
					<button
						type="button"
						className={button}
						aria-pressed={open}
						aria-expanded={open}
						aria-label={t('layers')}
						title={t('layers')}
						onClick={() => setOpen(!open)}
					>
						<Layers size={17} aria-hidden />
					</button>
					<button type="button" className={button} aria-pressed={measuring} aria-label={t('measure')} title={t('measure')} onClick={onMeasure}>
						<Ruler size={17} aria-hidden />
					</button>
				</div>
				<p className="flex flex-col items-center text-faint text-xs leading-4" aria-hidden>
					<span>▲</span>
					<span>{t('north')}</span>
				</p>
			</div>
		</div>
	);
}
