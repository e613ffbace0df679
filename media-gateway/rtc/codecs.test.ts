import { expect, test } from 'vitest';
import { relayable, routerCodecs } from './codecs.ts';

const media = (kind: 'video' | 'audio', codec: string, clockRate: number, channels = 1, parameters: [string, string][] = []) => ({
	kind,
	codec,
	clockRate,
	channels,
	parameters: new Map(parameters),
});

test.each([
	[media('video', 'H264', 90_000), 'H264'],
	[media('video', 'H264', 90_000, 1, [['packetization-mode', '0']]), 'H264'],
	[media('video', 'H264', 90_000, 1, [['packetization-mode', '1']]), 'H264'],
	[media('audio', 'PCMA', 8000), 'PCMA'],
	[media('audio', 'PCMU', 8000), 'PCMU'],
	[media('audio', 'OPUS', 48_000, 2), 'opus'],
] as const)('goes to browsers as it comes: %o', (each, codec) => {
	const format = relayable(each);
	expect(format).toMatchObject({ kind: each.kind, codec, clockRate: each.clockRate, channels: each.channels });
	expect(routerCodecs.some(({ mimeType, clockRate }) => mimeType === `${format?.kind}/${format?.codec}` && clockRate === format?.clockRate)).toBe(
		true,
	);
});

test.each([
	media('video', 'H264', 90_000, 1, [['packetization-mode', '2']]),
	media('video', 'H265', 90_000),
	media('video', 'JPEG', 90_000),
	media('audio', 'PCMA', 16_000),
	media('audio', 'PCMU', 8000, 2),
	media('audio', 'MPEG4-GENERIC', 44_100, 2),
	media('audio', 'H264', 90_000),
	media('audio', 'CONSTRUCTOR', 8000),
])('must be transcoded, or left out: %o', (each) => {
	expect(relayable(each)).toBeNull();
	expect(relayable({ ...each, codec: 'constructor' })).toBeNull();
});
