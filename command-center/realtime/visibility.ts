import type { Principal } from '@beilun/shared/protocol/people.ts';
import type { Topic } from '@beilun/shared/protocol/realtime.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import { maySee } from '@beilun/shared/runtime/identity.ts';

/** Whose an entity is; null where it belongs to no agency (walls, counts) or that is not known (yet). */
export type Owner = Agency | null;

/** The one place that decides who is sent what on the realtime channel. */
export function maySeeEntity(principal: Principal, topic: Topic, id: string, owner: Owner): boolean {
	if (principal.kind === 'service') return true;
	switch (principal.role) {
		case 'field-unit':
			return topic === 'units' && principal.unitId === id;
		case 'agency-viewer':
			if (topic === 'deadLetters') return false;
			if (topic === 'walls') return true;
			return owner !== null && maySee(principal, owner);
		case 'duty-officer':
		case 'commander':
		case 'admin':
			return true;
	}
}
