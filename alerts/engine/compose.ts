import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import { type Severity, severities } from '@beilun/shared/protocol/words.ts';
import { newId } from '@beilun/shared/runtime/ids.ts';
import type { AlertUpdate, Outcome } from './work.ts';

/** What a decision makes of the alert there is (or not). Null: nothing changes. */
export function compose(outcome: Outcome, active: Alert | undefined, now: Date): AlertUpdate | null {
	const { decision, observation } = outcome;
	switch (decision.kind) {
		case 'none':
			return null;
		case 'raise':
		case 'change': {
			if (active === undefined) return raise(outcome, decision, now);
			const { severity, limit, reason } = decision;
			if (active.severity === severity) return null;
			const worse = severities.indexOf(severity) < severities.indexOf(active.severity);
			const next: Alert = {
				...active,
				severity,
				limit,
				ruleVersion: outcome.rule.version,
				peakSeverity: moreSevere(active.peakSeverity, severity),
				value: observation.value,
				// Somebody has seen it when it was milder; the worse one nobody has seen yet.
				...(worse ? { acknowledged: false, acknowledgedAt: null, acknowledgedBy: null } : {}),
			};
			return revise(next, { at: now, change: 'severity-changed', by: null, value: observation.value, reason });
		}
		case 'clear':
			return active === undefined ? null : clear(active, { now, reason: decision.reason, at: observation.phenomenonTime, value: observation.value });
	}
}

/** `at`: since when it is over; `value` null where no reading ended it. */
export function clear(active: Alert, end: { now: Date; reason: string; at: string; value: number | null }): AlertUpdate {
	const next: Alert = { ...active, state: 'cleared', clearedAt: end.at, value: end.value ?? active.value };
	return revise(next, { at: end.now, change: 'cleared', by: null, value: end.value, reason: end.reason });
}

export function acknowledge(alert: Alert, by: string, now: Date): AlertUpdate {
	const next: Alert = { ...alert, acknowledged: true, acknowledgedAt: now.toISOString(), acknowledgedBy: by };
	return revise(next, { at: now, change: 'acknowledged', by, value: null, reason: 'somebody has seen it' });
}

function raise({ rule, sensor, observation }: Outcome, decision: { severity: Severity; limit: number; reason: string }, now: Date): AlertUpdate {
	const datastream = sensor.datastreams.find((each) => each.property === rule.property);
	if (datastream === undefined) throw new Error(`${sensor.id} has no ${rule.property}`);
	const storedAt = now.toISOString();
	const alert: Alert = {
		id: newId(),
		ruleId: rule.id,
		ruleVersion: rule.version,
		name: rule.name,
		agency: rule.agency,
		sensorId: sensor.id,
		sensorName: sensor.name,
		datastreamId: observation.datastreamId,
		propertyName: datastream.name,
		place: sensor.place,
		severity: decision.severity,
		peakSeverity: decision.severity,
		state: 'active',
		acknowledged: false,
		acknowledgedAt: null,
		acknowledgedBy: null,
		raisedAt: observation.phenomenonTime,
		clearedAt: null,
		storedAt,
		updatedAt: storedAt,
		value: observation.value,
		limit: decision.limit,
		direction: rule.condition.direction,
		unit: datastream.unit,
		decimals: datastream.decimals,
		revision: 0,
		demo: rule.demo || sensor.demo,
	};
	return revise(alert, { at: now, change: 'raised', by: null, value: observation.value, reason: decision.reason });
}

function revise(alert: Alert, change: Pick<AlertUpdate['change'], 'change' | 'by' | 'value' | 'reason'> & { at: Date }): AlertUpdate {
	const at = change.at.toISOString();
	const next = { ...alert, revision: alert.revision + 1, updatedAt: at };
	return { alert: next, change: { ...change, id: newId(), alertId: alert.id, at, severity: next.severity } };
}

function moreSevere(a: Severity, b: Severity): Severity {
	return severities.indexOf(a) <= severities.indexOf(b) ? a : b;
}
