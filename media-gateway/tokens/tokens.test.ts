import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestGateway } from '../testing/gateway.ts';
import { StreamTokens } from './registry.ts';

let gateway: TestGateway;
beforeAll(async () => {
	gateway = await TestGateway.start({ rtcWorkers: 1 });
	gateway.system.identity.add('boss', 'admin');
});
afterAll(() => gateway?.system.stop());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

function put(id: string, body: object = {}, as = 'boss'): Promise<Response> {
	const whole = { id, streamId: 'cam-1', action: 'watch', expiresAt: inHours(1), ...body };
	return gateway.request('PUT', `/api/v1/stream-tokens/${id}`, { as, body: whole });
}

async function list(as = 'officer'): Promise<{ id: string; lastUsedAt: string | null }[]> {
	const answer = await gateway.request('GET', '/api/v1/stream-tokens', { as });
	expect(answer.status).toBe(200);
	return ((await answer.json()) as { items: { id: string; lastUsedAt: string | null }[] }).items;
}

test('a token is told once, is listed without its secret, and is not in the database', async () => {
	const answer = await put('tv');
	expect(answer.status).toBe(200);
	const { token, ...shown } = (await answer.json()) as { token: string };
	expect(Buffer.from(token, 'base64url')).toHaveLength(32);
	expect(answer.headers.get('cache-control')).toBe('no-store');
	expect(shown).toMatchObject({ id: 'tv', streamId: 'cam-1', action: 'watch', createdBy: 'boss', lastUsedAt: null });
	expect(await list()).toContainEqual(shown);
	const { rows } = await sql`select * from media.stream_token where id = 'tv'`.execute(gateway.system.context.database);
	expect(JSON.stringify(rows)).not.toContain(token);
	expect(JSON.stringify(await list())).not.toContain(token);
});

test('a token is replaced by one with another secret, and gone when it is removed', async () => {
	const tokens = new StreamTokens({ database: gateway.system.context.database, onRevoked: () => undefined });
	const first = ((await (await put('twice')).json()) as { token: string }).token;
	const second = ((await (await put('twice')).json()) as { token: string }).token;
	expect(await tokens.resolve(first)).toBeNull();
	expect(await tokens.resolve(second)).toMatchObject({ id: 'twice' });
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/twice')).status).toBe(204);
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/twice')).status).toBe(404);
	expect(await tokens.resolve(second)).toBeNull();
	expect(await tokens.resolve('')).toBeNull();
	expect(await tokens.resolve('x'.repeat(10_000))).toBeNull();
});

test('the use of a token is noted once a minute, and an expired one is none', async () => {
	const { database } = gateway.system.context;
	const tokens = new StreamTokens({ database, onRevoked: () => undefined });
	const { token } = (await (await put('used')).json()) as { token: string };
	const used = async () => (await list()).find((each) => each.id === 'used')?.lastUsedAt;
	await tokens.resolve(token);
	const first = await used();
	expect(first).not.toBeNull();
	await tokens.resolve(token);
	expect(await used()).toBe(first);
	await sql`update media.stream_token set last_used_at = now() - interval '2 minutes' where id = 'used'`.execute(database);
	await tokens.resolve(token);
	expect(Date.parse((await used()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? ''));
	await sql`update media.stream_token set expires_at = now() where id = 'used'`.execute(database);
	expect(await tokens.resolve(token)).toBeNull();
});

test('a duty officer gives out tokens to watch; those to publish are for an admin', async () => {
	expect((await put('desk', {}, 'officer')).status).toBe(200);
	expect((await put('encoder', { action: 'publish', streamId: 'unit-1' }, 'officer')).status).toBe(403);
	expect((await put('encoder', { action: 'publish', streamId: 'unit-1' })).status).toBe(200);
	expect((await put('encoder', {}, 'officer')).status).toBe(403);
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/encoder')).status).toBe(403);
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/encoder', { as: 'boss' })).status).toBe(204);
	for (const as of ['police', 'field']) {
		expect((await gateway.request('GET', '/api/v1/stream-tokens', { as })).status).toBe(403);
		expect((await put('desk', {}, as)).status).toBe(403);
	}
});

test.each([
	['expiresAt', { expiresAt: inHours(-1) }],
	['expiresAt', { expiresAt: inHours(401 * 24) }],
	['expiresAt', { expiresAt: 'tomorrow' }],
	['action', { action: 'both' }],
	['streamId', { streamId: 'Not A Slug' }],
	['id', { id: 'another' }],
])('a bad %s is named (%#)', async (field, body) => {
	const answer = await put('bad', body);
	expect(answer.status).toBe(400);
	expect(await answer.json()).toMatchObject({ errors: [{ field }] });
});
