import type { StreamState } from '@beilun/shared/protocol/media.ts';

/**
 * What lists, map and panels say of a stream. A camera that nobody watches and that answers is `ready`, which is as good as it
 * gets; `unchecked` has not been asked yet. `frozen`: it sends, but always the same picture.
 */
export type StreamLook = 'unknown' | 'unchecked' | 'ready' | 'connecting' | 'live' | 'frozen' | 'failed' | 'ended';

export function streamLook(status: StreamState | undefined): StreamLook {
	if (status === undefined) return 'unknown';
	switch (status.state) {
		case 'idle':
			return status.checkedAt === null ? 'unchecked' : 'ready';
		case 'live':
			return status.frozenSince === null ? 'live' : 'frozen';
		default:
			return status.state;
	}
}
