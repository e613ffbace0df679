import type { types } from 'mediasoup';
import type { RtcEngine, RtcNode } from '../rtc/engine.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

type Direction = 'send' | 'receive';

/** One socket's WebRTC transports, all on one media worker. */
export class Transports {
	readonly #engine: RtcEngine;
	readonly #transports = new Map<string, { transport: types.WebRtcTransport; direction: Direction }>();
	#node: RtcNode | null = null;
	#wanted = 0;
	#closed = false;

	constructor(engine: RtcEngine) {
		this.#engine = engine;
	}

	/** Where they are, or were: a worker that dies takes them along before it is known as dead. */
	get node(): RtcNode | null {
		return this.#node;
	}

	/** What a browser needs to connect. */
	async create(direction: Direction): Promise<object> {
		if (this.#wanted >= limits.transports) throw new Refusal('limit', `expected at most ${limits.transports} transports`);
		const node = this.#node !== null && this.#engine.nodes.includes(this.#node) ? this.#node : this.#engine.nodeForViewer();
		if (node === null) throw new Refusal('failed', 'the media worker is being restarted');
		this.#node = node;
		this.#wanted += 1;
		let transport: types.WebRtcTransport;
		try {
			transport = await this.#engine.createTransport(node);
		} catch (error) {
			this.#wanted -= 1;
			throw error;
		}
		transport.observer.once('close', () => {
			this.#transports.delete(transport.id);
			this.#wanted -= 1;
		});
		if (this.#closed) transport.close();
		// A browser that vanished leaves DTLS or ICE broken; its consumers would be sent to nobody.
		transport.on('dtlsstatechange', (state) => {
			if (state === 'closed' || state === 'failed') transport.close();
		});
		if (transport.closed) throw new Refusal('failed', 'the connection has ended meanwhile');
		this.#transports.set(transport.id, { transport, direction });
		const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
		return { id, iceParameters, iceCandidates, dtlsParameters };
	}

	/** Throws where there is none, or none of this direction. */
	get(transportId: string, direction?: Direction): types.WebRtcTransport {
		const found = this.#transports.get(transportId);
		if (found === undefined) throw new Refusal('not-found', 'there is no such transport');
		if (direction !== undefined && found.direction !== direction) {
			throw new Refusal('invalid', `transportId: expected a transport that ${direction}s`);
		}
		return found.transport;
	}

	close(): void {
		this.#closed = true;
		for (const { transport } of [...this.#transports.values()]) transport.close();
	}
}
