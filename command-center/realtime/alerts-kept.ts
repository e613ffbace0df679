import type { Alert } from '@beilun/shared/protocol/alerts.ts';

/** Finished: cleared and acknowledged, so that nobody has to do anything about it. */
export function isFinished(alert: Alert): boolean {
	return alert.state === 'cleared' && alert.acknowledged;
}

/** Which finished alerts are still shown: the newest ones, up to a limit. */
export class FinishedAlerts {
	readonly #limit: number;
	readonly #updatedAt = new Map<string, string>();

	constructor(limit = 500) {
		this.#limit = limit;
	}

	/** Takes note of an alert as it is now and answers the id of one that has to go, if any. */
	note(alert: Alert): string | null {
		this.#updatedAt.delete(alert.id);
		if (!isFinished(alert)) return null;
		this.#updatedAt.set(alert.id, alert.updatedAt);
		if (this.#updatedAt.size <= this.#limit) return null;
		let oldest = alert.id;
		for (const [id, at] of this.#updatedAt) if (at < (this.#updatedAt.get(oldest) as string)) oldest = id;
		this.#updatedAt.delete(oldest);
		return oldest;
	}
}
