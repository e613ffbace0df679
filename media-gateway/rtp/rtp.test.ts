import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregate, inspectH264, readParameterSets } from './h264.ts';
import { buildRtp, parseRtp, type RtpHeader } from './packet.ts';
import { ParameterSets } from './parameter-sets.ts';
import { Reception } from './reception.ts';
import { readPictureSize } from './sps.ts';

/** SPS and PPS of x264 at 640×360 high profile, and of a 1920×1080 camera, whose height is cropped. */
const sps360 = Buffer.from('Z2QAHqzZQKAv+XARAAADAAEAAAMAMg8WLZY=', 'base64');
const sps1080 = Buffer.from('Z2QAKKzZQHgCJ+XARAAAAwAEAAADAPA8YMZY', 'base64');
const pps = Buffer.from('aOvjyyLA', 'base64');
const sprop = `${sps360.toString('base64')},${pps.toString('base64')}`;
const stream = { payloadType: 96, ssrc: 7 };

function packet(sequence: number, timestamp: number, payload: Buffer, marker = false): Buffer {
	return buildRtp({ ...stream, marker, sequence, timestamp }, payload);
}

function headerOf(bytes: Buffer): RtpHeader {
	const header = parseRtp(bytes);
	if (header === null) throw new Error('not RTP');
	return header;
}

function pass(sets: ParameterSets, packet: Buffer, header: RtpHeader): Buffer[] {
	const inserted = sets.pass(inspectH264(packet, header), { packet, header });
	return inserted === null ? [packet] : [inserted.packet, packet];
}

function passAll(sets: ParameterSets, packets: Buffer[]): Buffer[] {
	return packets.flatMap((each) => pass(sets, each, headerOf(each)));
}

const idr = Buffer.from([0x65, 1, 2, 3]);
const slice = Buffer.from([0x41, 1, 2, 3]);

test('any bytes are an RTP packet with offsets inside it, or none', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
			const data = Buffer.from(bytes);
			if (data.length > 0) data[0] = ((data[0] ?? 0) & 0x3f) | 0x80;
			const header = parseRtp(data);
			if (header === null) return;
			expect(header.payloadStart).toBeLessThanOrEqual(header.payloadEnd);
			expect(header.payloadEnd).toBeLessThanOrEqual(data.length);
			pass(new ParameterSets(sprop), data, header);
		}),
		{ numRuns: 1000 },
	);
});

test('padding and extension are outside the payload', () => {
	const bytes = Buffer.concat([Buffer.from([0xb0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1, 1, 2, 3, 4]), Buffer.from([9, 9, 0, 0, 3])]);
	expect(parseRtp(bytes)).toMatchObject({ payloadStart: 20, payloadEnd: 22, sequence: 1, timestamp: 2, ssrc: 3 });
});

test('the picture size is read from an SPS, cropping and emulation bytes included', () => {
	expect(readPictureSize(sps360)).toEqual({ width: 640, height: 360 });
	expect(readPictureSize(sps1080)).toEqual({ width: 1920, height: 1080 });
	expect(readPictureSize(Buffer.from('Z0IAKeNQFAe2AtwEBAaQeJEV', 'base64'))).toEqual({ width: 640, height: 480 });
	expect(readPictureSize(pps)).toBeNull();
});

test('any bytes are an SPS of a possible size, or none', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(sps360.length), (bytes, kept) => {
			for (const nal of [Buffer.from([0x67, ...bytes]), Buffer.from([...sps360.subarray(0, kept), ...bytes])]) {
				const size = readPictureSize(nal);
				if (size !== null) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
			}
		}),
		{ numRuns: 1000 },
	);
});

test('a stream that carries its parameter sets passes byte for byte', () => {
	const packets = [
		packet(10, 0, sps360),
		packet(11, 0, pps),
		packet(12, 0, idr, true),
		packet(13, 3000, slice, true),
		packet(14, 6000, Buffer.concat([aggregate([sps360, pps, idr])]), true),
	];
	const before = packets.map((each) => each.toString('hex'));
	expect(passAll(new ParameterSets(sprop), packets).map((each) => each.toString('hex'))).toEqual(before);
});

test('an IDR picture without them gets one STAP-A in front, and the numbers stay without gap across the wrap', () => {
	const fuStart = Buffer.from([0x7c, 0x85, 1, 2]);
	const fuEnd = Buffer.from([0x7c, 0x45, 3, 4]);
	const out = passAll(new ParameterSets(sprop), [
		packet(65_533, 0, fuStart),
		packet(65_534, 0, fuEnd, true),
		packet(65_535, 3000, slice, true),
		packet(0, 6000, idr),
		packet(1, 6000, idr, true),
		packet(2, 9000, slice, true),
	]);
	const headers = out.map(headerOf);
	expect(headers.map((header) => header.sequence)).toEqual([65_533, 65_534, 65_535, 0, 1, 2, 3, 4]);
	expect(headers.map((header) => header.timestamp)).toEqual([0, 0, 0, 3000, 6000, 6000, 6000, 9000]);
	const inserted = out[0] as Buffer;
	expect(inspectH264(inserted, headerOf(inserted))).toMatchObject({ startsIdr: false, sps: sps360, pps });
	expect(headerOf(inserted).marker).toBe(false);
});

test('sets seen in the stream replace those of the SDP', () => {
	const sets = new ParameterSets(sprop);
	passAll(sets, [packet(1, 0, sps1080), packet(2, 0, pps), packet(3, 0, idr, true)]);
	expect(sets.size).toEqual({ width: 1920, height: 1080 });
	const out = passAll(sets, [packet(4, 3000, idr, true)]);
	expect(inspectH264(out[0] as Buffer, headerOf(out[0] as Buffer)).sps).toEqual(sps1080);
});

test('sprop-parameter-sets may be anything', () => {
	expect(readParameterSets(undefined)).toEqual({ sps: null, pps: [] });
	fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => void new ParameterSets(`${a},${b}`)));
});

test('losses are counted over the wrap, and reported as RFC 3550 lays it out', () => {
	const reception = new Reception(90_000);
	for (const sequence of [65_534, 65_535, 1, 2, 5]) {
		const bytes = packet(sequence, 0, slice);
		reception.take(headerOf(bytes), bytes.length, 0);
	}
	expect(reception).toMatchObject({ packets: 5, lost: 3, ssrc: 7 });
	const report = reception.report(99, 1000) as Buffer;
	expect(report.length).toBe(48);
	expect([report.readUInt8(1), report.readUInt16BE(2), report.readUInt32BE(4), report.readUInt32BE(8)]).toEqual([201, 7, 99, 7]);
	expect([report.readUInt8(12), report.readUIntBE(13, 3), report.readUInt32BE(16)]).toEqual([96, 3, 65_541]);
	fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void reception.takeSenderReport(Buffer.from(bytes), 0)));
});
