import { Counter, Gauge, type Registry } from 'prom-client';
import type { StreamDirectory } from './directory.ts';
import type { StreamCounters } from './live-stream.ts';

const counted: Record<keyof StreamCounters, string> = {
	packets: 'RTP packets received from a source',
	bytes: 'bytes of RTP received from a source',
	lost: 'RTP packets of a source that never came',
	reconnects: 'connections to a camera that ended or failed',
};

/** Registers the metrics of every stream; they are read when asked for. */
export function streamMetrics(registry: Registry, streams: StreamDirectory): void {
	for (const [name, help] of Object.entries(counted) as [keyof StreamCounters, string][]) {
		const counter: Counter<'stream'> = new Counter({
			name: `beilun_stream_${name}_total`,
			help,
			labelNames: ['stream'],
			registers: [registry],
			collect: () => {
				counter.reset();
				for (const stream of streams.all()) counter.inc({ stream: stream.id }, stream.counters[name]);
			},
		});
	}
	const viewers: Gauge<'stream'> = new Gauge({
		name: 'beilun_stream_viewers',
		help: 'who watches a stream now',
		labelNames: ['stream'],
		registers: [registry],
		collect: () => {
			viewers.reset();
			for (const stream of streams.all()) viewers.set({ stream: stream.id }, stream.stream.viewers);
		},
	});
	const states: Gauge<'state'> = new Gauge({
		name: 'beilun_streams',
		help: 'streams by state',
		labelNames: ['state'],
		registers: [registry],
		collect: () => {
			states.reset();
			for (const stream of streams.list()) states.inc({ state: stream.status.state });
		},
	});
}
