import { describe, expect, it } from 'vitest';
import { encodeConfirmation, encodePackets, encodeReport } from './encode.ts';
import { maxFrame } from './frame.ts';
import { Sl651Framer } from './framing.ts';
import type { Item } from './item.ts';

const now = Date.UTC(2026, 4, 6, 2, 30);
const station = { mode: 'hex', center: 1, station: '0057310001', password: '1234' } as const;
const items: Item[] = [
	{ kind: 'station', station: '0057310001', letter: 'H' },
	{ kind: 'observed', time: now },
	{ kind: 'value', id: 0x39, symbol: '', value: 3.127, raw: '', bytes: 4, decimals: 3 },
];
const hex = encodeReport(station, 0x32, { serial: 7, sent: now, items });
const ascii = encodeReport({ ...station, mode: 'ascii' }, 0x32, { serial: 8, sent: now, items });
const picture = encodePackets(station, 0x36, { serial: 9, sent: now, items: [{ kind: 'picture', data: Buffer.alloc(700, '7e7e01', 'hex') }] });

function cut(stream: Buffer, size: number): { frames: string[]; rubbish: string; waiting: number } {
	const framer = new Sl651Framer();
	const frames: string[] = [];
	const rubbish: Buffer[] = [];
	for (let at = 0; at < stream.length; at += size) {
		const pushed = framer.push(stream.subarray(at, at + size));
		frames.push(...pushed.frames.map((each) => each.toString('hex')));
		rubbish.push(...pushed.rubbish);
	}
	return { frames, rubbish: Buffer.concat(rubbish).toString('latin1'), waiting: framer.waiting };
}

const texts = (frames: Buffer[]) => frames.map((each) => each.toString('hex'));

describe('A stream', () => {
	it.each([1, 2, 5, 64, 10_000])('of both encodings, cut every %i bytes, gives the same frames', (size) => {
		const all = [hex, ascii, ...picture, hex];
		expect(cut(Buffer.concat(all), size)).toEqual({ frames: texts(all), rubbish: '', waiting: 0 });
	});

	it('loses what stands between frames: words of a modem, a stray 7E, half a header', () => {
		const stream = Buffer.concat([
			Buffer.from('+CSQ: 23\r\n'),
			hex,
			Buffer.from('7e', 'hex'),
			hex,
			hex.subarray(0, 9),
			ascii,
			Buffer.from('\x01OK'),
			hex,
		]);
		const told = cut(stream, 3);
		expect(told.frames).toEqual(texts([hex, hex, ascii, hex]));
		expect(told.rubbish.length).toBe(stream.length - told.frames.join('').length / 2);
	});

	it('a frame with a wrong check is given out, and the next is whole', () => {
		const damaged = Buffer.from(hex);
		damaged[20] = 0x55;
		expect(cut(Buffer.concat([damaged, hex]), 16).frames).toEqual(texts([damaged, hex]));
	});

	it('a damaged length does not swallow the frames that follow', () => {
		const damaged = Buffer.from(hex);
		damaged.writeUInt16BE(hex.length + 300, 11);
		const stream = Buffer.concat([damaged, ...picture, hex, hex]);
		expect(cut(stream, 16).frames.slice(-picture.length - 2)).toEqual(texts([...picture, hex, hex]));
	});

	it('down frames are cut as well', () => {
		const confirmation = encodeConfirmation(station, 0x32, { end: 0x04, serial: 7, now, packet: null });
		expect(cut(Buffer.concat([confirmation, confirmation]), 4).frames).toEqual(texts([confirmation, confirmation]));
	});

	it('a header that promises more never holds more than one frame', () => {
		const framer = new Sl651Framer();
		const header = Buffer.from('7e7e0100573100011234320fff02', 'hex');
		framer.push(header);
		for (let sent = 0; sent < 20_000; sent += 100) {
			framer.push(Buffer.alloc(100, '7e'));
			expect(framer.waiting).toBeLessThanOrEqual(maxFrame);
		}
	});
});
