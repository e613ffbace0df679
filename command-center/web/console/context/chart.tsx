import 'uplot/dist/uPlot.min.css';
import type { Reading } from '@beilun/shared/protocol/realtime.ts';
import { datastreamId, type Series } from '@beilun/shared/protocol/sensors.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import { formatMoment, formatNumber, formatTime, formatValue, unitSymbol } from '../../format.ts';
import { serverNow, useEntity, useNow } from '../../realtime/store.ts';
import { severityCharacters } from '../../severity.tsx';
import { useFetched } from '../fetched.ts';

export interface Limit {
	severity: Severity;
	limit: number;
	direction: 'above' | 'below';
}

interface Props {
	sensorId: string;
	property: string;
	name: string;
	unit: string;
	decimals: number;
	limits: readonly Limit[];
	/** Milliseconds since the epoch; `until` null means now, moving. */
	from: number | null;
	until: number | null;
	/** Length in milliseconds when it moves with the time. */
	span: number;
	/** Expected seconds between readings: a longer silence breaks the line. */
	period: number;
	height?: number;
}

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A datastream's course with its limits, its extremes as a band; the same as a table for those who cannot see it. */
export function Chart({ sensorId, property, name, unit, decimals, limits, from, until, span, period, height = 190 }: Props) {
	const { t } = useTranslation('console');
	const id = datastreamId(sensorId, property);
	const reading = useEntity('readings', id);
	const minute = Math.floor(useNow(5_000) / 30_000);
	const path = useMemo(() => {
		const end = until ?? serverNow();
		const start = from ?? end - span;
		const query = new URLSearchParams({ property, from: new Date(start).toISOString(), to: new Date(end).toISOString(), points: '300' });
		return { url: `/api/v1/sensors/${encodeURIComponent(sensorId)}/series?${query}`, minute };
	}, [sensorId, property, from, until, span, minute]);
	const { data, error } = useLatest(path.url, `${id} ${from} ${until} ${span}`);
	const [table, setTable] = useState(false);
	const series = data?.datastreamId === id ? data : undefined;
	const points = series?.points ?? [];
	const extent = points.length === 0 ? null : { min: Math.min(...points.map((p) => p.min)), max: Math.max(...points.map((p) => p.max)) };
	const summary =
		extent === null
			? t('chart.nothing')
			: t('chart.summary', {
					name,
					min: formatValue(extent.min, decimals, unit),
					max: formatValue(extent.max, decimals, unit),
					last: formatValue(points.at(-1)?.last ?? 0, decimals, unit),
				});
	return (
		<figure data-chart={id}>
			<figcaption className="flex items-center gap-2">
				<span className="flex-1 text-muted">
					{name}
					{unitSymbol(unit) === '' ? '' : ` / ${unitSymbol(unit)}`}
				</span>
				<button type="button" className="button-quiet" aria-pressed={table} onClick={() => setTable(!table)}>
					{t(table ? 'chart.asChart' : 'chart.asTable')}
				</button>
			</figcaption>
			{error !== null && <p role="alert">{error}</p>}
			{table ? (
				<Table points={points} decimals={decimals} unit={unit} />
			) : (
				<div role="img" aria-label={summary} style={{ height }}>
					<Plot
						series={series}
						reading={until === null ? reading : undefined}
						limits={limits}
						decimals={decimals}
						height={height}
						from={from}
						until={until}
						span={span}
						period={period}
					/>
				</div>
			)}
			{series !== undefined && points.length === 0 && <p className="text-muted">{t('chart.nothing')}</p>}
		</figure>
	);
}

/** Keeps showing the last answer for the same chart while a newer one is fetched. */
function useLatest(path: string, key: string) {
	const fetched = useFetched<Series>(path);
	const last = useRef<{ key: string; data: Series } | null>(null);
	if (fetched.data !== undefined) last.current = { key, data: fetched.data };
	return { data: fetched.data ?? (last.current?.key === key ? last.current.data : undefined), error: fetched.error };
}

