import { describe, expect, it } from 'vitest';
import { decodeBody } from './body.ts';
import { type Addressed, encodeBody, encodeConfirmation, encodeFrame, encodePackets, encodeReport, encodeSetClock } from './encode.ts';
import { decodeFrame, type Sl651Frame } from './frame.ts';
import type { Item } from './item.ts';
import { control } from './words.ts';

const now = Date.UTC(2026, 4, 6, 2, 30, 15);
const observed = Date.UTC(2026, 4, 6, 2, 30);
const station: Addressed = { mode: 'hex', center: 1, station: '0057310001', password: '12AB' };
const modes = ['hex', 'ascii'] as const;

function frameOf(bytes: Buffer): Sl651Frame {
	const decoded = decodeFrame(bytes);
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
	return decoded.frame;
}

/** Element 39 as the bytes stand, in a report of function 32. */
function value(hex: string): unknown {
	const head = encodeBody('hex', { serial: 1, sent: now, items: [] });
	const body = decodeBody({ mode: 'hex', direction: 'up', func: 0x32, station: station.station }, Buffer.concat([head, Buffer.from(hex, 'hex')]));
	return body.ok ? body.value.items.map((item) => ('value' in item ? item.value : item)) : body.error;
}

describe.each(modes)('A frame in %s', (mode) => {
	const items: Item[] = [
		{ kind: 'station', station: '0057310001', letter: 'K' },
		{ kind: 'observed', time: observed },
		{ kind: 'value', id: 0x39, symbol: mode === 'hex' ? '' : 'Z', value: -1.23, raw: '', bytes: mode === 'hex' ? 3 : 0, decimals: 2 },
		{ kind: 'state', word: 0x48 },
		{ kind: 'block', id: 0xf4, def: 0x60, values: [0, 0.5, null, 25.4, 0, 0, 0, 0, 0, 0, 0, 1] },
	];

	it('is read as it was made', () => {
		const frame = frameOf(encodeReport({ ...station, mode }, 0x34, { serial: 0xbeef, sent: now, items }));
		expect(frame).toMatchObject({ ...station, mode, direction: 'up', func: 0x34, packet: null, end: control.etx });
		expect(decodeBody(frame, frame.body)).toEqual({ ok: true, value: { serial: 0xbeef, sent: now, items } });
	});

	it('a confirmation has the station before the centre, the serial number, the time and its end', () => {
		const bytes = encodeConfirmation({ ...station, mode }, 0x34, { end: control.eot, serial: 0xbeef, now, packet: null });
		const text = mode === 'hex' ? bytes.toString('hex').toUpperCase().slice(4, 50) : bytes.toString('latin1', 1, 40).replace('\x02', '02');
		expect(text.startsWith('0057310001' + '01' + '12AB' + '34')).toBe(true);
		expect(text).toContain('02BEEF260506103015');
		expect(frameOf(bytes)).toMatchObject({ direction: 'down', center: 1, station: '0057310001', end: control.eot });
	});

	it('packets carry their count and number, and are joined to the same body', () => {
		const data = Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(600, 7), Buffer.from('ffd9', 'hex')]);
		const body = { serial: 3, sent: now, items: [{ kind: 'picture', data } as const] };
		const frames = encodePackets({ ...station, mode }, 0x36, body).map(frameOf);
		expect(frames.map((each) => [each.packet, each.end])).toEqual([
			[{ total: 3, index: 1 }, control.etb],
			[{ total: 3, index: 2 }, control.etb],
			[{ total: 3, index: 3 }, control.etx],
		]);
		const joined = decodeBody({ ...station, mode, direction: 'up', func: 0x36 }, Buffer.concat(frames.map((each) => each.body)));
		expect(joined).toEqual({ ok: true, value: body });
	});

	it('an interval series keeps its missing values', () => {
		const symbol = mode === 'hex' ? '' : 'Z';
		const series: Item[] = [
			{ kind: 'observed', time: observed },
			{ kind: 'step', minutes: 5 },
			{ kind: 'series', id: 0x39, symbol, values: [0.122, null, 10.49], bytes: mode === 'hex' ? 4 : 0, decimals: 3 },
			{ kind: 'observed', time: observed + 60_000 },
		];
		const frame = frameOf(encodeReport({ ...station, mode }, 0x31, { serial: 1, sent: now, items: series }));
		expect(decodeBody(frame, frame.body)).toEqual({ ok: true, value: { serial: 1, sent: now, items: series } });
	});

	it('an impossible date is named', () => {
		const bytes = encodeReport({ ...station, mode }, 0x32, { serial: 1, sent: now, items: [{ kind: 'observed', time: observed }] });
		const frame = frameOf(bytes);
		const text = mode === 'hex' ? frame.body.toString('hex') : frame.body.toString('latin1');
		const month13 = (from: string, to: string) => Buffer.from(text.replace(from, to), mode === 'hex' ? 'hex' : 'latin1');
		const sending = decodeBody(frame, month13('260506103015', '260230103015'));
		expect(sending).toMatchObject({ ok: false, error: { kind: 'malformed', field: 'sending time', value: '260230103015' } });
		const observing = decodeBody(
			frame,
			month13(mode === 'hex' ? 'f0f02605061030' : 'TT 2605061030', mode === 'hex' ? 'f0f02613061030' : 'TT 2613061030'),
		);
		expect(observing).toMatchObject({ ok: false, error: { field: 'observation time', value: '2613061030' } });
	});
});

