import { expect, test, vi } from 'vitest';
import { answer, pcmaFrame } from './testing/scripted-camera.ts';
import { interleaved, setupWith, stage } from './testing/stage.ts';

const { camera, session } = stage();

test('the session is kept alive at half its timeout by the request the camera names, and by another where it then does not know that', async () => {
	const server = await camera((request, socket) =>
		request.startsWith('GET_PARAMETER') ? answer(request, '501 Not Implemented') : setupWith(interleaved, 'abc;timeout=2')(request, socket),
	);
	const made = session(server.url);
	await made.play();
	const methods = () => server.requests.slice(server.requests.findIndex((each) => each.startsWith('PLAY')) + 1).map((each) => each.split(' ')[0]);
	await vi.waitFor(() => expect(methods().slice(0, 3)).toEqual(['GET_PARAMETER', 'OPTIONS', 'OPTIONS']), { timeout: 10_000 });
	expect(server.requests.at(-1)).toContain('Session: abc');
	expect(made.ended).toEqual([]);
});

test('a session that the camera has forgotten is over', async () => {
	const server = await camera((request, socket) =>
		request.startsWith('GET_PARAMETER') ? answer(request, '454 Session Not Found') : setupWith(interleaved, 'abc;timeout=2')(request, socket),
	);
	const made = session(server.url);
	await made.play();
	await vi.waitFor(() => expect(made.ended).toMatchObject([{ reason: 'closed-by-peer' }]), { timeout: 10_000 });
	await expect(made.session.play()).rejects.toMatchObject({ reason: 'closed-by-peer' });
	expect(made.ended).toHaveLength(1);
});

test('a connection on which nothing more comes is over once a request stays unanswered', { timeout: 20_000 }, async () => {
	const server = await camera((request, socket) =>
		request.startsWith('GET_PARAMETER') ? null : setupWith(interleaved, 'abc;timeout=2')(request, socket),
	);
	const made = session(server.url);
	await made.play();
	await vi.waitFor(() => expect(made.ended).toMatchObject([{ reason: 'silent', message: expect.stringContaining('GET_PARAMETER') }]), {
		timeout: 15_000,
	});
});

test('a camera that answers no keep-alive but sends lives; and so may one whose packets go elsewhere', { timeout: 20_000 }, async () => {
	const sending = await camera((request, socket) => {
		if (request.startsWith('GET_PARAMETER')) return pcmaFrame(1, 6);
		return setupWith(interleaved, 'abc;timeout=2')(request, socket);
	});
	const elsewhere = await camera((request, socket) =>
		request.startsWith('GET_PARAMETER') ? null : setupWith('RTP/AVP;unicast;server_port=9-10', 'abc;timeout=2')(request, socket),
	);
	const sessions = [session(sending.url), session(elsewhere.url)] as const;
	await sessions[0].play();
	await sessions[1].play({ kind: 'udp-to', rtpPort: 40_000, rtcpPort: 40_001 });
	// The first is due after a second and given up five seconds later: by the eighth that has happened.
	for (const server of [sending, elsewhere]) {
		await vi.waitFor(() => expect(server.requests.filter((each) => each.startsWith('GET_PARAMETER')).length).toBeGreaterThanOrEqual(8), {
			timeout: 15_000,
		});
	}
	expect(sessions.map((each) => each.ended)).toEqual([[], []]);
});
