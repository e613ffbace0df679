import type { Database } from '@beilun/shared/runtime/database.ts';
import { newId } from '@beilun/shared/runtime/ids.ts';
import { sql } from 'kysely';

export interface AuditEntry {
	id: string;
	at: string;
	kind: 'person' | 'service' | 'nobody';
	personId: string | null;
	/** Login name of who did it; for a failed login the name that was tried. */
	personName: string | null;
	/** Method and route: `PUT /api/v1/users/:name`. */
	action: string;
	/** What the path named. */
	target: string | null;
	status: number;
	address: string;
}

export async function appendAudit(database: Database, entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void> {
	await sql`
		insert into command.audit (id, at, kind, person_id, person_name, action, target, status, address)
		values (${newId()}, ${new Date()}, ${entry.kind}, ${entry.personId}, ${entry.personName}, ${entry.action}, ${entry.target}, ${entry.status}, ${entry.address})`.execute(
		database,
	);
}

/** Newest first; `before` is the id of the last one seen. */
export async function listAudit(database: Database, page: { limit: number; before: string | undefined }): Promise<AuditEntry[]> {
	const result = await sql<Omit<AuditEntry, 'at'> & { at: Date }>`
		select id, at, kind, person_id as "personId", person_name as "personName", action, target, status, address from command.audit
		where ${page.before ?? null}::uuid is null or id < ${page.before ?? null}::uuid
		order by id desc limit ${page.limit}`.execute(database);
	return result.rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
