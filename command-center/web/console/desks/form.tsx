import { agencies } from '@beilun/shared/protocol/words.ts';
import { MapPin } from 'lucide-react';
import { cloneElement, type InputHTMLAttributes, type ReactElement, useCallback, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, problemText } from '../../api.ts';
import { useSelection } from '../../selection.ts';

interface FieldProps {
	label: string;
	hint?: string;
	error?: string | undefined;
	className?: string;
	children: ReactElement<InputHTMLAttributes<HTMLInputElement>>;
}

/** A labelled control with its hint, and the server's complaint about it underneath. */
export function Field({ label, hint, error, className = '', children }: FieldProps) {
	const id = useId();
	return (
		<div className={`flex min-w-0 flex-col gap-1 ${className}`}>
			<label htmlFor={id} className="text-muted">
				{label}
			</label>
			{cloneElement(children, {
				id,
				'aria-invalid': error !== undefined,
				'aria-describedby': `${id}-note`,
				className: `input w-full ${children.props.className ?? ''}`,
			})}
			<p id={`${id}-note`} className={error === undefined ? 'text-faint' : 'font-semibold text-text'}>
				{error === undefined ? hint : `▲ ${error}`}
			</p>
		</div>
	);
}

export interface Submission {
	busy: boolean;
	/** What could not be put at a field. */
	problem: string | null;
	errorAt: (field: string) => string | undefined;
	submit: (act: () => Promise<void>) => void;
}

/** Runs a form's request once at a time and hands the server's errors to the fields. `fields` are those drawn. */
export function useSubmission(fields: readonly string[]): Submission {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const submit = useCallback((act: () => Promise<void>) => {
		setBusy(true);
		setError(null);
		act()
			.catch((reason: unknown) => setError(reason))
			.finally(() => setBusy(false));
	}, []);
	const errorAt = (field: string) => (error instanceof ApiError ? error.fieldMessage(field) : undefined);
	const placed = error instanceof ApiError && (error.problem.errors ?? []).length > 0;
	const elsewhere = placed
		? (error.problem.errors ?? []).filter(({ field }) => !fields.some((each) => field === each || field.startsWith(`${each}.`)))
		: [];
	const problem =
		error === null
			? null
			: placed
				? elsewhere.length === 0
					? null
					: elsewhere.map(({ field, message }) => `${field}: ${message}`).join('; ')
				: problemText(error);
	return { busy, problem, errorAt, submit };
}

export function FormEnd({
	submission,
	label,
	onCancel,
	children,
}: {
	submission: Submission;
	label: string;
	onCancel: () => void;
	children?: ReactElement | false;
}) {
	const { t } = useTranslation('common');
	return (
		<div className="sticky bottom-0 flex items-center gap-2 border-t border-line bg-panel px-4 py-3">
			<p role="alert" className="min-w-0 flex-1 break-words font-semibold">
				{submission.problem}
			</p>
			{children}
			<button type="button" className="button" onClick={onCancel}>
				{t('cancel')}
			</button>
			<button type="submit" className="button button-main" disabled={submission.busy}>
				{label}
			</button>
		</div>
	);
}

export function AgencyOptions() {
	const { t } = useTranslation('common');
	return agencies.map((agency) => (
		<option key={agency} value={agency}>
			{t(`agency.${agency}`)}
		</option>
	));
}

export interface PlaceValue {
	lon: string;
	lat: string;
	name: string;
	nameEn: string;
}

export function placeOf(value: PlaceValue) {
	return { lon: numberOf(value.lon), lat: numberOf(value.lat), name: value.name, nameEn: value.nameEn };
}

/** The number in a field; what is none goes to the server as it is, which says what is wrong with it. */
export function numberOf(text: string): number {
	const trimmed = text.trim();
	return (trimmed === '' || Number.isNaN(Number(trimmed)) ? trimmed || null : Number(trimmed)) as number;
}

interface PlaceFieldsProps {
	value: PlaceValue;
	onChange: (value: PlaceValue) => void;
	submission: Submission;
	/** Takes the window out of the way while the map is clicked. */
	onPicking: (picking: boolean) => void;
}

/** A place, typed or picked on the map. */
export function PlaceFields({ value, onChange, submission, onPicking }: PlaceFieldsProps) {
	const { t } = useTranslation('console');
	const setPickPlace = useSelection((selection) => selection.setPickPlace);
	const pick = () => {
		onPicking(true);
		setPickPlace((place) => {
			setPickPlace(null);
			onPicking(false);
			onChange({ ...value, lon: place.lon.toFixed(6), lat: place.lat.toFixed(6) });
		});
	};
	return (
		<fieldset className="grid grid-cols-2 gap-x-4 gap-y-2 rounded border border-line p-3">
			<legend className="px-1 text-muted">{t('fact.place')}</legend>
			<Field label={t('form.placeName')} error={submission.errorAt('place.name')}>
				<input value={value.name} onChange={(event) => onChange({ ...value, name: event.target.value })} />
			</Field>
			<Field label={t('form.placeNameEn')} error={submission.errorAt('place.nameEn')}>
				<input value={value.nameEn} onChange={(event) => onChange({ ...value, nameEn: event.target.value })} />
			</Field>
			<Field label={t('form.lon')} hint={t('form.lonHint')} error={submission.errorAt('place.lon')}>
				<input name="place.lon" inputMode="decimal" value={value.lon} onChange={(event) => onChange({ ...value, lon: event.target.value })} />
			</Field>
			<Field label={t('form.lat')} hint={t('form.latHint')} error={submission.errorAt('place.lat')}>
				<input name="place.lat" inputMode="decimal" value={value.lat} onChange={(event) => onChange({ ...value, lat: event.target.value })} />
			</Field>
			<button type="button" data-pick-place className="button col-span-2 justify-self-start" onClick={pick}>
				<MapPin size={14} aria-hidden /> {t('form.pick')}
			</button>
		</fieldset>
	);
}

/** A slug from an English name, as a first proposal. */
export function slugOf(text: string): string {
	return text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 64);
}

/** A select that `Field` can dress like any input. */
export function Select({
	onChange,
	children,
	...rest
}: Omit<React.InputHTMLAttributes<HTMLInputElement>, 'onChange'> & { onChange: (value: string) => void }) {
	return (
		<select {...(rest as React.SelectHTMLAttributes<HTMLSelectElement>)} onChange={(event) => onChange(event.target.value)}>
			{children}
		</select>
	);
}
