import { formatNumber } from '../../format.ts';

/** `180 ms`, `2.4 s`. */
export function milliseconds(value: number): string {
	return value < 1_000 ? `${formatNumber(value, 0)}\u202fms` : `${formatNumber(value / 1_000, 1)}\u202fs`;
}

/** Bits per second in kbit/s. */
export function rate(bits: number): string {
	return `${formatNumber(bits / 1000, 0)}\u202fkbit/s`;
}

export function percent(share: number): string {
	return `${formatNumber(share * 100, 1)}\u202f%`;
}
