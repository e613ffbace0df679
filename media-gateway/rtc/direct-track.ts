import { isIPv6 } from 'node:net';
import type { types } from 'mediasoup';
import { SourceError } from '../rtsp/failure.ts';
import type { PortPair } from './camera-ports.ts';
import { rtpParametersOf, type TrackFormat } from './codecs.ts';
import type { RtcEngine } from './engine.ts';
import type { RtcNode } from './node.ts';
import { socketBuffer } from './socket-buffers.ts';

const keyFrameRequestDelay = 500;
/** Ports of the range that something else has are passed over, so many times. */
const maxBinds = 32;
/** Seconds from 1900, where NTP begins, to 1970. */
const ntpToUnix = 2_208_988_800;

export interface DirectTrackOptions {
	cameraIp: string;
	format: TrackFormat;
	/** As the camera sends it. */
	payloadType: number;
	cname: string;
	/** That of the source's other track: a worker that has both can tell how they go together. Any by default, or when it is gone. */
	node?: RtcNode;
	/** Once, when mediasoup's side ends by itself. */
	onLost: () => void;
	/** `ntpMs`: the camera's clock; `arrivedAt`: ours. Both in milliseconds since 1970. */
	onSenderReport: (report: { ntpMs: number; rtpTimestamp: number; arrivedAt: number }) => void;
	/** The first packet of a key frame has come. */
	onKeyFrame: () => void;
}

/** As mediasoup counts; `bitrate` in bits per second. */
export interface DirectTrackStats {
	packets: number;
	bytes: number;
	lost: number;
	jitterMs: number;
	bitrate: number;
}

/**
 * A camera's UDP straight into a media worker, which reports back to it (RFC 3550 §6.4). Only what comes from the camera's address and
 * the ports of its SETUP answer is taken, and only with the SSRC named there.
 */
export class DirectTrack {
	readonly node: RtcNode;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	readonly #options: DirectTrackOptions;
	readonly #transport: types.PlainTransport;
	#producer: types.Producer | null = null;
	/** The worker (3.27) takes a stream that begins with number 0 for one that wrapped, and counts so many as lost. */
	#neverLost = 0;
	#lossSeen = false;
	#closed = false;

	private constructor(node: RtcNode, options: DirectTrackOptions, transport: types.PlainTransport, ports: PortPair) {
		this.node = node;
		this.#options = options;
		this.#transport = transport;
		this.rtpPort = ports.rtpPort;
		this.rtcpPort = ports.rtcpPort;
	}

	/** Takes a pair of ports. Throws `SourceError` 'gateway-error'. */
	static async open(engine: RtcEngine, options: DirectTrackOptions): Promise<DirectTrack> {
		const node = engine.nodes.find((each) => each === options.node) ?? engine.nodeForSource();
		if (node === null) throw new SourceError('gateway-error', 'the media workers are being restarted');
		let cause: unknown;
		for (let tried = 0; tried < Math.min(maxBinds, engine.cameraPorts.size); tried += 1) {
			const ports = engine.cameraPorts.take();
			if (ports === null) break;
			try {
				const transport = await node.router.createPlainTransport(listenOn(options.cameraIp, ports));
				transport.observer.once('close', () => engine.cameraPorts.release(ports));
				const track = new DirectTrack(node, options, transport, ports);
				transport.observer.once('close', () => track.#onTransportClosed());
				return track;
			} catch (error) {
				engine.cameraPorts.release(ports);
				cause = error;
				if (node.router.closed) return DirectTrack.open(engine, options);
			}
		}
		throw new SourceError('gateway-error', 'no UDP port is free for another camera', { cause });
	}

	/** After SETUP and before PLAY. Throws `SourceError` 'gateway-error'. */
	async start(setup: { serverIp: string; serverRtpPort: number; serverRtcpPort: number; ssrc: number }): Promise<types.Producer> {
		const { format, payloadType, cname } = this.#options;
		try {
			await this.#transport.connect({ ip: setup.serverIp, port: setup.serverRtpPort, rtcpPort: setup.serverRtcpPort });
			const producer = await this.#transport.produce({
				kind: format.kind,
				rtpParameters: rtpParametersOf(format, { ssrc: setup.ssrc, payloadType, cname }),
				keyFrameRequestDelay,
			});
			producer.on('trace', (trace) => this.#onTrace(trace));
			await producer.enableTraceEvent(format.kind === 'video' ? ['sr', 'keyframe'] : ['sr']);
			this.#producer = producer;
			return producer;
		} catch (error) {
			throw new SourceError('gateway-error', 'the media worker refused the track', { cause: error });
		}
	}

	/** All zero before the first packet, and after the end. */
	async stats(): Promise<DirectTrackStats> {
		const stats = await this.#producer?.getStats().catch(() => []);
		const stat = stats?.[0];
		if (stat === undefined) return { packets: 0, bytes: 0, lost: 0, jitterMs: 0, bitrate: 0 };
		if (!this.#lossSeen && stat.packetsLost > 0) {
			this.#lossSeen = true;
			this.#neverLost = stat.packetsLost >= 0x10000 ? 0x10000 : 0;
		}
		return {
			packets: stat.packetCount,
			bytes: stat.byteCount,
			lost: Math.max(0, stat.packetsLost - this.#neverLost),
			jitterMs: (stat.jitter * 1000) / this.#options.format.clockRate,
			bitrate: stat.bitrate,
		};
	}

	close(): void {
		this.#closed = true;
		this.#transport.close();
	}

	#onTransportClosed(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#options.onLost();
	}

	#onTrace(trace: types.ProducerTraceEventData): void {
		if (this.#closed) return;
		if (trace.type === 'keyframe') this.#options.onKeyFrame();
		if (trace.type !== 'sr') return;
		const { ntpSec, ntpFrac, rtpTs } = trace.info as { ntpSec: number; ntpFrac: number; rtpTs: number };
		// The worker's clock and this one are the machine's monotonic one; what waited in this process did not travel.
		const waited = Number(process.hrtime.bigint() / 1_000_000n) - trace.timestamp;
		this.#options.onSenderReport({
			ntpMs: (ntpSec - ntpToUnix) * 1000 + (ntpFrac * 1000) / 2 ** 32,
			rtpTimestamp: rtpTs,
			arrivedAt: Date.now() - Math.min(Math.max(waited, 0), 10_000),
		});
	}
}

/** Every address of the camera's family: which one is on the way to it, the kernel knows best. */
function listenOn(cameraIp: string, { rtpPort, rtcpPort }: PortPair): types.PlainTransportOptions {
	const where: types.TransportListenInfo = isIPv6(cameraIp)
		? { protocol: 'udp', ip: '::', flags: { ipv6Only: true }, recvBufferSize: socketBuffer }
		: { protocol: 'udp', ip: '0.0.0.0', recvBufferSize: socketBuffer };
	return { listenInfo: { ...where, port: rtpPort }, rtcpListenInfo: { ...where, port: rtcpPort }, rtcpMux: false, comedia: false };
}
