import type { Alert, AlertChange } from '@beilun/shared/protocol/alerts.ts';
import type { Agency, Severity } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';

export interface AlertFilter {
	state?: Alert['state'] | undefined;
	acknowledged?: boolean | undefined;
	severity?: Severity | undefined;
	agency?: Agency | undefined;
	limit: number;
	/** The id of the last one seen. */
	before?: string | undefined;
}

/** Newest first: ids sort by the time they were made. */
export async function listAlerts(database: Database, filter: AlertFilter): Promise<Alert[]> {
	const { state = null, acknowledged = null, severity = null, agency = null, before = null, limit } = filter;
	const result = await sql<{ content: Alert }>`
		select content from alerts.alert
		where (${state}::text is null or state = ${state}::text)
			and (${acknowledged}::boolean is null or acknowledged = ${acknowledged}::boolean)
			and (${severity}::text is null or severity = ${severity}::text)
			and (${agency}::text is null or agency = ${agency}::text)
			and (${before}::uuid is null or id < ${before}::uuid)
		order by id desc limit ${limit}`.execute(database);
	return result.rows.map((row) => row.content);
}

export async function findAlert(database: Database, id: string): Promise<Alert | null> {
	const result = await sql<{ content: Alert }>`select content from alerts.alert where id = ${id}`.execute(database);
	return result.rows[0]?.content ?? null;
}

export async function listActiveAlerts(database: Database): Promise<Alert[]> {
	const result = await sql<{ content: Alert }>`select content from alerts.alert where state = 'active'`.execute(database);
	return result.rows.map((row) => row.content);
}

/** Stored but perhaps never told: the process ended between the two. */
export async function listUnannouncedAlerts(database: Database): Promise<Alert[]> {
	const result = await sql<{ content: Alert }>`select content from alerts.alert where announced_revision < revision order by id`.execute(database);
	return result.rows.map((row) => row.content);
}

/** Many at once, each as it is in the end. Cleared ones go first: their place is free then for the next active one. */
export async function putAlerts(database: Database, alerts: readonly Alert[]): Promise<void> {
	const final = [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
	for (const state of ['cleared', 'active'] as const) {
		const rows = final.filter((alert) => alert.state === state).map((content) => ({ content }));
		if (rows.length === 0) continue;
		await sql`
			insert into alerts.alert (id, rule_id, datastream_id, agency, state, acknowledged, severity, revision, content)
			select (content ->> 'id')::uuid, content ->> 'ruleId', content ->> 'datastreamId', content ->> 'agency', content ->> 'state',
				(content ->> 'acknowledged')::boolean, content ->> 'severity', (content ->> 'revision')::integer, content
			from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t (content jsonb)
			on conflict (id) do update set state = excluded.state, acknowledged = excluded.acknowledged, severity = excluded.severity,
				revision = excluded.revision, content = excluded.content`.execute(database);
	}
}

export async function markAnnounced(database: Database, alerts: { id: string; revision: number }[]): Promise<void> {
	await sql`
		update alerts.alert a set announced_revision = t.revision
		from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb) as t (id uuid, revision integer)
		where a.id = t.id and a.announced_revision < t.revision`.execute(database);
}

export async function appendChanges(database: Database, changes: readonly AlertChange[]): Promise<void> {
	await sql`
		insert into alerts.alert_change (id, alert_id, at, change, by_name, severity, value, reason)
		select id, "alertId", at, change, "by", severity, value, reason from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
			as t (id uuid, "alertId" uuid, at timestamptz, change text, "by" text, severity text, value double precision, reason text)`.execute(database);
}

/** Oldest first. */
export async function listChanges(database: Database, alertId: string): Promise<AlertChange[]> {
	const result = await sql<Omit<AlertChange, 'at'> & { at: Date }>`
		select id, alert_id as "alertId", at, change, by_name as "by", severity, value, reason
		from alerts.alert_change where alert_id = ${alertId} order by id`.execute(database);
	return result.rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
