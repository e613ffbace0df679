import { formatNumber } from '../../format.ts';

export interface Sample {
	/** Milliseconds of the server's clock. */
	at: number;
	value: number | null;
}

interface Props {
	name: string;
	unit: string;
	decimals: number;
	samples: readonly Sample[];
	/** Length of the time shown, in milliseconds. */
	span: number;
	now: number;
	/** Drawn as a dashed line; beyond it the value is strong. */
	limit?: number;
}

const width = 240;
const height = 48;

/** The last minute of one value: how it is now, its greatest, and its course. A gap in the values is a gap in the line. */
export function Trend({ name, unit, decimals, samples, span, now, limit }: Props) {
	const known = samples.filter((sample): sample is { at: number; value: number } => sample.value !== null);
	const last = samples.at(-1)?.value ?? null;
	const greatest = Math.max(0, ...known.map(({ value }) => value));
	const top = Math.max(greatest, limit ?? 0, 10 ** -decimals) * 1.1;
	const x = (at: number) => width - ((now - at) / span) * width;
	const y = (value: number) => height - (value / top) * height;
	const lines: string[][] = [[]];
	for (const { at, value } of samples) {
		if (value === null) lines.push([]);
		else lines.at(-1)?.push(`${x(at).toFixed(1)},${y(value).toFixed(1)}`);
	}
	const say = (value: number | null) => (value === null ? '—' : `${formatNumber(value, decimals)}\u202f${unit}`);
	const beyond = limit !== undefined && last !== null && last > limit;
	return (
		<figure className="min-w-0">
			<figcaption className="flex items-baseline gap-2 whitespace-nowrap">
				<span className="text-muted">{name}</span>
				<span className={beyond ? 'rounded bg-yellow-ground px-1 font-semibold text-yellow' : ''}>{say(last)}</span>
				<span className="flex-1" />
				<span className="text-faint text-xs">
					↑ {known.length === 0 ? '—' : formatNumber(greatest, decimals)} · {span / 1000} s
				</span>
			</figcaption>
			<svg
				viewBox={`0 0 ${width} ${height}`}
				preserveAspectRatio="none"
				className="mt-1 h-12 w-full border-line border-b"
				role="img"
				aria-label={`${name} ${say(last)}`}
			>
				{limit !== undefined && (
					<line
						x1="0"
						x2={width}
						y1={y(limit)}
						y2={y(limit)}
						className="stroke-line-strong"
						strokeDasharray="4 4"
						vectorEffect="non-scaling-stroke"
					/>
				)}
				{lines
					.filter((line) => line.length > 0)
					.map((line) => (
						<polyline
							key={line[0]}
							points={line.length === 1 ? `${line[0]} ${line[0]}` : line.join(' ')}
							fill="none"
							strokeWidth="1.5"
							strokeLinecap="round"
							className="stroke-text"
							vectorEffect="non-scaling-stroke"
						/>
					))}
			</svg>
		</figure>
	);
}
