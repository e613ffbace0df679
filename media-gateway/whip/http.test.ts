import { afterAll, beforeAll, expect, test } from 'vitest';
import { GstreamerCamera } from '../rtsp/testing/gstreamer-camera.ts';
import { soon, TestGateway } from '../testing/gateway.ts';
import { sessionLimits } from './sessions.ts';
import { offers } from './testing/offers.ts';

let gateway: TestGateway;
let camera: GstreamerCamera;
const secrets = new Map<string, string>();

beforeAll(async () => {
	gateway = await TestGateway.start({ rtcWorkers: 1 });
	gateway.system.identity.add('boss', 'admin');
	camera = await GstreamerCamera.start({ audio: 'none' });
	await gateway.register('cam-1', camera.url());
	await gateway.register('cam-dark', 'rtsp://127.0.0.1:9/none');
	await token('in', 'unit-1', 'publish');
	await token('out', 'cam-1', 'watch');
});
afterAll(async () => {
	await gateway?.system.stop();
	await camera?.kill();
});

async function token(id: string, streamId: string, action: 'publish' | 'watch', goodForMs = 3_600_000): Promise<void> {
	const expiresAt = new Date(Date.now() + goodForMs).toISOString();
	const answer = await gateway.request('PUT', `/api/v1/stream-tokens/${id}`, { as: 'boss', body: { id, streamId, action, expiresAt } });
	expect(answer.status).toBe(200);
	secrets.set(id, ((await answer.json()) as { token: string }).token);
}

interface Ask {
	/** A token's id, or a name of the test's identities. */
	as?: string;
	type?: string;
	body?: string;
	headers?: Record<string, string>;
}

function ask(method: string, path: string, { as, type, body, headers = {} }: Ask = {}): Promise<Response> {
	return fetch(new URL(path, gateway.system.url), {
		method,
		headers: {
			...(as === undefined ? {} : { authorization: `Bearer ${secrets.get(as) ?? as}` }),
			...(type === undefined ? {} : { 'content-type': type }),
			...headers,
		},
		...(body === undefined ? {} : { body }),
	});
}

const sdp = 'application/sdp';
const fragment = 'application/trickle-ice-sdpfrag';
const publishing = offers['werift-publish'];
const watching = offers['werift-watch'];
const post = (path: string, body: string, more: Ask = {}) => ask('POST', path, { type: sdp, body, ...more });

/** What was refused, as a problem (RFC 9457). */
async function expectProblem(answer: Response, status: number, reason: string, detail = ''): Promise<void> {
	expect(answer.headers.get('content-type')).toContain('application/problem+json');
	expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status, reason, detail: expect.stringContaining(detail) });
}

async function open(path: string, body: string, as: string): Promise<{ location: string; tag: string }> {
	const answer = await post(path, body, { as });
	expect(answer.status).toBe(201);
	return { location: answer.headers.get('location') ?? '', tag: answer.headers.get('etag') ?? '' };
}

test('a session is created with its URL, its ETag and an answer, and is gone after DELETE', async () => {
	const answer = await post('/whip/unit-1', publishing, { as: 'in', type: 'application/sdp; charset=utf-8' });
	expect(answer.status).toBe(201);
	expect(answer.headers.get('content-type')).toMatch(/^application\/sdp/);
	expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);
	expect(answer.headers.get('accept-patch')).toBe(fragment);
	const location = answer.headers.get('location') ?? '';
	expect(location).toMatch(/^\/whip\/unit-1\/[\w-]{32}$/);
	expect(await answer.text()).toMatch(/^v=0\r\n[\s\S]*a=ice-lite[\s\S]*a=recvonly[\s\S]*a=candidate:/);
	expect((await ask('DELETE', location, { as: 'in' })).status).toBe(200);
	await expectProblem(await ask('DELETE', location, { as: 'in' }), 404, 'not-found');
});

