import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Boundary } from '../../boundary.tsx';
import { streamLook } from '../../media/stream-look.ts';
import { useEntities } from '../../realtime/store.ts';
import { type Selected, select, useSelection } from '../../selection.ts';
import { useLayout } from '../frame/layout.ts';
import { AlertContext } from './alert-context.tsx';
import { CameraContext } from './camera-context.tsx';
import { SensorContext } from './sensor-context.tsx';
import { UnitContext } from './unit-context.tsx';

/** Whatever is selected, explained. */
export function ContextPanel({ onClose }: { onClose?: () => void }) {
	const { t } = useTranslation('console');
	const selected = useSelection((selection) => selection.selected);
	const change = useLayout((layout) => layout.change);
	return (
		<aside aria-label={t('context.title')} data-context-panel className="@container flex h-full min-h-0 flex-col bg-panel">
			<div className="flex min-h-10 shrink-0 items-center gap-2 border-b border-line pr-1 pl-4">
				<span className="flex-1 text-muted">{selected === null ? t('context.title') : t(`context.${selected.type}`)}</span>
				{selected !== null && (
					<button type="button" className="button-quiet" onClick={() => select(null)}>
						{t('context.clear')} <kbd className="key">Esc</kbd>
					</button>
				)}
				<button
					type="button"
					className="button-quiet"
					aria-label={t('context.close')}
					title={t('context.close')}
					onClick={onClose ?? (() => change({ contextOpen: false }))}
				>
					<X size={16} aria-hidden />
				</button>
			</div>
			<div key={selected === null ? '' : `${selected.type} ${selected.id}`} className="min-h-0 flex-1 overflow-y-auto">
				<Boundary part={t('context.title')}>{selected === null ? <Overview /> : <Context selected={selected} />}</Boundary>
			</div>
		</aside>
	);
}

function Context({ selected }: { selected: Selected }) {
	switch (selected.type) {
		case 'alert':
			return <AlertContext id={selected.id} />;
		case 'sensor':
			return <SensorContext id={selected.id} />;
		case 'camera':
			return <CameraContext id={selected.id} />;
		case 'unit':
			return <UnitContext id={selected.id} />;
	}
}

/** With nothing selected: what does not report, which no alert tells. */
function Overview() {
	const { t } = useTranslation(['console', 'common']);
	const sensors = Object.values(useEntities('sensors'));
	const streams = Object.values(useEntities('streams'));
	const units = Object.values(useEntities('units'));
	const cameras = Object.keys(useEntities('cameras')).length;
	const failed = streams.filter((stream) => stream.kind === 'camera' && ['failed', 'frozen'].includes(streamLook(stream.status)));
	const offline = sensors.filter((sensor) => sensor.status !== 'online');
	const help = units.filter((unit) => unit.status === 'needs-help');
	return (
		<div data-context="overview" className="flex flex-col gap-4 p-4">
			<p className="text-muted">{t('overview.hint')}</p>
			<dl className="grid grid-cols-[1fr_auto] gap-y-2">
				<dt>{t('overview.sensors')}</dt>
				<dd>
					{sensors.length - offline.length} / {sensors.length}
				</dd>
				<dt>{t('overview.cameras')}</dt>
				<dd>
					{cameras - failed.length} / {cameras}
				</dd>
				<dt>{t('overview.units')}</dt>
				<dd>{units.length}</dd>
			</dl>
			<Absent title={t('overview.help')} items={help.map(({ id }) => ({ type: 'unit', id }))} />
			<Absent title={t('overview.failed')} items={failed.map(({ id }) => ({ type: 'camera', id }))} />
			<Absent title={t('overview.offline')} items={offline.map(({ id }) => ({ type: 'sensor', id }))} />
		</div>
	);
}

function Absent({ title, items }: { title: string; items: Selected[] }) {
	if (items.length === 0) return null;
	return (
		<section>
			<h3 className="mb-1 font-semibold">
				{title} <span className="font-normal text-muted">{items.length}</span>
			</h3>
			<ul>
				{items.slice(0, 40).map((item) => (
					<li key={item.id}>
						<AbsentRow item={item} />
					</li>
				))}
			</ul>
		</section>
	);
}

function AbsentRow({ item }: { item: Selected }) {
	const { t, i18n } = useTranslation(['console', 'common']);
	const sensors = useEntities('sensors');
	const cameras = useEntities('cameras');
	const units = useEntities('units');
	const streams = useEntities('streams');
	const entity = item.type === 'sensor' ? sensors[item.id] : item.type === 'camera' ? cameras[item.id] : units[item.id];
	const status = item.type === 'camera' ? streams[item.id]?.status : undefined;
	const name = entity === undefined ? item.id : i18n.language === 'en' && entity.name.en !== '' ? entity.name.en : entity.name.zh;
	const sensor = item.type === 'sensor' ? sensors[item.id] : undefined;
	return (
		<button
			type="button"
			className="-mx-2 flex min-h-8 w-[calc(100%+16px)] items-center gap-2 rounded px-2 text-left hover:bg-hover"
			onClick={() => select(item)}
		>
			<span className="min-w-0 flex-1 truncate">{name}</span>
			{status !== undefined && (
				<span className="truncate text-muted">
					{t(status.state === 'failed' ? `common:streamFailure.${status.reason}` : `common:streamState.${streamLook(status)}`)}
				</span>
			)}
			{sensor !== undefined && <span className="text-muted">{t(`common:sensorStatus.${sensor.status}`)}</span>}
		</button>
	);
}
