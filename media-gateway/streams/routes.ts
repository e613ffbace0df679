import { Stream, StreamDetail } from '@beilun/shared/protocol/media.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import type { StreamDirectory } from './directory.ts';

const tags = ['media'];

export function streamRoutes(app: App, streams: StreamDirectory): void {
	app.get(
		'/api/v1/streams',
		{
			config: { access: staffAndAgencies },
			schema: {
				tags,
				summary: 'Live pictures of cameras and field units, with their state',
				response: { 200: z.object({ items: z.array(Stream) }) },
			},
		},
		(request) => {
			const principal = principalOf(request);
			return { items: streams.list().filter((stream) => maySee(principal, stream.agency)) };
		},
	);
	app.get(
		'/api/v1/streams/:id',
		{
			config: { access: staffAndAgencies },
			schema: {
				tags,
				summary: 'One live picture with its sources: tracks, transport, delay, what happened lately',
				params: z.object({ id: Slug }),
				response: { 200: StreamDetail },
			},
		},
		async (request) => {
			const stream = streams.get(request.params.id);
			// A foreign agency's stream is not even said to exist.
			if (stream === undefined || !maySee(principalOf(request), stream.stream.agency)) {
				throw new RequestError(404, 'not-found', `there is no stream ${request.params.id}`);
			}
			return stream.detail();
		},
	);
}
