import { z } from 'zod';
import { Agency, Instant, Place, PropertyKey, Slug, Text } from './words.ts';

/** One observed property of one sensor (OGC SensorThings Datastream). `unit` is a UCUM code. */
export const Datastream = z.object({
	property: PropertyKey,
	name: Text,
	unit: z.string().min(1).max(32),
	decimals: z.int().min(0).max(6).default(1),
});
export type Datastream = z.infer<typeof Datastream>;

/** What a person registers. `period` is the expected time between reports, in seconds. */
export const SensorInput = z.object({
	id: Slug,
	name: Text,
	agency: Agency,
	kind: z.string().min(1).max(40).meta({ description: 'what sort of sensor: water-level, rain, gas, tank, smoke …' }),
	place: Place,
	period: z.number().min(0.1).max(86_400).default(60),
	datastreams: z.array(Datastream).min(1).max(64),
	demo: z.boolean().default(false),
});
export type SensorInput = z.infer<typeof SensorInput>;

export const SensorStatus = z.enum(['online', 'offline', 'unknown']);
export type SensorStatus = z.infer<typeof SensorStatus>;

export const Sensor = SensorInput.extend({
	status: SensorStatus,
	/** When the status last changed; null while nothing was ever heard. */
	statusSince: Instant.nullable(),
});
export type Sensor = z.infer<typeof Sensor>;

/** `<sensorId>.<property>` names a datastream everywhere. */
export function datastreamId(sensorId: string, property: string): string {
	return `${sensorId}.${property}`;
}

/** A committed reading. `seq` rises by commit order and is what consumers remember to miss nothing. */
export const Observation = z.object({
	seq: z.int().positive(),
	datastreamId: z.string(),
	sensorId: Slug,
	property: PropertyKey,
	phenomenonTime: Instant,
	resultTime: Instant,
	value: z.number(),
});
export type Observation = z.infer<typeof Observation>;

/** One entry of `v1/{agency}/{sensorId}/observations`: an object or an array of these. */
export const ObservationMessage = z.object({
	time: Instant,
	values: z.record(PropertyKey, z.number()).refine((values) => Object.keys(values).length > 0, 'expected at least one value'),
});
export type ObservationMessage = z.infer<typeof ObservationMessage>;

/** `v1/{agency}/{unitId}/position`. `speed` in km/h, `heading` in degrees from north, `accuracy` in metres. */
export const PositionMessage = z.object({
	time: Instant,
	lon: z.number().min(-180).max(180),
	lat: z.number().min(-90).max(90),
	speed: z.number().min(0).max(1500).optional(),
	heading: z.number().min(0).max(360).optional(),
	accuracy: z.number().min(0).max(100_000).optional(),
});
export type PositionMessage = z.infer<typeof PositionMessage>;

export const deadLetterReasons = [
	'bad-topic',
	'too-large',
	'malformed',
	'schema',
	'unknown-sensor',
	'unknown-datastream',
	'agency-mismatch',
] as const;
export const DeadLetterReason = z.enum(deadLetterReasons);
export type DeadLetterReason = z.infer<typeof DeadLetterReason>;

/** What could not be taken, kept as it came. `original` is UTF-8 text, or base64 where `encoding` says so. */
export const DeadLetter = z.object({
	id: z.uuid(),
	receivedAt: Instant,
	source: z.string().meta({ description: 'where it came in: mqtt, http …' }),
	topic: z.string(),
	client: z.string(),
	reason: DeadLetterReason,
	detail: z.string().meta({ description: 'field, value and what was expected' }),
	original: z.string(),
	encoding: z.enum(['utf8', 'base64']),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** One bucket of a chart: the extremes and mean of what fell into it, `count` 0 never occurs. */
export const SeriesPoint = z.object({
	time: Instant,
	min: z.number(),
	max: z.number(),
	mean: z.number(),
	last: z.number(),
	count: z.int().positive(),
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

export const Series = z.object({
	datastreamId: z.string(),
	unit: z.string(),
	from: Instant,
	to: Instant,
	bucketSeconds: z.number(),
	points: z.array(SeriesPoint),
});
export type Series = z.infer<typeof Series>;
