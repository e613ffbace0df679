import { z } from 'zod';
import { Agency, Instant, Latitude, Longitude, Role, Slug, Text } from './words.ts';

/** 12 characters at least, no composition rules (NIST SP 800-63B §3.1.1.2). */
export const Password = z.string().min(12).max(256);

export const UserInput = z
	.object({
		name: Slug.meta({ description: 'login name' }),
		displayName: z.string().min(1).max(80),
		role: Role,
		agency: Agency.nullable().default(null),
		unitId: Slug.nullable().default(null),
	})
	.refine((user) => user.role !== 'agency-viewer' || user.agency !== null, { message: 'expected an agency for an agency-viewer', path: ['agency'] })
	.refine((user) => user.role !== 'field-unit' || user.unitId !== null, { message: 'expected a unitId for a field-unit', path: ['unitId'] });
export type UserInput = z.infer<typeof UserInput>;

export const User = z.object({
	id: z.uuid(),
	name: z.string(),
	displayName: z.string(),
	role: Role,
	agency: Agency.nullable(),
	unitId: z.string().nullable(),
	disabled: z.boolean(),
	createdAt: Instant,
});
export type User = z.infer<typeof User>;

/** Who is asking: a person by session, or a service by token. */
export interface Principal {
	kind: 'person' | 'service';
	id: string;
	name: string;
	displayName: string;
	role: Role;
	agency: Agency | null;
	unitId: string | null;
	sessionId: string;
	/** Milliseconds since the epoch. */
	expiresAt: number;
}

/** What `GET /api/v1/me` answers. */
export const Me = z.object({
	id: z.string(),
	name: z.string(),
	displayName: z.string(),
	role: Role,
	agency: Agency.nullable(),
	unitId: z.string().nullable(),
	expiresAt: Instant,
});
export type Me = z.infer<typeof Me>;

export const unitStatuses = ['available', 'dispatched', 'en-route', 'on-scene', 'staging', 'needs-help', 'off-duty'] as const;
export const UnitStatus = z.enum(unitStatuses);
export type UnitStatus = z.infer<typeof UnitStatus>;

export const UnitInput = z.object({
	id: Slug,
	name: Text,
	agency: Agency,
	kind: z.string().min(1).max(40).meta({ description: 'patrol, engine, boat, team …' }),
	demo: z.boolean().default(false),
});
export type UnitInput = z.infer<typeof UnitInput>;

export const Position = z.object({
	lon: Longitude,
	lat: Latitude,
	time: Instant,
	speed: z.number().nullable(),
	heading: z.number().nullable(),
	accuracy: z.number().nullable(),
	source: z.enum(['phone', 'tracker']),
});
export type Position = z.infer<typeof Position>;

export const Unit = UnitInput.extend({ status: UnitStatus, statusAt: Instant.nullable(), position: Position.nullable() });
export type Unit = z.infer<typeof Unit>;
