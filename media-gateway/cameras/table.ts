import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type Selectable, sql } from 'kysely';

/** `media.camera`. `url` is sealed. */
export interface StoredCamera {
	camera: Camera;
	sealedUrl: string;
}

interface CameraRow {
	id: string;
	name: Camera['name'];
	agency: Camera['agency'];
	place: Camera['place'];
	address: string;
	url_sealed: string;
	has_password: boolean;
	bearing: number | null;
	field_of_view: number | null;
	demo: boolean;
}

export async function allCameras(database: Database): Promise<StoredCamera[]> {
	const { rows } = await sql<Selectable<CameraRow>>`select * from media.camera order by id`.execute(database);
	return rows.map(toCamera);
}

export async function findCamera(database: Database, id: string): Promise<StoredCamera | null> {
	const { rows } = await sql<Selectable<CameraRow>>`select * from media.camera where id = ${id}`.execute(database);
	return rows[0] === undefined ? null : toCamera(rows[0]);
}

export async function saveCamera(database: Database, { camera, sealedUrl }: StoredCamera): Promise<void> {
	await sql`
		insert into media.camera (id, name, agency, place, address, url_sealed, has_password, bearing, field_of_view, demo)
		values (${camera.id}, ${JSON.stringify(camera.name)}::jsonb, ${camera.agency}, ${JSON.stringify(camera.place)}::jsonb, ${camera.address},
			${sealedUrl}, ${camera.hasPassword}, ${camera.bearing}, ${camera.fieldOfView}, ${camera.demo})
		on conflict (id) do update set
			name = excluded.name, agency = excluded.agency, place = excluded.place, address = excluded.address, url_sealed = excluded.url_sealed,
			has_password = excluded.has_password, bearing = excluded.bearing, field_of_view = excluded.field_of_view, demo = excluded.demo,
			updated_at = now()`.execute(database);
}

/** False when there was none. */
export async function deleteCamera(database: Database, id: string): Promise<boolean> {
	const { rows } = await sql<{ id: string }>`delete from media.camera where id = ${id} returning id`.execute(database);
	return rows.length > 0;
}

function toCamera(row: Selectable<CameraRow>): StoredCamera {
	const { url_sealed: sealedUrl, has_password: hasPassword, field_of_view: fieldOfView, id, name, agency, place, address, bearing, demo } = row;
	return { sealedUrl, camera: { id, name, agency, place, address, hasPassword, bearing, fieldOfView, demo } };
}
