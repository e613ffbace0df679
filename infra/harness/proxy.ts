import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way in that can be cut: TCP to a port of this machine. */
export class CuttableProxy {
	readonly #target: number;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#cut = false;

	constructor(target: number) {
		this.#target = target;
		this.#server = createServer((socket) => this.#take(socket));
	}

	/** Answers its port. */
	start(): Promise<number> {
		return new Promise((resolve) => {
			this.#server.listen(0, '127.0.0.1', () => {
				const address = this.#server.address();
				resolve(address !== null && typeof address === 'object' ? address.port : 0);
			});
		});
	}

	/** Every connection is broken and no new one gets through until `mend`. */
	cut(): void {
		this.#cut = true;
		for (const socket of this.#sockets) socket.destroy();
	}

	mend(): void {
		this.#cut = false;
	}

	async stop(): Promise<void> {
		this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#take(socket: Socket): void {
		if (this.#cut) return void socket.destroy();
		const onward = connect(this.#target, '127.0.0.1');
		for (const [one, other] of [
			[socket, onward],
			[onward, socket],
		] as const) {
			this.#sockets.add(one);
			one.pipe(other);
			one.on('error', () => other.destroy());
			one.on('close', () => {
				this.#sockets.delete(one);
				other.destroy();
			});
		}
	}
}
