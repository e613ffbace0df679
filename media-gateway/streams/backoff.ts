import type { StreamFailure } from '@beilun/shared/protocol/media.ts';

const firstMs = 500;
/** A camera that is back is to be seen within 2 s, and asking it takes a part of them. */
const longestMs = 1_000;
/** Cameras lock an account after a few wrong passwords. */
const unauthorizedMs = 30_000;
const longestUnauthorizedMs = 300_000;

/** How long to wait before attempt `attempt + 1`, in milliseconds. `random` is from [0, 1). */
export function retryDelay(reason: StreamFailure, attempt: number, random: number): number {
	const doublings = Math.min(attempt - 1, 10);
	if (reason === 'unauthorized') return Math.min(unauthorizedMs * 2 ** doublings, longestUnauthorizedMs);
	const full = Math.min(firstMs * 2 ** doublings, longestMs);
	// Cameras behind one switch come back together: they need not be asked in the same moment.
	return Math.round(full * (0.75 + random * 0.25));
}
