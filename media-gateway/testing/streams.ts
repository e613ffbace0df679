import { type Camera, CameraInput, type Quality, type StreamClock, type StreamDetail, type StreamState } from '@beilun/shared/protocol/media.ts';
import { loadConfig } from '@beilun/shared/runtime/config.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import { expect, vi } from 'vitest';
import { RtcEngine } from '../rtc/engine.ts';
import { takeKeyFrame } from '../rtc/key-frame-tap.ts';
import { StreamDirectory } from '../streams/directory.ts';
import type { FeedTimes } from '../streams/feed-surroundings.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import { Transcoders } from '../transcode/transcoders.ts';
import { soon } from './gateway.ts';

interface TestStreamsOptions {
	times?: Partial<FeedTimes>;
	workers?: number;
	transcoders?: { limit?: number; ffmpeg?: string };
}

/** A directory of streams on real media workers, without database and sockets, which may reach cameras on this machine. */
export class TestStreams {
	readonly engine: RtcEngine;
	readonly directory: StreamDirectory;
	readonly transcoders: Transcoders;
	readonly events: { name: 'producers' | 'lost'; streamId: string; quality: Quality }[] = [];
	readonly clocks: StreamClock[] = [];

	private constructor({ times = {}, workers = 1, transcoders = {} }: TestStreamsOptions) {
		const bin = process.env.MEDIASOUP_WORKER_BIN;
		const config = loadConfig(
			{},
			{ rtcPort: 0, rtcHost: '127.0.0.1', rtcWorkers: workers, ...(bin === undefined ? {} : { mediasoupWorkerBin: bin }) },
		);
		const log = createLog('silent');
		this.engine = new RtcEngine(config, log);
		this.transcoders = new Transcoders({ log, limit: 2, ...transcoders });
		this.directory = new StreamDirectory({
			bus: { publish: async () => undefined },
			log,
			engine: this.engine,
			transcoders: this.transcoders,
			cameraPorts: config.cameraPorts,
			resolve: async (host) => host,
			times: { idle: 300, ...times },
		});
		this.directory.on('producers', (streamId, quality) => this.events.push({ name: 'producers', streamId, quality }));
		this.directory.on('lost', (streamId, quality) => this.events.push({ name: 'lost', streamId, quality }));
		this.directory.on('clock', (_streamId, _quality, clocks) => this.clocks.push(...clocks));
		this.engine.on('up', () => this.directory.retryNow());
	}

	static async start(options: TestStreamsOptions = {}): Promise<TestStreams> {
		const streams = new TestStreams(options);
		await streams.engine.start();
		return streams;
	}

	/** Registers a camera, or changes it. */
	put(id: string, url: string, more: Partial<CameraInput> = {}): LiveStream {
		const input = CameraInput.parse({ id, name: { zh: id }, agency: 'police', place: { lon: 121.8, lat: 29.9 }, url, ...more });
		const { url: main, subUrl: sub, ...rest } = input;
		const camera: Camera = { ...rest, address: 'rtsp://camera/', subAddress: null, hasPassword: false };
		this.directory.putCamera(camera, { main, sub });
		const stream = this.directory.get(id);
		if (stream === undefined) throw new Error('no stream was made');
		return stream;
	}

	async until<T extends StreamState['state']>(id: string, state: T, more: object = {}): Promise<Extract<StreamState, { state: T }>> {
		return await vi.waitFor(() => {
			const status = this.directory.get(id)?.stream.status;
			expect(status).toMatchObject({ state, ...more });
			return status as Extract<StreamState, { state: T }>;
		}, soon);
	}

	/** What the inspector shows of the one or the other source. */
	async feed(id: string, quality: Quality = 'main'): Promise<StreamDetail['feeds'][number]> {
		const detail = await this.directory.get(id)?.detail();
		const found = detail?.feeds.find((each) => each.quality === quality);
		if (found === undefined) throw new Error(`${id} has no ${quality} feed`);
		return found;
	}

	/** What a viewer of the picture gets: the packets of its next key frame. */
	async keyFrame(id: string, quality: Quality = 'main'): Promise<Buffer[]> {
		const producer = this.directory
			.get(id)
			?.producers(quality)
			.find((each) => each.kind === 'video');
		if (producer === undefined) throw new Error(`${id} has no picture`);
		return (await takeKeyFrame(this.engine, producer, { timeoutMs: 10_000 })) ?? [];
	}

	async stop(): Promise<void> {
		this.directory.close();
		await this.transcoders.close();
		await this.engine.stop();
	}
}
