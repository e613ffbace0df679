import { metresBetween, type Point } from '../map/geometry.ts';

export interface StripInput {
	/** How many tiles there is room for. */
	room: number;
	/** Streams people pinned, in their order. */
	pinned: readonly string[];
	/** Every camera, in any order. */
	cameras: readonly { id: string; place: Point }[];
	/** Field units that are sending. */
	fieldLive: readonly string[];
	/** Where the selected thing is. */
	near: Point | null;
}

export interface StripItem {
	streamId: string;
	why: 'field' | 'pinned' | 'near' | 'standing';
}

/**
 * Which pictures stand below the map. Field units that send come first (someone is at the scene), then what people pinned, then
 * the cameras nearest to the selection, then the others in a fixed order: nothing rotates.
 */
export function chooseStrip({ room, pinned, cameras, fieldLive, near }: StripInput): StripItem[] {
	const chosen = new Map<string, StripItem>();
	const take = (streamId: string, why: StripItem['why']) => {
		if (chosen.size < room && !chosen.has(streamId)) chosen.set(streamId, { streamId, why });
	};
	const cameraIds = new Set(cameras.map((camera) => camera.id));
	for (const id of [...fieldLive].sort()) take(id, 'field');
	for (const id of pinned) if (cameraIds.has(id) || fieldLive.includes(id)) take(id, 'pinned');
	const standing = [...cameras].sort((a, b) => (a.id < b.id ? -1 : 1));
	if (near !== null) {
		const byDistance = [...standing].sort((a, b) => metresBetween(a.place, near) - metresBetween(b.place, near));
		for (const camera of byDistance) take(camera.id, 'near');
	}
	for (const camera of standing) take(camera.id, 'standing');
	return [...chosen.values()];
}

/** The pinned list after `streamId` was dropped at `index` of the strip as it stands. What stood before it stays before it. */
export function pinAt(strip: readonly StripItem[], pinned: readonly string[], streamId: string, index: number): string[] {
	const before = strip.slice(0, index).filter((item) => item.why === 'pinned' && item.streamId !== streamId);
	const rest = pinned.filter((id) => id !== streamId);
	const last = before.at(-1);
	const place = last === undefined ? 0 : rest.indexOf(last.streamId) + 1;
	return [...rest.slice(0, place), streamId, ...rest.slice(place)];
}
