import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import { migrate, type OpenDatabase } from '@beilun/shared/runtime/database.ts';
import { openTestDatabase } from '@beilun/shared/testing/database.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listAlerts, listChanges } from '../alerts/alerts.ts';
import { at, FakeIngest, Installation, rule, sensor } from '../testing/installation.ts';

let opened: OpenDatabase;
let ingest: FakeIngest;
const running: Installation[] = [];
beforeAll(async () => {
	opened = await openTestDatabase();
	await migrate(opened.database, 'alerts', new URL('../migrations', import.meta.url).pathname);
});
afterAll(() => opened.close());
beforeEach(async () => {
	await sql`truncate alerts.rule, alerts.rule_history, alerts.alert, alerts.alert_change, alerts.rule_state`.execute(opened.database);
	await sql`update alerts.progress set seq = 0`.execute(opened.database);
	ingest = new FakeIngest();
	ingest.sensors.push(sensor('a'), sensor('b'));
});
afterEach(async () => {
	vi.useRealTimers();
	for (const each of running.splice(0)) await each.engine.stop();
});

async function start(): Promise<Installation> {
	const installation = new Installation(opened.database, ingest);
	running.push(installation);
	return installation.start();
}

/** One that writes progress only together with alerts, so that what a crash may lose is lost. */
async function startDoomed(): Promise<Installation> {
	vi.useFakeTimers({ toFake: ['setInterval'] });
	return new Installation(opened.database, ingest).start();
}

function stored(): Promise<Alert[]> {
	return listAlerts(opened.database, { limit: 500 });
}

async function evaluated(installation: Installation, seq: number): Promise<void> {
	await vi.waitFor(() => expect(installation.engine.seq).toBe(seq));
}

test('an alert is raised, worsens, is cleared, each stored with its reason before it is announced', async () => {
	const installation = await start();
	const levels = [
		{ severity: 'yellow' as const, limit: 3 },
		{ severity: 'red' as const, limit: 5 },
	];
	await installation.engine.putRule(rule({ condition: { type: 'threshold', direction: 'above', levels, hysteresis: 1, durationSeconds: 0 } }));
	const inDatabase: (number | undefined)[] = [];
	await installation.bus.subscribe('alert.changed', 'witness', async ({ alert }) => {
		inDatabase.push((await stored()).find((each) => each.id === alert.id)?.revision);
	});
	for (const [n, value] of [2, 4, 6, 2].entries()) {
		await installation.tell(ingest.commit('a', value, n));
		await evaluated(installation, n + 1);
	}
	await vi.waitFor(() => expect(inDatabase).toHaveLength(3));
	expect(inDatabase.every((revision, n) => (revision ?? 0) >= n + 1)).toBe(true);
	expect(installation.announced.map((each) => [each.revision, each.state, each.severity, each.value])).toEqual([
		[1, 'active', 'yellow', 4],
		[2, 'active', 'red', 6],
		[3, 'cleared', 'red', 2],
	]);
	const [alert] = await stored();
	expect(alert).toMatchObject({ raisedAt: at(1), clearedAt: at(3), peakSeverity: 'red', sensorName: { zh: '水位 a' }, unit: 'm', decimals: 2 });
	const history = await listChanges(opened.database, (alert as Alert).id);
	expect(history.map((each) => each.change)).toEqual(['raised', 'severity-changed', 'cleared']);
	expect(history[0]?.reason).toBe('4 m is above 3 m');
});

test('a crash between the commit of readings and their evaluation loses no alert', async () => {
	const doomed = await startDoomed();
	await doomed.engine.putRule(rule());
	await doomed.tell(ingest.commit('a', 1, 0));
	await evaluated(doomed, 1);
	await doomed.crash();
	ingest.commit('a', 4, 1);
	ingest.commit('b', 5, 2);
	vi.useRealTimers();
	const next = await start();
	expect(next.engine.behind).toBeNull();
	expect((await stored()).map((each) => each.sensorId).sort()).toEqual(['a', 'b']);
	await vi.waitFor(() => expect(next.announced).toHaveLength(2));
});

