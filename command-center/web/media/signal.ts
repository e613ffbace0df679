import type { MediaNotices, MediaRequest, mediaRequests } from '@beilun/shared/protocol/media.ts';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { onNetworkChange } from './network.ts';
import { backoff } from './picture.ts';

type Requests = { [R in MediaRequest]: (body: z.input<(typeof mediaRequests)[R]>, reply: (answer: unknown) => void) => void };
export type MediaSocket = Socket<MediaNotices, Requests>;

/** A request that was refused, or not answered in time (`reason` is then `timeout`). */
export class SignalError extends Error {
	readonly reason: string;
	readonly detail: string;

	constructor(reason: string, detail: string) {
		super(`${reason}: ${detail}`);
		this.reason = reason;
		this.detail = detail;
	}
}

/** A connection that does not answer within this many milliseconds did not survive a change of network. */
const reviveAfter = 2_000;

/** The page's one socket for media signalling. It comes back by itself, for ever, also after the server has sent it away. */
export class Signal {
	readonly socket: MediaSocket = io('/media', {
		transports: ['websocket'],
		// A connection of its own: previews are large and must not delay an alert, and the gateway cuts it when a media worker is lost.
		multiplex: false,
		reconnectionDelay: 500,
		reconnectionDelayMax: 5_000,
		timeout: 8_000,
	});
	#attempt = 0;

	constructor() {
		// After a refusal by the server socket.io gives up; the reason (an expired session, a full house) may pass.
		const again = () => {
			if (this.socket.active) return;
			this.#attempt += 1;
			setTimeout(() => this.socket.connect(), backoff(this.#attempt + 2, Math.random()));
		};
		this.socket.on('connect', () => {
			this.#attempt = 0;
		});
		onNetworkChange(() => void this.revive());
		this.socket.on('connect_error', again);
		this.socket.on('disconnect', again);
	}

	get connected(): boolean {
		return this.socket.connected;
	}

	/** The network has changed or is back: neither the next try is waited for, nor until a dead connection is noticed, which takes ten seconds. */
	async revive(): Promise<void> {
		const { socket } = this;
		if (socket.connected) {
			const alive = await socket
				.timeout(reviveAfter)
				.emitWithAck('time', {})
				.then(
					() => true,
					() => false,
				);
			if (alive) return;
		} else if (socket.io._readyState === 'open') {
			// The way is there, only this socket was sent away.
			socket.connect();
			return;
		}
		// Closes and opens what carries all sockets of the page.
		socket.io._close();
		if (socket.active) socket.io.open();
		else socket.connect();
	}

	/** Resolves with the answer without its `ok`; throws `SignalError`. */
	async request<R extends MediaRequest, T>(name: R, body: z.input<(typeof mediaRequests)[R]>): Promise<T> {
		let answer: unknown;
		try {
			answer = await (this.socket.timeout(8_000) as unknown as { emitWithAck(name: string, body: unknown): Promise<unknown> }).emitWithAck(
				name,
				body,
			);
		} catch (error) {
			throw new SignalError('timeout', error instanceof Error ? error.message : String(error));
		}
		const reply = answer as { ok: true } | { ok: false; reason: string; detail: string };
		if (!reply.ok) throw new SignalError(reply.reason, reply.detail);
		return reply as T;
	}
}

let signal: Signal | undefined;

export function mediaSignal(): Signal {
	signal ??= new Signal();
	return signal;
}