test('nobody without a right gets in, and is told how to ask', async () => {
	const nobody = await post('/whip/unit-1', publishing);
	expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
	await expectProblem(nobody, 401, 'unauthenticated');
	const unknown = await post('/whip/unit-1', publishing, { as: 'no-such-token' });
	expect(unknown.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
	await expectProblem(unknown, 401, 'unauthenticated');
	await expectProblem(await post('/whep/unit-1', watching, { as: 'in' }), 403, 'forbidden', 'to publish unit-1');
	await expectProblem(await post('/whep/cam-dark', watching, { as: 'out' }), 403, 'forbidden', 'to watch cam-1');
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'stranger' }), 403, 'forbidden');
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'officer' }), 403, 'forbidden');
	await expectProblem(await post('/whep/cam-1', watching, { as: 'water' }), 403, 'forbidden');
	await expectProblem(await post('/whep/cam-1', watching, { as: 'field' }), 403, 'forbidden');
});

test('people and services get in by what they are', async () => {
	const own = await open('/whip/unit-1', publishing, 'field');
	const service = await open('/whep/cam-1', watching, 'service');
	const police = await open('/whep/cam-1', watching, 'police');
	await expectProblem(await ask('DELETE', police.location, { as: 'officer' }), 404, 'not-found');
	for (const [location, as] of [
		[own.location, 'field'],
		[service.location, 'service'],
		[police.location, 'police'],
	] as const)
		expect((await ask('DELETE', location, { as })).status).toBe(200);
});

test('what is not there is not found', async () => {
	await expectProblem(await post('/whip/unit-2', publishing, { as: 'service' }), 404, 'not-found', 'unit-2');
	await expectProblem(await post('/whep/cam-2', watching, { as: 'officer' }), 404, 'not-found', 'cam-2');
	await token('cam-in', 'cam-1', 'publish');
	await expectProblem(await post('/whip/cam-1', publishing, { as: 'cam-in' }), 404, 'not-found', 'cam-1');
});

test('what is not SDP, or is asked for otherwise, is refused by its type', async () => {
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'in', type: 'text/plain' }), 415, 'unsupported-media-type');
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'in', type: fragment }), 415, 'unsupported-media-type');
	await expectProblem(await ask('POST', '/whip/unit-1', { as: 'in' }), 415, 'unsupported-media-type');
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'in', headers: { accept: 'application/json' } }), 406, 'not-acceptable');
	await expectProblem(await post('/whip/unit-1', '', { as: 'in' }), 400, 'invalid');
	await expectProblem(await post('/whip/unit-1', 'hello', { as: 'in' }), 400, 'invalid', 'v=0');
	expect((await post('/whip/unit-1', publishing.padEnd(70_000, '\n'), { as: 'in' })).status).toBe(413);
});

test('an offer of no use is unprocessable', async () => {
	await expectProblem(await post('/whip/unit-1', watching, { as: 'in' }), 422, 'unusable-offer', 'that is sent');
	await expectProblem(await post('/whep/cam-1', publishing, { as: 'out' }), 422, 'unusable-offer', 'receives');
	const vp8 = watching.replace('H264/90000', 'VP8/90000');
	await expectProblem(await post('/whep/cam-1', vp8, { as: 'out' }), 422, 'unusable-offer', 'H264');
	await expectProblem(await post('/whip/unit-1', publishing.replaceAll(/a=ssrc:.*/g, 'a=x:y'), { as: 'in' }), 422, 'unusable-offer', 'a=ssrc');
	const sameType = watching.replaceAll('96', '98');
	await expectProblem(await post('/whep/cam-1', sameType, { as: 'out' }), 422, 'unusable-offer', 'payload type');
	const sameSource = publishing.replaceAll(/a=ssrc:\d+/g, 'a=ssrc:77');
	await expectProblem(await post('/whip/unit-1', sameSource, { as: 'in' }), 422, 'unusable-offer');
});

test('a stream that does not come up is told of after ten seconds, with the reason and when to ask again', async () => {
	const answer = await post('/whep/cam-dark', watching, { as: 'officer' });
	expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
	await expectProblem(answer, 503, 'not-live', 'cam-dark');
});

