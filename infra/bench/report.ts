/** One measured figure. `atMost` says on which side of the target is good. */
export interface Figure {
	bench: string;
	metric: string;
	value: number;
	unit: string;
	target: number;
	atMost?: boolean;
	peer?: { name: string; value: number };
}

/** Prints one JSON line: `{bench, metric, value, unit, target, ok, peer, peerValue, ratio}`; the last three null without a peer. */
export function report({ bench, metric, value, unit, target, atMost = true, peer }: Figure): void {
	const rounded = Math.round(value * 100) / 100;
	const line = {
		bench,
		metric,
		value: rounded,
		unit,
		target,
		ok: atMost ? value <= target : value >= target,
		peer: peer?.name ?? null,
		peerValue: peer === undefined ? null : Math.round(peer.value * 100) / 100,
		ratio: peer === undefined ? null : Math.round((value / peer.value) * 1000) / 1000,
	};
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The value below which this share (0 to 1) of the values lie. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** What is being done, on standard error: standard output holds the figures alone. */
export function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}
