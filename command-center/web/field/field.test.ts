import { expect, test } from 'vitest';
import { captureProblem } from './capture.ts';
import { videoCodec } from './publisher.ts';
import { isDue, toMessage } from './use-position.ts';

const coords = { longitude: 121.84, latitude: 29.9, accuracy: 12, altitude: null, altitudeAccuracy: null, heading: 90, speed: 10 };

test('a position is told in km/h, and what the phone does not know is left out', () => {
	expect(toMessage({ timestamp: 0, coords })).toEqual({
		time: '1970-01-01T00:00:00.000Z',
		lon: 121.84,
		lat: 29.9,
		accuracy: 12,
		heading: 90,
		speed: 36,
	});
	const still = toMessage({ timestamp: 0, coords: { ...coords, heading: Number.NaN, speed: null } });
	expect(still).not.toHaveProperty('heading');
	expect(still).not.toHaveProperty('speed');
});

test('a position is sent at once, then when it moved, and every quarter of a minute otherwise', () => {
	const here = toMessage({ timestamp: 0, coords });
	const there = { ...here, lat: 29.901 };
	expect(isDue(null, here, 0)).toBe(true);
	expect(isDue({ position: here, at: 0 }, there, 1_000)).toBe(false);
	expect(isDue({ position: here, at: 0 }, there, 2_000)).toBe(true);
	expect(isDue({ position: here, at: 0 }, here, 14_000)).toBe(false);
	expect(isDue({ position: here, at: 0 }, here, 15_000)).toBe(true);
});

test('each way in which a camera is not to be had has its own words', () => {
	expect(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'TypeError'].map(captureProblem)).toEqual([
		'camera-denied',
		'camera-missing',
		'camera-busy',
		'camera-failed',
	]);
});

test('VP8 is sent where the gateway takes it, H.264 otherwise', () => {
	const codec = (mimeType: string) => ({ kind: 'video' as const, mimeType, clockRate: 90_000, preferredPayloadType: 100 });
	expect(videoCodec([codec('video/H264'), codec('video/VP8')])?.mimeType).toBe('video/VP8');
	expect(videoCodec([codec('video/H264')])?.mimeType).toBe('video/H264');
	expect(videoCodec([])).toBeUndefined();
});
