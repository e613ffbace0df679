import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';
import type { ConditionState } from '../evaluation/condition.ts';
import { keyOf, partsOf } from './work.ts';

/** By `keyOf`. */
export async function loadStates(database: Database): Promise<Map<string, ConditionState>> {
	const result = await sql<{ rule_id: string; datastream_id: string; content: ConditionState }>`select * from alerts.rule_state`.execute(database);
	return new Map(result.rows.map((row) => [keyOf(row.rule_id, row.datastream_id), row.content]));
}

/** Null removes a state. */
export async function saveStates(database: Database, states: Iterable<[string, ConditionState | null]>): Promise<void> {
	const all = [...states];
	const kept = all.flatMap(([key, content]) => {
		const { ruleId, datastreamId } = partsOf(key);
		return content === null ? [] : [{ rule_id: ruleId, datastream_id: datastreamId, content }];
	});
	const gone = all.filter(([, content]) => content === null).map(([key]) => partsOf(key));
	if (kept.length > 0) {
		await sql`
			insert into alerts.rule_state (rule_id, datastream_id, content)
			select rule_id, datastream_id, content
			from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as t (rule_id text, datastream_id text, content jsonb)
			on conflict (rule_id, datastream_id) do update set content = excluded.content`.execute(database);
	}
	if (gone.length > 0) {
		await sql`
			delete from alerts.rule_state s
			using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as t ("ruleId" text, "datastreamId" text)
			where s.rule_id = t."ruleId" and s.datastream_id = t."datastreamId"`.execute(database);
	}
}

export async function loadProgress(database: Database): Promise<number> {
	const result = await sql<{ seq: number }>`select seq from alerts.progress`.execute(database);
	return result.rows[0]?.seq ?? 0;
}

export async function saveProgress(database: Database, seq: number): Promise<void> {
	await sql`update alerts.progress set seq = ${seq}`.execute(database);
}
