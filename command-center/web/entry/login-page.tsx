import type { Me } from '@beilun/shared/protocol/people.ts';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api } from '../api.ts';
import { formatTime } from '../format.ts';
import { useLanguage } from '../i18n/index.ts';
import { EntryField, EntryFrame } from './frame.tsx';

/** Where to go after the login: only ever a page of this system. */
export function nextPage(search: string, role: Me['role']): string {
	const next = new URLSearchParams(search).get('next');
	if (next !== null && /^\/(console|wall|field)(\/|\?|$)/.test(next)) return next;
	return role === 'field-unit' ? '/field' : '/console';
}

export function LoginPage() {
	const { t } = useTranslation(['entry', 'common']);
	const { language } = useLanguage();
	const [name, setName] = useState('');
	const [password, setPassword] = useState('');
	const [shown, setShown] = useState(false);
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		document.title = `${t('login')} · ${t('common:system')}`;
		document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
	}, [t, language]);
	const attempt = async () => {
		setBusy(true);
		setProblem(null);
		try {
			await api.post('/api/v1/login', { name: name.trim(), password });
			const me = await api.get<Me>('/api/v1/me');
			window.location.assign(nextPage(window.location.search, me.role));
		} catch (error) {
			setProblem(refusal(error));
			setBusy(false);
		}
	};
	const refusal = (error: unknown): string => {
		if (!(error instanceof ApiError)) return String(error);
		if (error.status === 401) return t('wrong');
		if (error.problem.reason === 'locked') {
			const minutes = Number(/(\d+) minutes/.exec(error.message)?.[1] ?? 15);
			return t('locked', { minutes, time: formatTime(Date.now() + minutes * 60_000).slice(0, 5) });
		}
		if (error.status === 429) return t('tooMany');
		if (error.status === 0) return error.problem.title;
		return t('common:problem.unexpected', { detail: error.message });
	};
	const onSubmit = (event: FormEvent) => {
		event.preventDefault();
		void attempt();
	};
	return (
		<EntryFrame title={t('login')}>
			<form onSubmit={onSubmit}>
				<EntryField label={t('name')}>
					<input
						name="name"
						className="input min-h-10"
						required
						// biome-ignore lint/a11y/noAutofocus: the page is this form and nothing else
						autoFocus
						autoComplete="username"
						autoCapitalize="none"
						spellCheck={false}
						value={name}
						onChange={(event) => setName(event.target.value)}
					/>
				</EntryField>
				<EntryField label={t('password')}>
					<input
						name="password"
						type={shown ? 'text' : 'password'}
						className="input min-h-10"
						required
						autoComplete="current-password"
						value={password}
						onChange={(event) => setPassword(event.target.value)}
					/>
				</EntryField>
				<label className="mb-4 flex min-h-8 items-center gap-2">
					<input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} /> {t('showPassword')}
				</label>
				<p role="alert" data-login-problem className={problem === null ? '' : 'mb-4 border-l-4 border-text pl-3 font-semibold'}>
					{problem}
				</p>
				<button type="submit" className="button button-main min-h-11 w-full" disabled={busy}>
					{t(busy ? 'loggingIn' : 'login')}
				</button>
			</form>
		</EntryFrame>
	);
}
