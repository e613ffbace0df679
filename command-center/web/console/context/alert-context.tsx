import type { Alert, AlertChange, Rule } from '@beilun/shared/protocol/alerts.ts';
import { Check } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { formatMoment, formatNumber, formatValue } from '../../format.ts';
import { useEntity, useNow } from '../../realtime/store.ts';
import { select } from '../../selection.ts';
import { SeverityMark, severityGround } from '../../severity.tsx';
import { usePlace, useText } from '../../text.ts';
import { Ago, Elapsed, Moment } from '../age.tsx';
import { acknowledge, usePending } from '../alarms/acknowledge.ts';
import { standing } from '../alarms/queue.ts';
import { useFetched } from '../fetched.ts';
import { staleAfterPeriod } from '../freshness.ts';
import { Chart } from './chart.tsx';
import { NearestCameras } from './nearest-cameras.tsx';
import { Fact, Facts, PlaceFact, Section } from './parts.tsx';
import { limitsOf } from './rules-of.ts';

/** One alert: what, where, how bad, since when, who has it, what to do next. */
export function AlertContext({ id }: { id: string }) {
	const { t } = useTranslation('console');
	const known = useEntity('alerts', id);
	// One that has left the server's list is still to be read.
	const { data, error } = useFetched<Alert>(known === undefined ? `/api/v1/alerts/${encodeURIComponent(id)}` : null);
	const alert = known ?? data;
	if (alert === undefined) return <p className="p-4 text-muted">{error ?? t('context.loading')}</p>;
	return <Details alert={alert} />;
}

function Details({ alert }: { alert: Alert }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const placeText = usePlace();
	const sensor = useEntity('sensors', alert.sensorId);
	const { data: rule } = useFetched<Rule>(`/api/v1/rules/${encodeURIComponent(alert.ruleId)}`);
	const limits = useMemo(
		() => (rule === undefined ? [{ severity: alert.severity, limit: alert.limit, direction: alert.direction }] : limitsOf(rule)),
		[rule, alert.severity, alert.limit, alert.direction],
	);
	const active = alert.state === 'active';
	const severity = standing(alert);
	const property = alert.datastreamId.slice(alert.sensorId.length + 1);
	const end = alert.clearedAt === null ? null : Date.parse(alert.clearedAt) + 10 * 60_000;
	const now = useNow(30_000);
	const past = end !== null && end < now;
	return (
		<article data-context="alert" data-context-id={alert.id}>
			<div className={`px-4 py-3 ${active ? severityGround[severity] : 'bg-raised'}`}>
				<div className="flex flex-wrap items-center gap-x-2 whitespace-nowrap">
					<SeverityMark severity={severity} size={20} hollow={!active} label />
					<span>· {t(`common:agency.${alert.agency}`)}</span>
					{alert.demo && <DemoBadge />}
					<span className="flex-1" />
					<span>{t(active ? 'alert.active' : 'alert.cleared')}</span>
					<Elapsed since={alert.raisedAt} until={alert.clearedAt} className="font-semibold" />
				</div>
				<h2 className="mt-1 font-semibold text-lg leading-6">{text(alert.name)}</h2>
				<p>
					{text(alert.sensorName)}
					{placeText(alert.place) !== '' && ` · ${placeText(alert.place)}`}
				</p>
			</div>
			<div className="@2xl:grid @2xl:grid-cols-2">
				<div className="min-w-0">
					<NextStep alert={alert} />
					<Section title={text(alert.propertyName)}>
						<CurrentValue alert={alert} period={sensor?.period} />
						<Chart
							sensorId={alert.sensorId}
							property={property}
							name={text(alert.propertyName)}
							unit={alert.unit}
							decimals={alert.decimals}
							limits={limits}
							from={past ? Date.parse(alert.raisedAt) - 30 * 60_000 : Math.min(Date.parse(alert.raisedAt) - 10 * 60_000, now - 10 * 60_000)}
							until={past ? end : null}
							span={10 * 60_000}
							period={sensor?.period ?? 60}
						/>
					</Section>
					<Section title={t('context.facts')}>
						<Facts>
							<PlaceFact place={alert.place} name={placeText(alert.place)} />
							<Fact name={t('alert.raisedAt')}>
								<Moment at={alert.raisedAt} />
							</Fact>
							{alert.clearedAt !== null && (
								<Fact name={t('alert.clearedAt')}>
									<Moment at={alert.clearedAt} />
								</Fact>
							)}
							{alert.peakSeverity !== severity && (
								<Fact name={t('alert.peak')}>
									<SeverityMark severity={alert.peakSeverity} label />
								</Fact>
							)}
							<Fact name={t('fact.sensor')}>
								<button
									type="button"
									className="button-quiet -mx-2 max-w-full whitespace-normal text-left underline underline-offset-4"
									onClick={() => select({ type: 'sensor', id: alert.sensorId })}
								>
									{text(alert.sensorName)}
								</button>
							</Fact>
						</Facts>
					</Section>
				</div>
				<div className="min-w-0">
					<NearestCameras lon={alert.place.lon} lat={alert.place.lat} count={4} />
					<History alert={alert} />
				</div>
			</div>
		</article>
	);
}