describe('A number', () => {
	it('has the bytes and decimals of its definition byte', () => {
		expect(value('392300010490381212905508')).toMatchObject({ kind: 'malformed', field: '55' });
		expect(value('39230001049038121290')).toEqual([10.49, 12.9]);
		expect(value('C15500000000000001165134')).toEqual([11.65134]);
		expect(value('FF11230000000820190000')).toMatchObject({ kind: 'malformed', field: '20' });
	});

	it('is negative behind FF, which is one of its bytes', () => {
		expect(value('391AFF0123')).toEqual([-1.23]);
		expect(value('0311FF05')).toEqual([-0.5]);
	});

	it('of FF or AA only, or of no decimal digits, is none', () => {
		expect(value('3923FFFFFFFF3923AAAAAAAA391A00A3000A08FF')).toMatchObject([null, null, null, null]);
	});
});

describe('A frame from elsewhere', () => {
	it('whose check is wrong tells the right one', () => {
		const bytes = encodeReport(station, 0x2f, { serial: 1, sent: now, items: [] });
		const crc = bytes.toString('hex', bytes.length - 2).toUpperCase();
		bytes.write('0000', bytes.length - 2, 'hex');
		expect(decodeFrame(bytes)).toMatchObject({ ok: false, station: '0057310001', error: { kind: 'checksum', value: '0000', expected: crc } });
	});

	it('with a packet number beyond the count is refused', () => {
		const bytes = encodeFrame({ ...station, direction: 'up', func: 0x36, packet: { total: 2, index: 3 }, end: control.etb, body: Buffer.alloc(4) });
		expect(decodeFrame(bytes)).toMatchObject({ ok: false, error: { kind: 'malformed', field: 'packet', value: '002003' } });
	});

	it('the clock is set by a query of function 4A, ended by ENQ', () => {
		const frame = frameOf(encodeSetClock(station, 5, now));
		expect(frame).toMatchObject({ direction: 'down', func: 0x4a, end: control.enq });
		expect(frame.body.toString('hex')).toBe('0005260506103015');
	});

	it('a body beyond 4095 bytes cannot be made', () => {
		const frame = { ...station, direction: 'up', func: 0x36, packet: null, end: control.etx } as const;
		expect(() => encodeFrame({ ...frame, body: Buffer.alloc(4096) })).toThrow(RangeError);
	});
});