test('a crash forgets nothing of a duration that had begun, and doubles nothing that was stored', async () => {
	const doomed = await startDoomed();
	await doomed.engine.putRule(
		rule({ condition: { type: 'threshold', direction: 'above', levels: [{ severity: 'red', limit: 3 }], hysteresis: 0, durationSeconds: 60 } }),
	);
	await doomed.engine.putRule(rule({ id: 'at-once' }));
	await doomed.tell(ingest.commit('a', 4, 0), ingest.commit('b', 1, 1));
	await doomed.tell(ingest.commit('a', 4, 30));
	await evaluated(doomed, 3);
	await doomed.crash();
	vi.useRealTimers();
	const next = await start();
	expect((await stored()).map((each) => each.ruleId)).toEqual(['at-once']);
	await next.tell(ingest.commit('a', 4, 60));
	await evaluated(next, 4);
	expect((await stored()).map((each) => [each.ruleId, each.revision]).sort()).toEqual([
		['at-once', 1],
		['high-water', 1],
	]);
});

test('an alert that was stored but perhaps not announced is announced after the restart, with the same id and revision', async () => {
	const doomed = await startDoomed();
	await doomed.engine.putRule(rule());
	await doomed.tell(ingest.commit('a', 4, 0));
	await evaluated(doomed, 1);
	await doomed.crash();
	vi.useRealTimers();
	const next = await start();
	await vi.waitFor(() => expect(next.announced).toEqual(doomed.announced));
	await next.engine.stop();
	const third = await start();
	expect(third.announced).toEqual([]);
});

test('readings told twice, out of order or not at all are evaluated once each, in their order', async () => {
	const installation = await start();
	await installation.engine.putRule(rule());
	const readings = [4, 1, 4, 1, 4].map((value, n) => ingest.commit('a', value, n));
	const [first, second, third, fourth, fifth] = readings as [
		(typeof readings)[0],
		(typeof readings)[0],
		(typeof readings)[0],
		(typeof readings)[0],
		(typeof readings)[0],
	];
	await installation.tell(third);
	await installation.tell(first, second);
	await installation.tell(first);
	await installation.tell(fifth, fourth);
	await evaluated(installation, 5);
	await vi.waitFor(() => expect(installation.announced).toHaveLength(5));
	expect(installation.announced.map((each) => [each.state, each.raisedAt])).toEqual([
		['active', at(0)],
		['cleared', at(0)],
		['active', at(2)],
		['cleared', at(2)],
		['active', at(4)],
	]);
	expect(await stored()).toHaveLength(3);
});

test('numbers that were never given away hold nothing up', async () => {
	const installation = await start();
	await installation.engine.putRule(rule());
	await installation.tell(ingest.commit('a', 4, 0, 7));
	await vi.waitFor(() => expect(installation.announced).toHaveLength(1));
	expect(installation.engine.seq).toBe(8);
});

test('while sensor-ingest cannot be asked nothing is skipped, and afterwards everything is evaluated', async () => {
	ingest.broken = new Error('not up yet');
	const installation = await start();
	expect(installation.engine.behind).toBe('not up yet');
	await installation.engine.putRule(rule());
	await installation.tell(ingest.commit('a', 4, 0));
	await installation.tell(ingest.commit('b', 4, 0));
	ingest.broken = null;
	await vi.waitFor(() => expect(installation.announced).toHaveLength(2), { timeout: 5000 });
	expect(installation.engine.behind).toBeNull();
});

test('a reading of a sensor that was registered a moment ago is evaluated', async () => {
	const installation = await start();
	await installation.engine.putRule(rule());
	ingest.sensors.push(sensor('new'));
	await installation.tell(ingest.commit('new', 4, 0));
	await vi.waitFor(() => expect(installation.announced.map((each) => each.sensorId)).toEqual(['new']));
});

