import type { BusEvents } from '@beilun/shared/protocol/events.ts';
import type { Camera } from '@beilun/shared/protocol/media.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { soon, TestGateway } from '../testing/gateway.ts';

let gateway: TestGateway;
const changed: BusEvents['camera.changed'][] = [];
const removed: BusEvents['camera.removed'][] = [];

beforeAll(async () => {
	gateway = await TestGateway.start({ cameraNetworks: [] });
	const { bus } = gateway.system.context;
	await bus.subscribe('camera.changed', 'test', (event) => void changed.push(event));
	await bus.subscribe('camera.removed', 'test', (event) => void removed.push(event));
});
afterAll(() => gateway?.system.stop());

const input = {
	id: 'cam-1',
	name: { zh: '码头' },
	agency: 'police',
	place: { lon: 121.8, lat: 29.9 },
	url: 'rtsp://admin:s3cret-word@127.0.0.1:1/live',
};

async function sealedUrl(): Promise<string> {
	return (await sealedUrls()).url;
}

async function sealedUrls(): Promise<{ url: string; subUrl: string | null }> {
	const { database, secrets } = gateway.system.context;
	const { rows } = await sql<{ url_sealed: string; sub_url_sealed: string | null }>`select * from media.camera where id = 'cam-1'`.execute(database);
	expect(JSON.stringify(rows)).not.toContain('s3cret');
	const sub = rows[0]?.sub_url_sealed ?? null;
	return { url: secrets.open(rows[0]?.url_sealed ?? ''), subUrl: sub === null ? null : secrets.open(sub) };
}

test('cameras are changed by those on duty only', async () => {
	for (const as of ['police', 'field']) {
		expect((await gateway.request('PUT', '/api/v1/cameras/cam-1', { as, body: input })).status).toBe(403);
		expect((await gateway.request('DELETE', '/api/v1/cameras/cam-1', { as })).status).toBe(403);
	}
	expect((await gateway.request('GET', '/api/v1/cameras', { as: 'nobody' })).status).toBe(401);
	expect((await gateway.request('GET', '/api/v1/streams', { as: 'field' })).status).toBe(403);
});

test('a camera is kept with its password sealed, announced without it, and refused where it may not be', async () => {
	const answer = await gateway.request('PUT', '/api/v1/cameras/cam-1', { body: input });
	const camera = (await answer.json()) as Camera;
	expect(camera).toMatchObject({ id: 'cam-1', address: 'rtsp://127.0.0.1:1/live', hasPassword: true, bearing: null });
	await vi.waitFor(() => expect(changed).toEqual([{ camera }]), soon);
	expect(JSON.stringify(changed)).not.toContain('s3cret');
	expect(await sealedUrl()).toBe(input.url);
	await gateway.untilState('cam-1', { state: 'failed', reason: 'refused-address', detail: expect.stringContaining('127.0.0.1') });
});

test('the password stays while host and port do, and goes to no other host', async () => {
	await gateway.request('PUT', '/api/v1/cameras/cam-1', { body: { ...input, url: 'rtsp://127.0.0.1:1/other' } });
	expect(await sealedUrl()).toBe('rtsp://admin:s3cret-word@127.0.0.1:1/other');
	const moved = await gateway.request('PUT', '/api/v1/cameras/cam-1', { body: { ...input, url: 'rtsp://127.0.0.2:1/other' } });
	expect(await moved.json()).toMatchObject({ hasPassword: false });
	expect(await sealedUrl()).toBe('rtsp://127.0.0.2:1/other');
});

test('a sub stream takes the login of the full one on the same host and port only, and keeps its own', async () => {
	const main = 'rtsp://admin:s3cret-word@127.0.0.1:1/main';
	const put = async (body: object) =>
		(await (await gateway.request('PUT', '/api/v1/cameras/cam-1', { body: { ...input, ...body } })).json()) as Camera;
	expect(await put({ url: main, subUrl: 'rtsp://127.0.0.1:1/sub' })).toMatchObject({
		address: 'rtsp://127.0.0.1:1/main',
		subAddress: 'rtsp://127.0.0.1:1/sub',
	});
	expect((await sealedUrls()).subUrl).toBe('rtsp://admin:s3cret-word@127.0.0.1:1/sub');
	await put({ url: main, subUrl: 'rtsp://other:s3cret-too@127.0.0.1:1/sub' });
	await put({ url: 'rtsp://127.0.0.1:1/main', subUrl: 'rtsp://127.0.0.1:1/sub2' });
	expect(await sealedUrls()).toEqual({ url: main, subUrl: 'rtsp://other:s3cret-too@127.0.0.1:1/sub2' });
	await put({ url: 'rtsp://127.0.0.1:1/main', subUrl: 'rtsp://127.0.0.1:2/sub' });
	expect((await sealedUrls()).subUrl).toBe('rtsp://127.0.0.1:2/sub');
	const certificate = 'ab'.repeat(32);
	const camera = await put({ url: 'rtsps://127.0.0.1:1/main', transport: 'udp', certificate, speaker: true });
	expect(camera).toMatchObject({ address: 'rtsps://127.0.0.1:1/main', subAddress: null, transport: 'udp', certificate, speaker: true });
	expect(await (await gateway.request('GET', '/api/v1/cameras/cam-1')).json()).toEqual(camera);
	expect(await gateway.stream('cam-1')).toMatchObject({ canTalk: true });
});

test('an agency sees its own cameras and streams', async () => {
	const seen = async (as: string, path: string) =>
		((await (await gateway.request('GET', path, { as })).json()) as { items: { id: string }[] }).items.length;
	for (const path of ['/api/v1/cameras', '/api/v1/streams']) {
		expect(await seen('police', path)).toBe(1);
		expect(await seen('water', path)).toBe(0);
	}
	expect((await gateway.request('GET', '/api/v1/cameras/cam-1', { as: 'police' })).status).toBe(200);
	expect((await gateway.request('GET', '/api/v1/cameras/cam-1', { as: 'water' })).status).toBe(404);
});

test('bad input names the field', async () => {
	for (const [body, field] of [
		[{ ...input, id: 'cam-2' }, 'id'],
		[{ ...input, url: 'http://127.0.0.1/' }, 'url'],
		[{ ...input, url: 'rtsp://:99999/' }, 'url'],
		[{ ...input, subUrl: 'rtsp://:99999/' }, 'subUrl'],
		[{ ...input, certificate: 'ab' }, 'certificate'],
		[{ ...input, transport: 'http' }, 'transport'],
		[{ ...input, agency: 'army' }, 'agency'],
	] as const) {
		const answer = await gateway.request('PUT', '/api/v1/cameras/cam-1', { body });
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({ reason: 'invalid', errors: [{ field }] });
	}
});

test('a removed camera is gone everywhere', async () => {
	expect((await gateway.request('DELETE', '/api/v1/cameras/cam-1')).status).toBe(204);
	expect((await gateway.request('DELETE', '/api/v1/cameras/cam-1')).status).toBe(404);
	await vi.waitFor(() => expect(removed).toEqual([{ cameraId: 'cam-1' }]), soon);
	expect(await gateway.stream('cam-1')).toBeUndefined();
});
