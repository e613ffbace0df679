import type { Device } from 'mediasoup-client';
import type { Transport } from 'mediasoup-client/types';
import { useSyncExternalStore } from 'react';
import { mediaSignal, type Signal, SignalError } from './signal.ts';
import { loadDevice, openTransport } from './transport.ts';

type TalkProblem = 'microphone-denied' | 'microphone-missing' | 'microphone-busy' | 'insecure' | 'codec' | 'lost' | (string & {});

export type TalkState =
	| { state: 'silent' }
	/** The floor is being asked for; nobody hears anything yet. */
	| { state: 'opening'; streamId: string }
	| { state: 'talking'; streamId: string; microphone: MediaStream }
	/** Refused, or taken away; `detail` is the server's. */
	| { state: 'refused'; streamId: string; problem: TalkProblem; detail: string };

type Codec = 'opus' | 'PCMA' | 'PCMU';

/** How long a refusal stays on the screen, in milliseconds. */
const refusalShownFor = 8_000;

/** Speaks to one stream at a time with this page's microphone, which is open only while it speaks. */
export class Talker {
	readonly #signal: Signal;
	readonly #listeners = new Set<() => void>();
	#state: TalkState = { state: 'silent' };
	/** Rises with every start and end: what was under way before finds itself out of date. */
	#turn = 0;
	#microphone: MediaStream | null = null;
	#transport: Transport | null = null;
	#device: Promise<Device> | undefined;
	/** Has the floor, or has asked for it. */
	#floor: string | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(signal: Signal) {
		this.#signal = signal;
		signal.socket.on('disconnect', () => {
			this.#device = undefined;
			this.#floor = null;
			this.#fail(new SignalError('lost', ''));
		});
		signal.socket.on('talkEnded', ({ streamId, reason, detail }) => {
			if (streamId !== this.#floor) return;
			this.#floor = null;
			this.#fail(new SignalError(reason, detail));
		});
	}

	get state(): TalkState {
		return this.#state;
	}

	subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** Someone is about to speak: what takes a moment is done before. */
	prepare(): void {
		if (this.#signal.connected) this.#load().catch(() => undefined);
	}

	/** From a touch or a key: browsers ask for the microphone only then. */
	start(streamId: string): void {
		if ((this.#state.state === 'talking' || this.#state.state === 'opening') && this.#state.streamId === streamId) return;
		this.end();
		const turn = this.#turn;
		this.#show({ state: 'opening', streamId });
		this.#open(streamId, turn).catch((error: unknown) => {
			if (turn === this.#turn) this.#fail(error);
		});
	}

	end(): void {
		this.#release();
		this.#show({ state: 'silent' });
	}

	async #open(streamId: string, turn: number): Promise<void> {
		const current = () => turn === this.#turn;
		const microphone = await openMicrophone();
		if (!current()) {
			for (const track of microphone.getTracks()) track.stop();
			return;
		}
		this.#microphone = microphone;
		this.#floor = streamId;
		const [{ codec }, device] = await Promise.all([this.#signal.request<'talk', { codec: Codec }>('talk', { streamId }), this.#load()]);
		if (!current()) return;
		const wanted = device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === `audio/${codec.toLowerCase()}`);
		if (wanted === undefined) throw new SignalError('codec', codec);
		const transport = await openTransport(this.#signal, device, 'send', {
			lost: () => {
				if (current()) this.#fail(new SignalError('lost', ''));
			},
		});
		if (!current()) {
			transport.close();
			return;
		}
		this.#transport = transport;
		transport.on('produce', ({ rtpParameters }, done, fail) => {
			this.#signal
				.request<'talkSend', { producerId: string }>('talkSend', { streamId, transportId: transport.id, rtpParameters: { ...rtpParameters } })
				.then(({ producerId }) => done({ id: producerId }), fail);
		});
		const [track] = microphone.getAudioTracks();
		if (track === undefined) throw new SignalError('microphone-missing', '');
		await transport.produce({ track, stopTracks: false, codec: wanted });
		if (!current()) return;
		track.addEventListener('ended', () => {
			if (current()) this.#fail(new SignalError('microphone-busy', ''));
		});
		this.#show({ state: 'talking', streamId, microphone });
	}

	#load(): Promise<Device> {
		this.#device ??= loadDevice(this.#signal);
		const device = this.#device;
		device.catch(() => {
			if (this.#device === device) this.#device = undefined;
		});
		return device;
	}

	#fail(error: unknown): void {
		if (this.#state.state !== 'opening' && this.#state.state !== 'talking') return;
		const { streamId } = this.#state;
		const { reason, detail } =
			error instanceof SignalError ? error : new SignalError('failed', error instanceof Error ? error.message : String(error));
		this.#release();
		this.#show({ state: 'refused', streamId, problem: reason, detail });
		this.#timer = setTimeout(() => this.#show({ state: 'silent' }), refusalShownFor);
	}

	#release(): void {
		this.#turn += 1;
		clearTimeout(this.#timer);
		const streamId = this.#floor;
		this.#floor = null;
		if (streamId !== null && this.#signal.connected) void this.#signal.request('endTalk', { streamId }).catch(() => undefined);
		this.#transport?.close();
		this.#transport = null;
		for (const track of this.#microphone?.getTracks() ?? []) track.stop();
		this.#microphone = null;
	}

	#show(state: TalkState): void {
		this.#state = state;
		for (const listener of this.#listeners) listener();
	}
}

async function openMicrophone(): Promise<MediaStream> {
	// Browsers hide the whole interface on pages that are not secure.
	if (navigator.mediaDevices === undefined) throw new SignalError('insecure', '');
	try {
		return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
	} catch (error) {
		const { name, message } = error as DOMException;
		const problem =
			name === 'NotAllowedError' || name === 'SecurityError'
				? 'microphone-denied'
				: name === 'NotFoundError' || name === 'OverconstrainedError'
					? 'microphone-missing'
					: 'microphone-busy';
		throw new SignalError(problem, message);
	}
}

let talker: Talker | undefined;

/** The page's one microphone. */
export function ownTalker(): Talker {
	talker ??= new Talker(mediaSignal());
	return talker;
}

export function useTalk(): TalkState {
	const own = ownTalker();
	return useSyncExternalStore(own.subscribe, () => own.state);
}
