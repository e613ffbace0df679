import type { Preview } from '@beilun/shared/protocol/media.ts';
import { expect, test } from 'vitest';
import { retryDelay } from './backoff.ts';
import { isWithinGbt28181 } from './feed-figures.ts';
import { LastPictures } from './last-pictures.ts';
import { ReplayWindow } from './replay-window.ts';
import { Shown } from './shown.ts';
import { Turns } from './turns.ts';

test('the wait after a wrong password doubles from half a minute to five, after anything else to two seconds', () => {
	expect([1, 2, 3, 4, 5, 99].map((attempt) => retryDelay('unauthorized', attempt, 0))).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
	for (const random of [0, 0.999]) {
		expect(retryDelay('unreachable', 1, random)).toBeLessThanOrEqual(500);
		expect(retryDelay('unreachable', 1_000, random)).toBeLessThanOrEqual(1_000);
		expect(retryDelay('unreachable', 1_000, random)).toBeGreaterThanOrEqual(750);
	}
});

test('the oldest picture that was reported lately counts', () => {
	const shown = new Shown();
	expect(shown.oldest(0)).toBeNull();
	shown.report(500, 0);
	shown.report(2_500, 1_000);
	shown.report(100, 20_000);
	shown.report(300, 25_000);
	expect(shown.oldest(30_000)).toBe(2_500);
	expect(shown.oldest(32_000)).toBe(300);
	expect(shown.oldest(60_000)).toBeNull();
});

test('a picture is in time by GB/T 28181 where neither its way here nor its age on a screen is above 2 s', () => {
	expect([isWithinGbt28181(null, null), isWithinGbt28181(2_000, null), isWithinGbt28181(100, 2_001), isWithinGbt28181(null, 50)]).toEqual([
		null,
		true,
		false,
		true,
	]);
});

test('newcomers get the group of pictures again, for a short time, not too often, and not in a crowd', () => {
	const replay = new ReplayWindow();
	expect(replay.take(0)).toBe(false);
	replay.onNewcomer(1, 1_000);
	expect([1_000, 1_100, 1_300, 4_000, 4_001].map((now) => replay.take(now))).toEqual([true, false, true, true, false]);
	replay.onNewcomer(9, 10_000);
	expect(replay.take(10_000)).toBe(false);
	replay.onLost(20_000);
	expect(replay.take(30_000)).toBe(true);
});

test('the oldest pictures make room for new ones, and each feed keeps one', () => {
	const picture = (bytes: number): Preview => ({
		codec: 'avc1.64001e',
		width: 640,
		height: 360,
		frames: [
			{ data: new Uint8Array(bytes), key: true, captureTime: 1 },
			{ data: new Uint8Array(5), key: false, captureTime: 2 },
		],
	});
	const pictures = new LastPictures(100);
	pictures.keep('a', picture(60));
	pictures.keep('a', picture(40));
	pictures.keep('b', picture(40));
	expect(pictures.get('a')?.frames).toHaveLength(1);
	pictures.keep('c', picture(50));
	expect([pictures.get('a'), pictures.get('b')?.width, pictures.get('c')?.width]).toEqual([null, 640, 640]);
	pictures.drop('b');
	pictures.keep('d', picture(50));
	expect(pictures.get('c')).not.toBeNull();
});

test('only so many take a turn at once, and a failure gives its place to the next', async () => {
	const turns = new Turns(2);
	let running = 0;
	let most = 0;
	const work = async (fail: boolean) => {
		running += 1;
		most = Math.max(most, running);
		await new Promise((resolve) => setImmediate(resolve));
		running -= 1;
		if (fail) throw new Error('failed');
	};
	const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => turns.take(() => work(i % 3 === 0))));
	expect([most, running, results.filter(({ status }) => status === 'rejected').length]).toEqual([2, 0, 3]);
});
