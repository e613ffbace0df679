import type { User } from '@beilun/shared/protocol/people.ts';
import { type Agency, type Role, roles } from '@beilun/shared/protocol/words.ts';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../../api.ts';
import { formatMoment } from '../../format.ts';
import { serverNow, useEntities } from '../../realtime/store.ts';
import { useMe } from '../../session.ts';
import { useText } from '../../text.ts';
import { useFetched } from '../fetched.ts';
import { Dialog } from '../frame/dialog.tsx';
import { notify } from '../frame/notices.tsx';
import { closeWindow } from '../frame/windows.ts';
import { AgencyOptions, Field, FormEnd, Select, useSubmission } from './form.tsx';
import { Head } from './lists.tsx';

const cell = 'border-b border-line px-2 py-1.5 first:pl-4 last:pr-4';

/** The people who may log in: who they are, what they may do; make one, change one, shut one out. */
export function PeopleWindow() {
	const { t } = useTranslation(['console', 'common']);
	const me = useMe();
	const { data, error, reload } = useFetched<{ items: User[] }>('/api/v1/users');
	const [editing, setEditing] = useState<User | 'new' | null>(null);
	const now = serverNow();
	const turn = async (user: User) => {
		try {
			await api.put(`/api/v1/users/${encodeURIComponent(user.name)}`, { ...inputOf(user), disabled: !user.disabled });
			reload();
		} catch (reason) {
			notify({ text: problemText(reason) });
		}
	};
	if (editing !== null) {
		const done = () => {
			setEditing(null);
			reload();
		};
		return <PersonForm user={editing === 'new' ? undefined : editing} onDone={done} />;
	}
	return (
		<Dialog
			wide
			name="people"
			title={t('people.title')}
			onClose={closeWindow}
			actions={
				<button type="button" className="button" onClick={() => setEditing('new')}>
					<Plus size={14} aria-hidden /> {t('people.add')}
				</button>
			}
		>
			{error !== null && (
				<p role="alert" className="p-4 font-semibold">
					{error}
				</p>
			)}
			<table className="w-full">
				<Head
					columns={[t('people.displayName'), t('people.name'), t('people.role'), t('people.belongs'), t('people.createdAt'), t('people.access')]}
				/>
				<tbody>
					{(data?.items ?? []).map((user) => (
						<tr key={user.id} data-user={user.name} className={user.disabled ? 'text-muted' : ''}>
							<td className={cell}>{user.displayName}</td>
							<td className={cell}>{user.name}</td>
							<td className={cell}>{t(`common:role.${user.role}`)}</td>
							<td className={cell}>{user.agency !== null ? t(`common:agency.${user.agency}`) : (user.unitId ?? '—')}</td>
							<td className={cell}>{formatMoment(user.createdAt, now)}</td>
							<td className={cell}>
								<span className="flex items-center gap-2">
									<span className="min-w-12">{t(user.disabled ? 'people.disabled' : 'people.enabled')}</span>
									<button type="button" className="button" onClick={() => setEditing(user)}>
										{t('edit')}
									</button>
									<button type="button" className="button" disabled={user.name === me?.name} onClick={() => void turn(user)}>
										{t(user.disabled ? 'people.enable' : 'people.disable')}
									</button>
								</span>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</Dialog>
	);
}

function inputOf(user: User) {
	const { name, displayName, role, agency, unitId } = user;
	return { name, displayName, role, agency, unitId };
}

function PersonForm({ user, onDone }: { user: User | undefined; onDone: () => void }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const units = Object.values(useEntities('units'));
	const [value, setValue] = useState(() => ({
		name: user?.name ?? '',
		displayName: user?.displayName ?? '',
		role: user?.role ?? ('duty-officer' as Role),
		agency: user?.agency ?? ('' as Agency | ''),
		unitId: user?.unitId ?? '',
		password: '',
	}));
	const submission = useSubmission(['name', 'displayName', 'role', 'agency', 'unitId', 'password']);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const save = async () => {
		await api.put(`/api/v1/users/${encodeURIComponent(value.name.trim())}`, {
			name: value.name.trim(),
			displayName: value.displayName.trim(),
			role: value.role,
			agency: value.agency === '' ? null : value.agency,
			unitId: value.role === 'field-unit' && value.unitId !== '' ? value.unitId : null,
			...(user === undefined ? {} : { disabled: user.disabled }),
			...(value.password === '' ? {} : { password: value.password }),
		});
		onDone();
	};
	return (
		<Dialog name="person" title={user === undefined ? t('people.add') : t('people.edit', { name: user.displayName })} onClose={onDone}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					submission.submit(save);
				}}
			>
				<div className="grid grid-cols-2 gap-x-4 gap-y-2 p-4">
					<Field label={t('people.displayName')} error={submission.errorAt('displayName')}>
						<input name="displayName" required value={value.displayName} onChange={(event) => set({ displayName: event.target.value })} />
					</Field>
					<Field label={t('people.name')} hint={t('form.idHint')} error={submission.errorAt('name')}>
						<input
							name="name"
							required
							disabled={user !== undefined}
							autoComplete="off"
							value={value.name}
							onChange={(event) => set({ name: event.target.value })}
						/>
					</Field>
					<Field label={t('people.role')} error={submission.errorAt('role')}>
						<Select name="role" value={value.role} onChange={(role) => set({ role: role as Role })}>
							{roles.map((role) => (
								<option key={role} value={role}>
									{t(`common:role.${role}`)}
								</option>
							))}
						</Select>
					</Field>
					<Field label={t('form.agency')} hint={t('people.agencyHint')} error={submission.errorAt('agency')}>
						<Select name="agency" value={value.agency} onChange={(agency) => set({ agency: agency as Agency | '' })}>
							<option value="">—</option>
							<AgencyOptions />
						</Select>
					</Field>
					{value.role === 'field-unit' && (
						<Field label={t('people.unit')} error={submission.errorAt('unitId')}>
							<Select name="unitId" value={value.unitId} onChange={(unitId) => set({ unitId })}>
								<option value="">—</option>
								{units.map((unit) => (
									<option key={unit.id} value={unit.id}>
										{text(unit.name)} ({unit.id})
									</option>
								))}
							</Select>
						</Field>
					)}
					<Field
						label={t('people.password')}
						hint={t(user === undefined ? 'people.passwordHint' : 'people.passwordKeep')}
						error={submission.errorAt('password')}
					>
						<input
							name="password"
							type="password"
							required={user === undefined}
							autoComplete="new-password"
							value={value.password}
							onChange={(event) => set({ password: event.target.value })}
						/>
					</Field>
				</div>
				<FormEnd submission={submission} label={t('common:save')} onCancel={onDone} />
			</form>
		</Dialog>
	);
}
