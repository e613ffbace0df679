import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Bytes that a socket holds while a worker or this process is late: a tenth of a second of 300 Mbit/s. */
export const socketBuffer = 4 * 1024 * 1024;

/** How much of it the kernel grants (`net.core.rmem_max` on Linux). */
export async function grantedBuffer(): Promise<number> {
	const socket = createSocket({ type: 'udp4', recvBufferSize: socketBuffer }).bind(0, '127.0.0.1');
	try {
		await once(socket, 'listening');
		const size = socket.getRecvBufferSize();
		// Linux tells twice what it counts data by.
		return process.platform === 'linux' ? size / 2 : size;
	} finally {
		socket.close();
	}
}
