import { describe, expect, it } from 'vitest';
import type { StationMessage } from '../stations/protocol.ts';
import { decodeBody } from './body.ts';
import { encodeBody } from './encode.ts';
import type { Item } from './item.ts';
import { messageOf } from './readings.ts';

const sent = Date.UTC(2026, 4, 6, 2, 30, 15);
const observed = Date.UTC(2026, 4, 6, 2, 30);
const time = '2026-05-06T02:30:00.000Z';
const station = '0057310001';
const here: Item = { kind: 'station', station, letter: 'H' };
const at: Item = { kind: 'observed', time: observed };

function value(id: number, amount: number | null, decimals = 2, raw = 'FFFFFFFF'): Item {
	return { kind: 'value', id, symbol: '', value: amount, raw: amount === null ? raw : '', bytes: 4, decimals };
}

function told(func: number, items: Item[]): StationMessage {
	return messageOf({ station, func }, { serial: 1, sent, items });
}

/** By way of the bytes. */
function read(func: number, items: Item[]): StationMessage {
	const body = decodeBody({ mode: 'hex', direction: 'up', func, station }, encodeBody('hex', { serial: 1, sent, items }));
	if (!body.ok) throw new Error(JSON.stringify(body.error));
	return messageOf({ station, func }, body.value);
}

describe('A report', () => {
	it('of level, rain, flow, voltage and soil moisture has their properties, names and units', () => {
		const items = [here, at, value(0x39, 3.12), value(0x20, 4.5), value(0x27, 12), value(0x38, 12.6), value(0x10, 31.5)];
		const message = read(0x32, items);
		expect(message).toMatchObject({ address: station, kind: 'readings', command: '32 timed report, river station', notes: [], positions: [] });
		expect(message.readings[0]).toEqual({
			code: '39',
			property: 'waterLevel',
			name: { zh: '瞬时河道水位、潮位', en: 'water level' },
			unit: 'm',
			value: 3.12,
			time,
			part: '',
			marks: [],
		});
		expect(message.readings.map((each) => [each.property, each.value, each.unit])).toEqual([
			['waterLevel', 3.12, 'm'],
			['rainfall', 4.5, 'mm'],
			['flow', 12, 'm3/s'],
			['supplyVoltage', 12.6, 'V'],
			['soilMoisture10cm', 31.5, '%'],
		]);
	});

	it('with a missing value has no reading of it and a note that names it', () => {
		const message = read(0x32, [here, at, value(0x39, null, 3), value(0x3a, null, 3, 'AAAAAAAA'), value(0x38, null, 2, '00A30000')]);
		expect(message.readings).toEqual([]);
		expect(message.notes.map((note) => [note.kind, note.time, note.text])).toEqual([
			['state', time, '39 瞬时河道水位、潮位 water level: missing (FFFFFFFF)'],
			['state', time, '3A 库(闸、站)下水位 water level below the dam: missing (AAAAAAAA)'],
			['state', time, '38 电源电压 supply voltage: no number (00A30000)'],
		]);
	});

	it('may change time and station in its midst', () => {
		const later: Item = { kind: 'observed', time: observed + 60_000 };
		const other: Item = { kind: 'station', station: '0057310002', letter: 'P' };
		const { readings } = read(0x32, [here, at, value(0x39, 1), later, value(0x39, 2), other, value(0x20, 3)]);
		expect(readings.map((each) => [each.value, each.time, each.part])).toEqual([
			[1, time, ''],
			[2, '2026-05-06T02:31:00.000Z', ''],
			[3, '2026-05-06T02:31:00.000Z', '0057310002'],
		]);
	});

	it('an element of the maker is kept under its identifier', () => {
		expect(read(0x32, [here, at, value(0xff11, 0.008, 3), value(0xc9, 5)]).readings).toMatchObject([
			{ code: 'FF11', property: 'elementFF11', unit: '1', value: 0.008 },
			{ code: 'C9', property: 'elementC9', value: 5 },
		]);
	});

	it('a length of period is minutes', () => {
		expect(read(0x32, [here, at, value(0x05, 1.3)]).readings).toMatchObject([{ property: 'periodLength', unit: 'min', value: 90 }]);
	});
});

