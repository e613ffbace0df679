import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** ffmpeg, encoding a moving picture into RTP on loopback: packets for an encoder of a test to send on. */
export class RtpSource {
	readonly #child: ChildProcess;
	readonly #socket: Socket;

	private constructor(child: ChildProcess, socket: Socket) {
		this.#child = child;
		this.#socket = socket;
	}

	static async start(codec: 'h264' | 'vp8', onPacket: (packet: Buffer) => void): Promise<RtpSource> {
		const socket = createSocket('udp4');
		socket.bind(0, '127.0.0.1');
		await once(socket, 'listening');
		// RTCP of the same source comes to the port above, where nobody listens.
		socket.on('message', (packet) => onPacket(packet));
		const { port } = socket.address() as AddressInfo;
		const encoder =
			codec === 'h264'
				? ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bsf:v', 'dump_extra=freq=keyframe']
				: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'];
		const child = spawn(
			'nice',
			[
				'ffmpeg',
				...['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10'],
				...encoder,
				...['-g', '10', '-pix_fmt', 'yuv420p', '-b:v', '300k', '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1100`],
			],
			{ stdio: ['ignore', 'ignore', 'inherit'] },
		);
		return new RtpSource(child, socket);
	}

	async stop(): Promise<void> {
		const exited = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await exited;
		this.#socket.close();
	}
}
