import type { FeedDetail, StreamState } from '@beilun/shared/protocol/media.ts';
import type { SourceError } from '../rtsp/failure.ts';

const kept = 20;
type Entry = FeedDetail['history'][number];

/** What happened to a source lately, newest first. A state that repeats is told once: a camera may be away for weeks. */
export class History {
	#entries: Entry[] = [];
	#last = 'idle null';

	get entries(): Entry[] {
		return this.#entries;
	}

	/** False for what was told already. */
	add(status: StreamState): boolean {
		const reason = status.state === 'failed' ? status.reason : null;
		const state = `${status.state} ${reason}`;
		if (state === this.#last || (status.state === 'connecting' && status.attempt > 1)) return false;
		this.#last = state;
		this.#push({ state: status.state, reason, detail: status.state === 'failed' ? status.detail : '' });
		return true;
	}

	/** Something that is amiss in a state that goes on. */
	note(state: StreamState['state'], { reason, message }: SourceError): void {
		this.#push({ state, reason, detail: message });
	}

	#push(entry: Omit<Entry, 'at'>): void {
		this.#entries = [{ at: new Date().toISOString(), ...entry }, ...this.#entries].slice(0, kept);
	}
}
