import { Me, Password, type Principal, User, UserInput } from '@beilun/shared/protocol/people.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import type { Config } from '@beilun/shared/runtime/config.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import type { Identity } from '@beilun/shared/runtime/identity.ts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { sessionCookie } from './identity.ts';
import type { NewSessionToken, People } from './people.ts';
import { findUser, listUsers } from './users.ts';

/** Longer than any password may be, so that guessing does not learn the limit. */
const Credentials = z.object({ name: z.string().min(1).max(64), password: z.string().min(1).max(1024) });
const Setup = z.object({ token: z.string().min(1).max(128), name: Slug, displayName: z.string().min(1).max(80), password: Password });
const UserChange = UserInput.and(z.object({ password: Password.optional(), disabled: z.boolean().optional() }));
const NoContent = z.null().meta({ description: 'done' });

/** By address, beside the lockout by name: slows the trying of many names. */
const rateLimit = { max: 60, timeWindow: '1 minute' };

export interface PeopleRoutesOptions {
	people: People;
	database: Database;
	config: Config;
	identity: Identity;
}

export function peopleRoutes(app: App, { people, database, config, identity }: PeopleRoutesOptions): void {
	const cookieOptions = { httpOnly: true, sameSite: 'lax', path: '/', secure: config.publicUrl?.startsWith('https:') ?? false } as const;
	const giveSession = (reply: FastifyReply, session: NewSessionToken) =>
		reply.setCookie(sessionCookie, session.token, { ...cookieOptions, expires: session.expiresAt });
	const tags = ['people'];

	app.get(
		'/api/v1/setup',
		{
			config: { access: 'public', rateLimit },
			schema: {
				tags,
				summary: 'Whether this setup link can still make the first admin',
				querystring: z.object({ token: z.string().min(1).max(128) }),
				response: { 200: z.object({ open: z.boolean() }) },
			},
		},
		async (request) => ({ open: await people.isSetupOpen(request.query.token) }),
	);

	app.post(
		'/api/v1/setup',
		{
			config: { access: 'public', rateLimit },
			schema: { tags, summary: 'Make the first admin, and log in', body: Setup, response: { 200: User } },
		},
		async (request, reply) => {
			const { token, ...admin } = request.body;
			const user = await people.setUp(token, admin);
			giveSession(reply, await people.logIn(admin.name, admin.password, request.ip));
			return user;
		},
	);

	app.post(
		'/api/v1/login',
		{
			config: { access: 'public', rateLimit },
			schema: {
				tags,
				summary: 'Begin a session; its token comes as a cookie',
				body: Credentials,
				response: { 200: z.object({ ok: z.literal(true) }) },
			},
		},
		async (request, reply) => {
			request.auditName = request.body.name;
			giveSession(reply, await people.logIn(request.body.name, request.body.password, request.ip));
			return { ok: true as const };
		},
	);

	app.post(
		'/api/v1/sessions/resolve',
		{
			config: { access: 'service', audit: false },
			schema: {
				tags,
				summary: 'Whose session a cookie is: how services that run apart know who asks',
				body: z.object({ cookie: z.string().max(8192) }),
				response: { 200: z.object({ principal: z.custom<Principal>().nullable() }) },
			},
		},
		async (request) => ({ principal: await identity.resolve({ cookie: request.body.cookie }) }),
	);

	app.post(
		'/api/v1/logout',
		{ config: { access: 'anyone-logged-in' }, schema: { tags, summary: 'End the session', response: { 204: NoContent } } },
		async (request, reply) => {
			const principal = principalOf(request);
			if (principal.kind === 'person') await people.logOut(principal.sessionId);
			reply.clearCookie(sessionCookie, cookieOptions);
			return reply.code(204).send(null);
		},
	);

	app.get('/api/v1/me', { config: { access: 'anyone-logged-in' }, schema: { tags, summary: 'Who is logged in', response: { 200: Me } } }, (request) =>
		toMe(principalOf(request)),
	);

	app.get(
		'/api/v1/users',
		{ config: { access: ['admin'] }, schema: { tags, summary: 'Everybody who can log in', response: { 200: z.object({ items: z.array(User) }) } } },
		async () => ({ items: await listUsers(database) }),
	);

	app.get(
		'/api/v1/users/:name',
		{ config: { access: ['admin'] }, schema: { tags, summary: 'One person', params: z.object({ name: Slug }), response: { 200: User } } },
		async (request) => {
			const user = await findUser(database, request.params.name);
			if (user === null) throw new RequestError(404, 'not-found', `no user ${request.params.name}`);
			return user;
		},
	);

	app.put(
		'/api/v1/users/:name',
		{
			config: { access: ['admin'] },
			schema: {
				tags,
				summary: 'Create or change a person; a change of rights or password ends their sessions',
				params: z.object({ name: Slug }),
				body: UserChange,
				response: { 200: User },
			},
		},
		async (request) => {
			if (request.body.name !== request.params.name) {
				throw new RequestError(400, 'invalid', `name: expected ${request.params.name} as in the address`);
			}
			return people.putUser(request.body);
		},
	);

	app.delete(
		'/api/v1/users/:name',
		{
			config: { access: ['admin'] },
			schema: { tags, summary: 'Remove a person and end their sessions', params: z.object({ name: Slug }), response: { 204: NoContent } },
		},
		async (request, reply) => {
			await people.removeUser(request.params.name);
			return reply.code(204).send(null);
		},
	);
}

function toMe(principal: Principal): Me {
	const { id, name, displayName, role, agency, unitId } = principal;
	// A service's session has no end; a date has.
	const expiresAt = new Date(Math.min(principal.expiresAt, Date.parse('9999-12-31T00:00:00Z'))).toISOString();
	return { id, name, displayName, role, agency, unitId, expiresAt };
}
