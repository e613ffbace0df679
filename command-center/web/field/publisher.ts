import type { Device } from 'mediasoup-client';
import type { Producer, RtpCodecCapability, RtpEncodingParameters, Transport } from 'mediasoup-client/types';
import { onNetworkChange } from '../media/network.ts';
import { type Signal, SignalError } from '../media/signal.ts';
import { loadDevice, openTransport, restartIce } from '../media/transport.ts';
import { CaptureError, type CaptureProblem } from './capture.ts';
import { Devices, type Held } from './devices.ts';
import { onSeen, reconnectPause } from './network.ts';
import { countUplink, type UplinkCounts } from './uplink.ts';

export type PublishState =
	| { state: 'off' }
	| { state: 'asking' }
	| { state: 'connecting' }
	| { state: 'live' }
	/** Was live; the path is being restored. */
	| { state: 'interrupted' }
	/** `nextTryAt` in milliseconds of `performance.now()`. */
	| { state: 'retrying'; nextTryAt: number; detail: string }
	| { state: 'taken' }
	| { state: 'problem'; problem: CaptureProblem | 'forbidden' | 'codec'; detail: string };

export interface Published extends Held {
	publish: PublishState;
	/** How many watch this unit's picture; null while nothing is sent. */
	viewers: number | null;
}

/** One connection and what goes over it. */
interface Sending {
	device: Device;
	transport: Transport;
	video: Producer | null;
	audio: Producer | null;
}

/** Three layers, so that a small tile and a thin network cost little: 180p, 360p and 720p. Bits per second. */
const layers: RtpEncodingParameters[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000 },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000 },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];

/** Sends this phone's camera and microphone as the unit's stream, and goes on trying until it is told to stop. */
export class Publisher {
	readonly #signal: Signal;
	readonly #listeners = new Set<() => void>();
	readonly #devices = new Devices(() => this.#devicesChanged());
	#published: Published;
	#wanted = false;
	/** Camera and microphone have been asked for and are there, or were. */
	#ready = false;
	#turn = 0;
	#attempt = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#sending: Sending | null = null;
	/** Producing and replacing go one after the other. */
	#fitting: Promise<void> = Promise.resolve();

