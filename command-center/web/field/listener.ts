import type { Device } from 'mediasoup-client';
import type { Consumer, ConsumerOptions, Transport } from 'mediasoup-client/types';
import type { Signal } from '../media/signal.ts';
import { loadDevice, openTransport } from '../media/transport.ts';
import { reconnectPause } from './network.ts';

export type Spoken =
	| { state: 'silent' }
	/** Someone speaks; the sound is on its way. */
	| { state: 'connecting'; by: string }
	| { state: 'heard'; by: string; media: MediaStream }
	/** The browser waits for a touch before it plays. */
	| { state: 'blocked'; by: string };

/** Plays aloud what the centre says to this unit, from the centre's first word to its last, whether or not the unit sends a picture. */
export class Listener {
	readonly #signal: Signal;
	readonly #listeners = new Set<() => void>();
	readonly #audio = new Audio();
	#spoken: Spoken = { state: 'silent' };
	#turn = 0;
	#attempt = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Kept from one talk to the next: opening it takes as long as the first word. */
	#way: Promise<{ device: Device; transport: Transport }> | undefined;
	#consumer: Consumer | null = null;

	constructor(signal: Signal) {
		this.#signal = signal;
		this.#audio.autoplay = true;
		document.body.append(this.#audio);
		signal.socket.on('talk', ({ by }) => (by === null ? this.#end() : this.#begin(by)));
		signal.socket.on('disconnect', () => {
			this.#way = undefined;
			this.#end();
		});
	}

	get spoken(): Spoken {
		return this.#spoken;
	}

	subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** From a touch: an element that has played by a touch may go on to play without one. */
	unlock(): void {
		if (this.#spoken.state === 'silent' && this.#audio.srcObject === null) {
			try {
				this.#audio.srcObject = new AudioContext().createMediaStreamDestination().stream;
			} catch (error) {
				console.warn(error);
				return;
			}
		}
		this.play();
	}

	play(): void {
		const turn = this.#turn;
		this.#audio.play().then(
			() => this.#plays(turn),
			(error: unknown) => {
				const { spoken } = this;
				const blocked = error instanceof DOMException && error.name === 'NotAllowedError';
				if (turn === this.#turn && blocked && spoken.state !== 'silent') this.#show({ state: 'blocked', by: spoken.by });
			},
		);
	}

	#plays(turn: number): void {
		const { spoken } = this;
		if (turn !== this.#turn || spoken.state === 'silent' || this.#consumer === null) return;
		this.#show({ state: 'heard', by: spoken.by, media: this.#audio.srcObject as MediaStream });
	}

	#begin(by: string): void {
		this.#release();
		this.#attempt = 0;
		this.#show({ state: 'connecting', by });
		// In a pocket it is felt before it is heard.
		navigator.vibrate?.([300, 100, 300]);
		this.#again();
	}

	#again(): void {
		clearTimeout(this.#timer);
		const turn = this.#turn;
		this.#listen(turn).catch((error: unknown) => {
			if (turn !== this.#turn) return;
			console.warn(error);
			this.#attempt += 1;
			this.#timer = setTimeout(() => this.#again(), reconnectPause(this.#attempt, Math.random()));
		});
	}

	async #listen(turn: number): Promise<void> {
		const { device, transport } = await this.#open();
		if (turn !== this.#turn) return;
		const { consumer: offered } = await this.#signal.request<'listen', { consumer: ConsumerOptions }>('listen', {
			transportId: transport.id,
			rtpCapabilities: { ...device.recvRtpCapabilities },
		});
		const consumer = await transport.consume(offered);
		if (turn !== this.#turn) {
			consumer.close();
			return;
		}
		this.#consumer = consumer;
		this.#audio.srcObject = new MediaStream([consumer.track]);
		this.play();
		await this.#signal.request('resume', { consumerId: consumer.id });
	}

	#open(): Promise<{ device: Device; transport: Transport }> {
		this.#way ??= loadDevice(this.#signal).then(async (device) => ({
			device,
			transport: await openTransport(this.#signal, device, 'receive', {
				lost: () => {
					this.#way = undefined;
					const { spoken } = this;
					if (spoken.state === 'silent') return;
					this.#release();
					this.#show({ state: 'connecting', by: spoken.by });
					this.#again();
				},
			}),
		}));
		const way = this.#way;
		way.catch(() => {
			if (this.#way === way) this.#way = undefined;
		});
		return way;
	}

	#end(): void {
		this.#release();
		if (this.#spoken.state !== 'silent') this.#show({ state: 'silent' });
	}

	#release(): void {
		this.#turn += 1;
		clearTimeout(this.#timer);
		this.#consumer?.close();
		this.#consumer = null;
	}

	#show(spoken: Spoken): void {
		this.#spoken = spoken;
		for (const listener of this.#listeners) listener();
	}
}
