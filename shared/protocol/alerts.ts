import { z } from 'zod';
import { Agency, Instant, Place, PropertyKey, Severity, Slug, Text } from './words.ts';

const Level = z.object({ severity: Severity, limit: z.number() });

/**
 * A reading beyond a limit for `durationSeconds` (of phenomenon time) raises; back behind the limit by `hysteresis`
 * (in the datastream's unit) clears. The most severe level reached gives the severity, up and down.
 */
export const ThresholdCondition = z
	.object({
		type: z.literal('threshold'),
		direction: z.enum(['above', 'below']),
		levels: z.array(Level).min(1).max(4),
		hysteresis: z.number().min(0).default(0),
		durationSeconds: z.number().min(0).max(86_400).default(0),
	})
	.refine((condition) => new Set(condition.levels.map((level) => level.severity)).size === condition.levels.length, {
		message: 'expected each severity at most once',
		path: ['levels'],
	});
export type ThresholdCondition = z.infer<typeof ThresholdCondition>;

/** Other kinds of condition join this union. */
export const Condition = z.discriminatedUnion('type', [ThresholdCondition]);
export type Condition = z.infer<typeof Condition>;

/** `sensorIds` empty means every sensor of the agency that has the property. */
export const RuleInput = z.object({
	id: Slug,
	name: Text,
	agency: Agency,
	property: PropertyKey,
	sensorIds: z.array(Slug).max(1000).default([]),
	condition: Condition,
	enabled: z.boolean().default(true),
	demo: z.boolean().default(false),
});
export type RuleInput = z.infer<typeof RuleInput>;

export const Rule = RuleInput.extend({ version: z.int().positive(), updatedAt: Instant });
export type Rule = z.infer<typeof Rule>;

/** One active alert at most per rule and datastream: active or cleared, times acknowledged or not. */
export const Alert = z.object({
	id: z.uuid(),
	ruleId: Slug,
	ruleVersion: z.int(),
	name: Text,
	agency: Agency,
	sensorId: Slug,
	sensorName: Text,
	datastreamId: z.string(),
	propertyName: Text,
	place: Place,
	severity: Severity,
	peakSeverity: Severity,
	state: z.enum(['active', 'cleared']),
	acknowledged: z.boolean(),
	acknowledgedAt: Instant.nullable(),
	acknowledgedBy: z.string().nullable().meta({ description: 'display name of the person' }),
	/** Phenomenon time of the reading that completed the condition. */
	raisedAt: Instant,
	clearedAt: Instant.nullable(),
	/** When the alert was stored, which comes before it is announced. */
	storedAt: Instant,
	updatedAt: Instant,
	value: z.number(),
	limit: z.number(),
	direction: z.enum(['above', 'below']),
	unit: z.string(),
	decimals: z.int(),
	/** Rises with every change of this alert. */
	revision: z.int().positive(),
	demo: z.boolean(),
});
export type Alert = z.infer<typeof Alert>;

/** One line of an alert's history. `reason` says in words why it changed. */
export const AlertChange = z.object({
	id: z.uuid(),
	alertId: z.uuid(),
	at: Instant,
	change: z.enum(['raised', 'severity-changed', 'cleared', 'acknowledged']),
	by: z.string().nullable(),
	severity: Severity,
	value: z.number().nullable(),
	reason: z.string(),
});
export type AlertChange = z.infer<typeof AlertChange>;
