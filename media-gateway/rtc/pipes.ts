import { randomUUID } from 'node:crypto';
import type { types } from 'mediasoup';
import { socketBuffer } from './socket-buffers.ts';

/** Loopback: both ends are workers of this machine. */
const listenInfo: types.TransportListenInfo = {
	protocol: 'udp',
	ip: '127.0.0.1',
	sendBufferSize: socketBuffer,
	recvBufferSize: socketBuffer,
};

/** A producer as it is on another router. */
interface Pipe {
	opened: Promise<{ consumer: types.Consumer; producerId: string }>;
	users: number;
	linger: NodeJS.Timeout | undefined;
}

/** From one router to another, which may be of the same worker. */
interface Way {
	from: types.Router;
	to: types.Router;
	sameWorker: boolean;
}

/** What to consume on the other router, until it is given back, once. */
interface Claim {
	producerId: string;
	release: () => void;
}

/** The two ends between two routers. */
interface Link {
	from: types.PipeTransport;
	to: types.PipeTransport;
}

/**
 * Brings producers to other routers: one pipe for each producer and router however many consumers it has, closed some
 * time after the last of them. Not `Router.pipeToRouter`: once that has failed for two routers, it fails for them for ever.
 */
export class Pipes {
	readonly #lingerMs: number;
	readonly #pipes = new Map<string, Pipe>();
	readonly #links = new Map<string, Promise<Link>>();

	constructor(lingerMs: number) {
		this.#lingerMs = lingerMs;
	}

	/** How many producers are piped somewhere. */
	get count(): number {
		return this.#pipes.size;
	}

	/** Throws when the producer or one of the routers is gone. On another worker the producer keeps its id. */
	async claim(producer: types.Producer, way: Way): Promise<Claim> {
		const key = `${producer.id} ${way.to.id}`;
		let pipe = this.#pipes.get(key);
		if (pipe === undefined) {
			pipe = { opened: this.#open(producer, way), users: 0, linger: undefined };
			this.#pipes.set(key, pipe);
			this.#forgetWhenClosed(key, pipe);
		}
		const claimed = pipe;
		claimed.users += 1;
		clearTimeout(claimed.linger);
		const { producerId } = await claimed.opened;
		let released = false;
		const release = () => {
			if (released) return;
			released = true;
			claimed.users -= 1;
			if (claimed.users === 0 && this.#pipes.get(key) === claimed) claimed.linger = setTimeout(() => this.#close(claimed), this.#lingerMs).unref();
		};
		return { producerId, release };
	}

	/** Stops waiting for anything; the workers close what they hold themselves. */
	close(): void {
		for (const pipe of this.#pipes.values()) clearTimeout(pipe.linger);
		this.#pipes.clear();
		this.#links.clear();
	}

	#close(pipe: Pipe): void {
		if (pipe.users === 0) pipe.opened.then(({ consumer }) => consumer.close()).catch(() => {});
	}

	#forgetWhenClosed(key: string, pipe: Pipe): void {
		const forget = () => {
			clearTimeout(pipe.linger);
			if (this.#pipes.get(key) === pipe) this.#pipes.delete(key);
		};
		pipe.opened.then(({ consumer }) => (consumer.closed ? forget() : consumer.observer.once('close', forget))).catch(forget);
	}

	/** Closing the consumer on the producer's side closes the producer on the other, and the other way round. */
	async #open(producer: types.Producer, { from, to, sameWorker }: Way): Promise<{ consumer: types.Consumer; producerId: string }> {
		const link = await this.#link(from, to);
		const consumer = await link.from.consume({ producerId: producer.id });
		try {
			const copy = await link.to.produce({
				// A worker knows each id once.
				id: sameWorker ? randomUUID() : producer.id,
				kind: consumer.kind,
				rtpParameters: consumer.rtpParameters,
				paused: consumer.producerPaused,
				appData: producer.appData,
			});
			copy.observer.once('close', () => consumer.close());
			consumer.observer.once('close', () => copy.close());
			consumer.observer.on('pause', () => void copy.pause().catch(() => {}));
			consumer.observer.on('resume', () => void copy.resume().catch(() => {}));
			if (consumer.closed) {
				copy.close();
				throw new Error('the producer ended while it was piped');
			}
			if (copy.paused !== consumer.producerPaused) await (consumer.producerPaused ? copy.pause() : copy.resume());
			return { consumer, producerId: copy.id };
		} catch (error) {
			consumer.close();
			throw error;
		}
	}

	#link(from: types.Router, to: types.Router): Promise<Link> {
		const key = `${from.id} ${to.id}`;
		let link = this.#links.get(key);
		if (link === undefined) {
			link = connect(from, to);
			this.#links.set(key, link);
			const forget = () => {
				if (this.#links.get(key) === link) this.#links.delete(key);
			};
			link.then(({ from: end }) => (end.closed ? forget() : end.observer.once('close', forget))).catch(forget);
		}
		return link;
	}
}

/** Retransmission is on: what the kernel drops when a worker is late is mended in a millisecond instead of at the next key frame. */
async function connect(fromRouter: types.Router, toRouter: types.Router): Promise<Link> {
	const ends = await Promise.allSettled(
		[fromRouter, toRouter].map((router) => router.createPipeTransport({ listenInfo, enableSctp: false, enableRtx: true })),
	);
	const open = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
	try {
		const [from, to] = open;
		const failed = ends.find((end) => end.status === 'rejected');
		if (from === undefined || to === undefined) throw new Error('two media workers could not be joined', { cause: failed?.reason });
		from.observer.once('close', () => to.close());
		to.observer.once('close', () => from.close());
		await Promise.all([
			from.connect({ ip: to.tuple.localAddress, port: to.tuple.localPort }),
			to.connect({ ip: from.tuple.localAddress, port: from.tuple.localPort }),
		]);
		return { from, to };
	} catch (error) {
		for (const end of open) end.close();
		throw error;
	}
}
