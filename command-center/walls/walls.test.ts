import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandSystem, startCommandCenter } from '../testing/system.ts';

let system: CommandSystem;
beforeAll(async () => {
	system = await startCommandCenter();
});
afterAll(() => system.stop());

const main = { name: { zh: '大屏' }, columns: 4, rows: 2, panels: [{ kind: 'stream', streamId: 'cam-1', x: 0, y: 0, w: 2, h: 2 }] };

test('a wall is kept as it was given, and a panel outside its grid is refused', async () => {
	const put = await system.call('PUT', '/api/v1/walls/main', main);
	expect(put).toMatchObject({ status: 200, body: { id: 'main', popUp: 'orange', panels: main.panels } });
	expect((await system.call('GET', '/api/v1/walls/main')).body).toEqual(put.body);
	const outside = await system.call('PUT', '/api/v1/walls/main', { ...main, panels: [{ kind: 'clock', x: 3, y: 0, w: 2, h: 1 }] });
	expect(outside).toMatchObject({ status: 400, body: { errors: [{ field: 'panels.0' }] } });
	expect((await system.call('GET', '/api/v1/walls', undefined, null)).status).toBe(401);
	expect((await system.call('PUT', '/api/v1/walls/main', main, await system.addPerson('viewer', 'agency-viewer', { agency: 'fire' }))).status).toBe(
		403,
	);
	expect((await system.call('DELETE', '/api/v1/walls/main')).status).toBe(204);
	expect((await system.call('GET', '/api/v1/walls/main')).status).toBe(404);
});

test('anybody may ask what this is', async () => {
	const info = await system.call('GET', '/api/v1/info', undefined, null);
	expect(info.body).toMatchObject({ name: 'dynamic-beilun', demo: false });
});
