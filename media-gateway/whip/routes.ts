import type { StreamToken } from '@beilun/shared/protocol/media.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Grant, MediaAccess } from './access.ts';
import { parseFragment } from './fragment.ts';
import { maxSdpLength, OfferError } from './offer.ts';
import type { Peer } from './peer.ts';
import type { Sessions } from './sessions.ts';

const sdpType = 'application/sdp';
const fragmentType = 'application/trickle-ice-sdpfrag';
const retryAfter = '2';

/** One of the two protocols: what its URLs begin with, and what a POST does. */
export interface Endpoint {
	protocol: Peer['protocol'];
	action: StreamToken['action'];
	summary: string;
	open: (streamId: string, offer: string, grant: Grant, signal: AbortSignal) => Promise<Peer>;
}

export interface WhipRoutesOptions {
	access: MediaAccess;
	sessions: Sessions;
	endpoints: Endpoint[];
}

/** WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), which has the same session URLs. Pages of other origins may use both, by bearer token. */
export async function whipRoutes(app: App, options: WhipRoutesOptions): Promise<void> {
	await app.register((scope: App, _options, done) => {
		scope.removeAllContentTypeParsers();
		scope.addContentTypeParser([sdpType, fragmentType], { parseAs: 'string', bodyLimit: maxSdpLength }, (_request, body, done) => done(null, body));
		scope.addHook('onRequest', async (_request, reply) => {
			// No credentials: a cookie of ours is never sent from there.
			void reply.headers({
				'access-control-allow-origin': '*',
				'access-control-expose-headers': 'Location, ETag, Accept-Patch, Accept-Post, Retry-After, WWW-Authenticate',
				'cache-control': 'no-store',
			});
		});
		scope.addHook('preHandler', async (_request, reply) => void reply.header('accept-patch', fragmentType));
		for (const endpoint of options.endpoints) {
			endpointRoutes(scope, endpoint, options);
			sessionRoutes(scope, endpoint, options);
		}
		done();
	});
}

const tags = ['media'];
const config = { access: 'public', crossOrigin: true } as const;
const text = (description: string) => z.string().meta({ description });

function endpointRoutes(app: App, { protocol, action, summary, open }: Endpoint, { access, sessions }: WhipRoutesOptions): void {
	const url = `/${protocol}/:streamId`;
	app.post(
		url,
		{
			config,
			onRequest: (request) => expectType(request, sdpType),
			schema: {
				tags,
				summary,
				consumes: [sdpType],
				params: z.object({ streamId: Slug }),
				body: text('SDP offer'),
				response: { 201: text('SDP answer; Location is the URL of the session') },
			},
		},
		async (request, reply) => {
			expectAccept(request.headers.accept);
			const { streamId } = request.params;
			const grant = await access.authorise(request, reply, action, streamId);
			const peer = await refusing(reply, () => sessions.open(grant, (signal) => open(streamId, request.body, grant, signal)));
			return reply
				.code(201)
				.headers({ location: `/${protocol}/${streamId}/${peer.id}`, etag: peer.entityTag })
				.type(sdpType)
				.send(peer.answer);
		},
	);
	preflight(app, url, 'POST', { 'accept-post': sdpType });
	refuseOthers(app, url, ['GET', 'PUT', 'PATCH', 'DELETE'], 'POST, OPTIONS');
}

