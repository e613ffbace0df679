import type { Consumer } from 'mediasoup-client/types';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Watch, type WatchListener } from './watch.ts';

beforeAll(() => {
	vi.stubGlobal('MediaStream', class {});
});
afterAll(() => {
	vi.unstubAllGlobals();
});

const consumer = (id: string) => ({ id, track: {}, close: vi.fn() }) as unknown as Consumer & { close: ReturnType<typeof vi.fn> };
const listener = (age: number | null = null) => ({ changed: vi.fn(), releasing: vi.fn(), age: () => age }) satisfies WatchListener;
const media = (watch: Watch) => watch.watched.media as MediaStream;

test('what is on the screen goes on until other media has shown its first frame', () => {
	const watch = new Watch('cam');
	const [main, sub] = [consumer('main'), consumer('sub')];
	watch.replace([main], 'main');
	watch.settle(media(watch));
	watch.replace([sub], 'sub');
	expect(main.close).not.toHaveBeenCalled();
	expect(watch.watched).toMatchObject({ quality: 'sub', phase: { phase: 'playing' } });
	watch.settle(media(watch));
	expect(main.close).toHaveBeenCalledOnce();
	expect(sub.close).not.toHaveBeenCalled();
});

test('media that never came onto the screen is dropped at once for what follows it', () => {
	const watch = new Watch('cam');
	const [first, second, third] = [consumer('1'), consumer('2'), consumer('3')];
	watch.replace([first], 'main');
	watch.settle(media(watch));
	watch.replace([second], 'sub');
	const never = media(watch);
	watch.replace([third], 'main');
	expect(second.close).toHaveBeenCalledOnce();
	expect(first.close).not.toHaveBeenCalled();
	watch.settle(never);
	expect(first.close).not.toHaveBeenCalled();
	watch.settle(media(watch));
	expect(first.close).toHaveBeenCalledOnce();
});

test('an answer with the same consumers changes nothing; sound that joins makes other media of the same picture', () => {
	const watch = new Watch('cam');
	const [video, audio] = [consumer('video'), consumer('audio')];
	watch.replace([video], 'main');
	const before = media(watch);
	watch.replace([video], 'main');
	expect(media(watch)).toBe(before);
	watch.replace([video, audio], 'main');
	expect(media(watch)).not.toBe(before);
	watch.settle(media(watch));
	expect(video.close).not.toHaveBeenCalled();
});

test('before everything ends its tiles may copy the last picture', () => {
	const watch = new Watch('cam');
	const each = listener();
	const old = consumer('old');
	const now = consumer('now');
	each.releasing.mockImplementation(() => expect(now.close).not.toHaveBeenCalled());
	watch.listeners.set(each, null);
	watch.replace([old], 'main');
	watch.settle(media(watch));
	watch.replace([now], 'main');
	watch.release();
	expect(each.releasing).toHaveBeenCalledOnce();
	for (const closed of [old, now]) expect(closed.close).toHaveBeenCalledOnce();
	expect(watch.watched.media).toBeNull();
});

test('a preview is not shown over a live picture', () => {
	const watch = new Watch('cam');
	const still = { image: {} as HTMLCanvasElement, capturedAt: 0 };
	watch.showStill(still);
	expect(watch.watched.still).toBe(still);
	watch.replace([consumer('main')], 'main');
	watch.settle(media(watch));
	expect(watch.watched.still).toBeNull();
	watch.showStill(still);
	expect(watch.watched.still).toBeNull();
});

test('a frozen picture is asked for anew ever more rarely, until it moves', () => {
	const watch = new Watch('cam');
	watch.replace([consumer('main')], 'main');
	const from = performance.now();
	expect(watch.mayNudge(from)).toBe(false);
	const asked: number[] = [];
	for (let now = from; now < from + 200_000; now += 1_000) if (watch.mayNudge(now)) asked.push(now);
	const pauses = asked.slice(1).map((at, index) => Math.round((at - (asked[index] ?? 0)) / 1_000));
	expect(pauses).toEqual([8, 16, 32, 60, 60]);
	watch.moving(from + 200_000);
	expect(watch.mayNudge(from + 207_000)).toBe(false);
	expect(watch.mayNudge(from + 208_001)).toBe(true);
});

test('the oldest picture and the largest tile count', () => {
	const watch = new Watch('cam');
	watch.listeners.set(listener(null), { width: 320, height: 180 });
	expect(watch.age).toBeNull();
	watch.listeners.set(listener(80), { width: 960, height: 540 });
	watch.listeners.set(listener(120), null);
	expect(watch.age).toBe(120);
	expect(watch.size).toEqual({ width: 960, height: 540 });
});