test('methods that are not of the protocol are refused with those that are', async () => {
	for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
		const answer = await ask(method, '/whip/unit-1', { as: 'in' });
		expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST, OPTIONS']);
	}
	for (const method of ['GET', 'POST', 'PUT']) {
		const answer = await ask(method, '/whep/cam-1/session', { as: 'out' });
		expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'PATCH, DELETE, OPTIONS']);
	}
});

test('a page of another origin may ask by token, not by cookie, and is told so beforehand', async () => {
	const origin = 'https://player.example';
	const preflight = await ask('OPTIONS', '/whep/cam-1', { headers: { origin, 'access-control-request-method': 'POST' } });
	expect(preflight.status).toBe(204);
	expect(preflight.headers.get('accept-post')).toBe(sdp);
	expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
	expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
	expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
	expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
	const patch = await ask('OPTIONS', '/whep/cam-1/session', { headers: { origin } });
	expect([patch.status, patch.headers.get('access-control-allow-methods')]).toEqual([204, 'PATCH, DELETE']);
	const allowed = await post('/whep/cam-1', watching, { as: 'out', headers: { origin } });
	expect(allowed.status).toBe(201);
	expect(allowed.headers.get('access-control-expose-headers')).toMatch(/Location, ETag/);
	await ask('DELETE', allowed.headers.get('location') ?? '', { as: 'out' });
	await expectProblem(await post('/whep/cam-1', watching, { headers: { origin, cookie: 'session=officer' } }), 403, 'foreign-origin');
	// Both at once: the cookie does not count.
	await expectProblem(await post('/whip/unit-1', publishing, { as: 'wrong', headers: { origin, cookie: 'session=field' } }), 401, 'unauthenticated');
	const own = await post('/whip/unit-1', publishing, { headers: { origin: gateway.system.url, cookie: 'session=field' } });
	expect(own.status).toBe(201);
	await ask('DELETE', own.headers.get('location') ?? '', { as: 'field' });
});

test('PATCH trickles by the ETag and restarts ICE by an asterisk, and says which condition it misses', async () => {
	const { location, tag } = await open('/whep/cam-1', watching, 'out');
	const patch = (body: string, match?: string, more: Ask = {}) =>
		ask('PATCH', location, { as: 'out', type: fragment, body, ...(match === undefined ? {} : { headers: { 'if-match': match } }), ...more });
	const parameters = (ufrag: string) => `a=ice-ufrag:${ufrag}\r\na=ice-pwd:0123456789012345678901\r\n`;
	const theirs = /a=ice-ufrag:(\S+)/.exec(watching)?.[1] ?? '';
	const trickled = `${parameters(theirs)}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n`;
	expect((await patch(trickled, tag)).status).toBe(204);
	await expectProblem(await patch(trickled), 428, 'precondition-required');
	await expectProblem(await patch(trickled, '"another"'), 412, 'precondition-failed');
	await expectProblem(await patch(parameters('fresh'), tag), 412, 'precondition-failed', 'If-Match: *');
	await expectProblem(await patch('nonsense', tag), 400, 'invalid');
	await expectProblem(await patch('m=audio 9 RTP/AVP 0\r\n', '*'), 400, 'invalid', 'a=ice-ufrag');
	await expectProblem(await patch(trickled, tag, { type: sdp }), 415, 'unsupported-media-type');
	expect((await patch(trickled, tag, { as: 'nobody-known', headers: { 'if-match': tag } })).status).toBe(401);
	const restarted = await patch(parameters('fresh'), '*');
	expect(restarted.status).toBe(200);
	expect(restarted.headers.get('content-type')).toContain(fragment);
	const next = restarted.headers.get('etag') ?? '';
	expect(next).not.toBe(tag);
	expect(await restarted.text()).toMatch(
		/^a=ice-lite\r\na=group:BUNDLE 0 1\r\nm=audio 9 [\s\S]*a=mid:0\r\na=ice-ufrag:\S+\r\na=ice-pwd:\S+\r\na=candidate:[\s\S]*a=end-of-candidates\r\n$/,
	);
	await expectProblem(await patch(parameters('fresh'), tag), 412, 'precondition-failed');
	expect((await patch(parameters('fresh'), next)).status).toBe(204);
	expect((await ask('DELETE', location, { as: 'out' })).status).toBe(200);
	expect((await patch(trickled, '*')).status).toBe(404);
});

