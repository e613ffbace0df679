import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
	title: string;
	onClose: () => void;
	children: ReactNode;
	/** Stays under the title at the right: search, an add button. */
	actions?: ReactNode;
	wide?: boolean;
	/** Out of the way, its contents kept, while a place is picked on the map. */
	hidden?: boolean;
	name: string;
}

/** A modal window by the browser's own dialog: focus stays inside, Esc closes, what is behind is inert. */
export function Dialog({ title, onClose, children, actions, wide = false, hidden = false, name }: Props) {
	const { t } = useTranslation('common');
	const ref = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	useEffect(() => {
		const dialog = ref.current;
		if (dialog === null) return;
		if (hidden) dialog.close();
		else if (!dialog.open) {
			dialog.showModal();
			// The browser would begin at the close button.
			dialog.querySelector<HTMLElement>('[data-first], form input:not(:disabled)')?.focus();
		}
	}, [hidden]);
	useEffect(() => {
		const dialog = ref.current;
		return () => dialog?.close();
	}, []);
	return (
		<dialog
			ref={ref}
			data-dialog={name}
			aria-labelledby={titleId}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
			className={`m-auto max-h-[calc(100dvh-64px)] flex-col overflow-hidden rounded border border-line-strong bg-panel p-0 text-text shadow-raised backdrop:bg-black/50 open:flex ${
				wide ? 'w-[min(1200px,calc(100vw-64px))]' : 'w-[min(680px,calc(100vw-64px))]'
			}`}
		>
			<header className="flex min-h-12 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
				<h2 id={titleId} className="flex-1 text-base font-semibold">
					{title}
				</h2>
				{actions}
				<button type="button" className="button-quiet" aria-label={t('close')} title={`${t('close')} (Esc)`} onClick={onClose}>
					<X size={18} aria-hidden />
				</button>
			</header>
			<div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
		</dialog>
	);
}
