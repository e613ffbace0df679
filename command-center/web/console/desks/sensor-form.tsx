import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { entitiesOf } from '../../realtime/store.ts';
import { select } from '../../selection.ts';
import { CopyButton } from '../context/parts.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow } from '../frame/windows.ts';
import { placeText } from './camera-form.tsx';
import { Field, FormEnd, numberOf, PlaceFields, placeOf, slugOf, useSubmission } from './form.tsx';
import { IdentityFields } from './identity-fields.tsx';

interface Credentials {
	id: string;
	username: string;
	password: string;
}
let lastRow = 0;
const row = (property = '', zh = '', en = '', unit = '', decimals = '1') => {
	lastRow += 1;
	return { key: lastRow, property, zh, en, unit, decimals };
};

/** Registers a sensor with its datastreams, or changes one, and makes the credentials its device logs in with. */
export function SensorForm({ id }: { id: string | null }) {
	const { t } = useTranslation(['console', 'common']);
	const [sensor] = useState<Sensor | undefined>(() => (id === null ? undefined : entitiesOf('sensors')[id]));
	const [value, setValue] = useState(() => ({
		id: sensor?.id ?? '',
		zh: sensor?.name.zh ?? '',
		en: sensor?.name.en ?? '',
		agency: sensor?.agency ?? ('water' as Agency),
		kind: sensor?.kind ?? '',
		period: sensor?.period.toString() ?? '60',
		place: placeText(sensor),
		rows: sensor?.datastreams.map((each) => row(each.property, each.name.zh, each.name.en, each.unit, String(each.decimals))) ?? [row()],
	}));
	const [picking, setPicking] = useState(false);
	const [credentials, setCredentials] = useState<Credentials | null>(null);
	const drawn = ['id', 'name.zh', 'name.en', 'agency', 'kind', 'period', 'place.lon', 'place.lat', 'place.name', 'place.nameEn'];
	const submission = useSubmission([...drawn, ...value.rows.flatMap((_, index) => rowFields.map((field) => `datastreams.${index}.${field}`))]);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const setRow = (key: number, change: Partial<ReturnType<typeof row>>) =>
		set({ rows: value.rows.map((each) => (each.key === key ? { ...each, ...change } : each)) });
	const sensorId = sensor?.id ?? (value.id.trim() || slugOf(value.en));
	const makeDevice = async () => {
		const body = { id: sensorId, agency: value.agency, sensorIds: [sensorId], unitIds: [], demo: sensor?.demo ?? false };
		setCredentials(await api.put<Credentials>(`/api/v1/devices/${encodeURIComponent(sensorId)}`, body));
	};
	const save = async () => {
		await api.put(`/api/v1/sensors/${encodeURIComponent(sensorId)}`, {
			id: sensorId,
			name: { zh: value.zh.trim(), en: value.en.trim() },
			agency: value.agency,
			kind: value.kind.trim(),
			place: placeOf(value.place),
			period: numberOf(value.period),
			datastreams: value.rows.map(({ property, zh, en, unit, decimals }) => ({
				property: property.trim(),
				name: { zh: zh.trim(), en: en.trim() },
				unit: unit.trim(),
				decimals: numberOf(decimals),
			})),
			demo: sensor?.demo ?? false,
		});
		select({ type: 'sensor', id: sensorId });
		if (sensor === undefined) await makeDevice();
		else closeWindow();
	};
	const at = submission.errorAt;
	if (credentials !== null)
		return <Once credentials={credentials} agency={value.agency} property={value.rows[0]?.property ?? ''} sensorId={sensorId} />;
	return (
		<Dialog name="sensor" title={sensor === undefined ? t('sensor.add') : t('sensor.edit')} onClose={closeWindow} hidden={picking}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					submission.submit(save);
				}}
			>
				<div className="grid grid-cols-2 gap-x-4 gap-y-2 p-4">
					<IdentityFields
						value={value}
						onChange={set}
						submission={submission}
						idLabel={t('sensor.id')}
						idExample="gas-g07"
						registered={sensor !== undefined}
					/>
					<Field label={t('sensor.kind')} hint={t('sensor.kindHint')} error={at('kind')}>
						<input name="kind" required value={value.kind} onChange={(event) => set({ kind: event.target.value })} />
					</Field>
					<Field label={t('sensor.periodSeconds')} hint={t('sensor.periodHint')} error={at('period')}>
						<input name="period" inputMode="decimal" value={value.period} onChange={(event) => set({ period: event.target.value })} />
					</Field>
					<fieldset className="col-span-2 flex flex-col gap-2 rounded border border-line p-3">
						<legend className="px-1 text-muted">{t('sensor.datastreams')}</legend>
						{value.rows.map((each, index) => (
							<div key={each.key} className="grid grid-cols-[1fr_1fr_1fr_88px_64px_32px] items-start gap-2">
								<Field label={t('sensor.property')} error={at(`datastreams.${index}.property`)}>
									<input
										required
										placeholder="waterLevel"
										value={each.property}
										onChange={(event) => setRow(each.key, { property: event.target.value })}
									/>
								</Field>
								<Field label={t('form.nameZh')} error={at(`datastreams.${index}.name.zh`)}>
									<input required value={each.zh} onChange={(event) => setRow(each.key, { zh: event.target.value })} />
								</Field>
								<Field label={t('form.nameEn')} error={at(`datastreams.${index}.name.en`)}>
									<input value={each.en} onChange={(event) => setRow(each.key, { en: event.target.value })} />
								</Field>
								<Field label={t('sensor.unit')} error={at(`datastreams.${index}.unit`)}>
									<input
										required
										placeholder="m"
										list="ucum"
										value={each.unit}
										onChange={(event) => setRow(each.key, { unit: event.target.value })}
									/>
								</Field>
								<Field label={t('sensor.decimals')} error={at(`datastreams.${index}.decimals`)}>
									<input inputMode="numeric" value={each.decimals} onChange={(event) => setRow(each.key, { decimals: event.target.value })} />
								</Field>
								<button
									type="button"
									className="button-quiet mt-6"
									aria-label={t('sensor.removeDatastream')}
									title={t('sensor.removeDatastream')}
									disabled={value.rows.length === 1}
									onClick={() => set({ rows: value.rows.filter((other) => other !== each) })}
								>
									<X size={16} aria-hidden />
								</button>
							</div>
						))}
						<datalist id="ucum">
							{['m', 'mm', 'mm/h', 'm/s', 'm3/s', 'Cel', '%', '%{LEL}', '[ppm]', 'ug/m3', 'mg/m3', 'kPa', 'MPa', 'dB[SPL]', 'deg', 'V', 'A', '1'].map(
								(unit) => (
									<option key={unit} value={unit} />
								),
							)}
						</datalist>
						<button type="button" className="button self-start" onClick={() => set({ rows: [...value.rows, row()] })}>
							<Plus size={14} aria-hidden /> {t('sensor.addDatastream')}
						</button>
					</fieldset>
					<div className="col-span-2">
						<PlaceFields value={value.place} onChange={(place) => set({ place })} submission={submission} onPicking={setPicking} />
					</div>
				</div>
				<FormEnd submission={submission} label={sensor === undefined ? t('sensor.saveAndCredentials') : t('common:save')} onCancel={closeWindow}>
					{sensor !== undefined && (
						<button type="button" className="button" title={t('device.renewHelp')} onClick={() => submission.submit(makeDevice)}>
							{t('device.renew')}
						</button>
					)}
				</FormEnd>
			</form>
		</Dialog>
	);
}

