import { expect, test } from 'vitest';
import { streamLook } from './stream-look.ts';

const at = '2026-01-01T00:00:00.000Z';

test('a camera that answers and is watched by nobody is ready; one that was never asked is not yet known', () => {
	expect(streamLook({ state: 'idle', checkedAt: at })).toBe('ready');
	expect(streamLook({ state: 'idle', checkedAt: null })).toBe('unchecked');
	expect(streamLook(undefined)).toBe('unknown');
});

test('a camera whose picture stands still is not live', () => {
	expect(streamLook({ state: 'live', since: at, video: null, audio: null, frozenSince: null })).toBe('live');
	expect(streamLook({ state: 'live', since: at, video: null, audio: null, frozenSince: at })).toBe('frozen');
});
