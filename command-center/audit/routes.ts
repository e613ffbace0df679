import { Instant } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import type { Logger } from '@beilun/shared/runtime/log.ts';
import { z } from 'zod';
import { appendAudit, listAudit } from './audit.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** False for telemetry (positions), which would bury what people did. */
		audit?: boolean;
	}
	interface FastifyRequest {
		/** The name tried at a login, when nobody is behind the request yet. */
		auditName: string | null;
	}
}

const Entry = z.object({
	id: z.uuid(),
	at: Instant,
	kind: z.enum(['person', 'service', 'nobody']),
	personId: z.string().nullable(),
	personName: z.string().nullable(),
	action: z.string(),
	target: z.string().nullable(),
	status: z.int(),
	address: z.string(),
});

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Writes down every request that may change something, of every service on this server: who, what, on what, with what outcome. No bodies. */
export function auditEverything(app: App, database: Database, log: Logger): void {
	app.decorateRequest('auditName', null);
	app.addHook('onResponse', async (request, reply) => {
		const { url, config } = request.routeOptions;
		if (reading.has(request.method) || url === undefined || config.audit === false) return;
		const who = request.principal;
		try {
			await appendAudit(database, {
				kind: who?.kind ?? 'nobody',
				personId: who?.id ?? null,
				personName: request.auditName ?? who?.name ?? null,
				action: `${request.method} ${url}`,
				target: targetOf(request.params),
				status: reply.statusCode,
				address: request.ip,
			});
		} catch (error) {
			log.error({ err: error, action: `${request.method} ${url}` }, 'an audit entry could not be written');
		}
	});
}

export function auditRoutes(app: App, database: Database): void {
	app.get(
		'/api/v1/audit',
		{
			config: { access: ['admin'] },
			schema: {
				tags: ['audit'],
				summary: 'What was done, newest first',
				querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100), before: z.uuid().optional() }),
				response: { 200: z.object({ items: z.array(Entry) }) },
			},
		},
		async (request) => ({ items: await listAudit(database, { limit: request.query.limit, before: request.query.before }) }),
	);
}

function targetOf(params: unknown): string | null {
	if (typeof params !== 'object' || params === null) return null;
	const named = Object.values(params).filter((value) => typeof value === 'string');
	return named.length === 0 ? null : named.join('/').slice(0, 200);
}
