import { Slug } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import { z } from 'zod';
import { newPassword } from './credentials.ts';
import { DeviceInput, deleteDevice, readDevices, upsertDevice } from './table.ts';

const tags = ['devices'];
const params = z.object({ id: Slug });

/** `changed`: the device's connections go, their credentials are no longer good. */
export function deviceRoutes(app: App, database: Database, changed: (deviceId: string) => void): void {
	app.get(
		'/api/v1/devices',
		{
			config: { access: ['admin'] },
			schema: { tags, summary: 'All devices, without their passwords', response: { 200: z.object({ items: z.array(DeviceInput) }) } },
		},
		async () => ({ items: await readDevices(database) }),
	);
	app.put(
		'/api/v1/devices/:id',
		{
			config: { access: ['admin'] },
			schema: {
				tags,
				summary: 'Create or replace a device; answers its MQTT credentials, this once',
				description: 'Each call makes a new password and ends the connections made with the former one.',
				params,
				body: DeviceInput,
				response: { 200: z.object({ id: Slug, username: z.string(), password: z.string() }) },
			},
		},
		async (request, reply) => {
			const { body, params: path } = request;
			if (body.id !== path.id) {
				throw new RequestError(400, 'invalid', `id: ${body.id}; expected ${path.id}, as in the path`, [
					{ field: 'id', message: `expected ${path.id}` },
				]);
			}
			const { password, sha256 } = newPassword();
			await upsertDevice(database, body, sha256);
			changed(body.id);
			void reply.header('cache-control', 'no-store');
			return { id: body.id, username: body.id, password };
		},
	);
	app.delete(
		'/api/v1/devices/:id',
		{ config: { access: ['admin'] }, schema: { tags, summary: 'Remove a device and end its connections', params, response: { 204: z.null() } } },
		async (request, reply) => {
			const { id } = request.params;
			if (!(await deleteDevice(database, id))) throw new RequestError(404, 'not-found', `there is no device ${id}`);
			changed(id);
			return reply.code(204).send(null);
		},
	);
}
