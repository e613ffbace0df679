import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestSystem, type TestSystem } from '../testing/context.ts';
import { migrate } from './database.ts';
import type { App } from './http.ts';
import type { Service, ServiceContext } from './service.ts';

class Probe implements Service {
	readonly name = 'alerts';
	constructor(private_: ServiceContext) {
		void private_;
	}
	async migrate() {}
	async routes(app: App) {
		app.post('/api/v1/probe', { config: { access: ['admin'] }, schema: { body: z.object({ n: z.int().max(3) }) } }, (request) => ({
			n: request.body.n,
		}));
		app.post('/api/v1/anywhere', { config: { access: 'anyone-logged-in', crossOrigin: true } }, (request) => ({ name: request.principal?.name }));
		app.options('/api/v1/anywhere', { config: { access: 'public', crossOrigin: true } }, () => ({}));
		app.get('/api/v1/open', { config: { access: 'public' } }, () => ({ open: true }));
	}
	async start() {}
	async stop() {}
	async ready() {
		return {};
	}
}

let system: TestSystem;
beforeAll(async () => {
	system = await startTestSystem({ services: (context) => [new Probe(context)] });
	system.identity.add('boss', 'admin');
	system.identity.add('guest', 'agency-viewer', { agency: 'water' });
});
afterAll(() => system.stop());

function post(body: unknown, headers: Record<string, string>) {
	return fetch(`${system.url}/api/v1/probe`, {
		method: 'POST',
		body: JSON.stringify(body),
		headers: { 'content-type': 'application/json', ...headers },
	});
}

test('a route is refused without a session, with the wrong role and from a foreign page', async () => {
	expect((await post({ n: 1 }, {})).status).toBe(401);
	expect((await post({ n: 1 }, { authorization: 'Bearer guest' })).status).toBe(403);
	const foreign = await post({ n: 1 }, { cookie: 'session=boss', origin: 'http://evil.example' });
	expect(foreign.status).toBe(403);
	expect(await foreign.json()).toMatchObject({ reason: 'foreign-origin' });
	expect((await post({ n: 1 }, { cookie: 'session=boss', origin: system.url })).status).toBe(200);
});

test('a route for other origins is theirs by Authorization only', async () => {
	const ask = (method: string, headers: Record<string, string>) =>
		fetch(`${system.url}/api/v1/anywhere`, { method, headers: { origin: 'https://player.example', ...headers } });
	expect((await ask('OPTIONS', {})).status).toBe(200);
	expect(await (await ask('POST', { authorization: 'Bearer guest' })).json()).toEqual({ name: 'guest' });
	const byCookie = await ask('POST', { cookie: 'session=boss' });
	expect(byCookie.status).toBe(403);
	expect(await byCookie.json()).toMatchObject({ reason: 'foreign-origin' });
	// Were the cookie to count beside an Authorization that is worth nothing, any page could send both.
	expect((await ask('POST', { cookie: 'session=boss', authorization: 'Bearer nobody' })).status).toBe(401);
	expect((await ask('POST', { cookie: 'session=boss', origin: system.url })).status).toBe(200);
	const others = await fetch(`${system.url}/api/v1/probe`, {
		method: 'POST',
		headers: { origin: 'https://player.example', authorization: 'Bearer boss' },
	});
	expect(others.status).toBe(403);
});

test('a bad body is answered with the field and what was expected', async () => {
	const answer = await post({ n: 7 }, { authorization: 'Bearer boss' });
	expect(answer.status).toBe(400);
	expect(answer.headers.get('content-type')).toContain('application/problem+json');
	expect(await answer.json()).toMatchObject({ reason: 'invalid', errors: [{ field: 'n', message: expect.stringContaining('3') }] });
});

test('a route that does not say who may call it cannot be registered', async () => {
	await expect(
		startTestSystem({
			services: (context) => [Object.assign(new Probe(context), { routes: async (app: App) => void app.get('/api/v1/forgotten', () => ({})) })],
		}),
	).rejects.toThrow('does not say who may call it');
});

test('an unknown address is a 404 problem', async () => {
	const answer = await fetch(`${system.url}/api/v1/nothing`);
	expect(answer.status).toBe(404);
	expect(await answer.json()).toMatchObject({ reason: 'not-found' });
});

test('a migration runs once', async () => {
	await migrate(system.context.database, 'probe', new URL('.', import.meta.url).pathname);
	await migrate(system.context.database, 'probe', new URL('.', import.meta.url).pathname);
});
