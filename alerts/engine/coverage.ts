import type { Rule } from '@beilun/shared/protocol/alerts.ts';
import { datastreamId, type Observation, type Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { Match } from './work.ts';

/** The rules and sensors there are, and which of them belong together. */
export class Coverage {
	readonly #rules = new Map<string, Rule>();
	readonly #sensors = new Map<string, Sensor>();
	#byProperty = new Map<string, Rule[]>();

	putRule(rule: Rule): void {
		this.#rules.set(rule.id, rule);
		this.#index();
	}

	removeRule(id: string): void {
		this.#rules.delete(id);
		this.#index();
	}

	putSensor(sensor: Sensor): void {
		this.#sensors.set(sensor.id, sensor);
	}

	removeSensor(id: string): void {
		this.#sensors.delete(id);
	}

	replaceSensors(sensors: readonly Sensor[]): void {
		this.#sensors.clear();
		for (const sensor of sensors) this.putSensor(sensor);
	}

	knowsSensor(id: string): boolean {
		return this.#sensors.has(id);
	}

	matchesOf(observation: Observation): Match[] {
		const sensor = this.#sensors.get(observation.sensorId);
		if (sensor === undefined) return [];
		const rules = this.#byProperty.get(observation.property) ?? [];
		return rules.filter((rule) => whyNot(rule, sensor) === null).map((rule) => ({ rule, sensor, observation }));
	}

	/** Why a rule no longer concerns a datastream, in words; null where it does. */
	whyNotCovered(ruleId: string, stream: { sensorId: string; datastreamId: string }): string | null {
		const rule = this.#rules.get(ruleId);
		if (rule === undefined) return 'the rule was removed';
		const sensor = this.#sensors.get(stream.sensorId);
		if (sensor === undefined) return 'the sensor was removed';
		if (stream.datastreamId !== datastreamId(sensor.id, rule.property)) return 'the rule now watches another property';
		return whyNot(rule, sensor);
	}

	#index(): void {
		this.#byProperty = Map.groupBy(this.#rules.values(), (rule) => rule.property);
	}
}

function whyNot(rule: Rule, sensor: Sensor): string | null {
	if (!rule.enabled) return 'the rule was switched off';
	if (rule.agency !== sensor.agency) return 'sensor and rule no longer belong to the same agency';
	if (rule.sensorIds.length > 0 && !rule.sensorIds.includes(sensor.id)) return 'the rule no longer names the sensor';
	if (!sensor.datastreams.some((each) => each.property === rule.property)) return 'the sensor no longer has the property';
	return null;
}
