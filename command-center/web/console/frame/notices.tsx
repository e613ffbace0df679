import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';

interface Notice {
	id: number;
	text: string;
	retry?: () => void;
}

const useNotices = create<{ notices: Notice[] }>()(() => ({ notices: [] }));
let lastId = 0;

/** Tells the person something that stays until they have dismissed it. */
export function notify(notice: Omit<Notice, 'id'>): void {
	lastId += 1;
	const id = lastId;
	useNotices.setState(({ notices }) => ({ notices: [...notices.filter((each) => each.text !== notice.text), { ...notice, id }].slice(-5) }));
}

function dismiss(id: number): void {
	useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

export function Notices() {
	const { t } = useTranslation('common');
	const notices = useNotices((state) => state.notices);
	return (
		<div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2">
			{notices.map((notice) => (
				<div
					key={notice.id}
					data-notice
					className="pointer-events-auto flex max-w-[720px] items-center gap-2 rounded border border-line-strong bg-raised py-1 pr-1 pl-4 shadow-raised"
				>
					<span>{notice.text}</span>
					{notice.retry !== undefined && (
						<button
							type="button"
							className="button"
							onClick={() => {
								dismiss(notice.id);
								notice.retry?.();
							}}
						>
							{t('tryAgain')}
						</button>
					)}
					<button type="button" className="button-quiet" aria-label={t('close')} title={t('close')} onClick={() => dismiss(notice.id)}>
						<X size={16} aria-hidden />
					</button>
				</div>
			))}
		</div>
	);
}
