import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { App } from './http.ts';
import type { Service } from './service.ts';

/** `/healthz` (the process lives), `/readyz` (200 when every dependency is `ok`, else 503 with each one's state), `/metrics`. */
export function healthRoutes(app: App, options: { services: () => readonly Service[]; started: () => boolean; metrics: Registry }): void {
	app.get('/healthz', { config: { access: 'public' }, schema: { tags: ['health'], summary: 'The process lives' } }, () => ({ status: 'ok' }));

	const Readiness = z.object({ ready: z.boolean(), dependencies: z.record(z.string(), z.string()) });
	app.get(
		'/readyz',
		{ config: { access: 'public' }, schema: { tags: ['health'], summary: 'State of each dependency', response: { 200: Readiness, 503: Readiness } } },
		async (_request, reply) => {
			const dependencies: Record<string, string> = { start: options.started() ? 'ok' : 'starting' };
			for (const service of options.services()) {
				for (const [name, state] of Object.entries(await service.ready())) dependencies[`${service.name}: ${name}`] = state;
			}
			const ready = Object.values(dependencies).every((state) => state === 'ok');
			return reply.code(ready ? 200 : 503).send({ ready, dependencies });
		},
	);

	app.get('/metrics', { config: { access: 'public' }, schema: { tags: ['health'], summary: 'Prometheus metrics' } }, async (_request, reply) =>
		reply.type(options.metrics.contentType).send(await options.metrics.metrics()),
	);
}
