import { z } from 'zod';
import type { Alert } from './alerts.ts';
import type { Camera, Stream } from './media.ts';
import type { Unit } from './people.ts';
import type { Observation, Sensor } from './sensors.ts';
import type { Wall } from './walls.ts';

/**
 * The socket.io namespace `/console`. Each topic is a collection of whole entities by id, with a sequence number that
 * rises with every change. The server keeps for every entity (and every removed id) the number of its last change, so a
 * client that names the last number it has seen is sent exactly what changed since, in order, however long it was away.
 */
export interface Topics {
	alerts: Alert;
	sensors: Sensor;
	/** The latest observation of each datastream, by datastream id. */
	readings: Reading;
	cameras: Camera;
	streams: Stream;
	units: Unit;
	walls: Wall;
	/** One entity, id `counts`. Not sent to agency viewers and field units. */
	deadLetters: DeadLetterCounts;
}
export type Topic = keyof Topics;
export const topics = ['alerts', 'sensors', 'readings', 'cameras', 'streams', 'units', 'walls', 'deadLetters'] as const satisfies Topic[];

export type Reading = Pick<Observation, 'datastreamId' | 'sensorId' | 'property' | 'phenomenonTime' | 'resultTime' | 'value'>;

export interface DeadLetterCounts {
	total: number;
	lastAt: string | null;
	lastReason: string | null;
}

/** Client to server, first thing after every connect, and again whenever a heartbeat shows that something is missing. */
export const Subscribe = z.object({
	protocol: z.literal(1),
	/** The server's epoch as last seen; null at first. Another epoch than the server's brings a whole snapshot. */
	epoch: z.string().max(64).nullable(),
	topics: z.partialRecord(z.enum(topics), z.int().min(0).meta({ description: 'the last sequence number seen, 0 for none' })),
});
export type Subscribe = z.infer<typeof Subscribe>;

/** Server to client. After applying it the client has seen everything up to `to`. */
export interface Changes<T extends Topic = Topic> {
	topic: T;
	epoch: string;
	/** True: forget what you hold of this topic, this is all there is. */
	reset: boolean;
	/** The client must hold exactly `from`, or subscribe again. */
	from: number;
	to: number;
	upserts: { id: string; seq: number; entity: Topics[T] }[];
	removes: { id: string; seq: number }[];
}

/** Every second. `heads` are the newest numbers of the subscribed topics. */
export interface Heartbeat {
	time: string;
	epoch: string;
	heads: Partial<Record<Topic, number>>;
}

export interface ConsoleServerEvents {
	changes: (changes: Changes) => void;
	heartbeat: (heartbeat: Heartbeat) => void;
	/** The session ended or lost its rights; the reason is one of these words. */
	ended: (notice: { reason: 'expired' | 'logged-out' | 'disabled' }) => void;
}
export interface ConsoleClientEvents {
	subscribe: (request: Subscribe, reply: (answer: { ok: true } | { ok: false; reason: string; detail: string }) => void) => void;
}
