import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../demo.tsx';
import { formatAge, formatValue } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { streamLook } from '../media/stream-look.ts';
import { entitiesOf, useEntity, useNow } from '../realtime/store.ts';
import type { Selected } from '../selection.ts';
import { SeverityMark } from '../severity.tsx';
import { usePlace, useText } from '../text.ts';
import { leadingReading, positionStaleAfter, sensorState } from './features.ts';

/** Name, state, value and age of one thing, in a few lines. */
export function Description({ thing }: { thing: Selected }) {
	switch (thing.type) {
		case 'alert':
			return <AlertLines id={thing.id} />;
		case 'sensor':
			return <SensorLines id={thing.id} />;
		case 'camera':
			return <CameraLines id={thing.id} />;
		case 'unit':
			return <UnitLines id={thing.id} />;
		default:
			return thing.type satisfies never;
	}
}

function Head({ name, demo }: { name: string; demo: boolean }) {
	return (
		<p className="flex items-center gap-2 font-semibold">
			{name}
			{demo && <DemoBadge />}
		</p>
	);
}

function AlertLines({ id }: { id: string }) {
	const { t } = useTranslation(['map', 'common']);
	const { language } = useLanguage();
	const text = useText();
	const place = usePlace();
	const now = useNow();
	const alert = useEntity('alerts', id);
	if (alert === undefined) return null;
	const state = alert.state === 'cleared' ? t('map:cleared') : alert.acknowledged ? t('map:acknowledged') : t('map:open');
	return (
		<>
			<Head name={text(alert.name)} demo={alert.demo} />
			<p className="flex items-center gap-2">
				<SeverityMark severity={alert.state === 'cleared' ? alert.peakSeverity : alert.severity} label size={14} hollow={alert.state === 'cleared'} />
				{state}
			</p>
			<p>
				{text(alert.propertyName)} {formatValue(alert.value, alert.decimals, alert.unit)}
				<span className="text-muted"> · {t('map:limit', { limit: formatValue(alert.limit, alert.decimals, alert.unit) })}</span>
			</p>
			<p className="text-muted">
				{place(alert.place)} · {t('map:raised', { age: formatAge(now - Date.parse(alert.raisedAt), language) })}
			</p>
		</>
	);
}

function SensorLines({ id }: { id: string }) {
	const { t } = useTranslation(['map', 'common']);
	const { language } = useLanguage();
	const text = useText();
	const now = useNow();
	const sensor = useEntity('sensors', id);
	if (sensor === undefined) return null;
	const readings = entitiesOf('readings');
	const lead = leadingReading(sensor, readings);
	const state = sensorState(sensor, lead, now);
	return (
		<>
			<Head name={text(sensor.name)} demo={sensor.demo} />
			<p className="text-muted">
				{t(`common:agency.${sensor.agency}`)} · {t(`map:sensorState.${state}`)}
				{lead !== undefined && ` · ${t('map:updated', { age: formatAge(now - Date.parse(lead.phenomenonTime), language) })}`}
			</p>
			{sensor.datastreams.slice(0, 4).map((datastream) => {
				const reading = readings[`${sensor.id}.${datastream.property}`];
				return (
					<p key={datastream.property} className={`flex justify-between gap-4 ${state === 'online' ? '' : 'text-muted'}`}>
						<span>{text(datastream.name)}</span>
						<span className="font-semibold">{reading === undefined ? '—' : formatValue(reading.value, datastream.decimals, datastream.unit)}</span>
					</p>
				);
			})}
		</>
	);
}

function CameraLines({ id }: { id: string }) {
	const { t } = useTranslation(['map', 'common']);
	const text = useText();
	const camera = useEntity('cameras', id);
	const stream = useEntity('streams', id);
	if (camera === undefined) return null;
	const failure = stream?.status.state === 'failed' ? `：${t(`common:streamFailure.${stream.status.reason}`)}` : '';
	return (
		<>
			<Head name={text(camera.name)} demo={camera.demo} />
			<p className="text-muted">
				{t(`common:agency.${camera.agency}`)} · {t(`common:streamState.${streamLook(stream?.status)}`)}
				{failure}
			</p>
		</>
	);
}

function UnitLines({ id }: { id: string }) {
	const { t } = useTranslation(['map', 'common']);
	const { language } = useLanguage();
	const text = useText();
	const now = useNow();
	const unit = useEntity('units', id);
	const stream = useEntity('streams', id);
	if (unit === undefined) return null;
	const age = unit.position === null ? null : now - Date.parse(unit.position.time);
	return (
		<>
			<Head name={text(unit.name)} demo={unit.demo} />
			<p>
				{t(`common:agency.${unit.agency}`)} · {t(`common:unitStatus.${unit.status}`)}
			</p>
			<p className={age !== null && age > positionStaleAfter ? 'font-semibold' : 'text-muted'}>
				{age === null ? t('map:noPosition') : t('map:positionAge', { age: formatAge(age, language) })}
				{unit.position?.speed != null && ` · ${formatValue(unit.position.speed, 0, 'km/h')}`}
			</p>
			{stream?.status.state === 'live' && <p>{t('map:liveVideo')}</p>}
		</>
	);
}
