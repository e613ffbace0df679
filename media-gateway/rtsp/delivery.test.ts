import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { behave } from './testing/scripted-camera.ts';
import { interleaved, setupWith, stage } from './testing/stage.ts';

const { camera, session, later } = stage();

/** A UDP socket on a port of its own, or on the one that is named. */
async function udp(address = '127.0.0.1', port = 0): Promise<Socket> {
	const socket = createSocket('udp4');
	later(() => socket.close());
	socket.bind(port, address);
	await once(socket, 'listening');
	return socket;
}

test('only what comes from the camera itself is taken for its packets, and it is sent to no other address that it names', async () => {
	const [rtp, rtcp, stranger] = await Promise.all([udp(), udp(), udp('127.0.0.2')]);
	const ports = `server_port=${rtp.address().port}-${rtcp.address().port}`;
	const server = await camera(setupWith(`RTP/AVP;unicast;source=127.0.0.2;destination=127.0.0.2;${ports};ssrc=0A0B`));
	const punched = Promise.all([once(rtp, 'message'), once(rtcp, 'message')]);
	const made = session(server.url);
	const { setups } = await made.play({ kind: 'udp' });
	expect(setups).toEqual([{ ssrc: 0x0a0b, serverIp: '127.0.0.1', serverRtpPort: rtp.address().port, serverRtcpPort: rtcp.address().port }]);
	const [[, rtpFrom], [, rtcpFrom]] = await punched;
	expect(rtpFrom.port % 2).toBe(0);
	expect(rtcpFrom.port).toBe(rtpFrom.port + 1);
	for (const [socket, text] of [
		[stranger, 'strange'],
		[rtp, 'own'],
	] as const) {
		await new Promise((sent) => socket.send(text, rtpFrom.port, '127.0.0.1', sent));
	}
	await new Promise((sent) => rtcp.send('report', rtcpFrom.port, '127.0.0.1', sent));
	await vi.waitFor(() =>
		expect(made.packets.map((each) => [each.rtcp, String(each.payload)]).sort()).toEqual([
			[false, 'own'],
			[true, 'report'],
		]),
	);
	const [heardRtp, heardRtcp] = [once(rtp, 'message'), once(rtcp, 'message')];
	made.session.sendRtp(0, Buffer.from('sound'));
	made.session.sendRtcp(0, Buffer.from('received'));
	expect([String((await heardRtp)[0]), String((await heardRtcp)[0])]).toEqual(['sound', 'received']);
	made.close();
	// Both ports are free again.
	await udp('127.0.0.1', rtpFrom.port);
	await udp('127.0.0.1', rtcpFrom.port);
});

test('ports are taken from the range that is given, and a full one is told', async () => {
	const first = await udp();
	const even = first.address().port + (first.address().port % 2);
	const server = await camera(setupWith('RTP/AVP;unicast;server_port=9-10'));
	const offered = () =>
		/client_port=(\d+)-(\d+)/
			.exec(server.requests.findLast((each) => each.startsWith('SETUP')) ?? '')
			?.slice(1)
			.map(Number);
	const udpPorts = { first: even + 1, last: even + 40 };
	await session(server.url, { udpPorts }).play({ kind: 'udp' });
	const [rtp = 0, rtcp = 0] = offered() ?? [];
	expect([rtp % 2, rtcp]).toEqual([0, rtp + 1]);
	expect(rtp).toBeGreaterThan(even);
	expect(rtcp).toBeLessThanOrEqual(even + 40);
	await expect(session(server.url, { udpPorts: { first: rtp, last: rtcp } }).play({ kind: 'udp' })).rejects.toMatchObject({
		reason: 'gateway-error',
	});
});

test.each([
	['TCP where UDP was asked for', interleaved, { kind: 'udp' } as const],
	['UDP where TCP was asked for', 'RTP/AVP;unicast;server_port=9-10', { kind: 'tcp' } as const],
	['multicast', 'RTP/AVP;multicast;destination=239.0.0.1;port=9-10', { kind: 'udp' } as const],
	['nothing', '', { kind: 'tcp' } as const],
])('a camera that answers %s is as one that refuses the transport', async (_what, transport, delivery) => {
	const server = await camera(setupWith(transport));
	await expect(session(server.url).play(delivery)).rejects.toMatchObject({ reason: 'protocol-error', status: 461 });
	await vi.waitFor(() => expect(server.requests.at(-1)).toMatch(/^TEARDOWN/));
});

test('closing ends what is under way, and leaves nothing behind', async () => {
	const server = await camera((request) => (request.startsWith('SETUP') ? null : behave(request)));
	const made = session(server.url);
	const playing = made.play({ kind: 'udp' });
	await vi.waitFor(() => expect(server.requests.at(-1)).toMatch(/^SETUP/));
	made.close();
	made.close();
	await expect(playing).rejects.toMatchObject({ reason: 'gateway-error', message: 'stopped' });
	const port = Number(/client_port=(\d+)/.exec(server.requests.at(-1) ?? '')?.[1]);
	await udp('127.0.0.1', port);
	expect(made.ended).toEqual([]);
});
