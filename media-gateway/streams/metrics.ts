import { Counter, Gauge, type Registry } from 'prom-client';
import type { RtcEngine } from '../rtc/engine.ts';
import type { Transcoders } from '../transcode/transcoders.ts';
import type { StreamDirectory } from './directory.ts';
import { isWithinGbt28181 } from './feed-figures.ts';
import type { LiveStream, StreamCounters } from './live-stream.ts';

const counted: Record<keyof StreamCounters, string> = {
	packets: 'RTP packets received from a source',
	bytes: 'bytes of RTP received from a source',
	lost: 'RTP packets of a source that never came',
	reordered: 'RTP packets of a source that came after a later one',
	reconnects: 'connections to a source that ended or failed',
};

const measured: Record<string, { help: string; of: (stream: LiveStream) => number | null }> = {
	jitter_seconds: { help: 'interarrival jitter of the picture (RFC 3550 §6.4.1)', of: ({ measures }) => seconds(measures.jitterMs) },
	bitrate: { help: 'bits per second received from a source', of: ({ measures }) => measures.bitrate },
	key_frame_interval_seconds: { help: 'time between two key frames', of: ({ measures }) => seconds(measures.keyFrameIntervalMs) },
	delay_seconds: { help: 'from capture to the gateway', of: ({ measures }) => seconds(measures.delayMs) },
	shown_age_seconds: { help: 'age of the oldest picture that viewers reported within 30 s', of: ({ measures }) => seconds(measures.shownMs) },
	viewers: { help: 'who watches a stream now', of: ({ stream }) => stream.viewers },
	gbt28181_late: {
		help: '1 where the picture is later than the 2 s of GB/T 28181, at the gateway or on a screen',
		of: ({ measures: { delayMs, shownMs } }) => {
			const within = isWithinGbt28181(delayMs, shownMs);
			return within === null ? null : Number(!within);
		},
	},
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
	for (const [name, { help, of }] of Object.entries(measured)) {
		const gauge: Gauge<'stream'> = new Gauge({
			name: `beilun_stream_${name}`,
			help,
			labelNames: ['stream'],
			registers: [registry],
			collect: () => {
				gauge.reset();
				for (const stream of streams.all()) {
					const value = of(stream);
					if (value !== null) gauge.set({ stream: stream.id }, value);
				}
			},
		});
	}
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

function seconds(milliseconds: number | null): number | null {
	return milliseconds === null ? null : milliseconds / 1000;
}

/** What all streams share. */
export function gatewayMetrics(registry: Registry, engine: Pick<RtcEngine, 'nodes'>, transcoders: Pick<Transcoders, 'running'>): void {
	const gauges: [name: string, help: string, value: () => number][] = [
		['beilun_transcoders', 'ffmpeg processes that run now', () => transcoders.running],
		['beilun_media_workers', 'media workers that are up', () => engine.nodes.length],
	];
	for (const [name, help, value] of gauges) {
		const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(value()) });
	}
}
