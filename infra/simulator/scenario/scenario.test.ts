import type { RuleInput } from '@beilun/shared/protocol/alerts.ts';
import { type Severity, severities } from '@beilun/shared/protocol/words.ts';
import { describe, expect, test } from 'vitest';
import { views } from '../world/cameras.ts';
import { observe, sensors } from '../world/district.ts';
import { MovingUnit } from '../world/fleet.ts';
import { calm, type Drivers } from '../world/moment.ts';
import { RoadNetwork } from '../world/roads.ts';
import { rules } from '../world/rules.ts';
import { units } from '../world/units.ts';
import { ScenarioPlayer, valueAt } from './player.ts';
import { typhoonNight } from './typhoon-night.ts';

interface Raised {
	rule: string;
	sensor: string;
	at: number;
	peak: Severity;
	clearedAt: number | null;
}

/** The simplest engine that holds to the contract: duration raises, hysteresis clears. */
class Watch {
	readonly raised: Raised[] = [];
	#active: Raised | null = null;
	#beyondSince: number | null = null;
	readonly #rule: RuleInput;
	readonly #sensor: string;

	constructor(rule: RuleInput, sensor: string) {
		this.#rule = rule;
		this.#sensor = sensor;
	}

	see(value: number, at: number): void {
		const { levels, direction, hysteresis, durationSeconds } = this.#rule.condition;
		const sign = direction === 'above' ? 1 : -1;
		const reached = severities.filter((severity) => levels.some((level) => level.severity === severity && sign * (value - level.limit) > 0));
		const [worst] = reached;
		this.#beyondSince = worst === undefined ? null : (this.#beyondSince ?? at);
		if (this.#active === null) {
			if (worst === undefined || this.#beyondSince === null || at - this.#beyondSince < durationSeconds) return;
			this.#active = { rule: this.#rule.id, sensor: this.#sensor, at, peak: worst, clearedAt: null };
			this.raised.push(this.#active);
			return;
		}
		if (worst !== undefined && severities.indexOf(worst) < severities.indexOf(this.#active.peak)) this.#active.peak = worst;
		if (levels.every((level) => sign * (value - level.limit) < -hysteresis)) {
			this.#active.clearedAt = at;
			this.#active = null;
		}
	}
}

/** Runs the district with simulated time; `drivers` may do as it likes at each second. Answers all alerts. */
function simulate(from: number, seconds: number, drivers: (second: number) => Drivers): Raised[] {
	const watches = sensors.flatMap((model) =>
		rules
			.filter(({ agency, property, sensorIds }) => {
				const { input } = model;
				const has = input.datastreams.some((datastream) => datastream.property === property);
				return input.agency === agency && has && (sensorIds.length === 0 || sensorIds.includes(input.id));
			})
			.map((rule) => ({ model, rule, watch: new Watch(rule, model.input.id) })),
	);
	for (let second = 0; second < seconds; second += 1) {
		const moment = { time: from + second * 1000, age: second, drivers: drivers(second) };
		for (const { model, rule, watch } of watches) {
			if (second % model.input.period !== 0) continue;
			watch.see(observe(model, moment).values[rule.property] ?? 0, second);
		}
	}
	return watches.flatMap(({ watch }) => watch.raised).sort((one, other) => one.at - other.at);
}

/** Spring, autumn and winter; high and low water, day and night. */
const starts = [Date.UTC(2026, 3, 3, 1), Date.UTC(2026, 10, 23, 12), Date.UTC(2027, 0, 9, 17), Date.UTC(2026, 7, 13, 6)];

describe('an ordinary day', () => {
	test.each(starts)('is calm: two mild alerts in the first minute, few after it, never orange or red (from %d)', (from) => {
		const alerts = simulate(from, 3_600, () => calm);
		expect(alerts.filter(({ at }) => at <= 60).map(({ rule }) => rule)).toEqual(expect.arrayContaining(['environment-ph', 'urban-noise']));
		expect(alerts.every(({ peak }) => peak === 'blue' || peak === 'yellow')).toBe(true);
		expect(alerts.length).toBeLessThanOrEqual(8);
		expect(new Set(alerts.map(({ rule }) => rule)).size).toBe(2);
	});

	test('brings no third alert in a week, seen every two minutes', () => {
		const quiet = sensors.filter(({ input }) => input.id !== 'outfall-qingzhi' && input.id !== 'noise-xinqi-site');
		for (let step = 0; step < 30 * 24 * 7; step += 1) {
			const moment = { time: Date.UTC(2026, 8, 25) + step * 120_000, age: step * 120, drivers: calm };
			for (const model of quiet) {
				const { values } = observe(model, moment);
				for (const { id, agency, property, condition, sensorIds } of rules) {
					const value = values[property];
					if (value === undefined || agency !== model.input.agency) continue;
					if (sensorIds.length > 0 && !sensorIds.includes(model.input.id)) continue;
					const beyond = condition.levels.some(({ limit }) => (condition.direction === 'above' ? value > limit : value < limit));
					expect(beyond, `${id} ${model.input.id} ${value}`).toBe(false);
				}
			}
		}
	});
});

describe('typhoon night', () => {
	function play(from: number) {
		const player = new ScenarioPlayer();
		const wait = 100;
		return simulate(from, 400, (second) => {
			if (second === wait) player.start(typhoonNight, second);
			player.due(second);
			return player.drivers(second);
		})
			.filter(({ at, rule }) => at >= wait && rule !== 'environment-ph' && rule !== 'urban-noise')
			.map((alert) => ({ ...alert, at: alert.at - wait, clearedAt: alert.clearedAt === null ? null : alert.clearedAt - wait }));
	}

	test.each(starts)('raises what it should, whatever the tide is doing, and everything clears (from %d)', (from) => {
		const alerts = play(from);
		const find = (sensor: string) => alerts.find((alert) => alert.sensor === sensor);
		expect(find('gas-xiapu-g-07-east')).toMatchObject({ rule: 'work-safety-gas', peak: 'red' });
		expect(find('tank-xiapu-g-07')).toMatchObject({ rule: 'work-safety-pressure', peak: 'orange' });
		expect(find('underpass-taishan')).toMatchObject({ peak: 'red' });
		expect(find('tide-beilun-port')).toMatchObject({ peak: 'orange' });
		expect(find('smoke-xiapu-store-3')).toMatchObject({ peak: 'orange' });
		expect(find('wind-zhitou')).toMatchObject({ rule: 'environment-wind', peak: 'orange' });
		expect(find('lamps-chaiqiao')).toMatchObject({ rule: 'urban-lamps' });
		expect(find('electric-daqi-park')).toMatchObject({ rule: 'fire-leakage' });
		expect(find('bridge-daxie')).toMatchObject({ rule: 'urban-bridge' });
		// The pressure is seen before the gas that it causes.
		expect(find('tank-xiapu-g-07')?.at).toBeLessThan(find('gas-xiapu-g-07-east')?.at ?? 0);
		expect(new Set(alerts.map(({ rule }) => rules.find(({ id }) => id === rule)?.agency)).size).toBe(6);
		expect(alerts.length).toBeGreaterThanOrEqual(18);
		expect(alerts.length).toBeLessThanOrEqual(40);
		for (const alert of alerts) {
			expect(alert.clearedAt, `${alert.rule} ${alert.sensor}`).not.toBeNull();
			expect(alert.clearedAt, `${alert.rule} ${alert.sensor}`).toBeLessThanOrEqual(typhoonNight.duration);
		}
		expect(alerts.every(({ at }) => at < 140)).toBe(true);
	});

	test('names only cameras and units that exist, and undoes what it does', () => {
		const failed = new Set<string>();
		const away = new Set<string>();
		let last = 0;
		for (const event of typhoonNight.events) {
			expect(event.at).toBeGreaterThanOrEqual(last);
			last = event.at;
			if (event.do === 'fail-camera') failed.add(event.camera);
			if (event.do === 'restore-camera') failed.delete(event.camera);
			if (event.do === 'dispatch') away.add(event.unit);
			if (event.do === 'release') away.delete(event.unit);
			if ('camera' in event) expect(views.map(({ id }) => id)).toContain(event.camera);
			if ('unit' in event) expect(units.map(({ input }) => input.id)).toContain(event.unit);
		}
		expect(failed.size + away.size).toBe(0);
		expect(last).toBeLessThanOrEqual(typhoonNight.duration);
	});

	test('the engine sent to G-07 arrives while the tank is still in trouble', () => {
		const sent = typhoonNight.events.find((event) => event.do === 'dispatch' && event.unit === 'fire-201');
		const model = units.find(({ input }) => input.id === 'fire-201');
		if (sent?.do !== 'dispatch' || model === undefined) throw new Error('not in the scenario');
		const unit = new MovingUnit(model, RoadNetwork.read());
		unit.dispatch(sent.to);
		let seconds = 0;
		while (!unit.arrived && seconds < 600) {
			unit.advance(0.25);
			seconds += 0.25;
		}
		expect(sent.at + seconds).toBeLessThan(160);
		expect(seconds).toBeGreaterThan(20);
	});
});

describe('the player', () => {
	test('a curve holds its ends and runs evenly between', () => {
		const curve: [number, number][] = [
			[10, 2],
			[20, 4],
		];
		expect([0, 10, 15, 20, 99].map((second) => valueAt(curve, second))).toEqual([2, 2, 3, 4, 4]);
	});

	test('stopped in the middle it undoes cameras and units, and is calm within 30 s', () => {
		const player = new ScenarioPlayer();
		player.start(typhoonNight, 1_000);
		player.due(1_100);
		expect(player.drivers(1_100).rain).toBeGreaterThan(50);
		const undone = player.stop(1_100);
		expect(undone).toEqual(expect.arrayContaining([expect.objectContaining({ do: 'restore-camera', camera: 'cam-seawall-01' })]));
		expect(undone.filter((event) => event.do === 'release').map((event) => event.unit)).toEqual(
			expect.arrayContaining(['police-101', 'fire-201', 'fire-202', 'environment-01']),
		);
		expect(player.drivers(1_101).rain).toBeGreaterThan(50);
		expect(player.drivers(1_130)).toEqual(calm);
		expect(player.due(1_131)).toEqual({ events: [], ended: false });
	});

	test('can be started again, and says once that it has ended', () => {
		const player = new ScenarioPlayer();
		player.start(typhoonNight, 0);
		player.due(50);
		player.start(typhoonNight, 60);
		expect(player.due(60).events).toMatchObject([{ do: 'say' }]);
		expect(player.due(260).ended).toBe(true);
		expect(player.due(261)).toEqual({ events: [], ended: false });
		expect(player.drivers(261)).toEqual(calm);
	});
});
