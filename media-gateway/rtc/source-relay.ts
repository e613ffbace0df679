import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { types } from 'mediasoup';
import { Continuity } from '../rtp/continuity.ts';
import { SourceError } from '../rtsp/failure.ts';
import { rtpParametersOf, type TrackFormat } from './codecs.ts';
import type { RtcEngine } from './engine.ts';
import type { RtcNode } from './node.ts';
import { socketBuffer } from './socket-buffers.ts';

/** UDP carries 65,507 bytes, and mediasoup adds some. */
const maxPacket = 65_000;
/** Viewers who come at the same time want one key frame, not one each. */
const keyFrameRequestDelay = 500;

/**
 * A source's way into mediasoup through this process: a PlainTransport on loopback, one UDP socket towards it. Its producers stay
 * whatever becomes of the source. Measured with 1,200-byte packets this costs 15 µs of CPU a packet in Node; a DirectTransport, which
 * copies byte by byte into flatbuffers, 27 µs.
 */
export class SourceRelay {
	readonly node: RtcNode;
	readonly #socket: Socket;
	readonly #transport: types.PlainTransport;
	readonly #cname: string;
	readonly #tracks = new Map<number, RelayTrack>();
	#closed = false;

	private constructor(node: RtcNode, socket: Socket, transport: types.PlainTransport, cname: string) {
		this.node = node;
		this.#socket = socket;
		this.#transport = transport;
		this.#cname = cname;
	}

	/** `onLost` is called once, when mediasoup's side ends by itself. Throws `SourceError` 'gateway-error'. */
	static async open(engine: RtcEngine, cname: string, onLost: () => void): Promise<SourceRelay> {
		const node = engine.nodeForSource();
		if (node === null) throw new SourceError('gateway-error', 'the media workers are being restarted');
		const socket = createSocket({ type: 'udp4', sendBufferSize: socketBuffer });
		let transport: types.PlainTransport | undefined;
		try {
			socket.bind(0, '127.0.0.1');
			await once(socket, 'listening');
			transport = await node.router.createPlainTransport({
				listenInfo: { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: socketBuffer },
				rtcpMux: true,
				comedia: false,
			});
			await transport.connect({ ip: '127.0.0.1', port: socket.address().port });
			socket.connect(transport.tuple.localPort, '127.0.0.1');
			await once(socket, 'connect');
			if (transport.closed) throw new Error('the transport closed while it was opened');
		} catch (error) {
			transport?.close();
			socket.close();
			// It has just died; the source is to go on at once.
			if (node.router.closed) return SourceRelay.open(engine, cname, onLost);
			throw new SourceError('gateway-error', 'the media worker took no new source', { cause: error });
		}
		const relay = new SourceRelay(node, socket, transport, cname);
		const lose = () => {
			if (relay.#closed) return;
			relay.close();
			onLost();
		};
		transport.observer.once('close', lose);
		socket.on('error', lose);
		socket.on('message', (packet) => relay.#takeRtcp(packet));
		return relay;
	}

	/**
	 * Announces a track. `onKeyFrameRequest` is called when a viewer needs a key frame, at most twice a second.
	 * Throws `SourceError` 'gateway-error'.
	 */
	async produce(format: TrackFormat, onKeyFrameRequest?: () => void): Promise<RelayTrack> {
		let ssrc = randomInt(1, 0xffffffff);
		while (this.#tracks.has(ssrc)) ssrc = randomInt(1, 0xffffffff);
		const payloadType = format.kind === 'video' ? 96 : 97;
		try {
			const producer = await this.#transport.produce({
				kind: format.kind,
				rtpParameters: rtpParametersOf(format, { ssrc, payloadType, cname: this.#cname }),
				keyFrameRequestDelay,
			});
			const continuity = new Continuity({ ssrc, payloadType, clockRate: format.clockRate });
			const track = new RelayTrack({ producer, socket: this.#socket, continuity, onKeyFrameRequest });
			this.#tracks.set(ssrc, track);
			producer.observer.once('close', () => this.#tracks.delete(ssrc));
			return track;
		} catch (error) {
			throw new SourceError('gateway-error', `the media worker refused the ${format.kind} track`, { cause: error });
		}
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#transport.close();
		this.#socket.close();
	}

	/** Picture loss indications (RFC 4585 §6.3.1) among mediasoup's receiver reports. */
	#takeRtcp(packet: Buffer): void {
		for (let at = 0; at + 12 <= packet.length; at += 4 + packet.readUInt16BE(at + 2) * 4) {
			if ((packet.readUInt8(at) & 0x1f) === 1 && packet.readUInt8(at + 1) === 206) this.#tracks.get(packet.readUInt32BE(at + 8))?.requestKeyFrame();
		}
	}
}

/** One track of a source, for viewers one continuous stream. */
export class RelayTrack {
	readonly producer: types.Producer;
	readonly #socket: Socket;
	readonly #continuity: Continuity;
	readonly #onKeyFrameRequest: (() => void) | undefined;

	constructor(options: { producer: types.Producer; socket: Socket; continuity: Continuity; onKeyFrameRequest: (() => void) | undefined }) {
		this.producer = options.producer;
		this.#socket = options.socket;
		this.#continuity = options.continuity;
		this.#onKeyFrameRequest = options.onKeyFrameRequest;
	}

	/**
	 * An RTP packet as the source sent it, header read from its own bytes. SSRC, payload type, sequence number and timestamp are
	 * rewritten in place; what is longer than 65,000 bytes is dropped. The buffer must not be written to again afterwards: the kernel may take it later.
	 */
	send(packet: Buffer): void {
		if (this.producer.closed || packet.length > maxPacket) return;
		if (this.#continuity.rewrite(packet, performance.now())) this.#socket.send(packet);
	}

	/** The next packet begins a new epoch of the source. */
	restart(): void {
		this.#continuity.restart();
	}

	/** What a timestamp of the source has become; null while that is not known. */
	relayed(sourceTimestamp: number): number | null {
		return this.#continuity.relayed(sourceTimestamp);
	}

	requestKeyFrame(): void {
		this.#onKeyFrameRequest?.();
	}
}
