import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { describe, expect, test } from 'vitest';
import { arrange, compareAlerts, countActive, type Filter, floodLimit, groupAlerts, queueOf, recentAlerts } from './queue.ts';
import { soundFor } from './sound.ts';

const noon = Date.parse('2026-11-23T12:00:00.000Z');
const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();
let lastId = 0;

function alert(part: Partial<Alert> = {}): Alert {
	lastId += 1;
	const raisedAt = part.raisedAt ?? at(0);
	return {
		id: `alert-${lastId}`,
		ruleId: 'gas',
		ruleVersion: 1,
		name: { zh: '可燃气体超限', en: 'Gas' },
		agency: 'work-safety',
		sensorId: 'gas-g07',
		sensorName: { zh: '罐区 G-07', en: 'Tank farm G-07' },
		datastreamId: 'gas-g07.gas',
		propertyName: { zh: '浓度', en: 'Concentration' },
		place: { lon: 121.9, lat: 29.9, name: '霞浦', nameEn: 'Xiapu' },
		severity: 'red',
		peakSeverity: 'red',
		state: 'active',
		acknowledged: false,
		acknowledgedAt: null,
		acknowledgedBy: null,
		raisedAt,
		clearedAt: null,
		storedAt: raisedAt,
		updatedAt: raisedAt,
		value: 18,
		limit: 10,
		direction: 'above',
		unit: '%{LEL}',
		decimals: 0,
		revision: 1,
		demo: false,
		...part,
	};
}
const everything: Filter = { tab: 'all', search: '', severity: null, group: null };
const ids = (alerts: Alert[]) => alerts.map(({ id }) => id);

describe('the queue', () => {
	test('stands by severity, then the newest first; what has returned comes after what stands, and the finished last', () => {
		const finished = alert({ state: 'cleared', acknowledged: true, raisedAt: at(9) });
		const blue = alert({ severity: 'blue', raisedAt: at(8) });
		const oldRed = alert({ raisedAt: at(1) });
		const newRed = alert({ raisedAt: at(2) });
		const returned = alert({ severity: 'blue', peakSeverity: 'yellow', state: 'cleared', raisedAt: at(3) });
		expect(ids(queueOf([finished, blue, oldRed, newRed, returned], everything))).toEqual(ids([newRed, oldRed, blue, returned, finished]));
	});

	test('two alerts of the same moment keep their order', () => {
		const [a, b] = [alert(), alert()];
		expect(Math.sign(compareAlerts(a, b))).toBe(-Math.sign(compareAlerts(b, a)));
	});

	test('tabs, severity and words narrow it', () => {
		const red = alert({ raisedAt: at(1) });
		const known = alert({ acknowledged: true, severity: 'orange', name: { zh: '潮位上涨快', en: 'Tide rising' } });
		const cleared = alert({ state: 'cleared' });
		const all = [red, known, cleared];
		expect(ids(queueOf(all, { ...everything, tab: 'unacknowledged' }))).toEqual(ids([red, cleared]));
		expect(ids(queueOf(all, { ...everything, tab: 'cleared' }))).toEqual([cleared.id]);
		expect(ids(queueOf(all, { ...everything, severity: 'orange' }))).toEqual([known.id]);
		expect(ids(queueOf(all, { ...everything, search: 'TIDE  xiapu' }))).toEqual([known.id]);
		expect(queueOf(all, { ...everything, search: 'tide fire' })).toEqual([]);
	});
});

describe('a list being worked on', () => {
	const exists = () => true;
	test('keeps its rows where they are, and lets new ones wait', () => {
		expect(arrange({ shown: ['a', 'b'], sorted: ['new', 'b', 'a'], held: true, exists })).toEqual({ order: ['a', 'b'], waiting: ['new'] });
	});
	test('keeps a row that no longer fits its filter, but not one that is gone', () => {
		expect(arrange({ shown: ['a', 'b', 'c'], sorted: ['c'], held: true, exists: (id) => id !== 'b' })).toEqual({ order: ['a', 'c'], waiting: [] });
	});
	test('is put in order when it is let go', () => {
		expect(arrange({ shown: ['a', 'b'], sorted: ['new', 'b', 'a'], held: false, exists })).toEqual({ order: ['new', 'b', 'a'], waiting: [] });
	});
	test('an empty list has nothing to keep', () => {
		expect(arrange({ shown: [], sorted: ['new'], held: true, exists })).toEqual({ order: ['new'], waiting: [] });
	});
});

describe('the alarm load', () => {
	test('counts what was stored in the last ten minutes', () => {
		const old = Array.from({ length: 5 }, () => alert({ storedAt: at(-11) }));
		const recent = Array.from({ length: floodLimit + 1 }, () => alert({ storedAt: at(-9) }));
		expect(recentAlerts([...old, ...recent], noon)).toHaveLength(floodLimit + 1);
	});

	test('is summed up by rule with its places, the worst and then the largest first', () => {
		const tide = (severity: Severity, name = '梅山') => alert({ ruleId: 'tide', severity, place: { lon: 0, lat: 0, name, nameEn: '' } });
		const groups = groupAlerts([tide('yellow'), tide('orange'), tide('yellow', '穿山'), alert({ severity: 'orange', acknowledged: true })]);
		expect(groups.map(({ first, count, unacknowledged }) => [first.ruleId, first.severity, count, unacknowledged])).toEqual([
			['tide', 'orange', 3, 3],
			['gas', 'orange', 1, 0],
		]);
		expect(groups[0]?.places.map(({ name }) => name).sort()).toEqual(['梅山', '穿山'].sort());
	});

	test('the header counts active alerts only', () => {
		expect(countActive([alert(), alert({ severity: 'blue' }), alert({ state: 'cleared' })])).toEqual({ red: 1, orange: 0, yellow: 0, blue: 1 });
	});
});

describe('the sound', () => {
	test('is that of the worst alert that is new or has become worse', () => {
		const worse = alert({ severity: 'orange' });
		const better = alert({ severity: 'yellow' });
		const fresh = alert({ severity: 'yellow' });
		const known = new Map<string, Severity>([
			[worse.id, 'yellow'],
			[better.id, 'red'],
		]);
		expect(soundFor([worse, better, fresh], known)).toBe('orange');
		expect(soundFor([better, fresh], known)).toBe('yellow');
		expect(soundFor([better], known)).toBeNull();
	});

	test('is not made for what is acknowledged or over', () => {
		expect(soundFor([alert({ acknowledged: true }), alert({ state: 'cleared' })], new Map())).toBeNull();
	});
});
