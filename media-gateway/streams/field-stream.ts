import type { FeedDetail, Preview, Quality, Stream, StreamClock, StreamDetail, StreamState, TrackDetail } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { types } from 'mediasoup';
import { CaptureClock } from '../rtp/capture-clock.ts';
import { ntpToMs } from '../rtp/reports.ts';
import { isWithinGbt28181, noCounters } from './feed-figures.ts';
import { History } from './history.ts';
import type { Lease, LiveStream, StreamCounters, StreamEvents } from './live-stream.ts';
import { Shown } from './shown.ts';
import { Viewers } from './viewers.ts';

const measureMs = 5_000;

export interface FieldStreamOptions {
	unitId: string;
	agency: Agency;
	demo: boolean;
	events: StreamEvents;
	/** The media worker that has it, by its number. */
	workerOf: (producer: types.Producer) => number | null;
}

/** One producer, what was counted of it, and the clocks of its layers by SSRC. */
interface Source {
	producer: types.Producer;
	packets: number;
	bytes: number;
	lost: number;
	jitterMs: number | null;
	bitrate: number;
	clocks: Map<number, CaptureClock>;
}

/** What a field unit's phone or encoder sends: live while at least one producer is, ended after that. */
export class FieldStream implements LiveStream {
	readonly #options: FieldStreamOptions;
	readonly #viewers: Viewers;
	readonly #history = new History();
	readonly #shown = new Shown();
	#status: StreamState = { state: 'idle', checkedAt: null };
	#sources: Source[] = [];
	#measure: NodeJS.Timeout | undefined;
	#talker: string | null = null;
	#closed = false;
	readonly #counters: StreamCounters = { ...noCounters };

