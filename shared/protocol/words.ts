import { z } from 'zod';

/** The six agencies of the district whose sensors, cameras and units come together here. */
export const agencies = ['police', 'work-safety', 'fire', 'water', 'environment', 'urban-management'] as const;
export const Agency = z.enum(agencies);
export type Agency = z.infer<typeof Agency>;

/** The statutory four, most severe first: 一级 red, 二级 orange, 三级 yellow, 四级 blue. */
export const severities = ['red', 'orange', 'yellow', 'blue'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

export const roles = ['duty-officer', 'commander', 'field-unit', 'agency-viewer', 'admin'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/** Lower-case name chosen by people: `cam-port-03`. */
export const Slug = z
	.string()
	.min(1)
	.max(64)
	.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters and digits joined by single hyphens');

/** The key of an observed property inside a payload: `waterLevel`. */
export const PropertyKey = z
	.string()
	.min(1)
	.max(64)
	.regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, 'expected a letter, then letters, digits or underscores');

/** UTC instant, ISO 8601 with milliseconds on the way out; any offset is taken on the way in and turned to UTC. */
export const Instant = z.iso
	.datetime({ offset: true })
	// An overwrite and no transform: answers are checked against the same schemas, and a transform cannot be run backwards.
	.overwrite((text) => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString()))
	.meta({ format: 'date-time' });

export const Longitude = z.number().min(-180).max(180);
export const Latitude = z.number().min(-90).max(90);

/** WGS-84 position with the name people use for it. `elevation` in metres above the 1985 national datum. */
export const Place = z.object({
	lon: Longitude,
	lat: Latitude,
	name: z.string().max(120).default(''),
	nameEn: z.string().max(120).default(''),
	elevation: z.number().optional(),
});
export type Place = z.infer<typeof Place>;

/** Chinese first; English may be missing, in which case the Chinese is shown. */
export const Text = z.object({ zh: z.string().min(1).max(200), en: z.string().max(200).default('') });
export type Text = z.infer<typeof Text>;