describe('A series', () => {
	it('begins at the observation time and goes on by its step', () => {
		const series: Item = { kind: 'series', id: 0x39, symbol: '', values: [1, null, 3], bytes: 4, decimals: 3 };
		const { readings, notes } = read(0x31, [here, at, { kind: 'step', minutes: 60 }, series]);
		expect(readings.map((each) => [each.value, each.time])).toEqual([
			[1, time],
			[3, '2026-05-06T04:30:00.000Z'],
		]);
		expect(notes[0]?.text).toBe('39 瞬时河道水位、潮位 water level: 1 of 3 missing');
	});

	it('a block of five minutes begins at its time where the hour is over, and else ends there', () => {
		const values = Array.from({ length: 12 }, (_, index) => index / 10);
		const block: Item = { kind: 'block', id: 0xf4, def: 0x60, values };
		const begins: Item = { kind: 'observed', time: observed - 55 * 60_000 };
		for (const items of [
			[here, begins, block],
			[here, at, block],
		]) {
			const { readings } = read(0x34, items);
			expect(readings[0]).toMatchObject({ property: 'rainfall5min', unit: 'mm', value: 0, time: '2026-05-06T01:35:00.000Z' });
			expect(readings[11]).toMatchObject({ value: 1.1, time });
		}
	});
});

describe('A state word', () => {
	it('marks what a faulty gauge measured and what is over its limit', () => {
		const old: Item = { kind: 'observed', time: observed - 3_600_000 };
		const { readings, notes } = read(0x33, [
			here,
			old,
			value(0x39, 9),
			at,
			value(0x39, 1),
			value(0x27, 2),
			value(0x20, 3),
			{ kind: 'state', word: 0x48 },
		]);
		expect(readings.slice(0, 4).map((each) => [each.value, each.marks])).toEqual([
			[9, []],
			[1, ['fault']],
			[2, ['over-limit']],
			[3, []],
		]);
		expect(notes[0]?.text).toBe('45 00000048: 流量超限 flow over its limit; 水位仪表故障 level gauge fault');
	});

	it('in an answer to 46 is a reading for each of its bits', () => {
		const { kind, readings } = read(0x46, [
			{ kind: 'station', station, letter: '' },
			{ kind: 'state', word: 0x03 },
		]);
		expect(kind).toBe('readings');
		expect(readings).toHaveLength(12);
		expect(readings.slice(0, 3).map((each) => [each.code, each.property, each.value])).toEqual([
			['45.0', 'mainsPowerLost', 1],
			['45.1', 'batteryLow', 1],
			['45.2', 'waterLevelOverLimit', 0],
		]);
	});
});

describe('What is no number', () => {
	it('a picture is kept from its start to its end mark, without what follows', () => {
		const jpeg = Buffer.from('ffd8ffe000104a464946ffd9', 'hex');
		const { notes } = read(0x36, [here, at, { kind: 'picture', data: Buffer.concat([jpeg, Buffer.from('0000', 'hex')]) }]);
		expect(notes).toEqual([{ kind: 'picture', time, part: '', text: 'JPEG, 12 bytes', data: jpeg }]);
	});

	it('a picture without its end is kept whole, and said to be none', () => {
		const { notes } = read(0x36, [here, at, { kind: 'picture', data: Buffer.from('ffd8ffe0', 'hex') }]);
		expect(notes[0]).toMatchObject({ kind: 'picture', text: '4 bytes that are no whole JPEG', data: Buffer.from('ffd8ffe0', 'hex') });
	});

	it('a manual entry is a text of the sending time', () => {
		expect(read(0x35, [{ kind: 'text', text: 'Q 1.234' }]).notes).toEqual([
			{ kind: 'text', time: '2026-05-06T02:30:15.000Z', part: '', text: 'Q 1.234', data: null },
		]);
	});

	it('a keep-alive is a heartbeat', () => {
		expect(told(0x2f, [])).toMatchObject({ kind: 'heartbeat', command: '2F link keep-alive', readings: [], notes: [] });
	});

	it('answers of version, events and settings become notes', () => {
		const answer = (func: number, data: Buffer) =>
			read(func, [
				{ kind: 'station', station, letter: '' },
				{ kind: 'raw', data },
			]);
		expect(answer(0x45, Buffer.from('\x04V1.2', 'latin1'))).toMatchObject({
			kind: 'reply',
			notes: [{ kind: 'state', text: 'software version V1.2' }],
		});
		const counters = Buffer.alloc(64);
		counters.writeUInt16BE(3, 6);
		expect(answer(0x50, counters).notes[0]?.text).toBe('events: 仪表故障 instrument fault 3');
		expect(answer(0x42, Buffer.from('200801', 'hex')).notes).toMatchObject([{ kind: 'operation', text: '200801' }]);
	});
});
