import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/index.ts';

/** The plain page of login and setup. */
export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
	const { t } = useTranslation(['entry', 'common']);
	const { language, setLanguage } = useLanguage();
	return (
		<main className="flex min-h-full flex-col items-center justify-center p-4">
			<div className="w-full max-w-96">
				<div className="mb-6 flex items-center">
					<span className="flex-1 font-semibold text-base">{t('common:system')}</span>
					<button
						type="button"
						className="button-quiet"
						lang={language === 'zh' ? 'en' : 'zh-CN'}
						onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
					>
						{language === 'zh' ? 'English' : '中文'}
					</button>
				</div>
				<div className="rounded border border-line bg-panel p-6">
					<h1 className="mb-4 font-semibold text-lg">{title}</h1>
					{children}
				</div>
			</div>
		</main>
	);
}

/** A large labelled input of these pages. */
export function EntryField({ label, hint, error, children }: { label: string; hint?: string; error?: string | undefined; children: ReactNode }) {
	return (
		// biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
		<label className="mb-4 flex flex-col gap-1">
			<span className="text-muted">{label}</span>
			{children}
			{error !== undefined ? <span className="font-semibold">▲ {error}</span> : hint !== undefined && <span className="text-faint">{hint}</span>}
		</label>
	);
}
