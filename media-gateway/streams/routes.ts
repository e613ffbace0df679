import { Stream } from '@beilun/shared/protocol/media.ts';
import { type App, principalOf } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import type { StreamDirectory } from './directory.ts';

export function streamRoutes(app: App, streams: StreamDirectory): void {
	app.get(
		'/api/v1/streams',
		{
			config: { access: staffAndAgencies },
			schema: {
				tags: ['media'],
				summary: 'Live pictures of cameras and field units, with their state',
				response: { 200: z.object({ items: z.array(Stream) }) },
			},
		},
		(request) => {
			const principal = principalOf(request);
			return { items: streams.list().filter((stream) => maySee(principal, stream.agency)) };
		},
	);
}
