import type { CameraInput } from '@beilun/shared/protocol/media.ts';
import type { Launched } from '../harness/launcher.ts';

/** Registers a camera somewhere in the district. */
export async function register(system: Launched, id: string, url: string, transport: CameraInput['transport']): Promise<void> {
	const place = { lon: 121.84, lat: 29.9, name: '', nameEn: '' };
	await system.call('PUT', `/api/v1/cameras/${id}`, { id, name: { zh: id, en: id }, agency: 'police', place, url, transport });
}
