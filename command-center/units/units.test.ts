import type { Unit } from '@beilun/shared/protocol/people.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CommandSystem, startCommandCenter } from '../testing/system.ts';

let system: CommandSystem;
let own: string;
let officer: string;
const announced: Unit[] = [];
beforeAll(async () => {
	system = await startCommandCenter();
	await system.bus.subscribe('unit.changed', 'test', ({ unit }) => void announced.push(unit));
	for (const id of ['p-1', 'p-2']) await system.call('PUT', `/api/v1/units/${id}`, { id, name: { zh: id }, agency: 'police', kind: 'patrol' });
	own = await system.addPerson('unit', 'field-unit', { unitId: 'p-1' });
	officer = await system.addPerson('anna', 'duty-officer');
});
afterAll(() => system.stop());

function position(second: number, lon = 121.8) {
	return { time: new Date(Date.parse('2026-01-01T00:00:00Z') + second * 1000).toISOString(), lon, lat: 29.9 };
}

test('a unit reports its own position and status and no other', async () => {
	expect((await system.call('POST', '/api/v1/units/p-1/position', position(1), own)).body).toEqual({ taken: true });
	expect((await system.call('POST', '/api/v1/units/p-2/position', position(1), own)).status).toBe(403);
	expect((await system.call('POST', '/api/v1/units/p-1/position', position(1), officer)).status).toBe(403);
	expect((await system.call('POST', '/api/v1/units/p-1/position', { ...position(2), lat: 91 }, own)).status).toBe(400);
	const future = { ...position(0), time: new Date(Date.now() + 3_600_000).toISOString() };
	expect((await system.call('POST', '/api/v1/units/p-1/position', future, own)).status).toBe(400);
	expect((await system.call('POST', '/api/v1/units/p-1/status', { status: 'needs-help' }, own)).body).toMatchObject({ status: 'needs-help' });
	expect((await system.call('POST', '/api/v1/units/p-2/status', { status: 'needs-help' }, own)).status).toBe(404);
	expect((await system.call('POST', '/api/v1/units/p-2/status', { status: 'asleep' }, officer)).status).toBe(400);
	expect(((await system.call('GET', '/api/v1/units', undefined, own)).body as { items: Unit[] }).items.map((unit) => unit.id)).toEqual(['p-1']);
});

test('a late position changes nothing, the last one is announced at once and kept, the track too', async () => {
	announced.length = 0;
	for (let second = 10; second < 30; second++) {
		await system.bus.publish('unit.moved', {
			unitId: 'p-2',
			position: { ...position(second, 121 + second / 100), speed: null, heading: null, accuracy: null, source: 'tracker' },
		});
	}
	await system.bus.publish('unit.moved', {
		unitId: 'p-2',
		position: { ...position(5), speed: null, heading: null, accuracy: null, source: 'tracker' },
	});
	await system.bus.publish('unit.moved', {
		unitId: 'nobody',
		position: { ...position(5), speed: null, heading: null, accuracy: null, source: 'tracker' },
	});
	await vi.waitFor(() => expect(announced).toHaveLength(20));
	expect(announced.at(-1)?.position).toMatchObject({ time: position(29).time, source: 'tracker' });
	const stored = () => sql<{ position: { time: string } }>`select position from command.unit where id = 'p-2'`.execute(system.database);
	await vi.waitFor(async () => expect((await stored()).rows[0]?.position?.time).toBe(position(29).time), { timeout: 5000 });
	const track = await sql<{ n: number }>`select count(*)::int as n from command.unit_track where unit_id = 'p-2'`.execute(system.database);
	expect(track.rows[0]?.n).toBeGreaterThan(0);
	expect(track.rows[0]?.n).toBeLessThan(20);
});

test('a unit keeps its place when its name changes, and is gone when it is removed', async () => {
	const renamed = { id: 'p-2', name: { zh: '巡逻' }, agency: 'police', kind: 'patrol' };
	expect((await system.call('PUT', '/api/v1/units/p-2', renamed)).body).toMatchObject({
		name: { zh: '巡逻' },
		position: { time: position(29).time },
	});
	expect((await system.call('DELETE', '/api/v1/units/p-2', undefined, officer)).status).toBe(403);
	expect((await system.call('DELETE', '/api/v1/units/p-2')).status).toBe(204);
	expect((await system.call('GET', '/api/v1/units/p-2')).status).toBe(404);
});

test('positions do not bury what people did in the audit', async () => {
	const { items } = (await system.call('GET', '/api/v1/audit?limit=500')).body as { items: { action: string }[] };
	expect(items.some((entry) => entry.action === 'POST /api/v1/units/:id/status')).toBe(true);
	expect(items.some((entry) => entry.action === 'POST /api/v1/units/:id/position')).toBe(false);
});
