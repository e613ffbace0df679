import { type ConditionState, evaluate } from '../evaluation/condition.ts';
import { compose } from './compose.ts';
import type { Coverage } from './coverage.ts';
import type { Memory } from './memory.ts';
import { keyOf, newWork, type Stage, type Work } from './work.ts';

export interface PipelineOptions {
	coverage: Coverage;
	memory: Memory;
	/** Tells the others. */
	announce: () => Promise<void>;
	/** For the measurements. */
	evaluated: (work: Work) => void;
	clock: () => Date;
}

/**
 * The way from readings to alerts, in order. What decides stands before `store` and does no I/O; what reaches out stands behind
 * it. Silences and grouping belong between `compose` and `store`, notification behind `announce`.
 */
export function pipeline(options: PipelineOptions): readonly Stage[] {
	return [match(options), evaluateRules(options), composeAlerts(options), store(options), announce(options)];
}

export async function run(stages: readonly Stage[], observations: Work['observations']): Promise<Work> {
	const work = newWork(observations);
	for (const stage of stages) await stage.run(work);
	return work;
}

function match({ coverage }: PipelineOptions): Stage {
	return {
		name: 'match',
		run(work) {
			work.matches = work.observations.flatMap((observation) => coverage.matchesOf(observation));
		},
	};
}

function evaluateRules({ memory, evaluated }: PipelineOptions): Stage {
	return {
		name: 'evaluate',
		run(work) {
			for (const { rule, sensor, observation } of work.matches) {
				const key = keyOf(rule.id, observation.datastreamId);
				const before: ConditionState | null = work.states.get(key) ?? memory.state(key);
				const { state, decision } = evaluate({
					condition: rule.condition,
					state: before,
					sample: { time: Date.parse(observation.phenomenonTime), value: observation.value },
					// When catching up, too, it counts when the reading was reported.
					now: Date.parse(observation.resultTime),
					unit: sensor.datastreams.find((each) => each.property === rule.property)?.unit ?? '',
				});
				if (state !== before) work.states.set(key, state);
				work.outcomes.push({ rule, sensor, observation, decision });
			}
			evaluated(work);
		},
	};
}

function composeAlerts({ memory, clock }: PipelineOptions): Stage {
	return {
		name: 'compose',
		run(work) {
			const now = clock();
			// An alert may be raised and cleared by the readings of one batch.
			const current = new Map<string, ReturnType<Memory['active']>>();
			for (const outcome of work.outcomes) {
				const key = keyOf(outcome.rule.id, outcome.observation.datastreamId);
				const active = current.has(key) ? current.get(key) : memory.active(key);
				const update = compose(outcome, active, now);
				if (update === null) continue;
				work.updates.push(update);
				current.set(key, update.alert.state === 'active' ? update.alert : undefined);
			}
		},
	};
}

function store({ memory }: PipelineOptions): Stage {
	return {
		name: 'store',
		async run(work) {
			const last = work.observations.at(-1);
			if (last !== undefined) await memory.commit({ updates: work.updates, states: work.states, seq: last.seq });
		},
	};
}

function announce({ announce: tell }: PipelineOptions): Stage {
	return { name: 'announce', run: (work) => (work.updates.length > 0 ? tell() : undefined) };
}
