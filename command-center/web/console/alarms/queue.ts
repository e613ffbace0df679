import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { severityRank } from '../../severity.tsx';

export type Tab = 'all' | 'unacknowledged' | 'cleared';
export const tabs = ['all', 'unacknowledged', 'cleared'] as const satisfies Tab[];

export interface Filter {
	tab: Tab;
	search: string;
	severity: Severity | null;
	/** A group of the flood summary: a rule's id. */
	group: string | null;
}

/** Still somebody's business: beyond its limit, or back but not yet acknowledged (ISA-18.2 "return to normal unacknowledged"). */
export function isOpen(alert: Alert): boolean {
	return alert.state === 'active' || !alert.acknowledged;
}

/** What an alert counts as: while it stands its severity, once it is over the worst it has been. */
export function standing(alert: Alert): Severity {
	return alert.state === 'active' ? alert.severity : alert.peakSeverity;
}

function stageOf(alert: Alert): number {
	return alert.state === 'active' ? 0 : isOpen(alert) ? 1 : 2;
}

/** What stands before what has returned, that before what is finished; then by severity, then the newest first. Ids break ties. */
export function compareAlerts(a: Alert, b: Alert): number {
	const stage = stageOf(a) - stageOf(b);
	if (stage !== 0) return stage;
	const severity = isOpen(a) ? severityRank[standing(a)] - severityRank[standing(b)] : 0;
	if (severity !== 0) return severity;
	const age = Date.parse(b.raisedAt) - Date.parse(a.raisedAt);
	return age !== 0 ? age : a.id < b.id ? -1 : 1;
}

function matches(alert: Alert, filter: Filter, words: string[]): boolean {
	if (filter.tab === 'unacknowledged' && alert.acknowledged) return false;
	if (filter.tab === 'cleared' && alert.state !== 'cleared') return false;
	if (filter.severity !== null && standing(alert) !== filter.severity) return false;
	if (filter.group !== null && alert.ruleId !== filter.group) return false;
	if (words.length === 0) return true;
	const { name, sensorName, propertyName, place } = alert;
	const text = [
		name.zh,
		name.en,
		sensorName.zh,
		sensorName.en,
		propertyName.zh,
		propertyName.en,
		place.name,
		place.nameEn,
		alert.sensorId,
		alert.agency,
	]
		.join(' ')
		.toLowerCase();
	return words.every((word) => text.includes(word));
}

/** The queue as it should stand: what the filter lets through, in order. */
export function queueOf(alerts: Iterable<Alert>, filter: Filter): Alert[] {
	const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
	return [...alerts].filter((alert) => matches(alert, filter, words)).sort(compareAlerts);
}

/**
 * What to show of a list that somebody may be working on. While it is held every row stays where it is, even one that no
 * longer fits the filter; what is new waits at the edge. `exists` says which rows are still known at all.
 */
export function arrange(options: { shown: readonly string[]; sorted: readonly string[]; held: boolean; exists: (id: string) => boolean }): {
	order: readonly string[];
	waiting: readonly string[];
} {
	const { shown, sorted, held, exists } = options;
	if (!held || shown.length === 0) return { order: sorted, waiting: [] };
	const standing = new Set(shown);
	return {
		order: shown.every(exists) ? shown : shown.filter(exists),
		waiting: sorted.filter((id) => !standing.has(id)),
	};
}

const floodWindow = 10 * 60_000;
export const floodLimit = 10;

/** More than 10 new alerts in 10 minutes are more than one person can attend to (ISA-18.2, EEMUA 191). */
export function recentAlerts(alerts: Iterable<Alert>, now: number): Alert[] {
	return [...alerts].filter((alert) => Date.parse(alert.storedAt) > now - floodWindow);
}

export interface Group {
	ruleId: string;
	/** The most severe and newest of the group. */
	first: Alert;
	count: number;
	unacknowledged: number;
	active: number;
	/** Where, each place once, the most severe first. */
	places: Alert['place'][];
}

/** Alerts summed up by rule, with their places; the most severe and then the largest groups first. */
export function groupAlerts(alerts: Iterable<Alert>): Group[] {
	const groups = new Map<string, Group>();
	for (const alert of [...alerts].sort(compareAlerts)) {
		const group = groups.get(alert.ruleId) ?? { ruleId: alert.ruleId, first: alert, count: 0, unacknowledged: 0, active: 0, places: [] };
		group.count += 1;
		if (!alert.acknowledged) group.unacknowledged += 1;
		if (alert.state === 'active') group.active += 1;
		if (!group.places.some(({ name }) => name === alert.place.name)) group.places.push(alert.place);
		groups.set(alert.ruleId, group);
	}
	return [...groups.values()].sort((a, b) => severityRank[standing(a.first)] - severityRank[standing(b.first)] || b.count - a.count);
}

/** Active alerts by severity, for the header. */
export function countActive(alerts: Iterable<Alert>): Record<Severity, number> {
	const counts: Record<Severity, number> = { red: 0, orange: 0, yellow: 0, blue: 0 };
	for (const alert of alerts) if (alert.state === 'active') counts[alert.severity] += 1;
	return counts;
}
