import { DeadLetter } from '@beilun/shared/protocol/sensors.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import { staff } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import { countDeadLetters, readDeadLetters } from './table.ts';

const tags = ['dead letters'];

export function deadLetterRoutes(app: App, database: Database): void {
	app.get(
		'/api/v1/dead-letters',
		{
			config: { access: staff },
			schema: {
				tags,
				summary: 'What could not be taken, newest first, with the original',
				querystring: z.object({
					limit: z.coerce.number().int().min(1).max(500).default(50),
					before: z.uuid().optional().meta({ description: 'the id of the last one seen' }),
				}),
				response: { 200: z.object({ items: z.array(DeadLetter) }) },
			},
		},
		async (request) => ({ items: await readDeadLetters(database, request.query) }),
	);
	app.get(
		'/api/v1/dead-letters/counts',
		{
			config: { access: staff },
			schema: {
				tags,
				summary: 'How many there are and the last one',
				response: { 200: z.object({ total: z.int(), lastAt: z.iso.datetime().nullable(), lastReason: z.string().nullable() }) },
			},
		},
		() => countDeadLetters(database),
	);
}