const rowFields = ['property', 'name.zh', 'name.en', 'unit', 'decimals'];

/** The device's password: here and now, and never again. */
function Once({ credentials, agency, sensorId, property }: { credentials: Credentials; agency: string; sensorId: string; property: string }) {
	const { t } = useTranslation('console');
	const topic = `v1/${agency}/${sensorId}/observations`;
	const payload = JSON.stringify({ time: new Date().toISOString(), values: { [property]: 1 } });
	const lines = [
		[t('device.username'), credentials.username],
		[t('device.password'), credentials.password],
		[t('device.topic'), topic],
		[t('device.payload'), payload],
	] as const;
	return (
		<Dialog name="credentials" title={t('device.title')} onClose={closeWindow}>
			<div className="flex flex-col gap-3 p-4">
				<p className="font-semibold">{t('device.once')}</p>
				<dl className="grid grid-cols-[max-content_1fr_auto] items-center gap-x-4 gap-y-1">
					{lines.map(([name, text]) => (
						<div key={name} className="contents">
							<dt className="text-muted">{name}</dt>
							<dd className="break-all font-mono">{text}</dd>
							<dd>
								<CopyButton text={text} />
							</dd>
						</div>
					))}
				</dl>
				<button type="button" className="button button-main self-end" onClick={closeWindow}>
					{t('device.kept')}
				</button>
			</div>
		</Dialog>
	);
}
