import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A way for one browser's UDP to a port of this machine, which loses what comes back as it is told. */
export class LossyWay {
	readonly #near: Socket;
	readonly #far: Socket;
	#browser: RemoteInfo | null = null;
	#count = 0;
	/** Of a hundred packets towards the browser so many are lost. */
	loss = 0;

	private constructor(near: Socket, far: Socket, port: number) {
		this.#near = near;
		this.#far = far;
		near.on('message', (packet, from) => {
			this.#browser = from;
			far.send(packet, port, '127.0.0.1');
		});
		far.on('message', (packet) => {
			if (this.#browser !== null && !this.#loses()) near.send(packet, this.#browser.port, this.#browser.address);
		});
	}

	static async open(port: number): Promise<LossyWay> {
		const [near, far] = [createSocket('udp4'), createSocket('udp4')];
		for (const socket of [near, far]) {
			socket.bind(0, '127.0.0.1');
			await once(socket, 'listening');
		}
		return new LossyWay(near, far, port);
	}

	get port(): number {
		return this.#near.address().port;
	}

	close(): void {
		this.#near.close();
		this.#far.close();
	}

	/** The same packets each time, spread by a multiplicative hash. */
	#loses(): boolean {
		this.#count += 1;
		return (Math.imul(this.#count, 2_654_435_761) >>> 0) % 100 < this.loss;
	}
}
