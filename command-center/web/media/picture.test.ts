import type { StreamState } from '@beilun/shared/protocol/media.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoff, type Frame, frameDelay, lookOf, pictureAge, type TileInput, tileState } from './picture.ts';

const since = '2026-01-01T00:00:00.000Z';
const live: StreamState = { state: 'live', since, video: { codec: 'H264', width: 1280, height: 720, bitrate: 1 }, audio: null };
const at = (presentedAt: number): Frame => ({ presentedAt, delay: 0 });
const input = (more: Partial<TileInput>): TileInput => ({
	watching: true,
	status: live,
	phase: { phase: 'playing' },
	frame: at(10_000),
	now: 10_000,
	...more,
});

test('a picture is quiet within a second, late until three, and stale after that', () => {
	expect([0, 1000, 1001, 3000, 3001].map(lookOf)).toEqual(['clear', 'clear', 'late', 'late', 'stale']);
	expect(lookOf(null)).toBe('empty');
});

test('the age counts from capture where the browser tells it, and ignores a clock that cannot be believed', () => {
	expect(frameDelay(5_000, 4_600)).toBe(400);
	expect(frameDelay(5_000, undefined)).toBe(0);
	expect(frameDelay(5_000, 9_000)).toBe(0);
	expect(frameDelay(5_000_000, 4_000)).toBe(0);
	expect(pictureAge({ presentedAt: 5_000, delay: 400 }, 5_100)).toBe(500);
});

test('a picture older than three seconds is never called live, whatever the server announces', () => {
	const states = fc.constantFrom<StreamState | undefined>(
		live,
		undefined,
		{ state: 'idle' },
		{ state: 'ended', since },
		{ state: 'connecting', since, attempt: 2 },
		{ state: 'failed', since, reason: 'silent', detail: '', attempt: 3, nextTryAt: since },
	);
	const phases = fc.constantFrom<TileInput['phase']>(
		{ phase: 'signalling' },
		{ phase: 'waiting' },
		{ phase: 'starting' },
		{ phase: 'playing' },
		{ phase: 'refused', reason: 'failed', detail: '', nextTryAt: 0 },
	);
	fc.assert(
		fc.property(states, phases, fc.integer({ min: 3_001, max: 10_000_000 }), (status, phase, age) => {
			const { state } = tileState(input({ status, phase, now: 10_000 + age }));
			expect(['live', 'late']).not.toContain(state);
		}),
	);
});

test('a tile that no longer receives is not live even while its last frame is young', () => {
	expect(tileState(input({ phase: { phase: 'starting' } })).state).toBe('starting');
	expect(tileState(input({ watching: false })).state).toBe('paused');
});

test('the state says what the tile waits for', () => {
	expect(tileState(input({ frame: null })).state).toBe('keyframe');
	expect(tileState(input({ now: 14_000 })).state).toBe('frozen');
	expect(tileState(input({ frame: null, status: undefined })).state).toBe('unknown');
	expect(tileState(input({ frame: null, status: { state: 'connecting', since, attempt: 4 } }))).toEqual({ state: 'connecting', attempt: 4 });
	expect(tileState(input({ frame: null, phase: { phase: 'signalling' } })).state).toBe('signalling');
	expect(tileState(input({ frame: null, status: { ...live, video: null, audio: { codec: 'PCMA' } } })).state).toBe('sound-only');
	const failed = tileState(
		input({ frame: null, status: { state: 'failed', since, reason: 'unauthorized', detail: '401', attempt: 1, nextTryAt: since } }),
	);
	expect(failed).toEqual({ state: 'failed', reason: 'unauthorized', detail: '401', nextTryAt: Date.parse(since) });
});

test('retries grow to ten seconds and never stop', () => {
	expect(backoff(1, 1)).toBe(500);
	expect(backoff(4, 1)).toBe(4_000);
	expect(backoff(1_000_000, 1)).toBe(10_000);
	expect(backoff(1_000_000, 0)).toBeCloseTo(7_000);
});
