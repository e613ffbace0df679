import { expect, test } from 'vitest';
import { captureProblem } from './capture.ts';
import { compassHeading } from './compass.ts';
import { reconnectPause } from './network.ts';
import { videoCodec } from './publisher.ts';
import { countUplink, uplinkOf, uplinkQuality } from './uplink.ts';
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

test('standing still the heading is that of the compass, on the move that of the way; a turn is told', () => {
	const still = { timestamp: 0, coords: { ...coords, heading: Number.NaN, speed: 0.2 } };
	expect(toMessage(still, 45).heading).toBe(45);
	expect(toMessage({ timestamp: 0, coords }, 45).heading).toBe(90);
	const north = toMessage(still, 355);
	expect(isDue({ position: north, at: 0 }, toMessage(still, 5), 3_000)).toBe(false);
	expect(isDue({ position: north, at: 0 }, toMessage(still, 15), 3_000)).toBe(true);
	expect(isDue({ position: north, at: 0 }, toMessage(still, 15), 1_000)).toBe(false);
});

test('the compass tells where the camera looks, and where the upper edge points when the phone lies flat', () => {
	const heading = (alpha: number, beta: number, gamma: number) => compassHeading({ alpha, beta, gamma, absolute: true });
	// Held upright before the face, looking east: turned by 270° against the clock.
	expect(heading(270, 90, 0)).toBe(90);
	expect(heading(0, 80, 0)).toBe(0);
	expect(heading(90, 0, 0)).toBe(270);
	// On its long side, the upper edge to the left: the back looks where the screen's back looks.
	expect(heading(0, 0, -90)).toBe(90);
	expect(compassHeading({ alpha: 10, beta: 0, gamma: 0, absolute: false })).toBeNull();
	expect(compassHeading({ alpha: 10, beta: 0, gamma: 0, absolute: false, webkitCompassHeading: 359.7 })).toBe(0);
});

test('reconnections come sooner at first and never more than eight seconds apart', () => {
	expect([1, 2, 3, 4, 5, 1_000].map((attempt) => reconnectPause(attempt, 0))).toEqual([300, 1_200, 2_700, 4_800, 7_000, 7_000]);
	expect(reconnectPause(1_000, 1)).toBe(8_000);
});

test("the uplink is judged by the centre's own reports", () => {
	const stats = (bytes: number, fractionLost: number, limited = 'none') => [
		{ type: 'outbound-rtp', kind: 'video', bytesSent: bytes, qualityLimitationReason: limited },
		{ type: 'outbound-rtp', kind: 'audio', bytesSent: 1_000 },
		{ type: 'remote-inbound-rtp', fractionLost, roundTripTime: 0.08 },
		{ type: 'remote-inbound-rtp', fractionLost: 0, roundTripTime: 0.04 },
		{ type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.5, availableOutgoingBitrate: 2_000_000 },
	];
	const first = countUplink(stats(50_000, 0), 1_000);
	const second = countUplink(stats(300_000, 0.1), 3_000);
	if (first === null || second === null) throw new Error('nothing was counted');
	expect(uplinkOf(first, null)).toMatchObject({ bitrate: null, loss: 0, roundTrip: 80, limited: false });
	expect(uplinkQuality(uplinkOf(first, null))).toBe('good');
	expect(uplinkOf(second, first)).toMatchObject({ bitrate: 1_000_000, loss: 0.1 });
	expect(uplinkQuality(uplinkOf(second, first))).toBe('poor');
	const thin = countUplink(stats(400_000, 0, 'bandwidth'), 5_000);
	expect(thin === null ? null : uplinkQuality(uplinkOf(thin, second))).toBe('fair');
	expect(countUplink([], 0)).toBeNull();
});
