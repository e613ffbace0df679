import { Check, Copy, MapPin } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCoordinates } from '../../format.ts';
import { focusOn } from '../../selection.ts';

/** A titled part of the context panel. */
export function Section({
	title,
	keyHint,
	id,
	actions,
	children,
}: {
	title: string;
	keyHint?: string;
	id?: string;
	actions?: ReactNode;
	children: ReactNode;
}) {
	return (
		<section id={id} tabIndex={-1} className="border-t border-line px-4 py-3 focus:outline-none">
			<div className="mb-2 flex min-h-6 items-center gap-2">
				<h3 className="font-semibold">{title}</h3>
				{keyHint !== undefined && <kbd className="key">{keyHint}</kbd>}
				<span className="flex-1" />
				{actions}
			</div>
			{children}
		</section>
	);
}

/** Name and value under each other's eyes. */
export function Facts({ children }: { children: ReactNode }) {
	return <dl className="grid grid-cols-[minmax(72px,max-content)_1fr] gap-x-4 gap-y-1">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
	return (
		<>
			<dt className="text-muted">{name}</dt>
			<dd className="min-w-0 break-words">{children}</dd>
		</>
	);
}

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
	const { t } = useTranslation('common');
	const [copied, setCopied] = useState(false);
	const copy = async () => {
		await copyText(text);
		setCopied(true);
		setTimeout(() => setCopied(false), 2_000);
	};
	return (
		<button type="button" className="button-quiet" title={t('copy')} onClick={() => void copy()}>
			{copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
			<span className={label === undefined && !copied ? 'sr-only' : ''}>{copied ? t('copied') : (label ?? t('copy'))}</span>
		</button>
	);
}

/** The clipboard needs a secure page; plain HTTP inside the district's network falls back to the old way. */
async function copyText(text: string): Promise<void> {
	if (navigator.clipboard !== undefined) {
		try {
			await navigator.clipboard.writeText(text);
			return;
		} catch {
			// Refused: the old way below.
		}
	}
	const area = document.createElement('textarea');
	area.value = text;
	(document.querySelector('dialog[open]') ?? document.body).append(area);
	area.select();
	document.execCommand('copy');
	area.remove();
}

/** A place: its name, coordinates to copy, and the way to it on the map. */
export function PlaceFact({ place, name }: { place: { lon: number; lat: number }; name: string }) {
	const { t } = useTranslation('console');
	return (
		<Fact name={t('fact.place')}>
			{name !== '' && <span className="block">{name}</span>}
			<span className="flex flex-wrap items-center">
				<span className="whitespace-nowrap text-muted">{formatCoordinates(place)}</span>
				<CopyButton text={`${place.lat.toFixed(6)}, ${place.lon.toFixed(6)}`} />
				<button type="button" className="button-quiet" onClick={() => focusOn({ lon: place.lon, lat: place.lat, zoom: 15 })}>
					<MapPin size={14} aria-hidden /> {t('fact.onMap')}
				</button>
			</span>
		</Fact>
	);
}
