import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAccessUnits } from './access-units.ts';
import { aggregate, inspectH264 } from './h264.ts';
import { KeyFrameCache } from './key-frame-cache.ts';
import { buildRtp, parseRtp } from './packet.ts';
import type { ReadPacket } from './parameter-sets.ts';

const sps = Buffer.from('Z2QAHqzZQKAv+XARAAADAAEAAAMAMg8WLZY=', 'base64');
const pps = Buffer.from('aOvjyyLA', 'base64');
const annexB = (...nals: Buffer[]) => Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]));

function read(packet: Buffer): ReadPacket {
	const header = parseRtp(packet);
	if (header === null) throw new Error('not RTP');
	return { packet, header };
}

/** Frames as a camera sends them: every NAL unit in fragments of `mtu` bytes where it is longer. */
function packetise(frames: { nals: Buffer[]; timestamp: number }[], mtu = 40, sequence = 65_530): ReadPacket[] {
	const packets: ReadPacket[] = [];
	const push = (payload: Buffer, timestamp: number, marker: boolean) => {
		packets.push(read(buildRtp({ marker, payloadType: 96, sequence: sequence + packets.length, timestamp, ssrc: 7 }, payload)));
	};
	for (const { nals, timestamp } of frames) {
		for (const [n, nal] of nals.entries()) {
			const last = n === nals.length - 1;
			if (nal.length <= mtu) {
				push(nal, timestamp, last);
				continue;
			}
			for (let at = 1; at < nal.length; at += mtu) {
				const end = at + mtu >= nal.length;
				const fu = ((nal[0] as number) & 0x1f) | (at === 1 ? 0x80 : 0) | (end ? 0x40 : 0);
				push(Buffer.concat([Buffer.from([((nal[0] as number) & 0xe0) | 28, fu]), nal.subarray(at, at + mtu)]), timestamp, last && end);
			}
		}
	}
	return packets;
}

const idr = (length: number) => Buffer.concat([Buffer.from([0x65]), Buffer.alloc(length, 1)]);
const slice = (length: number) => Buffer.concat([Buffer.from([0x41]), Buffer.alloc(length, 2)]);

function cached(packets: ReadPacket[]): KeyFrameCache {
	const cache = new KeyFrameCache();
	for (const each of packets) cache.take(each, inspectH264(each.packet, each.header));
	return cache;
}

test('the pictures since the last key frame come as Annex B, with size, codec and times', () => {
	const group = [
		{ nals: [sps, pps, idr(100)], timestamp: 3_000 },
		{ nals: [slice(5)], timestamp: 6_000 },
		{ nals: [slice(50), slice(8)], timestamp: 9_000 },
	];
	const preview = cached(packetise([{ nals: [sps, pps, idr(9)], timestamp: 0 }, ...group])).preview((timestamp) => timestamp / 90);
	expect(preview).toMatchObject({ codec: 'avc1.64001e', width: 640, height: 360 });
	expect(preview?.frames.map(({ key, captureTime }) => [key, Math.round(captureTime)])).toEqual([
		[true, 33],
		[false, 67],
		[false, 100],
	]);
	expect(preview?.frames.map(({ data }) => Buffer.from(data))).toEqual(group.map(({ nals }) => annexB(...nals)));
});

test('before a key frame there is nothing, and parameter sets alone begin no group', () => {
	const cache = cached(packetise([{ nals: [slice(5)], timestamp: 1 }]));
	expect(cache.packets).toEqual([]);
	expect(cache.preview(() => 0)).toBeNull();
	const later = cached(
		packetise([
			{ nals: [aggregate([sps, pps]), idr(9)], timestamp: 1 },
			{ nals: [sps, pps, slice(5)], timestamp: 2 },
			{ nals: [slice(5)], timestamp: 3 },
		]),
	);
	expect(later.preview(() => 0)?.frames.map(({ key }) => key)).toEqual([true, false, false]);
});

test('a picture whose end has not come, and what follows a loss, are left out', () => {
	const packets = packetise([
		{ nals: [sps, pps, idr(100)], timestamp: 0 },
		{ nals: [slice(50)], timestamp: 1 },
		{ nals: [slice(50)], timestamp: 2 },
		{ nals: [slice(50)], timestamp: 3 },
	]);
	expect(toAccessUnits(packets.slice(0, -1)).map(({ timestamp }) => timestamp)).toEqual([0, 1, 2]);
	const lost = packets.filter((_, i) => i !== packets.length - 4);
	expect(toAccessUnits(lost).map(({ timestamp }) => timestamp)).toEqual([0, 1]);
	expect(cached(packets.slice(0, 4)).preview(() => 0)).toBeNull();
});

test('packets that came in another order, or twice, make the same pictures', () => {
	const packets = packetise([
		{ nals: [sps, pps, idr(100)], timestamp: 0 },
		{ nals: [slice(70)], timestamp: 1 },
	]);
	fc.assert(
		fc.property(fc.shuffledSubarray(packets.slice(1), { minLength: packets.length - 1 }), (rest) => {
			expect(toAccessUnits([packets[0] as ReadPacket, ...rest, ...rest])).toEqual(toAccessUnits(packets));
		}),
	);
});

test('a group that grows too long keeps its key frame only', () => {
	const frames = Array.from({ length: 950 }, (_, i) => ({ nals: i === 0 ? [sps, pps, idr(100)] : [slice(10)], timestamp: i }));
	const cache = cached(packetise(frames));
	expect(cache.preview(() => 0)?.frames.map(({ key }) => key)).toEqual([true]);
	const large = [
		{ nals: [sps, pps, idr(100)], timestamp: 0 },
		...Array.from({ length: 300 }, (_, i) => ({ nals: [slice(10_000)], timestamp: i + 1 })),
	];
	expect(cached(packetise(large, 60_000)).packets.length).toBeLessThan(10);
	expect(cached(packetise([{ nals: [sps, pps, idr(100_000)], timestamp: 0 }], 100)).packets).toEqual([]);
});

test('any packets are pictures or none', () => {
	const payloads = fc.array(
		fc.tuple(fc.constantFrom(0x65, 0x67, 0x68, 0x41, 24, 28), fc.uint8Array({ maxLength: 30 }), fc.nat(3), fc.boolean(), fc.nat(65_535)),
		{ maxLength: 40 },
	);
	fc.assert(
		fc.property(payloads, (list) => {
			const packets = list.map(([first, rest, timestamp, marker, sequence]) =>
				read(buildRtp({ marker, payloadType: 96, sequence, timestamp, ssrc: 7 }, Buffer.from([first, ...rest]))),
			);
			for (const unit of toAccessUnits(packets)) expect(unit.data.length).toBeGreaterThan(4);
			const preview = cached(packets).preview(() => 0);
			expect(preview === null || preview.frames[0]?.key === true).toBe(true);
		}),
	);
});
