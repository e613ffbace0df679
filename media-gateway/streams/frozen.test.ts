import { afterEach, expect, test, vi } from 'vitest';
import { GstreamerCamera, type GstreamerCameraOptions } from '../rtsp/testing/gstreamer-camera.ts';
import { TestStreams } from '../testing/streams.ts';

let streams: TestStreams;
const cameras: GstreamerCamera[] = [];
const patient = { timeout: 50_000, interval: 100 };

afterEach(async () => {
	await streams?.stop();
	await Promise.all(cameras.splice(0).map((camera) => camera.kill()));
});

async function startCamera(options: GstreamerCameraOptions): Promise<string> {
	const camera = await GstreamerCamera.start({ audio: 'none', keyInterval: 15, ...options });
	cameras.push(camera);
	return camera.url();
}

const frozenSince = (id: string) => {
	const status = streams.directory.get(id)?.stream.status;
	return status?.state === 'live' ? status.frozenSince : undefined;
};

test('a camera whose picture stands still while packets come is told from one that moves, by TCP and by UDP past this process', async () => {
	streams = await TestStreams.start();
	const stops = { frozenAfter: 60 };
	streams.put('tcp', await startCamera(stops)).acquire('main', 'viewer');
	streams.put('udp', await startCamera({ ...stops, transport: 'udp' }), { transport: 'udp' }).acquire('main', 'viewer');
	streams.put('moving', await startCamera({})).acquire('main', 'viewer');
	streams.put('moving-udp', await startCamera({ transport: 'udp' }), { transport: 'udp' }).acquire('main', 'viewer');
	for (const id of ['tcp', 'udp', 'moving', 'moving-udp']) await streams.until(id, 'live', { frozenSince: null });
	await vi.waitFor(() => expect([frozenSince('tcp'), frozenSince('udp')]).toEqual([expect.any(String), expect.any(String)]), patient);
	expect((await streams.feed('udp')).transport).toBe('udp-direct');
	expect([frozenSince('moving'), frozenSince('moving-udp')]).toEqual([null, null]);
}, 60_000);
