import { describe, expect, it } from 'vitest';
import type { Outcome, StationSettings } from '../stations/protocol.ts';
import { type Body, decodeBody } from './body.ts';
import { type Addressed, encodeConfirmation, encodeFrame, encodePackets, encodeReport } from './encode.ts';
import { decodeFrame } from './frame.ts';
import type { Item } from './item.ts';
import { Sl651Session } from './session.ts';
import { control } from './words.ts';

const now = Date.UTC(2026, 4, 6, 2, 30, 15);
const station: Addressed = { mode: 'hex', center: 1, station: '0057310001', password: '12AB' };
const free: StationSettings = { password: null, crc: 'standard' };

function report(serial = 7, minute = 0, func = 0x32, from = station): Buffer {
	const items: Item[] = [
		{ kind: 'station', station: from.station, letter: 'H' },
		{ kind: 'observed', time: now - 15_000 + minute * 60_000 },
		{ kind: 'value', id: 0x39, symbol: '', value: 3.127, raw: '', bytes: 4, decimals: 3 },
	];
	return encodeReport(from, func, { serial, sent: now, items });
}

function picture(serial: number, fill: number, tail = 'ffd9'): { body: Body; frames: Buffer[] } {
	const data = Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(800, fill), Buffer.from(tail, 'hex')]);
	const body: Body = { serial, sent: now + fill * 60_000, items: [{ kind: 'picture', data }] };
	return { body, frames: encodePackets(station, 0x36, body) };
}

/** End, serial number and packet of each reply. */
function replies(outcome: Outcome): unknown[] {
	return outcome.replies.map((bytes) => {
		const decoded = decodeFrame(bytes);
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
		const { frame } = decoded;
		expect(frame).toMatchObject({ direction: 'down', station: station.station, center: 1, password: station.password });
		const body = decodeBody(frame, frame.body);
		return [frame.end, body.ok ? body.value.serial : null, frame.packet?.index ?? null];
	});
}

const eot = control.eot;
const nak = control.nak;

describe('A report', () => {
	it('is confirmed by EOT with its serial number and the time of the centre', () => {
		const outcome = new Sl651Session(() => free).handle(report(), now);
		expect(outcome).toMatchObject({ address: '0057310001', repeated: false, error: null });
		expect(outcome.messages[0]?.readings[0]).toMatchObject({ property: 'waterLevel', value: 3.127, time: '2026-05-06T02:30:00.000Z' });
		expect(outcome.replies).toEqual([encodeConfirmation(station, 0x32, { end: eot, serial: 7, now, packet: null })]);
	});

	it('in ASCII is confirmed in ASCII', () => {
		const ascii: Addressed = { ...station, mode: 'ascii' };
		const outcome = new Sl651Session(() => free).handle(report(7, 0, 0x30, ascii), now);
		expect(outcome.messages[0]?.readings).toHaveLength(1);
		expect(outcome.replies).toEqual([encodeConfirmation(ascii, 0x30, { end: eot, serial: 7, now, packet: null })]);
	});

	it('behind which more follow is confirmed by ACK', () => {
		const decoded = decodeFrame(report());
		if (!decoded.ok) throw new Error('unreadable');
		const outcome = new Sl651Session(() => free).handle(encodeFrame({ ...decoded.frame, end: control.etb }), now);
		expect(replies(outcome)).toEqual([[control.ack, 7, null]]);
	});

	it('that comes again is confirmed again and told once; another function, serial number or time is another', () => {
		const session = new Sl651Session(() => free);
		const first = session.handle(report(), now);
		const again = session.handle(report(), now);
		expect(again).toEqual({ ...first, messages: [], repeated: true });
		for (const other of [report(8), report(7, 5), report(7, 0, 0x33)])
			expect(session.handle(other, now)).toMatchObject({ repeated: false, messages: [{}] });
	});

	it('of a station that is not approved is heard and not answered', () => {
		const session = new Sl651Session(() => null);
		for (const _ of [1, 2]) {
			const outcome = session.handle(report(), now);
			expect(outcome.messages).toHaveLength(1);
			expect(outcome.replies).toEqual([]);
		}
		expect(session.timeSync(now)).toBeNull();
	});

	it('with another password than the configured one is refused', () => {
		const outcome = new Sl651Session(() => ({ ...free, password: '9999' })).handle(report(), now);
		expect(outcome).toMatchObject({ address: '0057310001', messages: [], replies: [], error: { kind: 'authentication', field: 'password' } });
		expect(new Sl651Session(() => ({ ...free, password: '12ab' })).handle(report(), now).error).toBeNull();
	});

	it('whose body cannot be read is refused and not confirmed', () => {
		const items: Item[] = [{ kind: 'raw', data: Buffer.from('3923000001', 'hex') }];
		const outcome = new Sl651Session(() => free).handle(encodeReport(station, 0x32, { serial: 1, sent: now, items }), now);
		expect(outcome).toMatchObject({ messages: [], replies: [], error: { kind: 'malformed', field: '39' } });
	});
});

