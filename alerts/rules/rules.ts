import type { Rule, RuleInput } from '@beilun/shared/protocol/alerts.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

interface RuleRow {
	version: number;
	content: RuleInput;
	updated_at: Date;
}

function toRule(row: RuleRow): Rule {
	return { ...row.content, version: row.version, updatedAt: row.updated_at.toISOString() };
}

export async function listRules(database: Database): Promise<Rule[]> {
	const result = await sql<RuleRow>`select version, content, updated_at from alerts.rule order by id`.execute(database);
	return result.rows.map(toRule);
}

export async function findRule(database: Database, id: string): Promise<Rule | null> {
	const result = await sql<RuleRow>`select version, content, updated_at from alerts.rule where id = ${id}`.execute(database);
	const row = result.rows[0];
	return row === undefined ? null : toRule(row);
}

async function keepFormerVersion(transaction: Database, id: string, at: Date): Promise<void> {
	await sql`
		insert into alerts.rule_history (rule_id, version, content, replaced_at)
		select id, version, content, ${at}::timestamptz from alerts.rule where id = ${id}`.execute(transaction);
}

/** The version goes on counting even for a rule that was deleted and comes back. To be called in a transaction. */
export async function putRule(transaction: Database, input: RuleInput, at: Date): Promise<Rule> {
	await keepFormerVersion(transaction, input.id, at);
	const result = await sql<RuleRow>`
		insert into alerts.rule (id, version, content, updated_at)
		values (${input.id}, 1 + coalesce((select max(version) from alerts.rule_history where rule_id = ${input.id}), 0), ${JSON.stringify(input)}::jsonb, ${at})
		on conflict (id) do update set version = excluded.version, content = excluded.content, updated_at = excluded.updated_at
		returning version, content, updated_at`.execute(transaction);
	return toRule(result.rows[0] as RuleRow);
}

/** Answers whether there was one. To be called in a transaction. */
export async function deleteRule(transaction: Database, id: string, at: Date): Promise<boolean> {
	await keepFormerVersion(transaction, id, at);
	const result = await sql`delete from alerts.rule where id = ${id} returning id`.execute(transaction);
	return result.rows.length > 0;
}

/** Former versions, newest first. */
export async function listRuleHistory(database: Database, id: string): Promise<Rule[]> {
	const result = await sql<RuleRow>`
		select version, content, replaced_at as updated_at from alerts.rule_history where rule_id = ${id} order by version desc`.execute(database);
	return result.rows.map(toRule);
}
