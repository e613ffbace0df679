import { readdirSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { soon } from '../testing/gateway.ts';
import { TestStreams } from '../testing/streams.ts';

let streams: TestStreams;
const cameras: GstreamerCamera[] = [];

afterEach(async () => {
	await streams?.stop();
	await Promise.all(cameras.splice(0).map((camera) => camera.kill()));
});

/** What is held open: files and sockets, and transports in the media workers. */
async function held(): Promise<{ files: number; transports: number }> {
	const dumps = await Promise.all(streams.engine.nodes.map((node) => node.router.dump()));
	return { files: readdirSync('/proc/self/fd').length, transports: dumps.reduce((sum, dump) => sum + dump.transportIds.length, 0) };
}

test('opening and closing leaves nothing behind, whatever way the packets come', async () => {
	for (const options of [{}, { transport: 'udp' as const }]) cameras.push(await GstreamerCamera.start(options));
	streams = await TestStreams.start({ times: { idle: 0 } });
	const [tcp, udp] = cameras.map((camera) => camera.url());
	const all = [streams.put('tcp', tcp ?? ''), streams.put('udp', udp ?? '', { transport: 'udp' })];
	const round = async () => {
		const leases = all.map((stream) => stream.acquire('main', 'viewer'));
		for (const { id } of all) await streams.until(id, 'live');
		for (const lease of leases) lease.release();
		for (const { id } of all) await streams.until(id, 'idle');
	};
	await round();
	await vi.waitFor(async () => expect((await held()).transports).toBeLessThan(2), soon);
	const before = await held();
	for (let i = 0; i < 5; i += 1) await round();
	// Closed in the middle of opening.
	for (let i = 0; i < 20; i += 1) {
		const leases = all.map((stream) => stream.acquire('main', 'viewer'));
		await new Promise((resolve) => setTimeout(resolve, i * 3));
		for (const lease of leases) lease.release();
		for (const { id } of all) await streams.until(id, 'idle');
	}
	await vi.waitFor(async () => {
		const after = await held();
		expect(after.transports).toBe(before.transports);
		expect(after.files).toBeLessThanOrEqual(before.files + 1);
	}, soon);
}, 60_000);
