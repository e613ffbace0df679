import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Body, decodeBody } from './body.ts';
import { codeOf, elementOf } from './elements.ts';
import { encodeBody, encodeFrame } from './encode.ts';
import { decodeFrame } from './frame.ts';
import type { Item } from './item.ts';
import { messageOf } from './readings.ts';
import { sl651 } from './sl651.ts';
import { control } from './words.ts';

interface StatedElement {
	id?: string;
	code?: string;
	value?: number | null;
	values?: (number | null)[];
	text?: string;
	status?: string;
	series?: { id: string; values: (number | null)[] };
}

interface Vector {
	id: string;
	frame: string;
	encoding: 'hex' | 'ascii';
	verified: boolean;
	expect: {
		valid: boolean;
		crcComputed?: string;
		direction: string;
		center: number;
		station: string;
		password: string;
		func: string;
		end: keyof typeof ends;
		packetTotal?: number;
		packetIndex?: number;
		continuationBytes?: number;
		trailingBytes?: number;
		serial?: number;
		sendTime?: string;
		bodyStation?: string;
		stationClass?: string;
		observeTime?: string;
		paramsHex?: string;
		groups?: { observeTime?: string; elements: StatedElement[] }[];
		elements?: StatedElement[];
	};
}

const ends = { ETX: control.etx, ETB: control.etb, EOT: control.eot, ENQ: control.enq, ESC: control.esc };
const file = new URL('../../../shared/vectors/sl651.json', import.meta.url);
const vectors: Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const good = vectors.filter((each) => each.verified && each.expect.valid);
const bad = vectors.filter((each) => each.verified && !each.expect.valid);

function bytesOf({ frame, encoding, expect: stated }: Vector): Buffer {
	const bytes = Buffer.from(frame, encoding === 'hex' ? 'hex' : 'latin1');
	return bytes.subarray(0, bytes.length - (stated.trailingBytes ?? 0));
}

function bodyOf(vector: Vector): Body {
	const decoded = decodeFrame(bytesOf(vector));
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
	const body = decodeBody(decoded.frame, decoded.frame.body);
	if (!body.ok) throw new Error(JSON.stringify(body.error));
	return body.value;
}

const utc = (local: string) => Date.parse(`${local.replace(' ', 'T')}${local.length === 16 ? ':00' : ''}+08:00`);

/** What the items say, in the words of the file. */
function told(item: Item): unknown {
	switch (item.kind) {
		case 'observed':
			return { at: item.time };
		case 'value':
			return { code: item.symbol || codeOf(item.id), value: item.value };
		case 'block':
			return { code: codeOf(item.id), values: item.values };
		case 'series':
			return { code: codeOf(item.id), values: item.values };
		case 'state':
			return { code: '45', word: item.word };
		case 'text':
			return { code: 'F2', text: item.text };
		default:
			return null;
	}
}

function stated({ id, code, value, values, text, status, series }: StatedElement): unknown {
	if (series !== undefined) return { code: series.id, values: series.values };
	if (status !== undefined) return { code: '45', word: Number(status) };
	if (values !== undefined) return { code: id, values };
	if (id === '04') return null;
	return value === undefined ? { code: id, text } : { code: id ?? code, value };
}

describe.skipIf(vectors.length === 0)('A published frame', () => {
	it.each(good)('$id decodes to its fields', (vector) => {
		const decoded = decodeFrame(bytesOf(vector));
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
		const { direction, center, station, password, func, end, packetTotal, packetIndex } = vector.expect;
		const packet = packetTotal === undefined ? null : { total: packetTotal, index: packetIndex };
		expect(decoded.frame).toMatchObject({ direction, center, station, password, func: Number.parseInt(func, 16), end: ends[end], packet });
		if (vector.expect.continuationBytes !== undefined) expect(decoded.frame.body).toHaveLength(vector.expect.continuationBytes);
	});

	it.each(good.filter((each) => each.expect.packetTotal === undefined))('$id has the body that is stated', (vector) => {
		const { serial, sendTime = '', bodyStation, stationClass, observeTime, paramsHex, elements } = vector.expect;
		const body = bodyOf(vector);
		expect([body.serial, body.sent]).toEqual([serial, utc(sendTime)]);
		const from = body.items.find((item) => item.kind === 'station');
		expect(from?.station).toBe(bodyStation);
		if (stationClass !== undefined) expect(from?.letter).toBe(stationClass.length === 1 ? stationClass : Buffer.from(stationClass, 'hex').toString());
		const groups = vector.expect.groups ?? (elements === undefined ? [] : [{ observeTime: observeTime ?? '', elements }]);
		if (paramsHex === undefined) {
			const expected = groups.flatMap((group) => [
				group.observeTime === undefined ? null : { at: utc(group.observeTime) },
				...group.elements.map(stated),
			]);
			expect(body.items.map(told).filter((each) => each !== null)).toEqual(expected.filter((each) => each !== null));
		} else if (vector.expect.func !== '46') {
			expect(body.items.at(-1)).toEqual({ kind: 'raw', data: Buffer.from(paramsHex, 'hex') });
		}
	});

	it.each(good)('$id is encoded to the same bytes', (vector) => {
		const decoded = decodeFrame(bytesOf(vector));
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
		const { frame } = decoded;
		const body = frame.packet === null ? encodeBody(frame.mode, bodyOf(vector)) : frame.body;
		const again = encodeFrame({ ...frame, body });
		expect(again.toString(vector.encoding === 'hex' ? 'hex' : 'latin1')).toBe(bytesOf(vector).toString(vector.encoding === 'hex' ? 'hex' : 'latin1'));
	});

	it.each(bad)('$id is refused for its check', (vector) => {
		const decoded = decodeFrame(bytesOf(vector));
		const { station, crcComputed } = vector.expect;
		expect(decoded).toMatchObject({ ok: false, station, error: { kind: 'checksum', field: 'CRC', expected: crcComputed } });
	});

	it('all of them in one stream come out one by one, stray bytes as rubbish', () => {
		const stream = Buffer.concat(vectors.map(({ frame, encoding }) => Buffer.from(frame, encoding === 'hex' ? 'hex' : 'latin1')));
		const framer = sl651.framer();
		const frames: Buffer[] = [];
		for (let at = 0; at < stream.length; at += 7) frames.push(...framer.push(stream.subarray(at, at + 7)).frames);
		expect(frames.map((each) => each.toString('hex'))).toEqual(vectors.map((each) => bytesOf(each).toString('hex')));
	});

	it('readings of a published hourly report have their own times', () => {
		const vector = vectors.find((each) => each.id === 'sl651-fj-34-full');
		if (vector === undefined) throw new Error('no such vector');
		const { readings } = messageOf({ station: vector.expect.station, func: 0x34 }, bodyOf(vector));
		expect(readings).toHaveLength(28);
		const levels = readings.filter((each) => each.code === 'F5');
		expect(levels[0]).toMatchObject({ property: elementOf(0xf5).property, value: 26.05, time: '2022-12-02T04:20:00.000Z' });
		expect(levels[11]).toMatchObject({ value: 27.96, time: '2022-12-02T05:15:00.000Z' });
	});
});
