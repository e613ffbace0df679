import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api, problemText } from '../api.ts';
import { EntryField, EntryFrame } from './frame.tsx';

type State = 'checking' | 'open' | 'closed' | 'unreachable';

/** Makes the first administrator, by the link the first start prints. */
export function SetupPage() {
	const { t } = useTranslation(['entry', 'common']);
	const [token] = useState(() => new URLSearchParams(window.location.search).get('token') ?? '');
	const [state, setState] = useState<State>('checking');
	const [value, setValue] = useState({ name: '', displayName: '', password: '', again: '' });
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	useEffect(() => {
		document.title = `${t('setup')} · ${t('common:system')}`;
	}, [t]);
	useEffect(() => {
		if (token === '') {
			setState('closed');
			return;
		}
		api.get<{ open: boolean }>(`/api/v1/setup?token=${encodeURIComponent(token)}`).then(
			({ open }) => setState(open ? 'open' : 'closed'),
			(reason: unknown) => setState(reason instanceof ApiError && reason.status === 0 ? 'unreachable' : 'closed'),
		);
	}, [token]);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const differs = value.again !== '' && value.again !== value.password;
	const make = async () => {
		setBusy(true);
		setError(null);
		try {
			await api.post('/api/v1/setup', { token, name: value.name.trim(), displayName: value.displayName.trim(), password: value.password });
			window.location.assign('/console');
		} catch (reason) {
			if (reason instanceof ApiError && reason.status === 403) setState('closed');
			setError(reason);
			setBusy(false);
		}
	};
	const onSubmit = (event: FormEvent) => {
		event.preventDefault();
		if (value.again === value.password) void make();
	};
	const at = (field: string) => (error instanceof ApiError ? error.fieldMessage(field) : undefined);
	const placed = ['name', 'displayName', 'password'].some((field) => at(field) !== undefined);
	if (state !== 'open') {
		return (
			<EntryFrame title={t('setup')}>
				<p data-setup={state}>{t(state === 'checking' ? 'common:loading' : state === 'closed' ? 'setupClosed' : 'common:problem.network')}</p>
				{state === 'closed' && (
					<a className="button mt-4" href="/login">
						{t('toLogin')}
					</a>
				)}
			</EntryFrame>
		);
	}
	return (
		<EntryFrame title={t('setup')}>
			<p className="mb-4 text-muted">{t('setupHelp')}</p>
			<form onSubmit={onSubmit} data-setup="open">
				<EntryField label={t('displayName')} hint={t('displayNameHint')} error={at('displayName')}>
					<input
						name="displayName"
						className="input min-h-10"
						required
						maxLength={80}
						value={value.displayName}
						onChange={(event) => set({ displayName: event.target.value })}
					/>
				</EntryField>
				<EntryField label={t('name')} hint={t('nameHint')} error={at('name')}>
					<input
						name="name"
						className="input min-h-10"
						required
						autoComplete="username"
						autoCapitalize="none"
						spellCheck={false}
						value={value.name}
						onChange={(event) => set({ name: event.target.value })}
					/>
				</EntryField>
				<EntryField label={t('password')} hint={t('passwordHint')} error={at('password')}>
					<input
						name="password"
						type="password"
						className="input min-h-10"
						required
						minLength={12}
						autoComplete="new-password"
						value={value.password}
						onChange={(event) => set({ password: event.target.value })}
					/>
				</EntryField>
				<EntryField label={t('again')} error={differs ? t('differs') : undefined}>
					<input
						name="again"
						type="password"
						className="input min-h-10"
						required
						autoComplete="new-password"
						value={value.again}
						onChange={(event) => set({ again: event.target.value })}
					/>
				</EntryField>
				<p role="alert" className={error === null || placed ? '' : 'mb-4 border-l-4 border-text pl-3 font-semibold'}>
					{error === null || placed ? '' : problemText(error)}
				</p>
				<button type="submit" className="button button-main min-h-11 w-full" disabled={busy || differs}>
					{t('make')}
				</button>
			</form>
		</EntryFrame>
	);
}
