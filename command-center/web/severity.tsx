import type { Severity } from '@beilun/shared/protocol/words.ts';
import { useTranslation } from 'react-i18next';

/** Each severity's outline in a 16 × 16 box: diamond, triangle, square, circle. */
export const severityShapes: Record<Severity, string> = {
	red: 'M8 0.5 15.5 8 8 15.5 0.5 8Z',
	orange: 'M8 1 15.5 14.5H0.5Z',
	yellow: 'M2 2H14V14H2Z',
	blue: 'M8 1A7 7 0 1 1 8 15 7 7 0 1 1 8 1Z',
};

/** The characters of the same shapes, for titles and plain text. */
export const severityCharacters: Record<Severity, string> = { red: '◆', orange: '▲', yellow: '■', blue: '●' };

export const severityText: Record<Severity, string> = { red: 'text-red', orange: 'text-orange', yellow: 'text-yellow', blue: 'text-blue' };
export const severityGround: Record<Severity, string> = {
	red: 'bg-red-ground',
	orange: 'bg-orange-ground',
	yellow: 'bg-yellow-ground',
	blue: 'bg-blue-ground',
};

/** Lower is more severe; for sorting. */
export const severityRank: Record<Severity, number> = { red: 0, orange: 1, yellow: 2, blue: 3 };

interface Props {
	severity: Severity;
	/** Edge in CSS pixels. */
	size?: number;
	/** An outline only: the alert has cleared. */
	hollow?: boolean;
	/** Shows the word beside the shape; otherwise it is the shape's accessible name. */
	label?: boolean;
	className?: string;
}

/** The shape and colour of a severity, named for those who see neither. */
export function SeverityMark({ severity, size = 16, hollow = false, label = false, className = '' }: Props) {
	const { t } = useTranslation('common');
	const name = t(`severity.${severity}`);
	return (
		<span className={`inline-flex shrink-0 items-center gap-1 ${className}`}>
			<svg width={size} height={size} viewBox="0 0 16 16" className={severityText[severity]} aria-hidden={label}>
				<title>{name}</title>
				<path
					d={severityShapes[severity]}
					fill={hollow ? 'none' : 'currentColor'}
					stroke="currentColor"
					strokeWidth={hollow ? 2 : 0.5}
					strokeLinejoin="round"
				/>
			</svg>
			{label && <span>{name}</span>}
		</span>
	);
}
