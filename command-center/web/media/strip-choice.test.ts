import { expect, test } from 'vitest';
import { chooseStrip, pinAt } from './strip-choice.ts';

const camera = (id: string, lon: number) => ({ id, place: { lon, lat: 29.9 } });
const cameras = [camera('cam-c', 121.9), camera('cam-a', 121.7), camera('cam-b', 121.8), camera('cam-d', 122.0)];
const ids = (items: { streamId: string }[]) => items.map((item) => item.streamId);
const none = { room: 4, pinned: [], cameras, fieldLive: [], near: null };

test('without a selection the order is fixed and does not depend on the order of arrival', () => {
	expect(ids(chooseStrip(none))).toEqual(['cam-a', 'cam-b', 'cam-c', 'cam-d']);
	expect(ids(chooseStrip({ ...none, cameras: [...cameras].reverse() }))).toEqual(['cam-a', 'cam-b', 'cam-c', 'cam-d']);
});

test('a sending field unit comes first, then what is pinned, then what is nearest to the selection', () => {
	const strip = chooseStrip({ room: 4, cameras, pinned: ['cam-a'], fieldLive: ['unit-2', 'unit-1'], near: { lon: 121.99, lat: 29.9 } });
	expect(strip).toEqual([
		{ streamId: 'unit-1', why: 'field' },
		{ streamId: 'unit-2', why: 'field' },
		{ streamId: 'cam-a', why: 'pinned' },
		{ streamId: 'cam-d', why: 'near' },
	]);
});

test('a pinned camera that was removed leaves its place to another', () => {
	expect(ids(chooseStrip({ ...none, room: 2, pinned: ['cam-gone', 'cam-d'] }))).toEqual(['cam-d', 'cam-a']);
});

test('a tile dropped on the strip is pinned behind what stands before it', () => {
	const strip = chooseStrip({ ...none, pinned: ['cam-d', 'cam-b'] });
	expect(pinAt(strip, ['cam-d', 'cam-b'], 'cam-a', 1)).toEqual(['cam-d', 'cam-a', 'cam-b']);
	expect(pinAt(strip, ['cam-d', 'cam-b'], 'cam-b', 0)).toEqual(['cam-b', 'cam-d']);
	expect(pinAt(strip, ['cam-d', 'cam-b'], 'cam-c', 3)).toEqual(['cam-d', 'cam-b', 'cam-c']);
});