describe('What is not confirmed', () => {
	it('the keep-alive', () => {
		const outcome = new Sl651Session(() => free).handle(encodeReport(station, 0x2f, { serial: 1, sent: now, items: [] }), now);
		expect(outcome).toMatchObject({ messages: [{ kind: 'heartbeat' }], replies: [] });
	});

	it('the answer to a query', () => {
		expect(new Sl651Session(() => free).handle(report(1, 0, 0x37), now)).toMatchObject({ messages: [{ kind: 'readings' }], replies: [] });
	});

	it('frames of a centre, of unknown functions and with a wrong check', () => {
		const session = new Sl651Session((address) => (address === station.station ? free : null));
		const down = encodeConfirmation(station, 0x32, { end: eot, serial: 1, now, packet: null });
		expect(session.handle(down, now)).toMatchObject({ replies: [], error: { kind: 'unsupported', field: 'direction' } });
		expect(session.handle(report(1, 0, 0xe1), now)).toMatchObject({ replies: [], error: { kind: 'unsupported', field: 'function', value: 'E1' } });
		const damaged = report();
		damaged[25] = 0x09;
		expect(session.handle(damaged, now)).toMatchObject({ address: station.station, replies: [], error: { kind: 'checksum' } });
		damaged[5] = 0x09;
		expect(session.handle(damaged, now)).toMatchObject({ address: null, error: { kind: 'checksum' } });
	});
});

