import { z } from 'zod';
import { Severity, Slug, Text } from './words.ts';

/** A cell of the wall's grid; `x y w h` count columns and rows from the top left. */
const Cell = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) });
export const Panel = z.discriminatedUnion('kind', [
	Cell.extend({ kind: z.literal('stream'), streamId: Slug }),
	Cell.extend({ kind: z.literal('map'), lon: z.number(), lat: z.number(), zoom: z.number() }),
	Cell.extend({ kind: z.literal('alerts') }),
	Cell.extend({ kind: z.literal('clock') }),
]);
export type Panel = z.infer<typeof Panel>;

export const WallInput = z.object({
	name: Text,
	columns: z.int().min(1).max(24),
	rows: z.int().min(1).max(24),
	/** Reading distance and screen height in metres: letters must be at least distance / 215 high. */
	distance: z.number().positive().default(3),
	screenHeight: z.number().positive().default(1.2),
	/** Alerts at or above this severity take their place on the wall. */
	popUp: Severity.default('orange'),
	panels: z.array(Panel).max(64),
	demo: z.boolean().default(false),
});
export type WallInput = z.infer<typeof WallInput>;

export const Wall = WallInput.extend({ id: Slug });
export type Wall = z.infer<typeof Wall>;
