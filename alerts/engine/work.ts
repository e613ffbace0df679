import type { Alert, AlertChange, Rule } from '@beilun/shared/protocol/alerts.ts';
import type { Observation, Sensor } from '@beilun/shared/protocol/sensors.ts';
import type { ConditionState, Decision } from '../evaluation/condition.ts';

/** A rule that concerns an observation. */
export interface Match {
	rule: Rule;
	sensor: Sensor;
	observation: Observation;
}

export interface Outcome extends Match {
	decision: Decision;
}

/** What has to be stored, and then told. */
export interface AlertUpdate {
	alert: Alert;
	change: AlertChange;
}

/** What goes through the stages: each reads what the ones before it have filled in. Nothing of it counts until it is stored. */
export interface Work {
	readonly observations: readonly Observation[];
	matches: Match[];
	outcomes: Outcome[];
	/** By `keyOf`: states as they will be. */
	states: Map<string, ConditionState>;
	updates: AlertUpdate[];
}

export interface Stage {
	readonly name: string;
	run(work: Work): Promise<void> | void;
}

export function newWork(observations: readonly Observation[]): Work {
	return { observations, matches: [], outcomes: [], states: new Map(), updates: [] };
}

/** Rule and datastream: what has one state and at most one active alert. */
export function keyOf(ruleId: string, datastreamId: string): string {
	return `${ruleId}\n${datastreamId}`;
}

export function partsOf(key: string): { ruleId: string; datastreamId: string } {
	const [ruleId = '', datastreamId = ''] = key.split('\n');
	return { ruleId, datastreamId };
}
