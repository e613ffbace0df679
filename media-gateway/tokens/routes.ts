import { StreamToken, StreamTokenInput } from '@beilun/shared/protocol/media.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StreamTokens } from './registry.ts';

const params = z.object({ id: Slug });
const tags = ['media'];
const access = ['admin', 'duty-officer'] as const;

export function streamTokenRoutes(app: App, tokens: StreamTokens): void {
	app.get(
		'/api/v1/stream-tokens',
		{
			config: { access },
			schema: {
				tags,
				summary: 'Tokens for encoders (WHIP) and players (WHEP), without their secrets',
				response: { 200: z.object({ items: z.array(StreamToken) }) },
			},
		},
		async () => ({ items: await tokens.list() }),
	);
	app.put(
		'/api/v1/stream-tokens/:id',
		{
			config: { access },
			schema: {
				tags,
				summary: 'Make a stream token, or replace it by one with another secret; the secret is told in this answer only',
				params,
				body: StreamTokenInput,
				response: { 200: StreamToken.extend({ token: z.string().meta({ description: 'for `Authorization: Bearer`' }) }) },
			},
		},
		async (request, reply) => {
			const { body } = request;
			if (body.id !== request.params.id) {
				const message = `expected ${request.params.id}, as in the path`;
				throw new RequestError(400, 'invalid', `id: ${message}`, [{ field: 'id', message }]);
			}
			const before = await tokens.find(body.id);
			if (body.action === 'publish' || before?.action === 'publish') onlyAdmin(request);
			void reply.header('cache-control', 'no-store');
			return tokens.put(body, principalOf(request).name);
		},
	);
	app.delete(
		'/api/v1/stream-tokens/:id',
		{
			config: { access },
			schema: { tags, summary: 'Remove a stream token; what was opened with it ends', params, response: { 204: z.null() } },
		},
		async (request, reply) => {
			const { id } = request.params;
			const before = await tokens.find(id);
			if (before?.action === 'publish') onlyAdmin(request);
			if (!(await tokens.remove(id))) throw new RequestError(404, 'not-found', `there is no stream token ${id}`);
			return reply.code(204).send(null);
		},
	);
}

/** Who may publish speaks for a unit; that is not for the desk to hand out. */
function onlyAdmin(request: FastifyRequest): void {
	const { role } = principalOf(request);
	if (role !== 'admin') throw new RequestError(403, 'forbidden', `tokens that publish are for an admin; the role ${role} may not change them`);
}
