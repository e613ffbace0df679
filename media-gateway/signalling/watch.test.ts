import type { Preview, Quality, Stream, StreamDetail, TileSize } from '@beilun/shared/protocol/media.ts';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RtcEngine } from '../rtc/engine.ts';
import { type RelayTrack, SourceRelay } from '../rtc/source-relay.ts';
import { testEngine } from '../rtc/testing/engine.ts';
import { Pictures } from '../rtc/testing/h264.ts';
import type { Lease, LiveStream } from '../streams/live-stream.ts';
import { limits } from './limits.ts';
import { Watch } from './watch.ts';
import { Watches } from './watches.ts';

const soon = { timeout: 10_000, interval: 10 };
const small: TileSize = { width: 320, height: 180 };
const large: TileSize = { width: 1280, height: 720 };

/** A camera with two sources, whose producers come and go as the test says. */
class TwoSources implements LiveStream {
	readonly id: string;
	readonly counters = { packets: 0, bytes: 0, lost: 0, reordered: 0, reconnects: 0 };
	readonly measures = { jitterMs: null, bitrate: 0, keyFrameIntervalMs: null, delayMs: null, shownMs: null };
	readonly live: Record<Quality, types.Producer[]> = { main: [], sub: [] };
	readonly leases: Record<Quality, number> = { main: 0, sub: 0 };
	viewers = 0;
	subFails = false;

	constructor(id = 'cam-1') {
		this.id = id;
	}

	get stream(): Stream {
		return {
			id: this.id,
			kind: 'camera',
			agency: 'police',
			status: { state: 'idle', checkedAt: null },
			viewers: this.viewers,
			canTalk: false,
			talker: null,
			demo: false,
		};
	}
	qualityFor(size: TileSize | null): Quality {
		return size === null || size.height > 400 || this.subFails ? 'main' : 'sub';
	}
	acquire(quality: Quality, use: 'viewer' | 'service'): Lease {
		const count = use === 'viewer' ? 1 : 0;
		this.leases[quality] += 1;
		this.viewers += count;
		let held = true;
		return {
			quality,
			release: () => {
				if (!held) return;
				held = false;
				this.leases[quality] -= 1;
				this.viewers -= count;
			},
		};
	}
	producers(quality: Quality) {
		return this.live[quality];
	}
	clocks = () => [];
	preview = async (): Promise<Preview | null> => null;
	setTalker() {}
	reportShown() {}
	detail(): Promise<StreamDetail> {
		throw new Error('not asked for');
	}
	close() {}
}

let engine: RtcEngine;
let relay: SourceRelay;
let transport: types.WebRtcTransport;
let source: TwoSources;
let watch: Watch;
let notices: string[];
const tracks = new Map<types.Producer, RelayTrack>();

beforeEach(async () => {
	engine = testEngine();
	await engine.start();
	relay = await SourceRelay.open(engine, 'cam-1', () => undefined);
	const [node] = engine.nodes;
	if (node === undefined) throw new Error('no worker');
	// As far as a watch is concerned a browser that is always connected.
	transport = (await engine.directTransport(node)) as unknown as types.WebRtcTransport;
	source = new TwoSources();
	notices = [];
	watch = new Watch({
		source,
		consume: (to, producer, rtpCapabilities) => engine.consume(to, producer, { rtpCapabilities, paused: true }),
		notify: (notice) => notices.push(notice),
	});
});
afterEach(async () => {
	watch.close();
	expect({ ...source.leases, viewers: source.viewers }).toEqual({ main: 0, sub: 0, viewers: 0 });
	await engine.stop();
});

async function comeUp(quality: Quality): Promise<types.Producer> {
	const track = await relay.produce({ kind: 'video', codec: 'H264', clockRate: 90_000, channels: 1 });
	tracks.set(track.producer, track);
	source.live[quality] = [track.producer];
	watch.onProducers(quality);
	return track.producer;
}

function goDown(quality: Quality): void {
	for (const producer of source.live[quality].splice(0)) producer.close();
	watch.onLost(quality);
}

function answer(size: TileSize | null = null) {
	if (engine.rtpCapabilities === null) throw new Error('not started');
	return watch.answer(transport, engine.rtpCapabilities, size);
}

/** Takes what there is and plays it, as a page does. */
async function play(size: TileSize | null = null) {
	const answered = await answer(size);
	for (const { id } of answered.consumers) expect(await watch.resume(id)).toBe(true);
	return answered;
}

function sendKeyFrame(producer: types.Producer): void {
	for (const packet of new Pictures().key()) tracks.get(producer)?.send(packet);
}

/** Whether the consumer of an earlier answer still stands. */
const stands = (id: string | undefined) => watch.resume(id ?? '');

test('an idle camera is wanted at once and told of when it is there', async () => {
	expect(await answer(large)).toEqual({ quality: 'main', clocks: [], consumers: [] });
	expect(source.leases).toEqual({ main: 1, sub: 0 });
	expect(source.viewers).toBe(1);
	expect(notices).toEqual([]);
	const producer = await comeUp('main');
	expect(notices).toEqual(['streamChanged']);
	expect(await answer(large)).toMatchObject({ quality: 'main', consumers: [{ producerId: producer.id, kind: 'video' }] });
});

