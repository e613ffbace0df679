import type { Stream, StreamDetail } from '@beilun/shared/protocol/media.ts';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { codecName } from '../../media/picture.ts';
import { type StreamLook, streamLook } from '../../media/stream-look.ts';
import { useEntities } from '../../realtime/store.ts';
import { useText } from '../../text.ts';
import { Find } from '../desks/lists.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow, openWindow } from '../frame/windows.ts';
import { feedLoss, leadingFeed } from './advice.ts';
import { milliseconds, percent, rate } from './figures.ts';
import { type Details, useDetails } from './use-details.ts';

const columns = ['name', 'state', 'picture', 'bitrate', 'loss', 'delay', 'shown', 'gb28181', 'viewers', 'reconnects', 'transport', 'worker'] as const;
type Column = (typeof columns)[number];
const states = ['live', 'frozen', 'connecting', 'failed', 'ready', 'unchecked', 'ended'] as const satisfies readonly StreamLook[];
type Filter = 'all' | (typeof states)[number];

interface Row {
	stream: Stream;
	name: string;
	demo: boolean;
	detail: StreamDetail | undefined;
	loss: number | null;
}

const cell = 'border-b border-line px-2 py-1.5 first:pl-4 last:pr-4';

/** All streams with how well they come; a row opens what is known of that one. */
export function StreamsWindow() {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const streams = useEntities('streams');
	const cameras = useEntities('cameras');
	const units = useEntities('units');
	const [search, setSearch] = useState('');
	const [filter, setFilter] = useState<Filter>('all');
	const [sort, setSort] = useState<{ column: Column; down: boolean }>({ column: 'name', down: false });
	// What nobody watches has nothing to tell.
	const awake = Object.values(streams)
		.filter(({ status }) => status.state !== 'idle' && status.state !== 'ended')
		.map(({ id }) => id);
	const details = useDetails(awake);
	const rows = Object.values(streams).map((stream) =>
		rowOf(stream, details, text(cameras[stream.id]?.name ?? units[stream.id]?.name ?? { zh: stream.id, en: stream.id })),
	);
	const shown = rows.filter(
		({ stream, name }) =>
			`${stream.id} ${name}`.toLowerCase().includes(search.toLowerCase()) && (filter === 'all' || streamLook(stream.status) === filter),
	);
	const ids = shown
		.map(({ stream }) => stream.id)
		.sort()
		.join(' ');
	// Sorted when asked to, not whenever a figure changes: a row stays where the eye found it.
	// biome-ignore lint/correctness/useExhaustiveDependencies: the figures are those of the moment it was asked for
	const order = useMemo(() => {
		const sorted = shown.toSorted((a, b) => compare(sortValue(a, sort.column), sortValue(b, sort.column)) || compare(a.stream.id, b.stream.id));
		return new Map((sort.down ? sorted.reverse() : sorted).map(({ stream }, index) => [stream.id, index]));
	}, [ids, sort]);
	shown.sort((a, b) => (order.get(a.stream.id) ?? 0) - (order.get(b.stream.id) ?? 0));
	return (
		<Dialog
			wide
			name="streams"
			title={t('streams.title', { count: shown.length })}
			onClose={closeWindow}
			actions={
				<>
					<Find value={search} onChange={setSearch} />
					<select className="input" aria-label={t('camera.state')} value={filter} onChange={(event) => setFilter(event.target.value as Filter)}>
						<option value="all">{t('streams.everyState')}</option>
						{states.map((state) => (
							<option key={state} value={state}>
								{t(`common:streamState.${state}`)}
							</option>
						))}
					</select>
				</>
			}
		>
			<table className="w-full">
				<thead className="sticky top-0 z-10 bg-panel text-muted">
					<tr>
						{columns.map((column) => (
							<th
								key={column}
								scope="col"
								aria-sort={sort.column === column ? (sort.down ? 'descending' : 'ascending') : 'none'}
								className={`h-9 border-line border-b px-1 font-normal first:pl-3 last:pr-3 ${isFigure(column) ? 'text-right' : 'text-left'}`}
							>
								<button
									type="button"
									data-sort={column}
									className="min-h-8 whitespace-nowrap rounded px-1 hover:bg-hover hover:text-text"
									// Of figures the greatest are what is looked for.
									onClick={() => setSort({ column, down: sort.column === column ? !sort.down : isFigure(column) })}
								>
									{t(`streams.column.${column}`)}
									{sort.column === column &&
										(sort.down ? <ArrowDown size={12} className="inline" aria-hidden /> : <ArrowUp size={12} className="inline" aria-hidden />)}
								</button>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{shown.map((row) => (
						<StreamRow key={row.stream.id} row={row} />
					))}
				</tbody>
			</table>
			{shown.length === 0 && <p className="p-4 text-muted">{t(rows.length === 0 ? 'streams.none' : 'list.noneFound')}</p>}
		</Dialog>
	);
}

function StreamRow({ row: { stream, name, demo, detail, loss } }: { row: Row }) {
	const { t } = useTranslation(['console', 'common']);
	const { status } = stream;
	const look = streamLook(status);
	const feed = detail === undefined ? undefined : leadingFeed(detail);
	const video = status.state === 'live' ? status.video : null;
	const bad = 'rounded bg-yellow-ground px-1 font-semibold text-yellow';
	return (
		<tr data-stream-row={stream.id} className="hover:bg-hover">
			<td className={cell}>
				<button
					type="button"
					className="flex min-h-8 items-center gap-2 text-left underline-offset-4 hover:underline"
					onClick={() => openWindow({ name: 'stream', id: stream.id })}
				>
					{name}
					{demo && <DemoBadge />}
				</button>
			</td>
			<td className={cell}>
				<span
					title={status.state === 'failed' ? t(`common:streamFailure.${status.reason}`) : undefined}
					className={`whitespace-nowrap ${status.state === 'failed' ? 'offline rounded px-1 text-text' : look === 'frozen' ? bad : ''}`}
				>
					{t(`common:streamState.${look}`)}
				</span>
			</td>
			<td className={cell}>
				{status.state === 'failed' && <span className="text-muted">{t(`common:streamFailure.${status.reason}`)}</span>}
				{video !== null && (
					<>
						{codecName(video.codec)}
						{video.width !== null && video.height !== null && ` ${video.width}×${video.height}`}
						{video.transcodedFrom !== null && <span className="text-muted"> {t('streams.from', { codec: codecName(video.transcodedFrom) })}</span>}
					</>
				)}
				{status.state === 'live' && video === null && <span className="text-muted">{t('streams.soundOnly')}</span>}
			</td>
			<td className={`${cell} whitespace-nowrap text-right`}>{video === null ? '' : rate(video.bitrate)}</td>
			<td className={`${cell} whitespace-nowrap text-right`}>{loss !== null && <span className={loss >= 0.01 ? bad : ''}>{percent(loss)}</span>}</td>
			<td className={`${cell} whitespace-nowrap text-right`}>{feed?.delayMs == null ? '' : milliseconds(feed.delayMs)}</td>
			<td className={`${cell} whitespace-nowrap text-right`}>{detail?.oldestShownMs == null ? '' : milliseconds(detail.oldestShownMs)}</td>
			<td className={`${cell} whitespace-nowrap`}>
				{feed !== undefined && feed.withinGbt28181 !== null && (
					<span className={feed.withinGbt28181 ? '' : bad}>{t(`streams.gbtShort.${feed.withinGbt28181}`)}</span>
				)}
			</td>
			<td className={`${cell} text-right`}>{stream.viewers}</td>
			<td className={`${cell} text-right`}>{feed?.reconnects ?? ''}</td>
			<td className={`${cell} whitespace-nowrap`}>{feed?.transport == null ? '' : t(`streams.transportShort.${feed.transport}`)}</td>
			<td className={`${cell} text-right`}>{feed?.worker ?? ''}</td>
		</tr>
	);
}

function rowOf(stream: Stream, details: Details, name: string): Row {
	const held = details[stream.id];
	const feed = held === undefined ? undefined : leadingFeed(held.now);
	const before = held?.before?.feeds.find(({ quality }) => quality === feed?.quality);
	return { stream, name, demo: stream.demo, detail: held?.now, loss: feed === undefined ? null : feedLoss(feed, before) };
}

function isFigure(column: Column): boolean {
	return !['name', 'state', 'picture', 'gb28181', 'transport'].includes(column);
}

/** What a column is sorted by; null, which is not known, goes before everything. */
function sortValue({ stream, name, detail, loss }: Row, column: Column): string | number | null {
	const feed = detail === undefined ? undefined : leadingFeed(detail);
	const video = stream.status.state === 'live' ? stream.status.video : null;
	switch (column) {
		case 'name':
			return name;
		case 'state':
			return (states as readonly string[]).indexOf(streamLook(stream.status));
		case 'picture':
			return video === null ? null : `${video.codec} ${String(video.height ?? 0).padStart(5, '0')}`;
		case 'bitrate':
			return video?.bitrate ?? null;
		case 'loss':
			return loss;
		case 'delay':
			return feed?.delayMs ?? null;
		case 'shown':
			return detail?.oldestShownMs ?? null;
		case 'gb28181':
			return feed?.withinGbt28181 == null ? null : Number(feed.withinGbt28181);
		case 'viewers':
			return stream.viewers;
		case 'reconnects':
			return feed?.reconnects ?? null;
		case 'transport':
			return feed?.transport ?? null;
		case 'worker':
			return feed?.worker ?? null;
	}
}

function compare(a: string | number | null, b: string | number | null): number {
	if (a === b) return 0;
	if (a === null) return -1;
	if (b === null) return 1;
	return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh');
}
