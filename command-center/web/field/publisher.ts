import type { Producer, RtpCodecCapability, RtpEncodingParameters, Transport } from 'mediasoup-client/types';
import { backoff } from '../media/picture.ts';
import { type Signal, SignalError } from '../media/signal.ts';
import { loadDevice, openTransport } from '../media/transport.ts';
import { CaptureError, type CaptureProblem, type Facing, openCamera, openMicrophone } from './capture.ts';

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

export interface Published {
	publish: PublishState;
	video: MediaStreamTrack | null;
	audio: MediaStreamTrack | null;
	muted: boolean;
	/** How many watch this unit's picture; null while nothing is sent. */
	viewers: number | null;
}

/** Three layers, so that a small tile and a thin network cost little: 180p, 360p and 720p. Bits per second. */
const layers: RtpEncodingParameters[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000 },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000 },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];

const nothing: Published = { publish: { state: 'off' }, video: null, audio: null, muted: false, viewers: null };

/** Sends this phone's camera and microphone as the unit's stream, and goes on trying until it is told to stop. */
export class Publisher {
	readonly #signal: Signal;
	readonly #listeners = new Set<() => void>();
	#published: Published = nothing;
	#wanted = false;
	#facing: Facing = 'environment';
	#turn = 0;
	#attempt = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#transport: Transport | null = null;
	#producers: { video: Producer | null; audio: Producer | null } = { video: null, audio: null };

	constructor(signal: Signal) {
		this.#signal = signal;
		signal.socket.on('connect', () => this.#again());
		signal.socket.on('disconnect', () => this.#drop({ state: 'interrupted' }));
		signal.socket.on('viewers', ({ viewers }) => this.#set({ viewers }));
		// Another phone of the same unit sends now; to fight over it would help nobody.
		signal.socket.on('streamEnded', () => {
			if (!this.#wanted) return;
			this.#stopAll();
			this.#set({ publish: { state: 'taken' } });
		});
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
			const video = await openCamera(this.#facing);
			const audio = await openMicrophone();
			if (!this.#wanted) {
				video.stop();
				audio?.stop();
				return;
			}
			this.#set({ video, audio, muted: false });
			this.#watchTrack(video);
		} catch (error) {
			this.#stopAll();
			const { problem, message } = error instanceof CaptureError ? error : new CaptureError('camera-failed', String(error));
			this.#set({ publish: { state: 'problem', problem, detail: message } });
			return;
		}
		this.#again();
	}

	stop(): void {
		if (this.#signal.connected) void this.#signal.request('unpublish', {}).catch(() => undefined);
		this.#stopAll();
		this.#set({ publish: { state: 'off' } });
	}

	setMuted(muted: boolean): void {
		if (this.#published.audio !== null) this.#published.audio.enabled = !muted;
		this.#set({ muted });
	}

	/** To the other lens; what is being sent goes on without a break in the connection. */
	async turnCamera(): Promise<void> {
		const facing = this.#facing === 'environment' ? 'user' : 'environment';
		// Phones open one lens at a time.
		this.#published.video?.stop();
		try {
			await this.#takeCamera(facing);
		} catch {
			await this.#takeCamera(this.#facing);
		}
	}

	/** Bits per second sent since the last call, and null when nothing is sent. */
	async sentBytes(): Promise<number | null> {
		const stats = await Promise.all([this.#producers.video, this.#producers.audio].map(async (producer) => producer?.getStats()));
		let bytes: number | null = null;
		for (const report of stats) {
			for (const stat of report?.values() ?? []) if (stat.type === 'outbound-rtp') bytes = (bytes ?? 0) + Number(stat.bytesSent);
		}
		return bytes;
	}

	async #takeCamera(facing: Facing): Promise<void> {
		const video = await openCamera(facing);
		if (!this.#wanted) {
			video.stop();
			return;
		}
		this.#facing = facing;
		this.#watchTrack(video);
		this.#set({ video });
		await this.#producers.video?.replaceTrack({ track: video });
	}

	/** A call or a locked screen takes the camera away; it is taken back when the page is seen again. */
	#watchTrack(track: MediaStreamTrack): void {
		track.addEventListener('ended', () => {
			const back = () => {
				if (document.visibilityState !== 'visible') return;
				document.removeEventListener('visibilitychange', back);
				if (this.#wanted && this.#published.video === track) this.#takeCamera(this.#facing).catch((error: unknown) => console.error(error));
			};
			document.addEventListener('visibilitychange', back);
			back();
		});
	}

	#again(): void {
		clearTimeout(this.#timer);
		if (!this.#wanted || this.#published.video === null || !this.#signal.connected) {
			if (this.#wanted && this.#published.video !== null) this.#set({ publish: { state: 'connecting' } });
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
			this.#attempt += 1;
			const pause = backoff(this.#attempt, Math.random());
			this.#drop({ state: 'retrying', nextTryAt: performance.now() + pause, detail });
			this.#timer = setTimeout(() => this.#again(), pause);
		});
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
				if (turn !== this.#turn) return;
				this.#drop({ state: 'interrupted' });
				this.#attempt += 1;
				this.#timer = setTimeout(() => this.#again(), 300);
			},
			state: (state) => {
				if (turn !== this.#turn) return;
				if (state === 'connected' && this.#producers.video !== null) this.#set({ publish: { state: 'live' } });
				else if (state === 'disconnected' || state === 'failed') this.#set({ publish: { state: 'interrupted' } });
			},
		});
		if (turn !== this.#turn) {
			transport.close();
			return;
		}
		this.#transport = transport;
		transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
			this.#signal
				.request<'publish', { producerId: string }>('publish', { transportId: transport.id, kind, rtpParameters: { ...rtpParameters } })
				.then(({ producerId }) => done({ id: producerId }), fail);
		});
		const { video, audio } = this.#published;
		const codec = videoCodec(device.sendRtpCapabilities.codecs ?? []);
		if (video !== null) {
			this.#producers.video = await transport.produce({
				track: video,
				stopTracks: false,
				encodings: layers.map((layer) => ({ ...layer })),
				codecOptions: { videoGoogleStartBitrate: 800 },
				...(codec === undefined ? {} : { codec }),
			});
		}
		if (audio !== null && device.canProduce('audio')) {
			this.#producers.audio = await transport.produce({ track: audio, stopTracks: false, codecOptions: { opusDtx: true, opusFec: true } });
		}
		if (turn !== this.#turn) return;
		this.#attempt = 0;
		this.#set({ publish: { state: transport.connectionState === 'connected' ? 'live' : 'connecting' } });
	}

	/** Lets go of the connection and keeps camera and microphone. */
	#drop(publish: PublishState): void {
		this.#turn += 1;
		clearTimeout(this.#timer);
		this.#transport?.close();
		this.#transport = null;
		this.#producers = { video: null, audio: null };
		if (this.#wanted && this.#published.video !== null) this.#set({ publish, viewers: null });
	}

	#stopAll(): void {
		this.#wanted = false;
		this.#drop({ state: 'off' });
		this.#published.video?.stop();
		this.#published.audio?.stop();
		this.#set({ video: null, audio: null, viewers: null });
	}

	#set(change: Partial<Published>): void {
		this.#published = { ...this.#published, ...change };
		for (const listener of this.#listeners) listener();
	}
}

/** VP8 where the gateway takes it, since every browser sends it in layers; H.264 otherwise. */
export function videoCodec(codecs: readonly RtpCodecCapability[]): RtpCodecCapability | undefined {
	const named = (name: string) => codecs.find((codec) => codec.mimeType.toLowerCase() === name);
	return named('video/vp8') ?? named('video/h264');
}
