import type { types } from 'mediasoup';
import { parseRtp } from '../rtp/packet.ts';
import type { RtcEngine } from './engine.ts';

/** More than a key frame of any camera; what is longer is none. */
const maxPackets = 4_000;

/**
 * The RTP packets of the next key frame of a video producer, in order and complete, with the numbers that consumers on the producer's
 * worker see; null when none comes within the time, or the producer ends. It asks the source for one. Only the packets of that key frame
 * pass through this process.
 */
export async function takeKeyFrame(engine: RtcEngine, producer: types.Producer, options: { timeoutMs: number }): Promise<Buffer[] | null> {
	const node = engine.nodeOf(producer);
	if (node === null || producer.closed) return null;
	let consumer: types.Consumer;
	try {
		const transport = await engine.directTransport(node);
		consumer = await engine.consume(transport, producer, { rtpCapabilities: withoutRetransmission(node.router.rtpCapabilities), paused: true });
	} catch {
		return null;
	}
	try {
		return await collect(consumer, options.timeoutMs);
	} finally {
		consumer.close();
	}
}

function collect(consumer: types.Consumer, timeoutMs: number): Promise<Buffer[] | null> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => resolve(null), timeoutMs);
		const done = (packets: Buffer[] | null) => {
			clearTimeout(timer);
			resolve(packets);
		};
		let frame: { packet: Buffer; sequence: number }[] = [];
		let timestamp: number | null = null;
		let pausing = false;
		consumer.observer.once('close', () => done(null));
		consumer.on('rtp', (packet) => {
			const header = parseRtp(packet);
			if (pausing || header === null || header.payloadStart === header.payloadEnd) return;
			timestamp ??= header.timestamp;
			const { sequence } = header;
			if (header.timestamp === timestamp) {
				frame.push({ packet, sequence });
				if (frame.length > maxPackets) done(null);
				return;
			}
			frame.sort((a, b) => ((a.sequence - b.sequence) << 16) >> 16);
			if ([...frame.slice(1), { sequence }].every((next, index) => next.sequence === (((frame[index]?.sequence ?? 0) + 1) & 0xffff))) {
				done(frame.map((each) => each.packet));
				return;
			}
			// Something of it was lost. A consumer that is resumed begins with a key frame again.
			frame = [];
			timestamp = null;
			pausing = true;
			consumer
				.pause()
				.then(() => {
					pausing = false;
					return consumer.resume();
				})
				.catch(() => done(null));
		});
		consumer.resume().catch(() => done(null));
	});
}

/** Without it the worker keeps no packets to send again. */
function withoutRetransmission({ codecs = [], headerExtensions = [] }: types.RtpCapabilities): types.RtpCapabilities {
	return {
		codecs: codecs
			.filter((codec) => !codec.mimeType.endsWith('/rtx'))
			.map((codec) => ({
				...codec,
				rtcpFeedback: codec.rtcpFeedback?.filter(({ type, parameter }) => type === 'nack' && parameter === 'pli') ?? [],
			})),
		headerExtensions,
	};
}
