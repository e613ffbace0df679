import type { FeedDetail, StreamDetail, TrackDetail } from '@beilun/shared/protocol/media.ts';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatAge, formatMoment, formatNumber } from '../../format.ts';
import { useLanguage } from '../../i18n/index.ts';
import { codecName } from '../../media/picture.ts';
import { streamLook } from '../../media/stream-look.ts';
import { TalkButton } from '../../media/talk-button.tsx';
import { Tile } from '../../media/tile.tsx';
import { useEntity, useNow } from '../../realtime/store.ts';
import { useText } from '../../text.ts';
import { Moment } from '../age.tsx';
import { Fact, Facts } from '../context/parts.tsx';
import { usePolled } from '../fetched.ts';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow, openWindow } from '../frame/windows.ts';
import { type Advice, adviceFor } from './advice.ts';
import { milliseconds, rate } from './figures.ts';
import { type FeedSamples, sampleSpan, useSamples } from './samples.ts';
import { Trend } from './trend.tsx';

/** Everything the gateway knows of one stream: what comes, how well, how late, what went wrong and what to do about it. */
export function StreamInspector({ id }: { id: string }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const camera = useEntity('cameras', id);
	const unit = useEntity('units', id);
	const { data, error, answers } = usePolled<StreamDetail>(`/api/v1/streams/${encodeURIComponent(id)}`, 2_000);
	const now = useNow();
	const samples = useSamples(data, answers, now);
	const of = camera ?? unit;
	return (
		<Dialog
			wide
			name="stream"
			title={t('streams.inspect', { name: of === undefined ? id : text(of.name) })}
			onClose={closeWindow}
			actions={
				<button type="button" className="button" onClick={() => openWindow({ name: 'streams' })}>
					{t('streams.all')}
				</button>
			}
		>
			<div className="grid grid-cols-[400px_1fr] gap-4 p-4" data-inspector={id} data-answers={answers}>
				<div className="flex flex-col gap-3">
					<div className="aspect-video bg-ground">
						<Tile streamId={id} size="context" />
					</div>
					<TalkButton streamId={id} size="panel" />
				</div>
				<div className="min-w-0">
					{error !== null && (
						<p role="alert" className="mb-2 font-semibold">
							{error}
						</p>
					)}
					{data === undefined ? error === null && <p className="text-muted">{t('common:loading')}</p> : <Summary detail={data} />}
				</div>
			</div>
			{data?.feeds.map((feed) => (
				<Feed
					key={feed.quality}
					feed={feed}
					kind={data.kind}
					samples={samples.of(feed.quality)}
					advice={adviceFor(feed, { loss: samples.loss(feed.quality), shownMs: data.oldestShownMs, now })}
				/>
			))}
		</Dialog>
	);
}

function Summary({ detail }: { detail: StreamDetail }) {
	const { t } = useTranslation(['console', 'common']);
	return (
		<Facts>
			<Fact name={t('camera.state')}>
				<span className="font-semibold">{t(`common:streamState.${streamLook(detail.status)}`)}</span>
			</Fact>
			{'since' in detail.status && (
				<Fact name={t('camera.since')}>
					<Moment at={detail.status.since} />
				</Fact>
			)}
			<Fact name={t('form.agency')}>
				{t(`common:agency.${detail.agency}`)} · {t(`streams.kind.${detail.kind}`)}
			</Fact>
			<Fact name={t('camera.viewers')}>{detail.viewers}</Fact>
			<Fact name={t('streams.shown')}>
				<Late value={detail.oldestShownMs} limit={2_000} />
			</Fact>
			<Fact name={t('streams.talk')}>{detail.talker ?? t(detail.canTalk ? 'streams.talkNobody' : 'streams.talkNot')}</Fact>
		</Facts>
	);
}

function Late({ value, limit }: { value: number | null; limit: number }) {
	if (value === null) return '—';
	return <span className={value > limit ? 'rounded bg-yellow-ground px-1 font-semibold text-yellow' : ''}>{milliseconds(value)}</span>;
}

