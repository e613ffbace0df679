import { ArrowUp, Search, X } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { entitiesOf, useEntities, useEntity, useRealtime } from '../../realtime/store.ts';
import { useSelection } from '../../selection.ts';
import { SeverityMark } from '../../severity.tsx';
import { useText } from '../../text.ts';
import { AlarmRow } from './alarm-row.tsx';
import { useDesk } from './desk-state.ts';
import { FloodSummary } from './flood-summary.tsx';
import { useHeldOrder, useHolding } from './held-order.ts';
import { isOpen, queueOf, standing, type Tab, tabs } from './queue.ts';

/** Rows beyond this are shown when asked for. */
const firstRows = 200;

/** The queue of alerts with its tabs, search and the edge where new ones announce themselves. */
export function AlarmDesk() {
	const { t } = useTranslation('console');
	const alerts = useEntities('alerts');
	const complete = useRealtime(({ connection }) => connection.complete);
	const { filter, setFilter, setOrder, release } = useDesk();
	const search = useDeferredValue(filter.search);
	const list = useRef<HTMLDivElement>(null);
	const { held, touch, letGo } = useHolding(list);
	const [rows, setRows] = useState(firstRows);
	const selectedId = useSelection(({ selected }) => (selected?.type === 'alert' ? selected.id : null));

	const sorted = useMemo(() => queueOf(Object.values(alerts), { ...filter, search }).map(({ id }) => id), [alerts, filter, search]);
	const exists = useCallback((id: string) => alerts[id] !== undefined, [alerts]);
	const key = `${filter.tab}|${search}|${filter.severity}|${filter.group}|${release}`;
	const { order, waiting } = useHeldOrder({ sorted, held, key, exists });
	const counts = useMemo(() => countTabs(Object.values(alerts)), [alerts]);

	useEffect(() => setOrder(order), [order, setOrder]);
	useEffect(() => {
		if (release > 0) letGo();
	}, [release, letGo]);
	useEffect(() => {
		if (selectedId === null) return;
		touch();
		list.current?.querySelector(`[data-alert-id="${CSS.escape(selectedId)}"]`)?.scrollIntoView({ block: 'nearest' });
	}, [selectedId, touch]);

	const narrowed = filter.severity !== null || filter.group !== null;
	return (
		<section aria-label={t('queue.title')} data-alarm-desk className="flex h-full min-h-0 flex-col bg-panel" onKeyDown={touch}>
			<div className="flex shrink-0 items-center gap-1 border-b border-line px-2 py-1">
				{tabs.map((tab) => (
					<button
						key={tab}
						type="button"
						data-tab={tab}
						className="button-quiet"
						aria-pressed={filter.tab === tab}
						onClick={() => setFilter({ tab, group: null, severity: null })}
					>
						{t(`queue.tab.${tab}`)} <span className="text-faint">{counts[tab]}</span>
					</button>
				))}
			</div>
			<div className="relative shrink-0 border-b border-line">
				<Search size={16} aria-hidden className="pointer-events-none absolute top-2.5 left-4 text-faint" />
				<input
					id="queue-search"
					type="search"
					value={filter.search}
					onChange={(event) => setFilter({ search: event.target.value })}
					onKeyDown={(event) => {
						if (event.key !== 'Escape') return;
						setFilter({ search: '' });
						event.currentTarget.blur();
						event.stopPropagation();
					}}
					placeholder={t('queue.search')}
					aria-label={t('queue.search')}
					className="h-9 w-full bg-transparent pr-3 pl-10"
				/>
			</div>
			{narrowed && (
				<div className="flex shrink-0 items-center gap-2 border-b border-line bg-raised py-1 pr-1 pl-4">
					<span className="flex flex-1 items-center gap-2">
						{t('queue.only')}
						{filter.severity !== null && <SeverityMark severity={filter.severity} label />}
						{filter.group !== null && <GroupName group={filter.group} />}
					</span>
					<button type="button" className="button-quiet" onClick={() => setFilter({ severity: null, group: null })}>
						<X size={16} aria-hidden /> {t('queue.showAll')}
					</button>
				</div>
			)}
			<FloodSummary held={held} />
			{waiting.length > 0 ? (
				<NewAlerts waiting={waiting} />
			) : (
				// The line is always there, so that an announcement moves nothing.
				<p className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-4 text-faint">
					<span className="flex-1">{t('queue.listed', { count: order.length })}</span>
					{held && <span>{t('queue.held')}</span>}
				</p>
			)}
			<div ref={list} data-queue data-held={held} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
				<ul>
					{order.slice(0, rows).map((id) => (
						<AlarmRow key={id} id={id} />
					))}
				</ul>
				{order.length > rows && (
					<button type="button" className="button m-4" onClick={() => setRows(rows + firstRows)}>
						{t('queue.more', { count: order.length - rows })}
					</button>
				)}
				{order.length === 0 && <Empty complete={complete} tab={filter.tab} filtered={search !== '' || narrowed} />}
			</div>
		</section>
	);
}

function countTabs(alerts: ReturnType<typeof Object.values<ReturnType<typeof entitiesOf<'alerts'>>[string]>>): Record<Tab, number> {
	return {
		all: alerts.filter(isOpen).length,
		unacknowledged: alerts.filter((alert) => !alert.acknowledged).length,
		cleared: alerts.filter((alert) => alert.state === 'cleared').length,
	};
}

/** The edge: how many wait, and the worst of them by name, without moving anything. */
function NewAlerts({ waiting }: { waiting: readonly string[] }) {
	const { t } = useTranslation('console');
	const text = useText();
	const releaseNow = useDesk(({ releaseNow }) => releaseNow);
	const worst = useEntity('alerts', waiting[0]);
	return (
		<button
			type="button"
			data-new-alerts={waiting.length}
			onClick={releaseNow}
			className="flex h-9 shrink-0 items-center gap-2 border-b border-line-strong bg-text px-4 text-left text-ground"
		>
			{worst !== undefined && (
				<span className="rounded bg-panel p-1">
					<SeverityMark severity={standing(worst)} />
				</span>
			)}
			<span className="font-semibold">{t('queue.new', { count: waiting.length })}</span>
			<ArrowUp size={16} aria-hidden />
			<span className="min-w-0 flex-1 truncate">{worst !== undefined && text(worst.name)}</span>
			<kbd className="rounded border border-line-strong px-1 text-xs">N</kbd>
		</button>
	);
}

function GroupName({ group }: { group: string }) {
	const text = useText();
	const alert = Object.values(entitiesOf('alerts')).find((each) => each.ruleId === group);
	return <span>{alert === undefined ? group : text(alert.name)}</span>;
}

function Empty({ complete, tab, filtered }: { complete: boolean; tab: Tab; filtered: boolean }) {
	const { t } = useTranslation('console');
	if (!complete) return <p className="p-4 text-muted">{t('queue.waiting')}</p>;
	return <p className="p-4 text-muted">{filtered ? t('queue.noneFound') : t(`queue.none.${tab}`)}</p>;
}
