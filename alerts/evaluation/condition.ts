import type { Condition } from '@beilun/shared/protocol/alerts.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { evaluateThreshold, type ThresholdState } from './threshold.ts';

/** What a condition has to remember of one datastream. A kind of condition has a kind of state. */
export type ConditionState = ThresholdState;

/** The part of an observation that a condition looks at. Times are milliseconds since the epoch. */
export interface Sample {
	time: number;
	value: number;
}

export type Decision =
	/** Nothing to tell: still quiet, still as bad as before, or too late to count. */
	| { kind: 'none'; reason: string }
	| { kind: 'raise'; severity: Severity; limit: number; reason: string }
	| { kind: 'change'; severity: Severity; limit: number; reason: string }
	| { kind: 'clear'; reason: string };

export interface Evaluation<C = Condition, S = ConditionState> {
	condition: C;
	/** Null at first. */
	state: S | null;
	sample: Sample;
	/** When the sample was reported: a sensor whose clock runs ahead must not shut out what comes after. */
	now: number;
	/** UCUM code, for the words of the reason. */
	unit: string;
}

/** Decides without doing: no clock, no storage, and the reason in words. */
export function evaluate(evaluation: Evaluation): { state: ConditionState; decision: Decision } {
	const { condition } = evaluation;
	switch (condition.type) {
		case 'threshold':
			return evaluateThreshold({ ...evaluation, condition });
	}
}
