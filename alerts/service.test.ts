import type { Alert, Rule } from '@beilun/shared/protocol/alerts.ts';
import type { Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import type { Service } from '@beilun/shared/runtime/service.ts';
import { startTestSystem, type TestSystem } from '@beilun/shared/testing/context.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Alerts } from './service.ts';
import { FakeIngest, rule, sensor } from './testing/installation.ts';

/** The two routes of sensor-ingest that alerts reads. */
class IngestRoutes implements Service {
	readonly name = 'sensor-ingest';
	readonly data = new FakeIngest();
	async migrate() {}
	async routes(app: App) {
		app.get('/api/v1/sensors', { config: { access: 'service' } }, () => this.data.get<{ items: Sensor[] }>('', '/api/v1/sensors'));
		app.get('/api/v1/observations/after', { config: { access: 'service' } }, (request) => this.data.get<{ items: Observation[] }>('', request.url));
	}
	async start() {}
	async stop() {}
	async ready() {
		return {};
	}
}

let system: TestSystem;
let alerts: Alerts;
const ingest = new IngestRoutes();
beforeAll(async () => {
	ingest.data.sensors.push(sensor('a'), sensor('b'), sensor('hydrant', { agency: 'fire' }));
	system = await startTestSystem({
		services: (context) => {
			alerts = new Alerts(context);
			return [ingest, alerts];
		},
	});
	system.identity.add('boss', 'admin');
	system.identity.add('officer', 'duty-officer', { displayName: 'Officer One' });
	system.identity.add('viewer', 'agency-viewer', { agency: 'water' });
	system.identity.add('stranger', 'agency-viewer', { agency: 'police' });
	system.identity.add('unit', 'field-unit', { unitId: 'u' });
});
afterAll(() => system.stop());

async function call<T>(who: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
	const response = await fetch(system.url + path, {
		method,
		headers: { authorization: `Bearer ${who}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
}

async function observe(sensorId: string, value: number): Promise<void> {
	const observation = ingest.data.commit(sensorId, value, ingest.data.observations.length);
	await system.context.bus.publish('observations.stored', { observations: [observation] });
}

const list = async (who: string, query = '') => (await call<{ items: Alert[] }>(who, 'GET', `/api/v1/alerts?${query}`)).body.items;

test('rules are kept with their versions, and only commanders and admins change them', async () => {
	expect((await call('officer', 'PUT', '/api/v1/rules/high-water', rule())).status).toBe(403);
	const first = await call<Rule>('boss', 'PUT', '/api/v1/rules/high-water', rule());
	expect(first).toMatchObject({ status: 200, body: { version: 1 } });
	expect((await call<Rule>('boss', 'PUT', '/api/v1/rules/high-water', rule())).body).toEqual(first.body);
	expect((await call<Rule>('boss', 'PUT', '/api/v1/rules/high-water', rule({ demo: true }))).body.version).toBe(2);
	const history = await call<{ items: Rule[] }>('viewer', 'GET', '/api/v1/rules/high-water/history');
	expect(history.body.items.map((each) => [each.version, each.demo])).toEqual([[1, false]]);
	expect((await call('boss', 'DELETE', '/api/v1/rules/high-water')).status).toBe(204);
	expect((await call('boss', 'DELETE', '/api/v1/rules/high-water')).status).toBe(404);
	expect((await call<Rule>('boss', 'PUT', '/api/v1/rules/high-water', rule())).body.version).toBe(3);
});

test('a rule that makes no sense is refused with the field and what was expected', async () => {
	const bad = rule({ id: 'bad' });
	const levels = [
		{ severity: 'yellow', limit: 3 },
		{ severity: 'red', limit: 2 },
	];
	const upsideDown = await call('boss', 'PUT', '/api/v1/rules/bad', { ...bad, condition: { ...bad.condition, levels } });
	expect(upsideDown).toMatchObject({
		status: 400,
		body: { errors: [{ field: 'condition.levels.1.limit', message: expect.stringContaining('above 3') }] },
	});
	for (const change of [
		{ condition: { type: 'weather' } },
		{ condition: { ...bad.condition, levels: [] } },
		{ condition: { ...bad.condition, levels: [{ severity: 'red', limit: null }] } },
		{ condition: { ...bad.condition, hysteresis: -1 } },
		{ id: 'other' },
		{ agency: 'nobody' },
	]) {
		expect((await call('boss', 'PUT', '/api/v1/rules/bad', { ...bad, ...change })).status).toBe(400);
	}
	expect((await call('boss', 'GET', '/api/v1/rules/bad')).status).toBe(404);
});

test('alerts are listed with filters and page by page, each agency its own', async () => {
	await call('boss', 'PUT', '/api/v1/rules/fire-water', rule({ id: 'fire-water', agency: 'fire' }));
	for (const id of ['a', 'b', 'hydrant']) await observe(id, 4);
	await vi.waitFor(async () => expect(await list('officer')).toHaveLength(3));
	await observe('b', 1);
	await vi.waitFor(async () => expect(await list('officer', 'state=cleared')).toHaveLength(1));
	expect((await list('viewer')).map((each) => each.sensorId)).toEqual(['b', 'a']);
	expect(await list('stranger')).toEqual([]);
	expect(await list('viewer', 'agency=fire')).toEqual([]);
	expect((await list('officer', 'agency=fire')).map((each) => each.sensorId)).toEqual(['hydrant']);
	expect(await list('officer', 'severity=blue')).toEqual([]);
	expect(await list('officer', 'acknowledged=false&state=active')).toHaveLength(2);
	const [newest, ...rest] = await list('officer');
	expect(await list('officer', 'limit=1')).toEqual([newest]);
	expect(await list('officer', `before=${newest?.id}`)).toEqual(rest);
	expect((await call('officer', 'GET', '/api/v1/alerts?state=loud')).status).toBe(400);
	expect((await call('unit', 'GET', '/api/v1/alerts')).status).toBe(403);
	const foreign = rest.find((each) => each.agency === 'water') as Alert;
	expect((await call('stranger', 'GET', `/api/v1/alerts/${foreign.id}`)).status).toBe(404);
	expect((await call('stranger', 'GET', `/api/v1/alerts/${foreign.id}/history`)).status).toBe(404);
});

test('an alert is acknowledged by whoever has the right, once, and its history says by whom', async () => {
	const [alert] = await list('officer', 'state=active&agency=water');
	const path = `/api/v1/alerts/${alert?.id}`;
	expect((await call('viewer', 'POST', `${path}/acknowledge`)).status).toBe(403);
	expect((await call('unit', 'POST', `${path}/acknowledge`)).status).toBe(403);
	const first = await call<Alert>('officer', 'POST', `${path}/acknowledge`);
	expect(first).toMatchObject({ status: 200, body: { acknowledged: true, acknowledgedBy: 'Officer One' } });
	expect((await call<Alert>('boss', 'POST', `${path}/acknowledge`)).body).toEqual(first.body);
	const history = await call<{ items: { change: string; by: string | null }[] }>('viewer', 'GET', `${path}/history`);
	expect(history.body.items).toMatchObject([
		{ change: 'raised', by: null },
		{ change: 'acknowledged', by: 'Officer One' },
	]);
	expect((await call('officer', 'POST', '/api/v1/alerts/01900000-0000-7000-8000-000000000000/acknowledge')).status).toBe(404);
});

test('it says that it is ready', async () => {
	expect(await alerts.ready()).toEqual({ database: 'ok', observations: 'ok' });
});
