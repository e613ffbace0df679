import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController, type RawServerDefault } from 'fastify';
import {
	createJsonSchemaTransform,
	hasZodFastifySchemaValidationErrors,
	isResponseSerializationError,
	serializerCompiler,
	validatorCompiler,
	type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { Server } from 'socket.io';
import type { Principal } from '../protocol/people.ts';
import type { Problem } from '../protocol/problems.ts';
import type { Config } from './config.ts';
import { type Access, type Identity, isAllowed } from './identity.ts';
import type { Logger } from './log.ts';

/** The server every service hangs its routes on. Schemas are zod; each route says who may call it in `config.access`. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

declare module 'fastify' {
	interface FastifyContextConfig {
		access?: Access;
		/** Pages of other origins may call it, but only by `Authorization`: a browser adds cookies by itself, that never. */
		crossOrigin?: boolean;
	}
	interface FastifyRequest {
		/** Null on public routes only. */
		principal: Principal | null;
	}
}

/** Routes of libraries, which cannot say who may call them. They hold nothing but pages and their parts. */
const publicPrefixes = ['/api/docs', '/assets/'];

/** A refusal with a status, a stable word for programs and a sentence for people. */
export class RequestError extends Error {
	readonly status: number;
	readonly reason: string;
	readonly errors: Problem['errors'];

	constructor(status: number, reason: string, detail: string, errors?: Problem['errors']) {
		super(detail);
		this.status = status;
		this.reason = reason;
		this.errors = errors;
	}
}

/** The person or service behind a request on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
	if (request.principal === null) throw new RequestError(401, 'unauthenticated', 'log in first');
	return request.principal;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

export interface HttpOptions {
	config: Config;
	log: Logger;
	identity: Identity;
}

export async function createHttp({ config, log, identity }: HttpOptions): Promise<{ app: App; io: Server }> {
	const app = Fastify({
		loggerInstance: log as FastifyBaseLogger,
		logController: new LogController({ disableRequestLogging: true }),
		bodyLimit: 1024 * 1024,
		trustProxy: config.trustProxy,
		requestTimeout: 30_000,
		forceCloseConnections: true,
	}).withTypeProvider<ZodTypeProvider>() as unknown as App;
	app.setValidatorCompiler(validatorCompiler);
	app.setSerializerCompiler(serializerCompiler);
	app.decorateRequest('principal', null);

	await app.register(cookie);
	await app.register(rateLimit, { global: false });
	await app.register(helmet, {
		contentSecurityPolicy: {
			directives: {
				defaultSrc: ["'self'"],
				scriptSrc: ["'self'"],
				workerSrc: ["'self'", 'blob:'],
				// Chart and map libraries set styles from script.
				styleSrc: ["'self'", "'unsafe-inline'"],
				imgSrc: ["'self'", 'data:', 'blob:'],
				mediaSrc: ["'self'", 'blob:'],
				connectSrc: ["'self'", 'ws:', 'wss:'],
				frameAncestors: ["'self'"],
				upgradeInsecureRequests: null,
			},
		},
		crossOriginOpenerPolicy: false,
		originAgentCluster: false,
		strictTransportSecurity: config.publicUrl?.startsWith('https:') ?? false,
	});
	await app.register(swagger, {
		openapi: { info: { title: 'Dynamic Beilun 动态北仑', version, license: { name: 'Apache-2.0' } } },
		transform: createJsonSchemaTransform({ skipList: [] }),
	});

	app.addHook('onRoute', (route) => {
		const access = route.config?.access ?? (publicPrefixes.some((prefix) => route.url.startsWith(prefix)) ? 'public' : undefined);
		if (access === undefined) throw new Error(`${String(route.method)} ${route.url} does not say who may call it (config.access)`);
		route.config = { ...route.config, access };
	});
	app.addHook('onRequest', async (request) => {
		const access = request.routeOptions.config.access ?? 'public';
		if (access === 'public' && request.is404) return;
		const { cookie: cookies, authorization, origin } = request.headers;
		const foreign = origin !== undefined && !isOwnOrigin(origin, request.headers.host, config);
		const byToken = request.routeOptions.config.crossOrigin === true && (authorization !== undefined || request.method === 'OPTIONS');
		if (request.method !== 'GET' && request.method !== 'HEAD' && foreign && !byToken) {
			throw new RequestError(403, 'foreign-origin', `requests from ${origin} are not taken`);
		}
		request.principal = await identity.resolve({ cookie: foreign && byToken ? undefined : cookies, authorization });
		if (access === 'public') return;
		const principal = principalOf(request);
		if (!isAllowed(principal, access)) throw new RequestError(403, 'forbidden', `the role ${principal.role} may not do this`);
	});

	app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
		const problem = toProblem(error);
		if (problem.status >= 500) log.error({ err: error }, 'a request failed');
		return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
	});
	app.setNotFoundHandler((request, reply) => {
		const problem: Problem = {
			type: 'about:blank',
			title: 'Not Found',
			status: 404,
			reason: 'not-found',
			detail: `${request.method} ${request.url.split('?')[0]}`,
		};
		return reply.code(404).type('application/problem+json').send(JSON.stringify(problem));
	});
	await app.register(swaggerUi, { routePrefix: '/api/docs' });

	const io = new Server(app.server, {
		transports: ['websocket'],
		serveClient: false,
		maxHttpBufferSize: 256 * 1024,
		pingInterval: 5_000,
		pingTimeout: 5_000,
		allowRequest: (request, decide) => {
			const { origin, host } = request.headers;
			decide(null, origin === undefined || isOwnOrigin(origin, host, config));
		},
	});
	return { app, io };
}

/** A browser names the page that asks; only our own pages may use our cookies (beside SameSite). */
function isOwnOrigin(origin: string, host: string | undefined, config: Config): boolean {
	if (config.publicUrl !== undefined && origin === new URL(config.publicUrl).origin) return true;
	return URL.canParse(origin) && new URL(origin).host === host;
}

function toProblem(error: Error & { statusCode?: number; code?: string }): Problem {
	if (error instanceof RequestError) {
		return {
			type: 'about:blank',
			title: error.message,
			status: error.status,
			reason: error.reason,
			detail: error.message,
			...(error.errors === undefined ? {} : { errors: error.errors }),
		};
	}
	if (hasZodFastifySchemaValidationErrors(error)) {
		const errors = error.validation.map((issue) => ({
			field: issue.instancePath.replace(/^\//, '').replaceAll('/', '.') || '(whole)',
			message: issue.message ?? 'not valid',
		}));
		const detail = errors.map((each) => `${each.field}: ${each.message}`).join('; ');
		return { type: 'about:blank', title: 'Not valid', status: 400, reason: 'invalid', detail, errors };
	}
	if (isResponseSerializationError(error)) return { type: 'about:blank', title: 'Internal error', status: 500, reason: 'internal' };
	const status = error.statusCode ?? 500;
	if (status >= 500) return { type: 'about:blank', title: 'Internal error', status, reason: 'internal' };
	return { type: 'about:blank', title: error.message, status, reason: error.code?.toLowerCase() ?? 'refused', detail: error.message };
}
