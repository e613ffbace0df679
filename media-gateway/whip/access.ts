import type { StreamToken } from '@beilun/shared/protocol/media.ts';
import type { Principal } from '@beilun/shared/protocol/people.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee } from '@beilun/shared/runtime/identity.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LiveStream } from '../streams/live-stream.ts';
import type { StreamTokens } from '../tokens/registry.ts';

/** Who was let in, and for how long. */
export interface Grant {
	/** The same for whatever the same holder opens. */
	holder: string;
	/** For the log. */
	by: string;
	tokenId: string | null;
	/** Of a person's session. */
	sessionId: string | null;
	/** Milliseconds since the epoch. */
	expiresAt: number;
}

/** Decides who may publish and watch by HTTP: a stream token, a person's session, or another service. */
export class MediaAccess {
	readonly #tokens: StreamTokens;
	readonly #stream: (streamId: string) => LiveStream | undefined;

	constructor(tokens: StreamTokens, stream: (streamId: string) => LiveStream | undefined) {
		this.#tokens = tokens;
		this.#stream = stream;
	}

	/** Throws `RequestError` 401, 403, or 404 for a stream that is not there for a person. */
	async authorise(request: FastifyRequest, reply: FastifyReply, action: StreamToken['action'], streamId: string): Promise<Grant> {
		const { principal } = request;
		if (principal !== null) return this.#person(principal, action, streamId);
		const secret = /^bearer +([\w~+/.=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
		const token = secret === undefined ? null : await this.#tokens.resolve(secret);
		if (token === null) {
			void reply.header('www-authenticate', request.headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
			throw new RequestError(401, 'unauthenticated', 'expected Authorization: Bearer with a stream token that is known and has not expired');
		}
		if (token.action !== action || token.streamId !== streamId) {
			void reply.header('www-authenticate', 'Bearer error="insufficient_scope"');
			throw new RequestError(403, 'forbidden', `this token is to ${token.action} ${token.streamId}`);
		}
		return {
			holder: `token ${token.id}`,
			by: `stream token ${token.id}`,
			tokenId: token.id,
			sessionId: null,
			expiresAt: Date.parse(token.expiresAt),
		};
	}

	#person(principal: Principal, action: StreamToken['action'], streamId: string): Grant {
		const { kind, id, name, role, sessionId, expiresAt } = principal;
		if (kind === 'service') return { holder: 'service', by: 'service', tokenId: null, sessionId: null, expiresAt: Number.MAX_SAFE_INTEGER };
		const own = role === 'field-unit' && principal.unitId === streamId;
		if (action === 'publish' && !own) throw new RequestError(403, 'forbidden', 'only the field unit itself may send its picture');
		if (action === 'watch' && !own) {
			const stream = this.#stream(streamId);
			if (stream !== undefined && !maySee(principal, stream.stream.agency)) {
				throw new RequestError(403, 'forbidden', `the stream ${streamId} is not yours to see`);
			}
		}
		return { holder: `person ${id}`, by: name, tokenId: null, sessionId, expiresAt };
	}
}
