import { useTranslation } from 'react-i18next';

/** Marks what comes from the demo, so that nobody takes it for real. */
export function DemoBadge({ className = '' }: { className?: string }) {
	const { t } = useTranslation('common');
	return (
		<span
			data-demo
			className={`inline-block shrink-0 rounded border border-dashed border-line-strong px-1 text-xs leading-4 text-muted ${className}`}
		>
			{t('demo')}
		</span>
	);
}