test('the old picture plays until the new one has sent its first key frame', async () => {
	await comeUp('main');
	const [main] = (await play(large)).consumers;
	await watch.prefer(small);
	expect(source.leases).toEqual({ main: 1, sub: 1 });
	expect(source.viewers).toBe(1);
	expect(notices).toEqual([]);
	expect(await answer(small)).toMatchObject({ quality: 'main', consumers: [{ id: main?.id }] });

	const producer = await comeUp('sub');
	expect(notices).toEqual(['streamChanged']);
	const [sub] = (await answer(small)).consumers;
	expect(sub?.producerId).toBe(producer.id);
	expect(await stands(main?.id)).toBe(true);
	await watch.resume(sub?.id ?? '');
	expect(await stands(main?.id)).toBe(true);
	sendKeyFrame(producer);
	await vi.waitFor(async () => expect(await stands(main?.id)).toBe(false), soon);
	expect(await stands(sub?.id)).toBe(true);
	expect(source.leases).toEqual({ main: 0, sub: 1 });
	expect(source.viewers).toBe(1);
});

test('who changes their mind before the swap keeps the picture that plays', async () => {
	await comeUp('main');
	await comeUp('sub');
	const [main] = (await play(large)).consumers;
	await watch.prefer(small);
	await answer(small);
	await watch.prefer(large);
	expect(notices).toEqual(['streamChanged', 'streamChanged']);
	expect((await answer(large)).consumers.map(({ id }) => id)).toEqual([main?.id]);
	expect(source.leases).toEqual({ main: 1, sub: 0 });
});

test('while the wanted source is away the other one is shown where it is live', async () => {
	await comeUp('sub');
	expect(await play(large)).toMatchObject({ quality: 'sub', consumers: [{ kind: 'video' }] });
	expect(source.leases).toEqual({ main: 1, sub: 1 });
	await comeUp('main');
	expect(await play(large)).toMatchObject({ quality: 'main' });
	goDown('main');
	expect(notices).toEqual(['streamChanged', 'streamChanged']);
	expect(await answer(large)).toMatchObject({ quality: 'sub', consumers: [{ kind: 'video' }] });
});

test('a source that does not come up is helped out by the other after a while', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	try {
		await answer(small);
		expect(source.leases).toEqual({ main: 0, sub: 1 });
		vi.advanceTimersByTime(3_900);
		expect(source.leases).toEqual({ main: 0, sub: 1 });
		vi.advanceTimersByTime(200);
		expect(source.leases).toEqual({ main: 1, sub: 1 });
	} finally {
		vi.useRealTimers();
	}
	await comeUp('main');
	expect(notices).toEqual(['streamChanged']);
	expect(await play(small)).toMatchObject({ quality: 'main', consumers: [{ kind: 'video' }] });
	const sub = await comeUp('sub');
	expect(await play(small)).toMatchObject({ quality: 'sub' });
	sendKeyFrame(sub);
	await vi.waitFor(() => expect(source.leases).toEqual({ main: 0, sub: 1 }), soon);
});

test('a second source that fails is left for the first', async () => {
	await comeUp('main');
	await answer(small);
	source.subFails = true;
	watch.onProducers('sub');
	expect(source.leases).toEqual({ main: 1, sub: 0 });
	expect(watch.wanted).toBe('main');
});

test('when nothing is left the viewer is told so, and again when it is back', async () => {
	await comeUp('main');
	const [first] = (await play()).consumers;
	goDown('main');
	expect(notices).toEqual(['streamEnded']);
	expect(await stands(first?.id)).toBe(false);
	expect((await answer()).consumers).toEqual([]);
	await comeUp('main');
	expect(notices).toEqual(['streamEnded', 'streamChanged']);
});

test('sound that joins leaves the picture alone', async () => {
	const video = await comeUp('main');
	const [first] = (await play()).consumers;
	const audio = await relay.produce({ kind: 'audio', codec: 'PCMA', clockRate: 8_000, channels: 1 });
	source.live.main = [video, audio.producer];
	watch.onProducers('main');
	expect(notices).toEqual(['streamChanged']);
	const both = (await play()).consumers;
	expect(both.map(({ id, kind }) => [kind, id === first?.id])).toEqual([
		['video', true],
		['audio', false],
	]);
	watch.onProducers('main');
	expect(notices).toEqual(['streamChanged']);
});

test('a network that cannot carry it gets the second source and later the first again', async () => {
	await comeUp('main');
	await comeUp('sub');
	await play(large);
	expect([watch.reducible, watch.reduced]).toEqual([true, false]);
	watch.reduce();
	expect(notices).toEqual(['streamChanged']);
	expect(await play(large)).toMatchObject({ quality: 'sub' });
	expect([watch.reducible, watch.reduced]).toEqual([false, true]);
	watch.restore();
	expect(await play(large)).toMatchObject({ quality: 'main' });
});

test('many answers at once end with one set of consumers', async () => {
	await comeUp('main');
	const answers = await Promise.all(Array.from({ length: 8 }, () => answer(large)));
	const ids = answers.map(({ consumers }) => consumers[0]?.id);
	expect(new Set(ids).size).toBe(8);
	expect(await Promise.all(ids.map(stands))).toEqual([false, false, false, false, false, false, false, true]);
});

test('a client watches so many streams and no more, until it leaves one', async () => {
	const { rtpCapabilities } = engine;
	if (rtpCapabilities === null) throw new Error('not started');
	const watches = new Watches({ engine, notify: () => undefined });
	const sources = Array.from({ length: limits.watches }, (_, i) => new TwoSources(`cam-${i}`));
	const take = (each: TwoSources) => watches.watch(each, transport, rtpCapabilities, small);
	for (const each of sources) await take(each);
	const another = new TwoSources('cam-another');
	await expect(take(another)).rejects.toMatchObject({ reason: 'limit' });
	expect(another.leases).toEqual({ main: 0, sub: 0 });
	expect(await take(sources[0] as TwoSources)).toMatchObject({ consumers: [] });
	watches.unwatch('cam-0');
	expect(await take(another)).toMatchObject({ consumers: [] });
	watches.close();
	for (const each of [...sources, another]) expect(each.leases).toEqual({ main: 0, sub: 0 });
});