function Table({ points, decimals, unit }: { points: Series['points']; decimals: number; unit: string }) {
	const { t } = useTranslation('console');
	const now = serverNow();
	return (
		<div className="max-h-64 overflow-y-auto">
			<table className="w-full text-right">
				<thead className="sticky top-0 bg-panel text-muted">
					<tr>
						{['time', 'mean', 'min', 'max'].map((key) => (
							<th key={key} scope="col" className="py-1 font-normal first:text-left">
								{t(`chart.${key}`)}
								{key !== 'time' && unitSymbol(unit) !== '' && <span className="text-xs"> {unitSymbol(unit)}</span>}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{points.toReversed().map((point) => (
						<tr key={point.time} className="border-t border-line">
							<td className="py-1 text-left">{formatMoment(point.time, now)}</td>
							<td>{formatNumber(point.mean, decimals)}</td>
							<td>{formatNumber(point.min, decimals)}</td>
							<td>{formatNumber(point.max, decimals)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

interface PlotProps {
	series: Series | undefined;
	reading: Reading | undefined;
	limits: readonly Limit[];
	decimals: number;
	height: number;
	from: number | null;
	until: number | null;
	span: number;
	period: number;
}

function Plot({ series, reading, limits, decimals, height, from, until, span, period }: PlotProps) {
	const host = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | null>(null);
	const drawnLimits = useRef(limits);
	drawnLimits.current = limits;
	const range = useRef({ from, until, span });
	range.current = { from, until, span };
	const live = useRef<{ series: Series | undefined; readings: Reading[] }>({ series: undefined, readings: [] });

	useEffect(() => {
		const element = host.current;
		if (element === null) return;
		const faint = style('--color-faint');
		const line = style('--color-line');
		const font = `12px ${style('--font-sans')}`;
		const axis = { stroke: faint, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
		const chart = new uPlot(
			{
				width: Math.max(200, element.clientWidth),
				height,
				legend: { show: false },
				cursor: { drag: { x: false, y: false }, points: { size: 6 } },
				scales: {
					x: {
						time: true,
						range: () => {
							const { from: start, until: end, span: length } = range.current;
							const last = end ?? serverNow();
							return [(start ?? last - length) / 1000, last / 1000];
						},
					},
					y: { range: (_self, min, max) => yRange(min, max, drawnLimits.current) },
				},
				axes: [
					{
						...axis,
						size: 30,
						space: 70,
						values: (_self, ticks) =>
							ticks.map((tick) => (range.current.span <= 20 * 60_000 ? formatTime(tick * 1000) : formatTime(tick * 1000).slice(0, 5))),
					},
					{
						...axis,
						size: 52,
						space: 32,
						values: (_self, ticks, _axis, _space, step) => ticks.map((tick) => formatNumber(tick, stepDecimals(step))),
					},
				],
				series: [
					{},
					{ stroke: 'transparent', points: { show: false } },
					{ stroke: 'transparent', points: { show: false } },
					{ stroke: style('--color-text'), width: 1.5, points: { show: (self) => self.data[0].length <= 2, size: 6 } },
				],
				bands: [{ series: [2, 1], fill: 'rgb(230 233 236 / 0.14)' }],
				hooks: { draw: [(self) => drawLimits(self, drawnLimits.current)], setCursor: [(self) => showCursor(self, element, decimals)] },
			},
			[[], [], [], []],
			element,
		);
		plot.current = chart;
		const observer = new ResizeObserver(() => chart.setSize({ width: Math.max(200, element.clientWidth), height }));
		observer.observe(element);
		return () => {
			observer.disconnect();
			chart.destroy();
			plot.current = null;
		};
	}, [height, decimals]);

	useEffect(() => {
		if (live.current.series !== series) live.current = { series, readings: [] };
		if (reading !== undefined && live.current.readings.at(-1) !== reading) live.current.readings.push(reading);
		if (live.current.readings.length > 600) live.current.readings.shift();
		plot.current?.setData(columns(series, live.current.readings, period));
	}, [series, reading, period]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another set of limits or another range draws anew
	useEffect(() => {
		const chart = plot.current;
		if (chart !== null) chart.setData(chart.data);
	}, [limits, from, until, span]);

	return (
		<div ref={host} className="relative">
			<output data-cursor hidden className="pointer-events-none absolute top-1 left-14 z-10 rounded bg-raised px-2 text-text" />
		</div>
	);
}

/** Buckets, then what came since, with a break wherever nothing was heard for more than three periods. */
function columns(series: Series | undefined, readings: readonly Reading[], period: number): uPlot.AlignedData {
	const times: number[] = [];
	const values: [low: (number | null)[], high: (number | null)[], mean: (number | null)[]] = [[], [], []];
	const gap = Math.max(period * 3, (series?.bucketSeconds ?? 0) * 3, 5);
	const push = (time: number, low: number, high: number, mean: number) => {
		const last = times.at(-1);
		if (last !== undefined && time <= last) return;
		if (last !== undefined && time - last > gap) {
			times.push((last + time) / 2);
			for (const column of values) column.push(null);
		}
		times.push(time);
		values[0].push(low);
		values[1].push(high);
		values[2].push(mean);
	};
	for (const point of series?.points ?? []) push(Date.parse(point.time) / 1000, point.min, point.max, point.mean);
	for (const { phenomenonTime, value } of readings) push(Date.parse(phenomenonTime) / 1000, value, value, value);
	return [times, ...values];
}

/** The data and the nearest limits with some air; a limit far away does not flatten the line. */
function yRange(min: number | null, max: number | null, limits: readonly Limit[]): [number, number] {
	let low = min ?? 0;
	let high = max ?? 1;
	const extent = Math.max(high - low, Math.abs(high) * 0.05, 1e-6);
	for (const { limit } of limits) {
		if (limit > high + extent * 4 || limit < low - extent * 4) continue;
		low = Math.min(low, limit);
		high = Math.max(high, limit);
	}
	// The nearest limit above or below is always there: how near it is, is what the chart is looked at for.
	const above = limits.filter(({ limit }) => limit > high).map(({ limit }) => limit);
	if (limits.length > 0 && limits.every(({ limit }) => limit > high)) high = Math.min(...above);
	const below = limits.filter(({ limit }) => limit < low).map(({ limit }) => limit);
	if (limits.length > 0 && limits.every(({ limit }) => limit < low)) low = Math.max(...below);
	const air = Math.max((high - low) * 0.08, extent * 0.05);
	return [low - air, high + air];
}

function stepDecimals(step: number): number {
	return Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
}

function drawLimits(self: uPlot, limits: readonly Limit[]): void {
	const { ctx, bbox } = self;
	const [low, high] = [self.scales.y?.min ?? 0, self.scales.y?.max ?? 0];
	ctx.save();
	ctx.font = `${12 * devicePixelRatio}px ${style('--font-sans')}`;
	ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
	ctx.lineWidth = devicePixelRatio;
	ctx.textAlign = 'left';
	for (const { severity, limit, direction } of limits) {
		if (limit < low || limit > high) continue;
		const y = self.valToPos(limit, 'y', true);
		ctx.strokeStyle = ctx.fillStyle = style(`--color-${severity}`);
		ctx.beginPath();
		ctx.moveTo(bbox.left, y);
		ctx.lineTo(bbox.left + bbox.width, y);
		ctx.stroke();
		ctx.textBaseline = direction === 'above' ? 'bottom' : 'top';
		ctx.fillText(`${severityCharacters[severity]} ${limit}`, bbox.left + 4 * devicePixelRatio, y);
	}
	ctx.restore();
}

function showCursor(self: uPlot, element: HTMLElement, decimals: number): void {
	const label = element.querySelector<HTMLElement>('[data-cursor]');
	if (label === null) return;
	const index = self.cursor.idx;
	const time = index === null || index === undefined ? undefined : self.data[0][index];
	const value = index === null || index === undefined ? undefined : self.data[3]?.[index];
	label.hidden = time === undefined || value === null || value === undefined || (self.cursor.left ?? -1) < 0;
	if (time !== undefined && typeof value === 'number') label.textContent = `${formatTime(time * 1000)}  ${formatNumber(value, decimals)}`;
}
