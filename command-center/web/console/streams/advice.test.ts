import { type FeedDetail, streamFailures, type TrackDetail } from '@beilun/shared/protocol/media.ts';
import { expect, test } from 'vitest';
import { adviceFor, feedLoss, lossShare } from './advice.ts';
import { Samples } from './samples.ts';
import { streamWords } from './stream-words.ts';

const now = Date.parse('2026-11-23T22:00:00Z');
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();

const video: TrackDetail = {
	kind: 'video',
	codec: 'H264',
	packets: 10_000,
	bytes: 12_000_000,
	lost: 0,
	reordered: 0,
	jitterMs: 3,
	bitrate: 2_000_000,
	keyFrameIntervalMs: 2_000,
	fps: 25,
};
const feed: FeedDetail = {
	quality: 'main',
	address: 'rtsp://192.0.2.10/1',
	status: {
		state: 'live',
		since: at(600),
		video: { codec: 'H264', width: 1920, height: 1080, bitrate: 2_000_000, transcodedFrom: null },
		audio: null,
		frozenSince: null,
	},
	transport: 'tcp',
	worker: 0,
	tracks: [video],
	viewers: 1,
	delayMs: 120,
	clock: 'synchronised',
	withinGbt28181: true,
	reconnects: 0,
	history: [],
};
const words = (changed: Partial<FeedDetail>, loss: number | null = null, shownMs: number | null = null) =>
	adviceFor({ ...feed, ...changed }, { loss, shownMs, now }).map(({ word }) => word);

/** A key's words, however deep. */
function wordsAt(language: 'zh' | 'en', key: string): unknown {
	return key.split('.').reduce<unknown>((tree, part) => (tree as Record<string, unknown> | undefined)?.[part], streamWords[language].advice);
}

test('a stream that is well needs no advice', () => {
	expect(words({}, 0.001)).toEqual([]);
});

test('each way of failing has advice in both languages', () => {
	for (const reason of streamFailures) {
		const [word = ''] = words({ status: { state: 'failed', since: at(9), reason, detail: '', attempt: 1, nextTryAt: at(-2) } });
		expect([reason, typeof wordsAt('zh', word), typeof wordsAt('en', word)]).toEqual([reason, 'string', 'string']);
	}
});

test('what is advised for loss depends on the way the packets come', () => {
	expect(words({}, 0.03)).toEqual(['loss']);
	expect(words({ transport: 'udp-direct' }, 0.03)).toEqual(['lossUdp']);
	expect(words({ transport: 'webrtc', clock: 'none' }, 0.03)).toEqual(['lossField']);
	expect(adviceFor(feed, { loss: 0.031, shownMs: null, now })[0]?.values).toEqual({ percent: '3.1' });
});

test('lateness, a hung encoder, rare key frames, wrong clocks, transcoding and a restless source are each told', () => {
	expect(words({ withinGbt28181: false, delayMs: 2_600 })).toEqual(['tooLate']);
	expect(words({ withinGbt28181: false, delayMs: 40 }, null, 2_500)).toEqual(['shownLate']);
	expect(words({ tracks: [{ ...video, keyFrameIntervalMs: 8_000 }] })).toEqual(['keyFrames']);
	expect(words({ tracks: [{ ...video, jitterMs: 90 }] })).toEqual(['jitter']);
	expect(words({ clock: 'relative' })).toEqual(['clock.relative']);
	expect(words({ clock: 'none' })).toEqual(['clock.none']);
	const live = feed.status as Extract<FeedDetail['status'], { state: 'live' }>;
	expect(words({ status: { ...live, frozenSince: at(4) } })).toEqual(['frozen']);
	expect(words({ status: { ...live, video: { codec: 'H264', width: 1, height: 1, bitrate: 1, transcodedFrom: 'H265' } } })).toEqual(['transcoded']);
	const losses = [30, 60, 90].map((ago) => ({ at: at(ago), state: 'failed', reason: 'silent' as const, detail: '' }));
	expect(words({ history: losses })).toEqual(['unstable']);
	expect(words({ history: losses.map((each) => ({ ...each, at: at(3_000) })) })).toEqual([]);
});

test('loss is that since the look before, and a source that began anew counts from nothing', () => {
	const before = { ...video, packets: 9_000, lost: 1_000 };
	expect(lossShare({ ...video, packets: 9_900, lost: 1_100 }, before)).toBeCloseTo(0.1);
	expect(lossShare({ ...video, packets: 90, lost: 10 }, before)).toBeCloseTo(0.1);
	expect(lossShare(before, before)).toBeNull();
	expect(feedLoss({ ...feed, tracks: [] }, feed)).toBeNull();
});

test('the samples of a minute are kept, and a lost source leaves a gap', () => {
	const samples = new Samples();
	const detail = (packets: number, lost: number, live = true) => ({
		id: 'cam',
		kind: 'camera' as const,
		agency: 'police' as const,
		status: feed.status,
		viewers: 1,
		canTalk: false,
		talker: null,
		demo: false,
		oldestShownMs: null,
		feeds: [
			{ ...feed, status: live ? feed.status : { state: 'connecting' as const, since: at(1), attempt: 1 }, tracks: [{ ...video, packets, lost }] },
		],
	});
	samples.add(detail(1_000, 500), now - 70_000);
	samples.add(detail(2_000, 500), now - 4_000);
	samples.add(detail(2_900, 600), now - 2_000);
	samples.add(detail(2_900, 600, false), now);
	const { loss, bitrate, delay } = samples.of('main');
	expect(loss.map(({ value }) => value)).toEqual([0, 10, null]);
	expect(bitrate.map(({ value }) => value)).toEqual([2_000, 2_000, null]);
	expect(delay.map(({ value }) => value)).toEqual([120, 120, null]);
	expect(samples.loss('main')).toBeCloseTo(0.05);
	expect(samples.of('sub').loss).toEqual([]);
});
