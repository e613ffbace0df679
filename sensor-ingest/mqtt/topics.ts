import { Agency, Slug } from '@beilun/shared/protocol/words.ts';
import type { DeviceInput } from '../devices/table.ts';

const channels = ['observations', 'status', 'position'] as const;
type Channel = (typeof channels)[number];

/** `v1/{agency}/{id}/{channel}`: `id` is a unit's for positions, else a sensor's. */
export interface Topic {
	agency: Agency;
	id: string;
	channel: Channel;
}

/** What an external broker is asked for. */
export const subscriptions = channels.map((channel) => `v1/+/+/${channel}`);

/** Null for anything that is not one of our topics. */
export function parseTopic(text: string): Topic | null {
	const [version, agency, id, channel, ...rest] = text.split('/');
	if (version !== 'v1' || rest.length > 0) return null;
	const known = channels.find((each) => each === channel);
	const parsed = Agency.safeParse(agency);
	if (known === undefined || !parsed.success || !Slug.safeParse(id).success) return null;
	return { agency: parsed.data, id: id as string, channel: known };
}

/** Whether this is the device's own sensor or unit; the agency is judged apart. */
export function isOwn(topic: Topic, device: DeviceInput): boolean {
	return (topic.channel === 'position' ? device.unitIds : device.sensorIds).includes(topic.id);
}

/** A device may read along on its own topics only: the wildcard stands at the end or nowhere. */
export function maySubscribe(filter: string, device: DeviceInput): boolean {
	const [version, agency, id, last, ...rest] = filter.split('/');
	if (version !== 'v1' || agency !== device.agency || id === undefined || last === undefined || rest.length > 0) return false;
	const endings: readonly string[] = [...channels, '+', '#'];
	return endings.includes(last) && (device.sensorIds.includes(id) || device.unitIds.includes(id));
}
