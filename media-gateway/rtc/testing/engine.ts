import { loadConfig } from '@beilun/shared/runtime/config.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import { RtcEngine } from '../engine.ts';
import type { RtcConfig, RtcNode } from '../node.ts';

/** An engine on loopback that has not been started. */
export function testEngine(options: { workers?: number; pipeLingerMs?: number; config?: Partial<RtcConfig> } = {}): RtcEngine {
	const bin = process.env.MEDIASOUP_WORKER_BIN;
	const config = loadConfig(
		{},
		{
			rtcHost: '127.0.0.1',
			rtcPort: 0,
			rtcWorkers: options.workers ?? 1,
			...(bin === undefined ? {} : { mediasoupWorkerBin: bin }),
			...options.config,
		},
	);
	return new RtcEngine(config, createLog('silent'), options.pipeLingerMs === undefined ? {} : { pipeLingerMs: options.pipeLingerMs });
}

/** What a consumer on that node gets: the packets themselves. */
export async function receive(engine: RtcEngine, node: RtcNode, producer: types.Producer): Promise<{ consumer: types.Consumer; packets: Buffer[] }> {
	const transport = await engine.directTransport(node);
	const consumer = await engine.consume(transport, producer, { rtpCapabilities: node.router.rtpCapabilities, paused: true });
	const packets: Buffer[] = [];
	consumer.on('rtp', (packet) => packets.push(packet));
	await consumer.resume();
	return { consumer, packets };
}
