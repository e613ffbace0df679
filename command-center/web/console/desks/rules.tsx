import type { Rule } from '@beilun/shared/protocol/alerts.ts';
import { type Agency, type Severity, severities } from '@beilun/shared/protocol/words.ts';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { DemoBadge } from '../../demo.tsx';
import { useEntities } from '../../realtime/store.ts';
import { useMe } from '../../session.ts';
import { SeverityMark } from '../../severity.tsx';
import { useText } from '../../text.ts';
import { useFetched } from '../fetched.ts';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow } from '../frame/windows.ts';
import { Field, FormEnd, numberOf, slugOf, useSubmission } from './form.tsx';
import { IdentityFields } from './identity-fields.tsx';
import { Find, Head } from './lists.tsx';

const cell = 'border-b border-line px-2 py-1.5 first:pl-4 last:pr-4';

/** The thresholds that make alerts. */
export function RulesWindow() {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const me = useMe();
	const { data, error, reload } = useFetched<{ items: Rule[] }>('/api/v1/rules');
	const [editing, setEditing] = useState<Rule | 'new' | null>(null);
	const [search, setSearch] = useState('');
	const names = usePropertyNames();
	if (editing !== null) {
		const done = () => {
			setEditing(null);
			reload();
		};
		return <RuleForm rule={editing === 'new' ? undefined : editing} onDone={done} />;
	}
	const rows = (data?.items ?? []).filter((rule) =>
		`${rule.id} ${rule.name.zh} ${rule.name.en} ${rule.property}`.toLowerCase().includes(search.toLowerCase()),
	);
	return (
		<Dialog
			wide
			name="rules"
			title={t('rules.title')}
			onClose={closeWindow}
			actions={
				<>
					<Find value={search} onChange={setSearch} />
					{me?.role === 'admin' && (
						<button type="button" className="button" onClick={() => setEditing('new')}>
							<Plus size={14} aria-hidden /> {t('rules.add')}
						</button>
					)}
				</>
			}
		>
			{error !== null && (
				<p role="alert" className="p-4 font-semibold">
					{error}
				</p>
			)}
			<table className="w-full">
				<Head
					columns={[
						t('list.name'),
						t('form.agency'),
						t('rules.property'),
						t('rules.levels'),
						t('rules.hysteresis'),
						t('rules.duration'),
						t('rules.sensors'),
						'',
					]}
				/>
				<tbody>
					{rows.map((rule) => (
						<tr key={rule.id} data-rule={rule.id} className={rule.enabled ? '' : 'text-muted'}>
							<td className={cell}>
								{text(rule.name)} {rule.demo && <DemoBadge />} {!rule.enabled && t('rules.off')}
							</td>
							<td className={cell}>{t(`common:agency.${rule.agency}`)}</td>
							<td className={cell}>
								{names[rule.property] === undefined ? rule.property : text(names[rule.property] ?? { zh: rule.property, en: '' })}
							</td>
							<td className={cell}>
								<span className="flex flex-wrap gap-x-3">
									{rule.condition.levels.map(({ severity, limit }) => (
										<span key={severity} className="flex items-center gap-1">
											<SeverityMark severity={severity} size={14} /> {rule.condition.direction === 'above' ? '≥' : '≤'} {limit}
										</span>
									))}
								</span>
							</td>
							<td className={cell}>{rule.condition.hysteresis}</td>
							<td className={cell}>{rule.condition.durationSeconds} s</td>
							<td className={cell}>{rule.sensorIds.length === 0 ? t('rules.allSensors') : rule.sensorIds.length}</td>
							<td className={cell}>
								{me?.role === 'admin' && (
									<button type="button" className="button" onClick={() => setEditing(rule)}>
										{t('edit')}
									</button>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{data !== undefined && rows.length === 0 && <p className="p-4 text-muted">{t(search === '' ? 'rules.none' : 'list.noneFound')}</p>}
		</Dialog>
	);
}

/** What a property is called, as the sensors that have it call it. */
function usePropertyNames() {
	const sensors = useEntities('sensors');
	return useMemo(
		() => Object.fromEntries(Object.values(sensors).flatMap((sensor) => sensor.datastreams.map((each) => [each.property, each.name] as const))),
		[sensors],
	);
}

function RuleForm({ rule, onDone }: { rule: Rule | undefined; onDone: () => void }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const names = usePropertyNames();
	const [value, setValue] = useState(() => ({
		id: rule?.id ?? '',
		zh: rule?.name.zh ?? '',
		en: rule?.name.en ?? '',
		agency: rule?.agency ?? ('water' as Agency),
		property: rule?.property ?? '',
		sensorIds: rule?.sensorIds.join(' ') ?? '',
		direction: rule?.condition.direction ?? ('above' as const),
		levels: Object.fromEntries(
			severities.map((severity) => [severity, rule?.condition.levels.find((level) => level.severity === severity)?.limit.toString() ?? '']),
		),
		hysteresis: rule?.condition.hysteresis.toString() ?? '0',
		durationSeconds: rule?.condition.durationSeconds.toString() ?? '0',
		enabled: rule?.enabled ?? true,
	}));
	const submission = useSubmission([
		'id',
		'name.zh',
		'name.en',
		'agency',
		'property',
		'sensorIds',
		'condition.levels',
		'condition.hysteresis',
		'condition.durationSeconds',
	]);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const ruleId = rule?.id ?? (value.id.trim() || slugOf(value.en));
	const at = submission.errorAt;
	const save = async () => {
		await api.put(`/api/v1/rules/${encodeURIComponent(ruleId)}`, {
			id: ruleId,
			name: { zh: value.zh.trim(), en: value.en.trim() },
			agency: value.agency,
			property: value.property.trim(),
			sensorIds: value.sensorIds.split(/[\s,，]+/).filter(Boolean),
			condition: {
				type: 'threshold',
				direction: value.direction,
				levels: severities
					.filter((severity) => value.levels[severity]?.trim() !== '')
					.map((severity) => ({ severity, limit: numberOf(value.levels[severity] ?? '') })),
				hysteresis: numberOf(value.hysteresis),
				durationSeconds: numberOf(value.durationSeconds),
			},
			enabled: value.enabled,
			demo: rule?.demo ?? false,
		});
		onDone();
	};
	const level = (severity: Severity) => (
		<div key={severity} className="flex items-center gap-2">
			<SeverityMark severity={severity} label className="w-24" />
			<span aria-hidden>{value.direction === 'above' ? '≥' : '≤'}</span>
			<input
				name={`level.${severity}`}
				inputMode="decimal"
				aria-label={t('rules.limitOf', { severity: t(`common:severity.${severity}`) })}
				className="input w-32"
				value={value.levels[severity]}
				onChange={(event) => set({ levels: { ...value.levels, [severity]: event.target.value } })}
			/>
		</div>
	);
	return (
		<Dialog name="rule" title={t(rule === undefined ? 'rules.add' : 'rules.edit')} onClose={onDone}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					submission.submit(save);
				}}
			>
				<div className="grid grid-cols-2 gap-x-4 gap-y-2 p-4">
					<IdentityFields
						value={value}
						onChange={set}
						submission={submission}
						idLabel={t('rules.id')}
						idExample="tide-high"
						registered={rule !== undefined}
					/>
					<Field label={t('rules.property')} hint={t('rules.propertyHint')} error={at('property')}>
						<input name="property" required list="properties" value={value.property} onChange={(event) => set({ property: event.target.value })} />
					</Field>
					<datalist id="properties">
						{Object.entries(names).map(([property, name]) => (
							<option key={property} value={property}>
								{text(name)}
							</option>
						))}
					</datalist>
					<Field label={t('rules.sensors')} hint={t('rules.sensorsHint')} error={at('sensorIds')}>
						<input name="sensorIds" value={value.sensorIds} onChange={(event) => set({ sensorIds: event.target.value })} />
					</Field>
					<fieldset className="col-span-2 flex flex-col gap-2 rounded border border-line p-3">
						<legend className="px-1 text-muted">{t('rules.levels')}</legend>
						<div className="flex gap-4">
							{(['above', 'below'] as const).map((direction) => (
								<label key={direction} className="flex min-h-8 items-center gap-2">
									<input type="radio" name="direction" checked={value.direction === direction} onChange={() => set({ direction })} />
									{t(`rules.${direction}`)}
								</label>
							))}
						</div>
						<div className="grid grid-cols-2 gap-2">{severities.map(level)}</div>
						<p className={at('condition.levels') === undefined ? 'text-faint' : 'font-semibold'}>{at('condition.levels') ?? t('rules.levelsHint')}</p>
					</fieldset>
					<Field label={t('rules.hysteresis')} hint={t('rules.hysteresisHint')} error={at('condition.hysteresis')}>
						<input name="hysteresis" inputMode="decimal" value={value.hysteresis} onChange={(event) => set({ hysteresis: event.target.value })} />
					</Field>
					<Field label={t('rules.durationSeconds')} hint={t('rules.durationHint')} error={at('condition.durationSeconds')}>
						<input
							name="durationSeconds"
							inputMode="decimal"
							value={value.durationSeconds}
							onChange={(event) => set({ durationSeconds: event.target.value })}
						/>
					</Field>
					<label className="col-span-2 flex min-h-8 items-center gap-2">
						<input type="checkbox" checked={value.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
						{t('rules.enabled')}
					</label>
				</div>
				<FormEnd submission={submission} label={t('common:save')} onCancel={onDone} />
			</form>
		</Dialog>
	);
}