	constructor(signal: Signal) {
		this.#signal = signal;
		this.#published = { publish: { state: 'off' }, viewers: null, ...this.#devices.held };
		signal.socket.on('connect', () => this.#again());
		signal.socket.on('disconnect', () => this.#drop({ state: 'interrupted' }));
		signal.socket.on('viewers', ({ viewers }) => this.#set({ viewers }));
		// Another phone of the same unit sends now; to fight over it would help nobody.
		signal.socket.on('publishEnded', () => {
			if (!this.#wanted) return;
			this.#stopAll();
			this.#set({ publish: { state: 'taken' } });
		});
		onNetworkChange(() => this.#wake());
		onSeen(() => this.#wake());
	}

	get published(): Published {
		return this.#published;
	}

	subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** Must be called from a touch: browsers ask for camera and microphone only then. */
	async start(): Promise<void> {
		if (this.#wanted) return;
		this.#wanted = true;
		this.#attempt = 0;
		this.#set({ publish: { state: 'asking' } });
		try {
			await this.#devices.start();
		} catch (error) {
			this.#stopAll();
			const { problem, message } = error instanceof CaptureError ? error : new CaptureError('camera-failed', String(error));
			this.#set({ publish: { state: 'problem', problem, detail: message } });
			return;
		}
		// Stopped while the browser asked.
		if (!this.#wanted) {
			this.#devices.stop();
			this.#set(this.#devices.held);
			return;
		}
		this.#ready = true;
		this.#again();
	}

	stop(): void {
		if (this.#signal.connected) void this.#signal.request('unpublish', {}).catch(() => undefined);
		this.#stopAll();
		this.#set({ publish: { state: 'off' } });
	}

	setMuted(muted: boolean): void {
		this.#devices.setMuted(muted);
	}

	setTorch(on: boolean): Promise<void> {
		return this.#devices.setTorch(on);
	}

	/** To the other lens; what is being sent goes on without a break in the connection. */
	turnCamera(): Promise<void> {
		return this.#devices.turnCamera();
	}

	/** The browser's counts of what is sent, since it began; null while nothing is. */
	async uplink(): Promise<UplinkCounts | null> {
		const stats = await this.#sending?.transport.getStats();
		return stats === undefined ? null : countUplink(stats.values(), performance.now());
	}

	#devicesChanged(): void {
		this.#set(this.#devices.held);
		this.#fit().catch(() => undefined);
	}

	/** Another network, or the page is seen again: neither the next try nor the old path is waited for. */
	#wake(): void {
		void this.#signal.revive();
		if (!this.#wanted || !this.#ready) return;
		const transport = this.#sending?.transport;
		if (transport === undefined) {
			this.#attempt = 0;
			if (this.#published.publish.state === 'retrying') this.#again();
		} else if (this.#signal.connected && transport.connectionState !== 'connected') {
			restartIce(this.#signal, transport).catch((error: unknown) => console.warn(error));
		}
	}

	#again(): void {
		clearTimeout(this.#timer);
		if (!this.#wanted || !this.#ready) return;
		if (!this.#signal.connected) {
			this.#set({ publish: { state: 'connecting' } });
			return;
		}
		this.#turn += 1;
		const turn = this.#turn;
		this.#set({ publish: { state: this.#attempt === 0 ? 'connecting' : 'interrupted' } });
		this.#send(turn).catch((error: unknown) => {
			if (turn !== this.#turn) return;
			const detail = error instanceof Error ? error.message : String(error);
			if (error instanceof SignalError && error.reason === 'forbidden') {
				this.#stopAll();
				this.#set({ publish: { state: 'problem', problem: 'forbidden', detail: error.detail } });
				return;
			}
			this.#retry((nextTryAt) => ({ state: 'retrying', nextTryAt, detail }));
		});
	}

	#retry(show: (nextTryAt: number) => PublishState): void {
		this.#attempt += 1;
		const pause = reconnectPause(this.#attempt, Math.random());
		this.#drop(show(performance.now() + pause));
		this.#timer = setTimeout(() => this.#again(), pause);
	}

	async #send(turn: number): Promise<void> {
		const device = await loadDevice(this.#signal);
		if (!device.canProduce('video')) {
			this.#stopAll();
			this.#set({ publish: { state: 'problem', problem: 'codec', detail: '' } });
			return;
		}
		const transport = await openTransport(this.#signal, device, 'send', {
			lost: () => {
				if (turn === this.#turn) this.#retry(() => ({ state: 'interrupted' }));
			},
			state: (state) => {
				if (turn === this.#turn) this.#pathIs(state);
			},
		});
		if (turn !== this.#turn) {
			transport.close();
			return;
		}
		this.#sending = { device, transport, video: null, audio: null };
		transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
			this.#signal
				.request<'publish', { producerId: string }>('publish', { transportId: transport.id, kind, rtpParameters: { ...rtpParameters } })
				.then(({ producerId }) => done({ id: producerId }), fail);
		});
		await this.#fit();
		if (turn === this.#turn) this.#pathIs(transport.connectionState);
	}

	#pathIs(state: RTCPeerConnectionState | 'new'): void {
		const sends = (this.#sending?.video ?? this.#sending?.audio ?? null) !== null;
		if (state === 'connected' && sends) {
			this.#attempt = 0;
			this.#set({ publish: { state: 'live' } });
		} else if (state === 'disconnected' || state === 'failed') this.#set({ publish: { state: 'interrupted' } });
	}

	/** Sends what the phone has now: another lens, a camera that is back after a call, sound alone while there is none. */
	#fit(): Promise<void> {
		const done = this.#fitting.then(async () => {
			for (const kind of ['video', 'audio'] as const) {
				const sending = this.#sending;
				const track = this.#devices.held[kind];
				if (sending === null || track === null || track.readyState === 'ended') continue;
				const producer = sending[kind];
				if (producer === null) sending[kind] = await produce(sending, kind, track);
				else if (producer.track !== track) await producer.replaceTrack({ track });
			}
		});
		this.#fitting = done.catch((error: unknown) => console.warn(error));
		return done;
	}

	/** Lets go of the connection and keeps camera and microphone. */
	#drop(publish: PublishState): void {
		this.#turn += 1;
		clearTimeout(this.#timer);
		this.#sending?.transport.close();
		this.#sending = null;
		if (this.#wanted && this.#ready) this.#set({ publish, viewers: null });
	}

	#stopAll(): void {
		this.#wanted = false;
		this.#ready = false;
		this.#drop({ state: 'off' });
		this.#devices.stop();
		this.#set({ ...this.#devices.held, viewers: null });
	}

	#set(change: Partial<Published>): void {
		this.#published = { ...this.#published, ...change };
		for (const listener of this.#listeners) listener();
	}
}

function produce({ device, transport }: Sending, kind: 'video' | 'audio', track: MediaStreamTrack): Promise<Producer> {
	if (kind === 'audio') return transport.produce({ track, stopTracks: false, codecOptions: { opusDtx: true, opusFec: true } });
	const codec = videoCodec(device.sendRtpCapabilities.codecs ?? []);
	return transport.produce({
		track,
		stopTracks: false,
		encodings: layers.map((layer) => ({ ...layer })),
		codecOptions: { videoGoogleStartBitrate: 800 },
		...(codec === undefined ? {} : { codec }),
	});
}

/** VP8 where the gateway takes it, since every browser sends it in layers; H.264 otherwise. */
export function videoCodec(codecs: readonly RtpCodecCapability[]): RtpCodecCapability | undefined {
	const named = (name: string) => codecs.find((codec) => codec.mimeType.toLowerCase() === name);
	return named('video/vp8') ?? named('video/h264');
}