function sessionRoutes(app: App, { protocol, action }: Endpoint, { access, sessions }: WhipRoutesOptions): void {
	const url = `/${protocol}/:streamId/:sessionId`;
	const params = z.object({ streamId: Slug, sessionId: z.string().max(64) });
	const find = async (request: FastifyRequest<{ Params: z.infer<typeof params> }>, reply: FastifyReply) => {
		const { streamId, sessionId } = request.params;
		const peer = sessions.find(sessionId, protocol, streamId, await access.authorise(request, reply, action, streamId));
		if (peer === null) throw new RequestError(404, 'not-found', 'there is no such session');
		return peer;
	};
	app.patch(
		url,
		{
			// What is changed here is where packets go, not what anyone sees.
			config: { ...config, audit: false },
			onRequest: (request) => expectType(request, fragmentType),
			schema: {
				tags,
				summary: 'Trickle ICE with If-Match of the ETag, or restart ICE with If-Match: *',
				consumes: [fragmentType],
				params,
				body: text('SDP fragment (RFC 8840)'),
				response: { 200: text('SDP fragment with the new ICE parameters, after a restart'), 204: z.null() },
			},
		},
		async (request, reply) => {
			const peer = await find(request, reply);
			const match = request.headers['if-match'];
			if (match === undefined)
				throw new RequestError(428, 'precondition-required', 'expected If-Match with the ETag of the session, or * to restart ICE');
			const restart = match.trim() === '*';
			if (!restart && !match.split(',').some((tag) => tag.trim() === peer.entityTag)) {
				void reply.header('etag', peer.entityTag);
				throw new RequestError(412, 'precondition-failed', 'the ICE session is another one by now');
			}
			const { ice } = await refusing(reply, async () => parseFragment(request.body));
			if (ice === null || peer.isCurrent(ice.usernameFragment)) {
				if (restart && ice === null) throw new RequestError(400, 'invalid', 'expected a=ice-ufrag and a=ice-pwd to restart ICE by');
				return reply.code(204).header('etag', peer.entityTag).send(null);
			}
			if (!restart) throw new RequestError(412, 'precondition-failed', 'other ICE parameters are a restart: expected If-Match: *');
			const fragment = await peer.restartIce(ice.usernameFragment);
			return reply.code(200).header('etag', peer.entityTag).type(fragmentType).send(fragment);
		},
	);
	app.delete(url, { config, schema: { tags, summary: 'End the session', params, response: { 200: z.null() } } }, async (request, reply) => {
		(await find(request, reply)).end('its peer has ended it');
		return reply.code(200).send(null);
	});
	preflight(app, url, 'PATCH, DELETE', { 'accept-patch': fragmentType });
	refuseOthers(app, url, ['GET', 'POST', 'PUT'], 'PATCH, DELETE, OPTIONS');
}

/** RFC 9725 §4.2: a page asks first. What it is told says nothing about streams or sessions. */
function preflight(app: App, url: string, methods: string, more: Record<string, string>): void {
	app.options(url, { config, schema: { hide: true } }, async (_request, reply) =>
		reply
			.code(204)
			.headers({
				allow: `${methods}, OPTIONS`,
				'access-control-allow-methods': methods,
				'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
				'access-control-max-age': '86400',
				...more,
			})
			.send(),
	);
}

function refuseOthers(app: App, url: string, methods: ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[], allow: string): void {
	app.route({
		method: methods,
		url,
		config: { ...config, audit: false },
		schema: { hide: true },
		onRequest: async (request, reply) => {
			void reply.header('allow', allow);
			throw new RequestError(405, 'method-not-allowed', `${request.method}: expected ${allow}`);
		},
		handler: async () => undefined,
	});
}

async function expectType(request: FastifyRequest, expected: string): Promise<void> {
	const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
	if (type !== expected) throw new RequestError(415, 'unsupported-media-type', `Content-Type: expected ${expected}`);
}

function expectAccept(accept: string | undefined): void {
	const ranges = (accept ?? '*/*').split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
	const takes = ranges.some(([type = '', ...parameters]) => ['*/*', 'application/*', sdpType].includes(type) && !parameters.includes('q=0'));
	if (!takes) throw new RequestError(406, 'not-acceptable', `Accept: expected ${sdpType}`);
}

/** Offers that cannot be taken are answered with their status; what may work again later with the time to wait. */
async function refusing<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof OfferError) throw new RequestError(error.status, error.status === 400 ? 'invalid' : 'unusable-offer', error.message);
		if (error instanceof RequestError && (error.status === 503 || error.status === 429)) void reply.header('retry-after', retryAfter);
		if (error instanceof RequestError && error.status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
		throw error;
	}
}
