import type { OpenDatabase } from '@beilun/shared/runtime/database.ts';
import { openTestDatabase } from '@beilun/shared/testing/database.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { emptyDatabase } from '../testing/database.ts';
import { type CommandSystem, password, startCommandCenter } from '../testing/system.ts';

let system: CommandSystem;
let opened: OpenDatabase;
beforeAll(async () => {
	opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(async () => {
	await emptyDatabase(opened);
	system = await startCommandCenter({ opened });
});
afterEach(() => system.stop());

function tryLogIn(name: string, secret: string) {
	return system.call('POST', '/api/v1/login', { name, password: secret }, null);
}

test('the setup link makes the first admin once and closes for ever', async () => {
	const replaced = await system.center.createSetupLink();
	const link = await system.center.createSetupLink();
	const tokenOf = (path: string | null) => new URL(path ?? '', 'http://x').searchParams.get('token') ?? '';
	const token = tokenOf(link);
	const open = async (each: string) => (await system.call('GET', `/api/v1/setup?token=${each}`, undefined, null)).body;
	expect(await open(token)).toEqual({ open: true });
	expect(await open(tokenOf(replaced))).toEqual({ open: false });

	const admin = { token, name: 'first', displayName: 'First', password };
	expect((await system.call('POST', '/api/v1/setup', { ...admin, password: 'short' }, null)).status).toBe(400);
	const both = await Promise.all([
		system.call('POST', '/api/v1/setup', admin, null),
		system.call('POST', '/api/v1/setup', { ...admin, name: 'second' }, null),
	]);
	expect(both.map((each) => each.status).sort()).toEqual([200, 403]);
	const winner = both.find((each) => each.status === 200);
	const cookie = winner?.headers.getSetCookie()[0] ?? '';
	expect(cookie).toMatch(/^beilun_session=[\w-]{43}; .*Path=\/; .*HttpOnly; SameSite=Lax$/);
	expect((await system.call('GET', '/api/v1/me', undefined, cookie.split(';')[0])).body).toMatchObject({ role: 'admin' });
	expect(await open(token)).toEqual({ open: false });
	expect(await system.center.createSetupLink()).toBeNull();
});

test('no answer holds a password or its hash', async () => {
	await system.addPerson('anna', 'duty-officer');
	const answer = await system.call('GET', '/api/v1/users');
	expect(JSON.stringify(answer.body)).not.toMatch(/argon2|password|hash/i);
	const stored = await sql<{ password_hash: string }>`select password_hash from command.person`.execute(system.database);
	expect(stored.rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('five wrong passwords lock a name, known or not, for a quarter of an hour, even for the right password', async () => {
	await system.addPerson('anna', 'duty-officer');
	for (const name of ['anna', 'nobody-of-that-name']) {
		const statuses = [];
		for (let n = 0; n < 6; n++) statuses.push((await tryLogIn(name, 'wrong wrong wrong')).status);
		expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
	}
	const right = await tryLogIn('anna', password);
	expect(right.status).toBe(429);
	expect(right.body).toMatchObject({ reason: 'locked' });
	await sql`update command.login_attempt set locked_until = now() - interval '1 second'`.execute(system.database);
	expect((await tryLogIn('anna', password)).status).toBe(200);
});

test('attempts side by side cannot outrun the lockout', async () => {
	await system.addPerson('anna', 'duty-officer');
	const answers = await Promise.all(Array.from({ length: 12 }, () => tryLogIn('anna', 'wrong wrong wrong')));
	expect(answers.filter((answer) => answer.status === 401).length).toBeLessThanOrEqual(5);
	expect((await tryLogIn('anna', password)).status).toBe(429);
});

test('failures older than the window are forgotten', async () => {
	await system.addPerson('anna', 'duty-officer');
	for (let n = 0; n < 4; n++) await tryLogIn('anna', 'wrong wrong wrong');
	await sql`update command.login_attempt set since = now() - interval '16 minutes'`.execute(system.database);
	expect((await tryLogIn('anna', 'wrong wrong wrong')).status).toBe(401);
	expect((await tryLogIn('anna', password)).status).toBe(200);
});

test('logins from one address are limited', async () => {
	const answers = [];
	for (let n = 0; n < 70; n++) answers.push((await system.call('POST', '/api/v1/login', { name: `name-${n}`, password: 'x' }, null)).status);
	expect(answers.slice(0, 60).every((status) => status === 401)).toBe(true);
	expect(answers.at(-1)).toBe(429);
});

test('logging out ends the session at once, and only this one', async () => {
	const one = await system.addPerson('anna', 'duty-officer');
	const other = await system.logIn('anna');
	const me = (cookie: string) => system.call('GET', '/api/v1/me', undefined, cookie);
	expect((await me(one)).status).toBe(200);
	expect((await system.call('POST', '/api/v1/logout', undefined, one)).status).toBe(204);
	expect((await me(one)).status).toBe(401);
	expect((await me(other)).status).toBe(200);
});

test('an expired session is refused', async () => {
	const cookie = await system.addPerson('anna', 'duty-officer');
	await sql`update command.session set expires_at = now() - interval '1 second'`.execute(system.database);
	expect((await system.call('GET', '/api/v1/me', undefined, cookie)).status).toBe(401);
});

test('disabling, another role and another password each end the sessions', async () => {
	const ended: [string, string][] = [];
	system.center.identity.ends.on('ended', (id, reason) => ended.push([id, reason]));
	const person = { name: 'anna', displayName: 'Anna', role: 'duty-officer' };
	for (const [change, reason] of [
		[{ role: 'commander' }, 'disabled'],
		[{ password: 'another long password' }, 'logged-out'],
		[{ disabled: true }, 'disabled'],
	] as const) {
		const cookie = await system.addPerson('anna', 'duty-officer', { disabled: false });
		ended.length = 0;
		expect((await system.call('GET', '/api/v1/me', undefined, cookie)).status).toBe(200);
		expect((await system.call('PUT', '/api/v1/users/anna', { ...person, ...change })).status).toBe(200);
		expect((await system.call('GET', '/api/v1/me', undefined, cookie)).status).toBe(401);
		expect(ended.map(([, why]) => why)).toEqual([reason]);
	}
	expect((await tryLogIn('anna', password)).status).toBe(401);
});

test('the last admin can be neither removed, demoted nor disabled', async () => {
	const cookie = await system.addPerson('boss', 'admin');
	const boss = { name: 'boss', displayName: 'Boss', role: 'admin' };
	expect((await system.call('PUT', '/api/v1/users/boss', { ...boss, role: 'commander' })).body).toMatchObject({ reason: 'last-admin' });
	expect((await system.call('PUT', '/api/v1/users/boss', { ...boss, disabled: true })).status).toBe(409);
	expect((await system.call('DELETE', '/api/v1/users/boss')).status).toBe(409);
	expect((await system.call('GET', '/api/v1/me', undefined, cookie)).body).toMatchObject({ role: 'admin' });
	await system.addPerson('deputy', 'admin');
	expect((await system.call('DELETE', '/api/v1/users/boss')).status).toBe(204);
});

test('people are managed by admins only, and a foreign page may not even log out', async () => {
	const officer = await system.addPerson('anna', 'duty-officer');
	expect((await system.call('GET', '/api/v1/users', undefined, officer)).status).toBe(403);
	expect((await system.call('GET', '/api/v1/audit', undefined, officer)).status).toBe(403);
	expect((await system.call('GET', '/api/v1/users', undefined, null)).status).toBe(401);
	const foreign = await system.call('POST', '/api/v1/logout', undefined, officer, { origin: 'http://evil.example' });
	expect(foreign.body).toMatchObject({ reason: 'foreign-origin' });
	expect((await system.call('GET', '/api/v1/me', undefined, officer)).status).toBe(200);
});

test('a wrong service token is nobody', async () => {
	const answer = await system.call('GET', '/api/v1/users', undefined, null, { authorization: 'Bearer wrong' });
	expect(answer.status).toBe(401);
});

test('an agency viewer needs an agency and a field unit its unit', async () => {
	const viewer = await system.call('PUT', '/api/v1/users/viewer', { name: 'viewer', displayName: 'V', role: 'agency-viewer', password });
	expect(viewer.status).toBe(400);
	expect(JSON.stringify(viewer.body)).toContain('agency');
	const unit = await system.call('PUT', '/api/v1/users/unit', { name: 'unit', displayName: 'U', role: 'field-unit', password });
	expect(unit.status).toBe(400);
});

test('the audit names who did what, failed logins by the name tried, and cannot be changed', async () => {
	await system.addPerson('anna', 'duty-officer');
	await tryLogIn('mallory', 'wrong wrong wrong');
	const find = async () => (await system.call('GET', '/api/v1/audit')).body as { items: Record<string, unknown>[] };
	await vi.waitFor(async () => expect((await find()).items[0]).toMatchObject({ personName: 'mallory', status: 401 }));
	const { items } = await find();
	expect(items).toContainEqual(expect.objectContaining({ kind: 'service', action: 'PUT /api/v1/users/:name', target: 'anna', status: 200 }));
	expect(items).toContainEqual(expect.objectContaining({ personName: 'anna', action: 'POST /api/v1/login', status: 200 }));
	expect(JSON.stringify(items)).not.toContain(password);
	await sql`delete from command.audit`.execute(system.database);
	await sql`update command.audit set status = 0`.execute(system.database);
	expect((await find()).items).toEqual(items);
	const page = (await system.call('GET', `/api/v1/audit?limit=1&before=${items[0]?.id}`)).body as { items: unknown[] };
	expect(page.items).toEqual([items[1]]);
});