test('a session URL is worth nothing to another holder, protocol or stream', async () => {
	await token('other-out', 'cam-1', 'watch');
	const { location } = await open('/whep/cam-1', watching, 'out');
	await expectProblem(await ask('DELETE', location, { as: 'other-out' }), 404, 'not-found');
	await expectProblem(await ask('DELETE', location.replace('cam-1', 'cam-dark'), { as: 'officer' }), 404, 'not-found');
	await expectProblem(await ask('DELETE', location.replace('whep', 'whip'), { as: 'service' }), 404, 'not-found');
	await expectProblem(await ask('DELETE', location), 401, 'unauthenticated');
	expect((await ask('DELETE', location, { as: 'service' })).status).toBe(200);
});

test('one token opens so many sessions and no more', async () => {
	await token('wall', 'cam-1', 'watch');
	const sessions: string[] = [];
	for (let i = 0; i < sessionLimits.holder; i += 1) sessions.push((await open('/whep/cam-1', watching, 'wall')).location);
	const beyond = await post('/whep/cam-1', watching, { as: 'wall' });
	expect(Number(beyond.headers.get('retry-after'))).toBeGreaterThan(0);
	await expectProblem(beyond, 429, 'limit');
	expect((await ask('DELETE', sessions[0] ?? '', { as: 'wall' })).status).toBe(200);
	expect((await open('/whep/cam-1', watching, 'wall')).location).not.toBe('');
	// All of them end with their token.
	expect((await gateway.request('DELETE', '/api/v1/stream-tokens/wall')).status).toBe(204);
	for (const location of sessions) await expectProblem(await ask('DELETE', location, { as: 'service' }), 404, 'not-found');
	await expect.poll(async () => (await gateway.stream('cam-1'))?.viewers, soon).toBe(0);
});

test('a session ends with the login by which it was opened', async () => {
	const { location } = await open('/whep/cam-1', watching, 'officer');
	gateway.system.identity.ends.emit('ended', 'officer', 'logged-out');
	await expectProblem(await ask('DELETE', location, { as: 'service' }), 404, 'not-found');
	expect((await gateway.stream('cam-1'))?.viewers).toBe(0);
});

test('the description of the interface says what is spoken', async () => {
	const { paths } = (await (await ask('GET', '/api/docs/json')).json()) as {
		paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
	};
	expect(paths['/whip/{streamId}']?.post?.requestBody?.content).toHaveProperty([sdp]);
	expect(paths['/whep/{streamId}/{sessionId}']?.patch?.requestBody?.content).toHaveProperty([fragment]);
	expect(Object.keys(paths['/whep/{streamId}'] ?? {})).toEqual(['post']);
});

test('a session ends when its token expires', async () => {
	await token('brief', 'cam-1', 'watch', 3_000);
	await open('/whep/cam-1', watching, 'brief');
	expect((await gateway.stream('cam-1'))?.viewers).toBe(1);
	await expect.poll(async () => (await gateway.stream('cam-1'))?.viewers, soon).toBe(0);
	await expectProblem(await post('/whep/cam-1', watching, { as: 'brief' }), 401, 'unauthenticated');
});

test('without a media worker there is no session, and a time to ask again', async () => {
	const before = gateway.service.workerPids;
	for (const pid of before) process.kill(pid, 'SIGKILL');
	await expect.poll(() => gateway.service.workerPids, soon).toEqual([]);
	const answer = await post('/whip/unit-1', publishing, { as: 'in' });
	expect(answer.headers.get('retry-after')).not.toBeNull();
	await expectProblem(answer, 503, 'worker-down');
});
