import type { MediaRefusal } from '@beilun/shared/protocol/media.ts';

/** A request on `/media` that is answered with a reason instead of done. */
export class Refusal extends Error {
	override name = 'Refusal';
	readonly reason: MediaRefusal;

	constructor(reason: MediaRefusal, detail: string) {
		super(detail);
		this.reason = reason;
	}
}
