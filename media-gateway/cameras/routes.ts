import { Camera, CameraInput } from '@beilun/shared/protocol/media.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import type { CameraRegistry } from './registry.ts';

const params = z.object({ id: Slug });
const tags = ['media'];
const mayChange = ['admin', 'duty-officer'] as const;

export function cameraRoutes(app: App, cameras: CameraRegistry): void {
	app.get(
		'/api/v1/cameras',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'Cameras, their addresses without passwords', response: { 200: z.object({ items: z.array(Camera) }) } },
		},
		async (request) => {
			const principal = principalOf(request);
			return { items: (await cameras.list()).filter((camera) => maySee(principal, camera.agency)) };
		},
	);
	app.get(
		'/api/v1/cameras/:id',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'One camera', params, response: { 200: Camera } } },
		async (request) => {
			const camera = await cameras.get(request.params.id);
			// A foreign agency's camera is not even said to exist.
			if (camera === null || !maySee(principalOf(request), camera.agency)) throw notFound(request.params.id);
			return camera;
		},
	);
	app.put(
		'/api/v1/cameras/:id',
		{
			config: { access: mayChange },
			schema: {
				tags,
				summary: 'Register or change a camera; an address without user and password keeps the old ones on the same host and port',
				params,
				body: CameraInput,
				response: { 200: Camera },
			},
		},
		async (request) => {
			if (request.body.id !== request.params.id) {
				const message = `expected ${request.params.id}, as in the path`;
				throw new RequestError(400, 'invalid', `id: ${message}`, [{ field: 'id', message }]);
			}
			return cameras.put(request.body);
		},
	);
	app.delete(
		'/api/v1/cameras/:id',
		{ config: { access: mayChange }, schema: { tags, summary: 'Remove a camera', params, response: { 204: z.null() } } },
		async (request, reply) => {
			if (!(await cameras.remove(request.params.id))) throw notFound(request.params.id);
			return reply.code(204).send(null);
		},
	);
}

function notFound(id: string): RequestError {
	return new RequestError(404, 'not-found', `there is no camera ${id}`);
}
