import type { ThresholdCondition } from '@beilun/shared/protocol/alerts.ts';
import { type Severity, severities } from '@beilun/shared/protocol/words.ts';
import type { Decision, Evaluation } from './condition.ts';

/** One level: whether it is reached, and since when the readings have been beyond its limit without a break. */
interface LevelState {
	on: boolean;
	since: number | null;
}

export interface ThresholdState {
	type: 'threshold';
	/** Phenomenon time of the newest reading that counted, in milliseconds. */
	lastTime: number;
	/** What was last decided: null is quiet. */
	severity: Severity | null;
	levels: Partial<Record<Severity, LevelState>>;
}

/**
 * Each level stands for itself: beyond its limit for the whole duration turns it on, back behind the limit by the hysteresis
 * turns it off, and in between it stays as it is. The most severe level that is on gives the severity.
 */
export function evaluateThreshold(evaluation: Evaluation<ThresholdCondition, ThresholdState>): { state: ThresholdState; decision: Decision } {
	const { condition, state, sample, now, unit } = evaluation;
	const time = Math.min(sample.time, now);
	if (state !== null && time < state.lastTime) {
		return { state, decision: { kind: 'none', reason: 'a newer reading has been evaluated already' } };
	}
	const levels: ThresholdState['levels'] = {};
	for (const { severity, limit } of condition.levels) {
		levels[severity] = step(condition, limit, state?.levels[severity] ?? { on: false, since: null }, { time, value: sample.value });
	}
	const severity = severities.find((each) => levels[each]?.on) ?? null;
	const before = state?.severity ?? null;
	return {
		state: { type: 'threshold', lastTime: time, severity, levels },
		decision: decide({ condition, before, after: severity, value: sample.value, unit }),
	};
}

function step(condition: ThresholdCondition, limit: number, level: LevelState, { time, value }: { time: number; value: number }): LevelState {
	const sign = condition.direction === 'above' ? 1 : -1;
	if (sign * value > sign * limit) {
		const since = level.since ?? time;
		return { on: level.on || time - since >= condition.durationSeconds * 1000, since };
	}
	return { on: level.on && sign * value > sign * clearLimit(condition, limit), since: null };
}

/** Where a level is over. Rounded, because 3.3 − 0.1 is a hair less than 3.2 in binary. */
function clearLimit(condition: ThresholdCondition, limit: number): number {
	const exact = condition.direction === 'above' ? limit - condition.hysteresis : limit + condition.hysteresis;
	return Number(exact.toPrecision(12));
}

interface Turn {
	condition: ThresholdCondition;
	before: Severity | null;
	after: Severity | null;
	value: number;
	unit: string;
}

function decide({ condition, before, after, value, unit }: Turn): Decision {
	const { direction, durationSeconds, levels } = condition;
	const limitOf = (severity: Severity) => levels.find((level) => level.severity === severity)?.limit;
	if (after === null) {
		if (before === null) return { kind: 'none', reason: 'within the limits' };
		const limit = limitOf(before);
		// Its level may have been taken out of the rule meanwhile.
		if (limit === undefined) return { kind: 'clear', reason: `the rule no longer has the level ${before}, and ${value} ${unit} reaches no other` };
		return { kind: 'clear', reason: `${value} ${unit} is back at or behind ${clearLimit(condition, limit)} ${unit}` };
	}
	const limit = limitOf(after) as number;
	const duration = durationSeconds === 0 ? '' : ` for ${durationSeconds} s`;
	if (before === null) return { kind: 'raise', severity: after, limit, reason: `${value} ${unit} is ${direction} ${limit} ${unit}${duration}` };
	if (before === after) return { kind: 'none', reason: `still ${after}` };
	const way = severities.indexOf(after) < severities.indexOf(before) ? 'rose' : 'fell';
	return { kind: 'change', severity: after, limit, reason: `${value} ${unit}: ${way} from ${before} to ${after}, whose limit is ${limit} ${unit}` };
}
