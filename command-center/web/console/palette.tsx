import { Command } from 'cmdk';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/index.ts';
import { useEntities } from '../realtime/store.ts';
import { focusOn, type Selected, select, useSelection } from '../selection.ts';
import { keepsCameras, logout, useMe } from '../session.ts';
import { SeverityMark } from '../severity.tsx';
import { usePlace, useText } from '../text.ts';
import { acknowledge } from './alarms/acknowledge.ts';
import { isOpen, standing } from './alarms/queue.ts';
import { Dialog } from './frame/dialog.tsx';
import { useLayout } from './frame/layout.ts';
import { closeWindow, openWindow, type PlainWindow } from './frame/windows.ts';
import { openContext, placeOfSelected, showNearestCameras, showOnMap } from './keyboard.ts';

/** Everything the console can do and everything it knows, by typing. */
export function Palette() {
	const { t } = useTranslation(['console', 'common']);
	const { language, setLanguage } = useLanguage();
	const text = useText();
	const place = usePlace();
	const me = useMe();
	const selected = useSelection((selection) => selection.selected);
	const { swapped, change, reset } = useLayout();
	const alerts = Object.values(useEntities('alerts')).filter(isOpen);
	const sensors = Object.values(useEntities('sensors'));
	const cameras = Object.values(useEntities('cameras'));
	const units = Object.values(useEntities('units'));
	const run = (act: () => void) => () => {
		closeWindow();
		act();
	};
	const go = (target: Selected) =>
		run(() => {
			select(target);
			openContext();
			const at = placeOfSelected(target);
			if (at !== null) focusOn({ lon: at.lon, lat: at.lat });
		});
	const open = (name: PlainWindow) => () => openWindow({ name });
	return (
		<Dialog name="palette" title={t('palette.title')} onClose={closeWindow}>
			<Command label={t('palette.title')} loop filter={containsAll}>
				<Command.Input data-first placeholder={t('palette.placeholder')} className="h-12 w-full border-b border-line bg-transparent px-4 text-base" />
				<Command.List className="max-h-[60vh] overflow-y-auto py-1">
					<Command.Empty className="p-4 text-muted">{t('list.noneFound')}</Command.Empty>
					{selected?.type === 'alert' && (
						<Group heading={t('palette.selected')}>
							<Item value="acknowledge 确认" onSelect={run(() => void acknowledge(selected.id))} hint={t('keys.space')}>
								{t('alert.acknowledge')}
							</Item>
						</Group>
					)}
					{selected !== null && (
						<Group heading={t('palette.selected')}>
							<Item value="nearest cameras 最近摄像机" onSelect={run(showNearestCameras)} hint="C">
								{t('keys.cameras')}
							</Item>
							<Item value="map 地图" onSelect={run(showOnMap)} hint="M">
								{t('keys.map')}
							</Item>
						</Group>
					)}
					<Group heading={t('palette.open')}>
						<Item value="cameras 摄像机" onSelect={open('cameras')}>
							{t('cameras.title')}
						</Item>
						<Item value="streams inspector 视频流 诊断" onSelect={open('streams')}>
							{t('streams.open')}
						</Item>
						{keepsCameras(me?.role) && (
							<Item value="stream tokens whip whep 接入令牌" onSelect={open('stream-tokens')}>
								{t('tokens.title')}
							</Item>
						)}
						<Item value="sensors 传感器" onSelect={open('sensors')}>
							{t('sensors.title')}
						</Item>
						<Item value="rules thresholds 阈值" onSelect={open('rules')}>
							{t('rules.title')}
						</Item>
						<Item value="dead letters rejected 拒收" onSelect={open('dead-letters')}>
							{t('dead.title')}
						</Item>
						{me?.role === 'admin' && (
							<>
								<Item value="people users 人员" onSelect={open('people')}>
									{t('people.title')}
								</Item>
								<Item value="add camera 添加摄像机" onSelect={() => openWindow({ name: 'camera', id: null })}>
									{t('camera.add')}
								</Item>
								<Item value="add sensor 添加传感器" onSelect={() => openWindow({ name: 'sensor', id: null })}>
									{t('sensor.add')}
								</Item>
							</>
						)}
						<Item value="shortcuts keys 快捷键" onSelect={open('shortcuts')} hint="?">
							{t('keys.title')}
						</Item>
						<Item value="language 语言 中文 english" onSelect={run(() => setLanguage(language === 'zh' ? 'en' : 'zh'))}>
							{t('palette.language')}
						</Item>
						<Item value="swap columns 交换" onSelect={run(() => change({ swapped: !swapped }))}>
							{t('menu.swap')}
						</Item>
						<Item value="reset columns 恢复布局" onSelect={run(reset)}>
							{t('menu.reset')}
						</Item>
						<Item value="log out 退出" onSelect={run(() => void logout())}>
							{t('menu.logout')}
						</Item>
					</Group>
					<Group heading={t('queue.title')}>
						{alerts.slice(0, 100).map((alert) => (
							<Item
								key={alert.id}
								value={`${alert.name.zh} ${alert.name.en} ${alert.sensorName.zh} ${alert.sensorName.en} ${alert.place.name} ${alert.id}`}
								onSelect={go({ type: 'alert', id: alert.id })}
								hint={place(alert.place)}
							>
								<SeverityMark severity={standing(alert)} hollow={alert.state === 'cleared'} /> {text(alert.name)} · {text(alert.sensorName)}
							</Item>
						))}
					</Group>
					<Group heading={t('units.title')}>
						{units.map((unit) => (
							<Item
								key={unit.id}
								value={`${unit.name.zh} ${unit.name.en} ${unit.id}`}
								onSelect={go({ type: 'unit', id: unit.id })}
								hint={t(`common:unitStatus.${unit.status}`)}
							>
								{text(unit.name)}
							</Item>
						))}
					</Group>
					<Group heading={t('cameras.title')}>
						{cameras.map((camera) => (
							<Item
								key={camera.id}
								value={`${camera.name.zh} ${camera.name.en} ${camera.id} ${camera.place.name}`}
								onSelect={go({ type: 'camera', id: camera.id })}
								hint={place(camera.place)}
							>
								{text(camera.name)}
							</Item>
						))}
					</Group>
					<Group heading={t('sensors.title')}>
						{sensors.map((sensor) => (
							<Item
								key={sensor.id}
								value={`${sensor.name.zh} ${sensor.name.en} ${sensor.id} ${sensor.place.name}`}
								onSelect={go({ type: 'sensor', id: sensor.id })}
								hint={place(sensor.place)}
							>
								{text(sensor.name)}
							</Item>
						))}
					</Group>
				</Command.List>
			</Command>
		</Dialog>
	);
}

/** Every word typed, anywhere; guessing at letters finds too much among names. */
function containsAll(value: string, search: string): number {
	const text = value.toLowerCase();
	return search
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word))
		? 1
		: 0;
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
	return (
		<Command.Group heading={heading} className="[&_[cmdk-group-heading]]:px-4 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-faint">
			{children}
		</Command.Group>
	);
}

function Item({ value, onSelect, hint, children }: { value: string; onSelect: () => void; hint?: string; children: ReactNode }) {
	return (
		<Command.Item value={value} onSelect={onSelect} className="flex min-h-9 cursor-pointer items-center gap-2 px-4 data-[selected=true]:bg-hover">
			{children}
			<span className="flex-1" />
			{hint !== undefined && <span className="text-muted">{hint}</span>}
		</Command.Item>
	);
}