/** What to do next, and the one button for it. */
function NextStep({ alert }: { alert: Alert }) {
	const { t } = useTranslation(['console', 'common']);
	const pending = usePending(({ ids }) => ids.has(alert.id));
	const step = alert.acknowledged ? (alert.state === 'active' ? 'watch' : 'done') : alert.state === 'active' ? 'acknowledge' : 'acknowledgeCleared';
	return (
		<div className="flex flex-col gap-2 px-4 py-3" data-next-step={step}>
			<p>
				<span className="text-muted">{t('next.title')} </span>
				{t(`next.${step}`, { agency: t(`common:agency.${alert.agency}`) })}
			</p>
			{alert.acknowledged ? (
				<p className="flex items-center gap-2 text-good">
					<Check size={16} aria-hidden />
					<span>{t('alert.acknowledgedBy', { name: alert.acknowledgedBy ?? t('alert.someone') })}</span>
					{alert.acknowledgedAt !== null && <Ago at={alert.acknowledgedAt} className="text-muted" />}
				</p>
			) : (
				<button type="button" data-acknowledge className="button button-main min-h-10" disabled={pending} onClick={() => void acknowledge(alert.id)}>
					{t(pending ? 'alert.acknowledging' : 'alert.acknowledge')}
					<kbd className="rounded border border-current px-1 text-xs">{t('keys.space')}</kbd>
				</button>
			)}
		</div>
	);
}

function CurrentValue({ alert, period }: { alert: Alert; period: number | undefined }) {
	const { t } = useTranslation('console');
	const reading = useEntity('readings', alert.datastreamId);
	const now = useNow();
	const value = reading?.value ?? alert.value;
	const at = reading?.phenomenonTime ?? alert.updatedAt;
	const stale = now - Date.parse(at) > staleAfterPeriod(period ?? 60);
	return (
		<div className={`-mx-1 mb-1 flex flex-wrap items-baseline gap-x-3 rounded px-1 ${stale ? 'stale' : ''}`} data-stale={stale}>
			<span className="font-semibold text-2xl leading-9">{formatValue(value, alert.decimals, alert.unit)}</span>
			<span>{t(alert.direction === 'above' ? 'alert.limitAbove' : 'alert.limitBelow', { limit: formatNumber(alert.limit, alert.decimals) })}</span>
			<span className="flex-1" />
			<Ago at={at} className={stale ? 'font-semibold text-text' : 'text-muted'} />
		</div>
	);
}

function History({ alert }: { alert: Alert }) {
	const { t } = useTranslation('console');
	const { data, error } = useFetched<{ items: AlertChange[] }>(`/api/v1/alerts/${alert.id}/history`, alert.revision);
	const now = useNow(60_000);
	const items = useMemo(() => (data?.items ?? []).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)), [data]);
	return (
		<Section title={t('history.title')}>
			{error !== null && <p role="alert">{error}</p>}
			<ol className="flex flex-col gap-1">
				{items.map((change) => (
					<li key={change.id} className="grid grid-cols-[auto_16px_1fr] items-center gap-2" title={change.reason}>
						<time dateTime={change.at} className="text-muted">
							{formatMoment(change.at, now)}
						</time>
						<SeverityMark severity={change.severity} size={14} hollow={change.change === 'cleared'} />
						<span>
							{t(`history.${change.change}`, { name: change.by ?? t('alert.someone') })}
							{change.value !== null && <span className="text-muted"> · {formatValue(change.value, alert.decimals, alert.unit)}</span>}
						</span>
					</li>
				))}
			</ol>
		</Section>
	);
}