function Feed({ feed, kind, samples, advice }: { feed: FeedDetail; kind: 'camera' | 'field'; samples: FeedSamples; advice: Advice[] }) {
	const { t } = useTranslation(['console', 'common']);
	const { language } = useLanguage();
	const now = useNow();
	const { status } = feed;
	return (
		<section data-feed={feed.quality} className="border-line border-t px-4 py-3">
			<div className="mb-2 flex flex-wrap items-baseline gap-x-3">
				<h3 className="font-semibold">{t(kind === 'field' ? 'streams.fieldFeed' : `streams.quality.${feed.quality}`)}</h3>
				<span>{t(`common:streamState.${streamLook(status)}`)}</span>
				{feed.address !== null && <span className="min-w-0 break-all font-mono text-muted">{feed.address}</span>}
			</div>
			{advice.length > 0 && (
				<ul className="mb-3 flex flex-col gap-1">
					{advice.map(({ word, values }) => (
						<li key={word} data-advice={word} className="flex items-start gap-2 rounded bg-yellow-ground px-2 py-1">
							<TriangleAlert size={16} className="mt-0.5 shrink-0 text-yellow" aria-hidden />
							<span>{t(`advice.${word}`, values)}</span>
						</li>
					))}
				</ul>
			)}
			{status.state === 'failed' && (
				<p className="mb-3 text-muted">
					<span className="break-all font-mono">{status.detail}</span> ·{' '}
					{t('camera.nextTryIn', { in: formatAge(Math.max(0, Date.parse(status.nextTryAt) - now), language), attempt: status.attempt })}
				</p>
			)}
			<div className="grid grid-cols-[360px_1fr] gap-x-6 gap-y-3">
				<Facts>
					<Fact name={t('streams.transport')}>{feed.transport === null ? '—' : t(`streams.transports.${feed.transport}`)}</Fact>
					<Fact name={t('streams.delay')}>
						<Late value={feed.delayMs} limit={1_000} />
					</Fact>
					<Fact name={t('streams.clock')}>{t(`streams.clocks.${feed.clock}`)}</Fact>
					<Fact name="GB/T 28181">{t(`streams.gbt.${feed.withinGbt28181 ?? 'unknown'}`)}</Fact>
					<Fact name={t('camera.viewers')}>{feed.viewers}</Fact>
					<Fact name={t('streams.reconnects')}>{feed.reconnects}</Fact>
					<Fact name={t('streams.worker')}>{feed.worker ?? '—'}</Fact>
				</Facts>
				<div className="grid content-start gap-x-6 gap-y-3 grid-cols-3">
					<Trend name={t('streams.bitrate')} unit="kbit/s" decimals={0} samples={samples.bitrate} span={sampleSpan} now={now} />
					<Trend name={t('streams.loss')} unit="%" decimals={1} samples={samples.loss} span={sampleSpan} now={now} limit={1} />
					<Trend name={t('streams.column.delay')} unit="ms" decimals={0} samples={samples.delay} span={sampleSpan} now={now} limit={2_000} />
				</div>
			</div>
			{feed.tracks.length > 0 && <Tracks tracks={feed.tracks} />}
			{feed.history.length > 0 && <History history={feed.history} />}
		</section>
	);
}

const cell = 'border-b border-line px-2 py-1 text-right first:pl-0 first:text-left last:pr-0';

function Tracks({ tracks }: { tracks: readonly TrackDetail[] }) {
	const { t } = useTranslation('console');
	const columns = ['track', 'codec', 'bitrate', 'packets', 'lost', 'reordered', 'jitter', 'keyFrames', 'fps'] as const;
	const optional = (value: number | null, decimals: number, unit: string) => (value === null ? '—' : `${formatNumber(value, decimals)}\u202f${unit}`);
	return (
		<table className="mt-3 w-full">
			<thead className="text-muted">
				<tr>
					{columns.map((column) => (
						<th key={column} scope="col" className={`${cell} font-normal`}>
							{t(`streams.${column}`)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{tracks.map((track) => (
					<tr key={track.kind} data-track={track.kind}>
						<td className={cell}>{t(`streams.tracks.${track.kind}`)}</td>
						<td className={cell}>{codecName(track.codec)}</td>
						<td className={cell}>{rate(track.bitrate)}</td>
						<td className={cell}>{formatNumber(track.packets, 0)}</td>
						<td className={cell}>{formatNumber(track.lost, 0)}</td>
						<td className={cell}>{formatNumber(track.reordered, 0)}</td>
						<td className={cell}>{optional(track.jitterMs, 1, 'ms')}</td>
						<td className={cell}>{optional(track.keyFrameIntervalMs === null ? null : track.keyFrameIntervalMs / 1000, 1, 's')}</td>
						<td className={cell}>{optional(track.fps, 1, 'fps')}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function History({ history }: { history: FeedDetail['history'] }) {
	const { t } = useTranslation(['console', 'common']);
	const now = useNow();
	return (
		<>
			<h4 className="mt-3 text-muted">{t('streams.history')}</h4>
			<ol data-history className="max-h-48 overflow-y-auto">
				{history.map((entry) => (
					<li key={`${entry.at} ${entry.state} ${entry.detail}`} className="flex gap-3 border-line border-t py-1">
						<span className="w-40 shrink-0">{formatMoment(entry.at, now)}</span>
						<span className="w-20 shrink-0">{t(`common:streamState.${entry.state}`, { defaultValue: entry.state })}</span>
						<span className="min-w-0 break-words">
							{entry.reason !== null && t(`common:streamFailure.${entry.reason}`)}
							{entry.detail !== '' && <span className="text-muted"> {entry.detail}</span>}
						</span>
					</li>
				))}
			</ol>
		</>
	);
}
