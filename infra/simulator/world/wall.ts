import type { WallInput } from '@beilun/shared/protocol/walls.ts';

/** The wall `main`: the map in the middle, four cameras above and below it, alerts and clock at the right. */
export const mainWall: WallInput = {
	name: { zh: '指挥大厅主屏（演示）', en: 'Command hall, main screen (demo)' },
	columns: 12,
	rows: 8,
	distance: 5,
	screenHeight: 1.8,
	popUp: 'orange',
	panels: [
		{ kind: 'map', x: 0, y: 0, w: 6, h: 4, lon: 121.93, lat: 29.875, zoom: 10.6 },
		{ kind: 'stream', x: 6, y: 0, w: 3, h: 2, streamId: 'cam-port-01' },
		{ kind: 'stream', x: 6, y: 2, w: 3, h: 2, streamId: 'cam-tank-01' },
		{ kind: 'clock', x: 9, y: 0, w: 3, h: 1 },
		{ kind: 'alerts', x: 9, y: 1, w: 3, h: 7 },
		{ kind: 'stream', x: 0, y: 4, w: 3, h: 2, streamId: 'cam-tank-g07' },
		{ kind: 'stream', x: 3, y: 4, w: 3, h: 2, streamId: 'cam-seawall-01' },
		{ kind: 'stream', x: 6, y: 4, w: 3, h: 2, streamId: 'cam-gauge-01' },
		{ kind: 'stream', x: 0, y: 6, w: 3, h: 2, streamId: 'cam-road-01' },
		{ kind: 'stream', x: 3, y: 6, w: 3, h: 2, streamId: 'cam-square-01' },
		{ kind: 'stream', x: 6, y: 6, w: 3, h: 2, streamId: 'cam-hill-01' },
	],
	demo: true,
};