	constructor(options: FieldStreamOptions) {
		this.#options = options;
		this.#viewers = new Viewers((count) => {
			options.events.onViewers(this.id, count);
			this.#publish();
		});
	}

	get id(): string {
		return this.#options.unitId;
	}

	get stream(): Stream {
		const { unitId, agency, demo } = this.#options;
		const canTalk = this.#status.state === 'live';
		return { id: unitId, kind: 'field', agency, status: this.#status, viewers: this.#viewers.count, canTalk, talker: this.#talker, demo };
	}

	get counters(): StreamCounters {
		return this.#counters;
	}

	get measures() {
		const video = this.#sources.find((each) => each.producer.kind === 'video');
		return {
			jitterMs: video?.jitterMs ?? null,
			bitrate: this.#sources.reduce((sum, each) => sum + each.bitrate, 0),
			keyFrameIntervalMs: null,
			delayMs: null,
			shownMs: this.#shown.oldest(Date.now()),
		};
	}

	qualityFor(): Quality {
		return 'main';
	}

	acquire(_quality: Quality, use: 'viewer' | 'service'): Lease {
		return { quality: 'main', release: use === 'viewer' ? this.#viewers.acquire() : () => undefined };
	}

	producers(): readonly types.Producer[] {
		return this.#sources.map((each) => each.producer);
	}

	clocks(): StreamClock[] {
		return this.#sources.flatMap((each) => (each.producer.kind === 'video' ? [...each.clocks.values()] : [])).flatMap((clock) => clock.clock() ?? []);
	}

	/** A phone's picture starts fast: it is asked for a key frame. */
	async preview(): Promise<Preview | null> {
		return null;
	}

	setTalker(displayName: string | null): void {
		this.#talker = displayName;
		this.#publish();
	}

	reportShown(age: number): void {
		this.#shown.report(age, Date.now());
	}

	/** A second producer of a kind takes the place of the first. */
	add(producer: types.Producer): void {
		for (const other of [...this.#sources]) if (other.producer.kind === producer.kind) other.producer.close();
		const source: Source = { producer, packets: 0, bytes: 0, lost: 0, jitterMs: null, bitrate: 0, clocks: new Map() };
		this.#sources = [...this.#sources, source];
		producer.observer.once('close', () => this.#remove(source));
		producer.on('trace', (trace) => {
			if (trace.type === 'sr') this.#takeSenderReport(source, trace.info as unknown as SenderReportTrace);
		});
		producer.enableTraceEvent(['sr']).catch(() => undefined);
		if (this.#measure === undefined) this.#measure = setInterval(() => void this.#count().catch(() => undefined), measureMs);
		if (this.#status.state === 'ended') this.#counters.reconnects += 1;
		this.#setLive();
		this.#options.events.onProducers(this.id, 'main');
	}

	async detail(): Promise<StreamDetail> {
		const [first] = this.#sources;
		const [clock] = this.#sources.flatMap((each) => [...each.clocks.values()]);
		const feed: FeedDetail = {
			quality: 'main',
			address: null,
			status: this.#status,
			transport: this.#sources.length > 0 ? 'webrtc' : null,
			worker: first === undefined ? null : this.#options.workerOf(first.producer),
			tracks: this.#sources.map(describe),
			viewers: this.#viewers.count,
			delayMs: null,
			clock: clock?.agreement ?? 'none',
			withinGbt28181: isWithinGbt28181(null, this.#shown.oldest(Date.now())),
			reconnects: this.#counters.reconnects,
			history: this.#history.entries,
		};
		return { ...this.stream, feeds: [feed], oldestShownMs: this.#shown.oldest(Date.now()) };
	}

	close(): void {
		for (const { producer } of [...this.#sources]) producer.close();
		this.#closed = true;
		clearInterval(this.#measure);
	}

	#remove(source: Source): void {
		this.#sources = this.#sources.filter((each) => each !== source);
		if (this.#sources.length > 0) {
			this.#setLive();
			return;
		}
		clearInterval(this.#measure);
		this.#measure = undefined;
		this.#talker = null;
		this.#set({ state: 'ended', since: new Date().toISOString() });
		this.#options.events.onLost(this.id, 'main');
	}

	#takeSenderReport(source: Source, info: SenderReportTrace): void {
		const clockRate = source.producer.rtpParameters.codecs[0]?.clockRate;
		if (source.producer.kind !== 'video' || clockRate === undefined) return;
		const clock = source.clocks.get(info.ssrc) ?? new CaptureClock(clockRate);
		source.clocks.set(info.ssrc, clock);
		clock.report({ ntpMs: ntpToMs(info.ntpSec, info.ntpFrac), rtpTimestamp: info.rtpTs, arrivedAt: Date.now() });
		this.#options.events.onClock(this.id, 'main', this.clocks());
	}

	async #count(): Promise<void> {
		for (const source of [...this.#sources]) {
			const now = { packets: 0, bytes: 0, lost: 0 };
			let jitter = 0;
			for (const each of await source.producer.getStats()) {
				now.packets += each.packetCount;
				now.bytes += each.byteCount;
				now.lost += Math.max(each.packetsLost, 0);
				jitter = Math.max(jitter, each.jitter);
			}
			this.#counters.packets += Math.max(now.packets - source.packets, 0);
			this.#counters.bytes += Math.max(now.bytes - source.bytes, 0);
			this.#counters.lost += Math.max(now.lost - source.lost, 0);
			source.bitrate = Math.round((Math.max(now.bytes - source.bytes, 0) * 8000) / measureMs);
			source.jitterMs = (jitter * 1000) / (source.producer.rtpParameters.codecs[0]?.clockRate ?? 90_000);
			Object.assign(source, now);
		}
		if (this.#sources.length > 0) this.#setLive();
	}

	#setLive(): void {
		const video = this.#sources.find((each) => each.producer.kind === 'video');
		const audio = this.#sources.find((each) => each.producer.kind === 'audio');
		this.#set({
			state: 'live',
			since: this.#status.state === 'live' ? this.#status.since : new Date().toISOString(),
			video: video === undefined ? null : { codec: codecOf(video.producer), width: null, height: null, bitrate: video.bitrate, transcodedFrom: null },
			audio: audio === undefined ? null : { codec: codecOf(audio.producer), transcodedFrom: null },
			frozenSince: null,
		});
	}

	#set(status: StreamState): void {
		this.#history.add(status);
		this.#status = status;
		this.#publish();
	}

	#publish(): void {
		if (!this.#closed) this.#options.events.onStatus(this.stream);
	}
}

/** mediasoup's `sr` trace: a sender report of one layer. */
interface SenderReportTrace {
	ssrc: number;
	ntpSec: number;
	ntpFrac: number;
	rtpTs: number;
}

function describe({ producer, packets, bytes, lost, jitterMs, bitrate }: Source): TrackDetail {
	return {
		kind: producer.kind,
		codec: codecOf(producer),
		packets,
		bytes,
		lost,
		reordered: 0,
		jitterMs,
		bitrate,
		keyFrameIntervalMs: null,
		fps: null,
	};
}

function codecOf(producer: types.Producer): string {
	return producer.rtpParameters.codecs[0]?.mimeType.split('/')[1] ?? '';
}
