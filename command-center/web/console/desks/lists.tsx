import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { streamLook } from '../../media/stream-look.ts';
import { useEntities } from '../../realtime/store.ts';
import { focusOn, select } from '../../selection.ts';
import { keepsCameras, useMe } from '../../session.ts';
import { usePlace, useText } from '../../text.ts';
import { Ago } from '../age.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow, openWindow } from '../frame/windows.ts';

/** A search box in a window's title line. */
export function Find({ value, onChange }: { value: string; onChange: (value: string) => void }) {
	const { t } = useTranslation('console');
	return (
		<input
			type="search"
			className="input w-56"
			placeholder={t('find')}
			aria-label={t('find')}
			value={value}
			onChange={(event) => onChange(event.target.value)}
		/>
	);
}

export function Head({ columns }: { columns: readonly string[] }) {
	return (
		<thead className="sticky top-0 z-10 bg-panel text-left text-muted">
			<tr>
				{columns.map((column) => (
					<th key={column} scope="col" className="h-9 border-b border-line px-2 font-normal first:pl-4 last:pr-4">
						{column}
					</th>
				))}
			</tr>
		</thead>
	);
}

const cell = 'border-b border-line px-2 py-1.5 first:pl-4 last:pr-4';

export function CamerasWindow() {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const place = usePlace();
	const me = useMe();
	const cameras = useEntities('cameras');
	const streams = useEntities('streams');
	const [search, setSearch] = useState('');
	const rows = useMemo(
		() =>
			Object.values(cameras)
				.filter((camera) => `${camera.id} ${camera.name.zh} ${camera.name.en} ${camera.place.name}`.toLowerCase().includes(search.toLowerCase()))
				.sort((a, b) => (a.id < b.id ? -1 : 1)),
		[cameras, search],
	);
	return (
		<Dialog
			wide
			name="cameras"
			title={t('cameras.title')}
			onClose={closeWindow}
			actions={
				<>
					<Find value={search} onChange={setSearch} />
					{keepsCameras(me?.role) && (
						<button type="button" className="button" onClick={() => openWindow({ name: 'camera', id: null })}>
							<Plus size={14} aria-hidden /> {t('camera.add')}
						</button>
					)}
				</>
			}
		>
			<table className="w-full">
				<Head columns={[t('list.name'), t('form.agency'), t('fact.place'), t('camera.state'), t('camera.reason'), t('camera.viewers')]} />
				<tbody>
					{rows.map((camera) => {
						const status = streams[camera.id]?.status;
						const look = streamLook(status);
						return (
							<tr key={camera.id} data-camera-row={camera.id} className="hover:bg-hover">
								<td className={cell}>
									<Open type="camera" id={camera.id} at={camera.place} name={text(camera.name)} demo={camera.demo} />
								</td>
								<td className={cell}>{t(`common:agency.${camera.agency}`)}</td>
								<td className={cell}>{place(camera.place)}</td>
								<td className={cell}>
									<span className={look === 'failed' || look === 'frozen' ? 'offline rounded px-1 text-text' : ''}>
										{t(`common:streamState.${look}`)}
									</span>
								</td>
								<td className={`${cell} text-muted`} title={status?.state === 'failed' ? status.detail : undefined}>
									{status?.state === 'failed' && t(`common:streamFailure.${status.reason}`)}
								</td>
								<td className={cell}>{streams[camera.id]?.viewers ?? 0}</td>
							</tr>
						);
					})}
				</tbody>
			</table>
			{rows.length === 0 && <p className="p-4 text-muted">{t(search === '' ? 'cameras.none' : 'list.noneFound')}</p>}
		</Dialog>
	);
}

export function SensorsWindow() {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const place = usePlace();
	const me = useMe();
	const sensors = useEntities('sensors');
	const [search, setSearch] = useState('');
	const rows = useMemo(
		() =>
			Object.values(sensors)
				.filter((sensor) =>
					`${sensor.id} ${sensor.kind} ${sensor.name.zh} ${sensor.name.en} ${sensor.place.name}`.toLowerCase().includes(search.toLowerCase()),
				)
				.sort((a, b) => a.agency.localeCompare(b.agency) || (a.id < b.id ? -1 : 1)),
		[sensors, search],
	);
	return (
		<Dialog
			wide
			name="sensors"
			title={t('sensors.title')}
			onClose={closeWindow}
			actions={
				<>
					<Find value={search} onChange={setSearch} />
					{me?.role === 'admin' && (
						<button type="button" className="button" onClick={() => openWindow({ name: 'sensor', id: null })}>
							<Plus size={14} aria-hidden /> {t('sensor.add')}
						</button>
					)}
				</>
			}
		>
			<table className="w-full">
				<Head columns={[t('list.name'), t('form.agency'), t('fact.place'), t('sensor.kind'), t('sensor.datastreams'), t('sensor.status')]} />
				<tbody>
					{rows.map((sensor) => (
						<tr key={sensor.id} data-sensor-row={sensor.id} className="hover:bg-hover">
							<td className={cell}>
								<Open type="sensor" id={sensor.id} at={sensor.place} name={text(sensor.name)} demo={sensor.demo} />
							</td>
							<td className={cell}>{t(`common:agency.${sensor.agency}`)}</td>
							<td className={cell}>{place(sensor.place)}</td>
							<td className={cell}>{t(`kind.${sensor.kind}`, { defaultValue: sensor.kind })}</td>
							<td className={`${cell} text-muted`}>{sensor.datastreams.map((each) => text(each.name)).join(t('list.comma'))}</td>
							<td className={cell}>
								<span className={sensor.status === 'offline' ? 'offline rounded px-1 text-text' : ''}>
									{t(`common:sensorStatus.${sensor.status}`)}
								</span>{' '}
								{sensor.status === 'offline' && sensor.statusSince !== null && <Ago at={sensor.statusSince} className="text-muted" />}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{rows.length === 0 && <p className="p-4 text-muted">{t(search === '' ? 'sensors.none' : 'list.noneFound')}</p>}
		</Dialog>
	);
}

function Open({
	type,
	id,
	at,
	name,
	demo,
}: {
	type: 'camera' | 'sensor';
	id: string;
	at: { lon: number; lat: number };
	name: string;
	demo: boolean;
}) {
	return (
		<button
			type="button"
			className="flex min-h-8 items-center gap-2 text-left underline-offset-4 hover:underline"
			onClick={() => {
				closeWindow();
				select({ type, id });
				focusOn(at);
			}}
		>
			{name}
			{demo && <DemoBadge />}
		</button>
	);
}
