import { Wall, WallInput } from '@beilun/shared/protocol/walls.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import { staff, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import { deleteWall, findWall, listWalls, putWall } from './walls.ts';

/** Who wants to know of changed walls at once. */
export interface WallListener {
	wallChanged(wall: Wall): void;
	wallRemoved(id: string): void;
}

export function wallRoutes(app: App, database: Database, listener: WallListener): void {
	const tags = ['walls'];
	const params = z.object({ id: Slug });

	app.get(
		'/api/v1/walls',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'All wall layouts', response: { 200: z.object({ items: z.array(Wall) }) } } },
		async () => ({ items: await listWalls(database) }),
	);

	app.get(
		'/api/v1/walls/:id',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'One wall layout', params, response: { 200: Wall } } },
		async (request) => {
			const wall = await findWall(database, request.params.id);
			if (wall === null) throw notFound(request.params.id);
			return wall;
		},
	);

	app.put(
		'/api/v1/walls/:id',
		{
			config: { access: staff },
			schema: { tags, summary: 'Create or replace a wall layout', params, body: WallInput.extend({ id: Slug.optional() }), response: { 200: Wall } },
		},
		async (request) => {
			const { id } = request.params;
			if (request.body.id !== undefined && request.body.id !== id) throw new RequestError(400, 'invalid', `id: expected ${id} as in the address`);
			const wall: Wall = { ...request.body, id };
			refusePanelsOutside(wall);
			await putWall(database, wall);
			listener.wallChanged(wall);
			return wall;
		},
	);

	app.delete(
		'/api/v1/walls/:id',
		{ config: { access: staff }, schema: { tags, summary: 'Remove a wall layout', params, response: { 204: z.null() } } },
		async (request, reply) => {
			if (!(await deleteWall(database, request.params.id))) throw notFound(request.params.id);
			listener.wallRemoved(request.params.id);
			return reply.code(204).send(null);
		},
	);
}

function refusePanelsOutside(wall: Wall): void {
	const errors = wall.panels.flatMap((panel, index) =>
		panel.x + panel.w > wall.columns || panel.y + panel.h > wall.rows
			? [{ field: `panels.${index}`, message: `expected to lie within ${wall.columns} columns and ${wall.rows} rows` }]
			: [],
	);
	if (errors.length > 0) throw new RequestError(400, 'invalid', errors.map((each) => `${each.field}: ${each.message}`).join('; '), errors);
}

function notFound(id: string): RequestError {
	return new RequestError(404, 'not-found', `no wall ${id}`);
}
