import type { Launched } from '../harness/launcher.ts';

/** Hangs these streams on the wall called `bench`, side by side. A page that shows it changes at once. */
export async function hang(system: Launched, streamIds: readonly string[]): Promise<void> {
	const columns = Math.max(1, Math.ceil(Math.sqrt(streamIds.length)));
	await system.call('PUT', '/api/v1/walls/bench', {
		id: 'bench',
		name: { zh: '测量', en: 'Bench' },
		columns,
		rows: Math.max(1, Math.ceil(streamIds.length / columns)),
		panels: streamIds.map((streamId, index) => ({ kind: 'stream', streamId, x: index % columns, y: Math.floor(index / columns), w: 1, h: 1 })),
	});
}