test('a rule that is switched off, removed or no longer fits clears its alerts and says so', async () => {
	const installation = await start();
	const reasonOf = async (alert: Alert) => (await listChanges(opened.database, alert.id)).at(-1)?.reason;
	const raise = async () => {
		await installation.tell(ingest.commit('a', 4, ingest.observations.length));
		await vi.waitFor(async () => expect((await stored())[0]?.state).toBe('active'));
		return (await stored())[0] as Alert;
	};
	const steps: [() => Promise<unknown>, string][] = [
		[() => installation.engine.putRule(rule({ enabled: false })), 'the rule was switched off'],
		[() => installation.engine.putRule(rule({ sensorIds: ['b'] })), 'the rule no longer names the sensor'],
		[() => installation.engine.removeRule('high-water'), 'the rule was removed'],
		[
			() => installation.bus.publish('sensor.changed', { sensor: sensor('a', { agency: 'fire' }) }),
			'sensor and rule no longer belong to the same agency',
		],
		[() => installation.bus.publish('sensor.removed', { sensorId: 'a' }), 'the sensor was removed'],
	];
	for (const [end, reason] of steps) {
		await installation.bus.publish('sensor.changed', { sensor: sensor('a') });
		await installation.engine.putRule(rule());
		const alert = await raise();
		await end();
		await vi.waitFor(async () => expect((await stored()).find((each) => each.id === alert.id)?.state).toBe('cleared'));
		expect(await reasonOf(alert)).toBe(reason);
	}
});

test('a sensor removed while the service was down has its alert cleared at the start', async () => {
	const before = await start();
	await before.engine.putRule(rule());
	await before.tell(ingest.commit('a', 4, 0));
	await vi.waitFor(() => expect(before.announced).toHaveLength(1));
	await before.engine.stop();
	ingest.sensors.shift();
	const after = await start();
	expect((await stored())[0]?.state).toBe('cleared');
	await vi.waitFor(() => expect(after.announced).toHaveLength(1));
});

test('acknowledging twice is acknowledging once, and a worse severity must be seen anew', async () => {
	const installation = await start();
	const levels = [
		{ severity: 'yellow' as const, limit: 3 },
		{ severity: 'red' as const, limit: 5 },
	];
	await installation.engine.putRule(rule({ condition: { type: 'threshold', direction: 'above', levels, hysteresis: 0, durationSeconds: 0 } }));
	await installation.tell(ingest.commit('a', 4, 0));
	await vi.waitFor(() => expect(installation.announced).toHaveLength(1));
	const { id } = installation.announced[0] as Alert;
	const first = await installation.engine.acknowledge(id, 'Anna');
	expect(first).toMatchObject({ acknowledged: true, acknowledgedBy: 'Anna', revision: 2 });
	expect(await installation.engine.acknowledge(id, 'Berta')).toEqual(first);
	await installation.tell(ingest.commit('a', 6, 1));
	await vi.waitFor(async () => expect((await stored())[0]).toMatchObject({ severity: 'red', acknowledged: false, revision: 3 }));
	await installation.tell(ingest.commit('a', 4, 2));
	await installation.engine.acknowledge(id, 'Berta');
	expect((await listChanges(opened.database, id)).filter((each) => each.change === 'acknowledged').map((each) => each.by)).toEqual(['Anna', 'Berta']);
});

test('the database itself refuses a second active alert of a rule and datastream', async () => {
	const installation = await start();
	await installation.engine.putRule(rule());
	await installation.tell(ingest.commit('a', 4, 0));
	await vi.waitFor(() => expect(installation.announced).toHaveLength(1));
	const second = sql`
		insert into alerts.alert (id, rule_id, datastream_id, agency, state, acknowledged, severity, revision, content)
		select gen_random_uuid(), rule_id, datastream_id, agency, state, acknowledged, severity, revision, content from alerts.alert`;
	await expect(second.execute(opened.database)).rejects.toThrow('alert_one_active');
});

test('many readings at once make one alert each, and the measurements count them', async () => {
	for (let n = 0; n < 40; n++) ingest.sensors.push(sensor(`s${n}`));
	const installation = await start();
	await installation.engine.putRule(rule());
	const readings = Array.from({ length: 2500 }, (_, n) => ingest.commit(`s${n % 40}`, n % 80 < 40 ? 4 : 1, n));
	await installation.tell(...readings);
	await evaluated(installation, 2500);
	const active = (await stored()).filter((each) => each.state === 'active');
	expect(new Set(active.map((each) => each.datastreamId)).size).toBe(active.length);
	const text = await installation.metrics.metrics();
	expect(text).toContain('beilun_alerts_evaluated_total 2500');
	expect(text).toMatch(/beilun_alerts_raised_total\{severity="red"\} \d+/);
});
