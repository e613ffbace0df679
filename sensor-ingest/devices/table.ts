import { Agency, Slug } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { sql } from 'kysely';
import { z } from 'zod';

/** What may publish by MQTT: for these sensors and units of one agency. */
export const DeviceInput = z.object({
	id: Slug,
	agency: Agency,
	sensorIds: z.array(Slug).max(1000).default([]),
	unitIds: z.array(Slug).max(1000).default([]),
	demo: z.boolean().default(false),
});
export type DeviceInput = z.infer<typeof DeviceInput>;

const columns = sql`id, agency, sensor_ids as "sensorIds", unit_ids as "unitIds", demo`;

export async function readDevices(database: Database): Promise<DeviceInput[]> {
	return (await sql<DeviceInput>`select ${columns} from ingest.device order by id`.execute(database)).rows;
}

/** With the hash of its password, base64url. */
export async function readDevice(database: Database, id: string): Promise<(DeviceInput & { passwordSha256: string }) | undefined> {
	const result = await sql<DeviceInput & { passwordSha256: string }>`
		select ${columns}, password_sha256 as "passwordSha256" from ingest.device where id = ${id}`.execute(database);
	return result.rows[0];
}

export async function upsertDevice(database: Database, device: DeviceInput, passwordSha256: string): Promise<void> {
	await sql`
		insert into ingest.device (id, agency, sensor_ids, unit_ids, demo, password_sha256)
		values (${device.id}, ${device.agency}, ${device.sensorIds}::text[], ${device.unitIds}::text[], ${device.demo}, ${passwordSha256})
		on conflict (id) do update set agency = excluded.agency, sensor_ids = excluded.sensor_ids, unit_ids = excluded.unit_ids,
			demo = excluded.demo, password_sha256 = excluded.password_sha256, updated_at = now()`.execute(database);
}

export async function deleteDevice(database: Database, id: string): Promise<boolean> {
	const result = await sql`delete from ingest.device where id = ${id}`.execute(database);
	return Number(result.numAffectedRows ?? 0) > 0;
}
