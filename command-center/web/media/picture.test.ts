import type { StreamState } from '@beilun/shared/protocol/media.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoff, type Frame, lookOf, pictureAge, type TileInput, tileState } from './picture.ts';

const since = '2026-01-01T00:00:00.000Z';
const live: StreamState = {
	state: 'live',
	since,
	video: { codec: 'H264', width: 1280, height: 720, bitrate: 1, transcodedFrom: null },
	audio: null,
	frozenSince: null,
};
const failed: StreamState = { state: 'failed', since, reason: 'unauthorized', detail: '401', attempt: 1, nextTryAt: since };
const at = (presentedAt: number): Frame => ({ presentedAt, delay: 0 });
const input = (more: Partial<TileInput>): TileInput => ({
	watching: true,
	status: live,
	phase: { phase: 'playing' },
	frame: at(10_000),
	still: false,
	now: 10_000,
	...more,
});

test('a picture is quiet within a second, late until three, and stale after that', () => {
	expect([0, 1000, 1001, 3000, 3001].map(lookOf)).toEqual(['clear', 'clear', 'late', 'late', 'stale']);
	expect(lookOf(null)).toBe('empty');
});

test('the age counts from capture', () => {
	expect(pictureAge({ presentedAt: 5_000, delay: 400 }, 5_100)).toBe(500);
});

const states = fc.constantFrom<StreamState | undefined>(
	live,
	{ ...live, frozenSince: since },
	undefined,
	{ state: 'idle', checkedAt: null },
	{ state: 'idle', checkedAt: since },
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

test('a picture older than three seconds is never called live, whatever the server announces', () => {
	fc.assert(
		fc.property(states, phases, fc.boolean(), fc.integer({ min: 3_001, max: 10_000_000 }), (status, phase, still, age) => {
			const { state } = tileState(input({ status, phase, still, now: 10_000 + age }));
			expect(['live', 'late']).not.toContain(state);
		}),
	);
});

test('a still picture is never called live, however young it is', () => {
	fc.assert(
		fc.property(states, phases, fc.boolean(), (status, phase, watching) => {
			expect(['live', 'late']).not.toContain(tileState(input({ watching, status, phase, frame: null, still: true })).state);
		}),
	);
});

test('a picture that is sent over and over is not live, however young its frames are', () => {
	const frozen = tileState(input({ status: { ...live, frozenSince: since } }));
	expect(frozen).toEqual({ state: 'frozen', by: 'source', since: Date.parse(since) });
});

test('a tile that no longer receives is not live even while its last frame is young', () => {
	expect(tileState(input({ phase: { phase: 'starting' } })).state).toBe('starting');
	expect(tileState(input({ watching: false })).state).toBe('paused');
});

test('the first picture of a camera that nobody watched is on its way; that is no failure', () => {
	for (const phase of ['starting', 'waiting'] as const) {
		const idle = input({ frame: null, phase: { phase }, status: { state: 'idle', checkedAt: since } });
		expect(tileState(idle).state).toBe('starting');
		expect(tileState({ ...idle, still: true }).state).toBe('preview');
		expect(tileState({ ...idle, status: undefined }).state).toBe('starting');
	}
	expect(tileState(input({ watching: false, status: { state: 'idle', checkedAt: since } })).state).toBe('idle');
});

test('a still picture does not hide why no live one comes', () => {
	const still = (more: Partial<TileInput>) => tileState(input({ frame: null, still: true, ...more })).state;
	expect(still({ status: failed })).toBe('failed');
	expect(still({ status: { state: 'connecting', since, attempt: 1 }, phase: { phase: 'waiting' } })).toBe('preview');
	expect(still({ status: { state: 'connecting', since, attempt: 2 }, phase: { phase: 'waiting' } })).toBe('connecting');
	expect(still({ phase: { phase: 'refused', reason: 'limit', detail: '', nextTryAt: 0 } })).toBe('refused');
	expect(still({ phase: { phase: 'signalling' } })).toBe('signalling');
});

test('the state says what the tile waits for', () => {
	expect(tileState(input({ frame: null })).state).toBe('keyframe');
	expect(tileState(input({ now: 14_000 }))).toEqual({ state: 'frozen', by: 'viewer' });
	const unknown: TileInput['phase'] = { phase: 'refused', reason: 'not-found', detail: '', nextTryAt: 0 };
	expect(tileState(input({ frame: null, status: undefined, phase: unknown })).state).toBe('unknown');
	expect(tileState(input({ frame: null, status: { state: 'connecting', since, attempt: 4 } }))).toEqual({ state: 'connecting', attempt: 4 });
	expect(tileState(input({ frame: null, phase: { phase: 'signalling' } })).state).toBe('signalling');
	const soundOnly = { ...live, video: null, audio: { codec: 'PCMA', transcodedFrom: null } };
	expect(tileState(input({ frame: null, status: soundOnly })).state).toBe('sound-only');
	expect(tileState(input({ frame: null, status: failed }))).toEqual({
		state: 'failed',
		reason: 'unauthorized',
		detail: '401',
		nextTryAt: Date.parse(since),
	});
});

test('retries grow to ten seconds and never stop', () => {
	expect(backoff(1, 1)).toBe(500);
	expect(backoff(4, 1)).toBe(4_000);
	expect(backoff(1_000_000, 1)).toBe(10_000);
	expect(backoff(1_000_000, 0)).toBeCloseTo(7_000);
});
