import type { Datastream, Sensor } from '@beilun/shared/protocol/sensors.ts';
import { datastreamId } from '@beilun/shared/protocol/sensors.ts';
import { KeyRound, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { formatAge, formatNumber, formatValue } from '../../format.ts';
import { useLanguage } from '../../i18n/index.ts';
import { useEntities, useEntity, useNow } from '../../realtime/store.ts';
import { select } from '../../selection.ts';
import { useMe } from '../../session.ts';
import { SeverityMark } from '../../severity.tsx';
import { usePlace, useText } from '../../text.ts';
import { Ago, Elapsed, Moment } from '../age.tsx';
import { openWindow } from '../frame/windows.ts';
import { staleAfterPeriod } from '../freshness.ts';
import { Chart } from './chart.tsx';
import { NearestCameras } from './nearest-cameras.tsx';
import { Fact, Facts, PlaceFact, Section } from './parts.tsx';
import { useLimits } from './rules-of.ts';

const ranges = [10 * 60_000, 60 * 60_000, 6 * 3_600_000, 24 * 3_600_000] as const;
const rangeNames = { [ranges[0]]: 'm10', [ranges[1]]: 'h1', [ranges[2]]: 'h6', [ranges[3]]: 'h24' } as Record<number, string>;

/** One sensor: what it says now, how old that is, its course, its alerts. */
export function SensorContext({ id }: { id: string }) {
	const { t } = useTranslation('console');
	const sensor = useEntity('sensors', id);
	if (sensor === undefined) return <p className="p-4 text-muted">{t('context.gone')}</p>;
	return <Details key={id} sensor={sensor} />;
}

function Details({ sensor }: { sensor: Sensor }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const placeText = usePlace();
	const me = useMe();
	const [property, setProperty] = useState(sensor.datastreams[0]?.property);
	const [span, setSpan] = useState<number>(ranges[1]);
	const shown = sensor.datastreams.find((each) => each.property === property) ?? sensor.datastreams[0];
	const limits = useLimits(sensor, shown?.property);
	const offline = sensor.status === 'offline';
	return (
		<article data-context="sensor" data-context-id={sensor.id}>
			<div className="bg-raised px-4 py-3">
				<div className="flex items-center gap-2 text-muted">
					<span data-sensor-status={sensor.status} className={offline ? 'offline rounded px-1 text-text' : ''}>
						{t(`common:sensorStatus.${sensor.status}`)}
					</span>
					{sensor.statusSince !== null && <Elapsed since={sensor.statusSince} />}
					<span>· {t(`common:agency.${sensor.agency}`)}</span>
					{sensor.demo && <DemoBadge />}
				</div>
				<h2 className="mt-1 font-semibold text-lg leading-6">{text(sensor.name)}</h2>
				<p>{placeText(sensor.place)}</p>
			</div>
			<div className="@2xl:grid @2xl:grid-cols-2">
				<div className="min-w-0">
					<ul className="px-4 py-2">
						{sensor.datastreams.map((each) => (
							<ReadingRow key={each.property} sensor={sensor} datastream={each} shown={each === shown} onShow={() => setProperty(each.property)} />
						))}
					</ul>
					{shown !== undefined && (
						<Section
							title={t('chart.title')}
							actions={
								<fieldset className="flex" aria-label={t('chart.range')}>
									{ranges.map((range) => (
										<button key={range} type="button" className="button-quiet" aria-pressed={span === range} onClick={() => setSpan(range)}>
											{t(`chart.${rangeNames[range]}`)}
										</button>
									))}
								</fieldset>
							}
						>
							<Chart
								sensorId={sensor.id}
								property={shown.property}
								name={text(shown.name)}
								unit={shown.unit}
								decimals={shown.decimals}
								limits={limits}
								from={null}
								until={null}
								span={span}
								period={sensor.period}
							/>
						</Section>
					)}
					<AlertsOf sensorId={sensor.id} />
					<Section title={t('context.facts')}>
						<Facts>
							<PlaceFact place={sensor.place} name={placeText(sensor.place)} />
							<Fact name={t('sensor.id')}>{sensor.id}</Fact>
							<Fact name={t('sensor.kind')}>{t(`kind.${sensor.kind}`, { defaultValue: sensor.kind })}</Fact>
							<Fact name={t('sensor.period')}>{formatNumber(sensor.period, sensor.period % 1 === 0 ? 0 : 1)} s</Fact>
							{sensor.statusSince !== null && (
								<Fact name={t('sensor.statusSince')}>
									<Moment at={sensor.statusSince} />
								</Fact>
							)}
						</Facts>
						{me?.role === 'admin' && (
							<div className="mt-3 flex gap-2">
								<button type="button" className="button" onClick={() => openWindow({ name: 'sensor', id: sensor.id })}>
									<Pencil size={14} aria-hidden /> {t('edit')}
								</button>
								<button type="button" className="button" onClick={() => openWindow({ name: 'sensor', id: sensor.id })}>
									<KeyRound size={14} aria-hidden /> {t('device.title')}
								</button>
							</div>
						)}
					</Section>
				</div>
				<div className="min-w-0">
					<NearestCameras lon={sensor.place.lon} lat={sensor.place.lat} count={2} />
				</div>
			</div>
		</article>
	);
}

function ReadingRow({ sensor, datastream, shown, onShow }: { sensor: Sensor; datastream: Datastream; shown: boolean; onShow: () => void }) {
	const { t } = useTranslation('console');
	const { language } = useLanguage();
	const text = useText();
	const id = datastreamId(sensor.id, datastream.property);
	const reading = useEntity('readings', id);
	const now = useNow();
	const limit = staleAfterPeriod(sensor.period);
	const age = reading === undefined ? null : now - Date.parse(reading.phenomenonTime);
	const stale = age === null || age > limit || sensor.status === 'offline';
	return (
		<li data-datastream={id} data-stale={stale}>
			<button
				type="button"
				aria-pressed={shown}
				onClick={onShow}
				className={`-mx-2 grid w-[calc(100%+16px)] grid-cols-[1fr_auto] items-baseline rounded px-2 py-1 text-left hover:bg-hover ${
					shown && sensor.datastreams.length > 1 ? 'bg-hover' : ''
				} ${stale ? 'stale' : ''}`}
			>
				<span className="text-muted">{text(datastream.name)}</span>
				<span className="font-semibold text-xl">
					{reading === undefined ? '—' : formatValue(reading.value, datastream.decimals, datastream.unit)}
				</span>
				<span />
				{reading === undefined ? (
					<span className="text-right font-semibold">{t('sensor.never')}</span>
				) : stale ? (
					<span className="text-right font-semibold text-text">{t('sensor.staleFor', { age: formatAge(age ?? 0, language) })}</span>
				) : (
					<Ago at={reading.phenomenonTime} className="text-right text-faint" />
				)}
			</button>
		</li>
	);
}

function AlertsOf({ sensorId }: { sensorId: string }) {
	const { t } = useTranslation('console');
	const text = useText();
	const alerts = useEntities('alerts');
	const own = Object.values(alerts).filter((alert) => alert.sensorId === sensorId && (alert.state === 'active' || !alert.acknowledged));
	if (own.length === 0) return null;
	return (
		<Section title={t('sensor.alerts')}>
			<ul>
				{own.map((alert) => (
					<li key={alert.id}>
						<button
							type="button"
							className="-mx-2 flex min-h-8 w-[calc(100%+16px)] items-center gap-2 rounded px-2 text-left hover:bg-hover"
							onClick={() => select({ type: 'alert', id: alert.id })}
						>
							<SeverityMark severity={alert.severity} hollow={alert.state === 'cleared'} />
							<span className="flex-1">{text(alert.name)}</span>
							<Elapsed since={alert.raisedAt} until={alert.clearedAt} />
						</button>
					</li>
				))}
			</ul>
		</Section>
	);
}
