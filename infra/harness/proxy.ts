import { connect, createServer, type Server, type Socket } from 'node:net';

/** `cut`: connections are broken, new ones refused. `blackhole`: they stand, and nothing gets through: a pulled cable, a half-open peer. */
type Fault = 'none' | 'cut' | 'blackhole';

/** A way in that can fail: TCP to a port of this machine. */
export class FaultProxy {
	readonly #target: number;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#fault: Fault = 'none';

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
		this.#fault = 'cut';
		for (const socket of this.#sockets) socket.destroy();
	}

	/** Nothing passes any more in either direction, and nobody is told. */
	blackhole(): void {
		this.#fault = 'blackhole';
		for (const socket of this.#sockets) {
			socket.unpipe();
			socket.resume();
		}
	}

	/** Breaks what stands with a TCP reset, and takes new connections at once. */
	reset(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	/** New connections get through again. What was blackholed stays dead: its bytes are lost. */
	mend(): void {
		this.#fault = 'none';
	}

	async stop(): Promise<void> {
		this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#take(socket: Socket): void {
		if (this.#fault === 'cut') return void socket.destroy();
		if (this.#fault === 'blackhole') {
			this.#keep(socket);
			socket.resume();
			return;
		}
		const onward = connect(this.#target, '127.0.0.1');
		for (const [one, other] of [
			[socket, onward],
			[onward, socket],
		] as const) {
			this.#keep(one);
			one.pipe(other);
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	}

	#keep(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => this.#sockets.delete(socket));
	}
}
