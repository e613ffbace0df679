import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import { Continuity } from '../rtp/continuity.ts';
import { parseRtp } from '../rtp/packet.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { RtspSession } from '../rtsp/session.ts';
import type { CameraSource } from '../streams/directory.ts';
import type { TalkCodec } from './floor.ts';

const clockRate = 8_000;

export interface CameraSpeakerOptions {
	source: CameraSource;
	resolve: (host: string) => Promise<string>;
	/** Nobody wants to speak any more. */
	signal: AbortSignal;
	/** The camera has ended it. Once, not after `close`. */
	onClosed: (error: SourceError) => void;
}

/** The loudspeaker of a camera (ONVIF Streaming Specification §5.3): an RTSP session whose one track goes the other way. */
export class CameraSpeaker {
	readonly codec: TalkCodec;
	readonly #session: RtspSession;
	readonly #payloadType: number;
	#continuity: Continuity | null = null;
	#consumer: types.Consumer | null = null;
	#closed = false;

	private constructor(session: RtspSession, codec: TalkCodec, payloadType: number) {
		this.#session = session;
		this.codec = codec;
		this.#payloadType = payloadType;
	}

	/** Resolves when the camera listens. Throws `SourceError`. */
	static async open({ source, resolve, signal, onClosed }: CameraSpeakerOptions): Promise<CameraSpeaker> {
		const session = new RtspSession({
			address: source.address,
			certificate: source.certificate,
			resolve,
			onPacket: () => undefined,
			onClosed,
		});
		const hangUp = () => session.close();
		signal.addEventListener('abort', hangUp, { once: true });
		try {
			const { media, codec } = selectBackchannel(await session.describe({ backchannel: true }));
			await session.setup([{ media, delivery: { kind: 'tcp' } }]);
			await session.play();
			return new CameraSpeaker(session, codec, media.payloadType);
		} catch (error) {
			session.close();
			// RFC 2326 §11.3.14: it does not know what the header `Require` asks for.
			if (error instanceof SourceError && error.status === 551) throw new SourceError('no-usable-track', 'the camera has no back channel');
			throw error;
		} finally {
			signal.removeEventListener('abort', hangUp);
		}
	}

	/** Sends this producer's sound from now on; one before it is left. The camera hears one continuous stream. */
	async hear(producer: types.Producer, engine: RtcEngine): Promise<void> {
		const node = engine.nodeOf(producer);
		const { rtpCapabilities } = engine;
		if (node === null || rtpCapabilities === null) throw new SourceError('gateway-error', 'the media worker is being restarted');
		const consumer = await engine.consume(await engine.directTransport(node), producer, { rtpCapabilities });
		if (this.#closed) {
			consumer.close();
			return;
		}
		this.#consumer?.close();
		this.#consumer = consumer;
		this.#continuity?.restart();
		this.#continuity ??= new Continuity({ ssrc: randomInt(1, 2 ** 32), payloadType: this.#payloadType, clockRate });
		consumer.on('rtp', (packet) => this.#send(packet));
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#consumer?.close();
		this.#session.close();
	}

	/** Cameras know nothing of a browser's header extensions: only the sound is sent. */
	#send(packet: Buffer): void {
		const header = parseRtp(packet);
		if (header === null || header.payloadStart === header.payloadEnd) return;
		const plain = Buffer.concat([packet.subarray(0, 12), packet.subarray(header.payloadStart, header.payloadEnd)]);
		plain[0] = 0x80;
		if (this.#continuity?.rewrite(plain, performance.now())) this.#session.sendRtp(0, plain);
	}
}

/** The section to speak to. Of those that are marked otherwise than ONVIF has it, one opposite to the picture is taken. */
export function selectBackchannel(media: readonly MediaDescription[]): { media: MediaDescription; codec: 'PCMA' | 'PCMU' } {
	const audio = media.filter((each) => each.kind === 'audio');
	const reversed = media.some((each) => each.kind === 'video' && each.direction === 'sendonly');
	const offered = audio.filter((each) => each.direction === (reversed ? 'recvonly' : 'sendonly'));
	if (offered.length === 0) throw new SourceError('no-usable-track', 'the camera has no back channel');
	for (const each of offered) {
		if (each.clockRate !== clockRate || each.channels !== 1) continue;
		if (each.codec === 'PCMA' || each.codec === 'PCMU') return { media: each, codec: each.codec };
	}
	const codecs = [...new Set(offered.map((each) => each.codec))].join(', ');
	throw new SourceError('no-usable-track', `the camera's back channel takes ${codecs}; only G.711 can be sent`);
}
