import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** `clips.json`, written by draw.ts: what each pair of files beside it holds. */
const Manifest = z.array(
	z.strictObject({
		id: z.string(),
		name: z.strictObject({ zh: z.string(), en: z.string() }),
		light: z.enum(['day', 'dusk', 'night']),
		weather: z.enum(['clear', 'overcast', 'rain', 'fog', 'storm']),
		fps: z.int(),
		frames: z.int(),
		width: z.int(),
		height: z.int(),
	}),
);
export type ClipInfo = z.infer<typeof Manifest>[number];

/** A clip with its pictures (H.264, Annex B, parameter sets in band), the same small, and its sound (A-law, 8 kHz, one channel), equally long. */
export interface Clip extends ClipInfo {
	video: Buffer;
	/** A second stream's pictures, as many a second; null for a camera without one. */
	sub: Buffer | null;
	audio: Buffer;
}

const folder = new URL('./', import.meta.url);

export async function readManifest(): Promise<ClipInfo[]> {
	return Manifest.parse(JSON.parse(await readFile(new URL('clips.json', folder), 'utf8')));
}

/** All clips of this folder, or those with the given ids. */
export async function loadClips(ids?: readonly string[]): Promise<Clip[]> {
	const wanted = (await readManifest()).filter(({ id }) => !ids || ids.includes(id));
	return Promise.all(
		wanted.map(async (info) => ({
			...info,
			video: await readFile(new URL(`${info.id}.h264`, folder)),
			sub: await readFile(new URL(`${info.id}.sub.h264`, folder)),
			audio: await readFile(new URL(`${info.id}.alaw`, folder)),
		})),
	);
}
