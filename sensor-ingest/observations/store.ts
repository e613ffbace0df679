import type { Observation } from '@beilun/shared/protocol/sensors.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { insertDeadLetters } from '../dead-letters/table.ts';
import { insertPositions } from '../positions/table.ts';
import { insertObservations, upsertLatest } from './table.ts';
import type { Entry } from './writer.ts';

/** Everything of a batch in one transaction. Answers the observations that were new or corrected. */
export function commitEntry(database: Database, { observations, positions, deadLetters }: Entry): Promise<Observation[]> {
	return database.transaction().execute(async (transaction) => {
		const stored = observations.length === 0 ? [] : await insertObservations(transaction, observations);
		if (stored.length > 0) await upsertLatest(transaction, stored);
		if (positions.length > 0) await insertPositions(transaction, positions);
		if (deadLetters.length > 0) await insertDeadLetters(transaction, deadLetters);
		return stored;
	});
}
