import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type Selectable, sql } from 'kysely';

/** `media.camera`. The URLs are sealed. */
export interface StoredCamera {
	camera: Camera;
	sealedUrl: string;
	sealedSubUrl: string | null;
}

interface CameraRow {
	id: string;
	name: Camera['name'];
	agency: Camera['agency'];
	place: Camera['place'];
	address: string;
	url_sealed: string;
	sub_address: string | null;
	sub_url_sealed: string | null;
	has_password: boolean;
	transport: Camera['transport'];
	certificate: string | null;
	speaker: boolean;
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

export async function saveCamera(database: Database, { camera, sealedUrl, sealedSubUrl }: StoredCamera): Promise<void> {
	await sql`
		insert into media.camera (id, name, agency, place, address, url_sealed, sub_address, sub_url_sealed, has_password, transport, certificate,
			speaker, bearing, field_of_view, demo)
		values (${camera.id}, ${JSON.stringify(camera.name)}::jsonb, ${camera.agency}, ${JSON.stringify(camera.place)}::jsonb, ${camera.address},
			${sealedUrl}, ${camera.subAddress}, ${sealedSubUrl}, ${camera.hasPassword}, ${camera.transport}, ${camera.certificate},
			${camera.speaker}, ${camera.bearing}, ${camera.fieldOfView}, ${camera.demo})
		on conflict (id) do update set
			name = excluded.name, agency = excluded.agency, place = excluded.place, address = excluded.address, url_sealed = excluded.url_sealed,
			sub_address = excluded.sub_address, sub_url_sealed = excluded.sub_url_sealed, has_password = excluded.has_password,
			transport = excluded.transport, certificate = excluded.certificate, speaker = excluded.speaker,
			bearing = excluded.bearing, field_of_view = excluded.field_of_view, demo = excluded.demo, updated_at = now()`.execute(database);
}

/** False when there was none. */
export async function deleteCamera(database: Database, id: string): Promise<boolean> {
	const { rows } = await sql<{ id: string }>`delete from media.camera where id = ${id} returning id`.execute(database);
	return rows.length > 0;
}

function toCamera(row: Selectable<CameraRow>): StoredCamera {
	const { id, name, agency, place, address, transport, certificate, speaker, bearing, demo } = row;
	const camera: Camera = {
		id,
		name,
		agency,
		place,
		address,
		subAddress: row.sub_address,
		hasPassword: row.has_password,
		transport,
		certificate,
		speaker,
		bearing,
		fieldOfView: row.field_of_view,
		demo,
	};
	return { camera, sealedUrl: row.url_sealed, sealedSubUrl: row.sub_url_sealed };
}