describe('A picture in packets', () => {
	it('is joined and confirmed once, when its last packet is there', () => {
		const session = new Sl651Session(() => free);
		const { frames } = picture(9, 1, 'ffd90000');
		const outcomes = frames.map((frame) => session.handle(frame, now));
		for (const outcome of outcomes.slice(0, -1)) expect(outcome).toMatchObject({ messages: [], replies: [], error: null });
		const last = outcomes.at(-1);
		expect(last?.messages[0]?.notes[0]).toMatchObject({ kind: 'picture', text: 'JPEG, 804 bytes' });
		expect(last === undefined ? [] : replies(last)).toEqual([[eot, 9, 4]]);
	});

	it('missing packets are asked for one by one after the last', () => {
		const session = new Sl651Session(() => free);
		const { frames } = picture(9, 1);
		const [first, second, third, fourth] = frames as [Buffer, Buffer, Buffer, Buffer];
		expect(replies(session.handle(first, now))).toEqual([]);
		expect(replies(session.handle(fourth, now))).toEqual([[nak, 9, 2]]);
		expect(replies(session.handle(third, now))).toEqual([]);
		const whole = session.handle(second, now);
		expect(replies(whole)).toEqual([[eot, 9, 4]]);
		expect(whole.messages).toHaveLength(1);
	});

	it('after silence a packet is asked for three times, then the message is given up and named', () => {
		const session = new Sl651Session(() => free);
		for (const frame of picture(9, 1).frames.slice(1, 3)) session.handle(frame, now);
		expect(session.expire(now + 9_000)).toEqual([]);
		for (const round of [1, 2, 3]) {
			const asked = session.expire(now + round * 10_000);
			expect(asked.map(replies)).toEqual([[[nak, 0, 1]]]);
		}
		expect(session.expire(now + 40_000)).toMatchObject([
			{ address: station.station, replies: [], error: { field: 'packet', value: '2 of 4 came; 1 is missing' } },
		]);
		expect(session.expire(now + 90_000)).toEqual([]);
	});

	it('sent again whole, or only its last packet, is confirmed again and told once', () => {
		const session = new Sl651Session(() => free);
		const { frames } = picture(9, 1);
		for (const frame of frames) session.handle(frame, now);
		const lastAgain = session.handle(frames.at(-1) as Buffer, now);
		expect(lastAgain).toMatchObject({ messages: [], repeated: true });
		expect(replies(lastAgain)).toEqual([[eot, 9, 4]]);
		const again = frames.map((frame) => session.handle(frame, now)).at(-1) as Outcome;
		expect(again).toMatchObject({ messages: [], repeated: true });
		expect(replies(again)).toEqual([[eot, 9, 4]]);
	});

	it('another one that ends in the same bytes is told as well', () => {
		const session = new Sl651Session(() => free);
		const ends = (serial: number) => {
			const data = Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(244, serial), Buffer.from('ffd90000', 'hex')]);
			return encodePackets(station, 0x36, { serial, sent: now, items: [{ kind: 'picture', data }] });
		};
		const told = [...ends(1), ...ends(2)].flatMap((frame) => session.handle(frame, now).messages);
		expect(ends(1).at(-1)).toEqual(ends(2).at(-1));
		expect(told.map((message) => message.notes[0]?.data?.[10])).toEqual([1, 2]);
	});

	it('a new one puts an unfinished one out', () => {
		const session = new Sl651Session(() => free);
		for (const frame of picture(9, 1).frames.slice(0, 2)) session.handle(frame, now);
		const told = picture(10, 2).frames.flatMap((frame) => session.handle(frame, now).messages);
		expect(told).toHaveLength(1);
		expect(session.expire(now)).toMatchObject([{ error: { value: '2 of 4 came; 3 is missing' } }]);
	});

	it('beyond its limits is dropped, and only a few are held at once', () => {
		const session = new Sl651Session(() => free, { pictureBytes: 500, messages: 2 });
		const { frames } = picture(9, 1);
		session.handle(frames[0] as Buffer, now);
		expect(session.handle(frames[1] as Buffer, now).error).toMatchObject({ kind: 'too-large', field: 'packet', value: '512 bytes' });
		for (const address of ['0057310002', '0057310003', '0057310004']) {
			const body: Body = { serial: 1, sent: now, items: [{ kind: 'picture', data: Buffer.alloc(300) }] };
			session.handle(encodePackets({ ...station, station: address }, 0x36, body)[0] as Buffer, now);
		}
		expect(session.expire(now)).toMatchObject([{ address: '0057310002', error: { field: 'packet' } }]);
	});
});

describe('The clock', () => {
	it('is set by function 4A to the station that spoke last, with its password', () => {
		const session = new Sl651Session(() => free);
		expect(session.timeSync(now)).toBeNull();
		session.handle(report(), now);
		const decoded = decodeFrame(session.timeSync(now) as Buffer);
		expect(decoded).toMatchObject({
			ok: true,
			frame: { direction: 'down', func: 0x4a, end: control.enq, station: station.station, password: '12AB' },
		});
		expect(decoded.ok && decoded.frame.body.toString('hex')).toBe('0001260506103015');
	});

	it('the answer of the station is a reply', () => {
		const items: Item[] = [{ kind: 'station', station: station.station, letter: '' }];
		const outcome = new Sl651Session(() => free).handle(encodeReport(station, 0x4a, { serial: 1, sent: now, items }), now);
		expect(outcome).toMatchObject({ messages: [{ kind: 'reply', command: '4A clock set' }], replies: [], error: null });
	});
});
