import type { RuleInput } from '@beilun/shared/protocol/alerts.ts';
import { severities } from '@beilun/shared/protocol/words.ts';

/** What the schema cannot say: a more severe level must lie further out. Answers what is wrong, field by field. */
export function problemsOf(rule: RuleInput): { field: string; message: string }[] {
	switch (rule.condition.type) {
		case 'threshold': {
			const { direction, levels } = rule.condition;
			const sign = direction === 'above' ? 1 : -1;
			const ordered = levels
				.map((level, index) => ({ ...level, index }))
				.sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
			return ordered.flatMap((level, n) => {
				const milder = ordered[n - 1];
				if (milder === undefined || sign * level.limit > sign * milder.limit) return [];
				const expected = `expected ${direction} ${milder.limit}, the limit of the milder level ${milder.severity}`;
				return [{ field: `condition.levels.${level.index}.limit`, message: `${level.limit} for ${level.severity}: ${expected}` }];
			});
		}
	}
}
