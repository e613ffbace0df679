import { PropertyKey, Text } from '@beilun/shared/protocol/words.ts';
import { describe as about, expect, it } from 'vitest';
import { describe, knownCodes } from './factors.ts';
import type { Field, Hj212Frame } from './frame.ts';
import { readFrame } from './readings.ts';

const heard = Date.UTC(2026, 4, 6, 2, 31);
const dataTime: Field[] = [['DataTime', '20260506103000']];
const time = '2026-05-06T02:30:00.000Z';

function frameOf(cn: string, groups: Field[][], st = '32'): Hj212Frame {
	return { qn: '20260506103000123', st, cn, pw: '', mn: 'M1', flag: 4, part: null, groups, crc: 'standard' };
}

function told(cn: string, groups: Field[][], st = '32') {
	const result = readFrame(frameOf(cn, groups, st), heard);
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.message;
}

about('The fields of a frame', () => {
	it('become readings with property, unit, time and marks', () => {
		const { readings, kind, address, command } = told('2011', [
			dataTime,
			[
				['w01018-Rtd', '21.4'],
				['w01018-Flag', 'D'],
			],
		]);
		expect([kind, address, command]).toEqual(['readings', 'M1', '2011 real-time data']);
		const name = { zh: '化学需氧量', en: 'COD' };
		expect(readings).toEqual([{ code: 'w01018-Rtd', property: 'cod', name, unit: 'mg/L', value: 21.4, time, part: '', marks: ['fault'] }]);
	});

	it('have a property each for minimum, mean, maximum and total, and one for the value converted to standard oxygen', () => {
		const group: Field[] = [
			['a21026-Min', '1'],
			['a21026-Avg', '2'],
			['a21026-Max', '3'],
			['a21026-Cou', '4'],
			['a21026-ZsAvg', '5'],
		];
		const { readings } = told('2051', [dataTime, group], '31');
		expect(readings.map((each) => [each.property, each.unit])).toEqual([
			['sulfurDioxideMin', 'mg/m3'],
			['sulfurDioxideAvg', 'mg/m3'],
			['sulfurDioxideMax', 'mg/m3'],
			['sulfurDioxideCou', 'kg'],
			['sulfurDioxideZsAvg', 'mg/m3'],
		]);
	});

	it('keep the mean of the minute, the hour and the day apart, which have the same DataTime at midnight', () => {
		const properties = ['2051', '2061', '2031'].map((cn) => told(cn, [dataTime, [['w01018-Avg', '1']]]).readings[0]?.property);
		expect(properties).toEqual(['codAvg', 'codHourAvg', 'codDayAvg']);
	});

	it('are known by the codes of 2005 as well', () => {
		const { readings } = told('2011', [dataTime, [['011-Rtd', '1']], [['060-Rtd', '2']], [['B01-Rtd', '3']], [['S01-Rtd', '4']]]);
		expect(readings.map((each) => each.property)).toEqual(['cod', 'ammoniaNitrogen', 'flow', 'oxygen']);
	});

	it('are kept under a property of their own where the code is unknown', () => {
		const { readings } = told('2051', [
			dataTime,
			[
				['zz-9.1-Avg', '1'],
				['zz-9.1-ValidNum', '10'],
			],
		]);
		expect(readings.map((each) => [each.code, each.property, each.unit])).toEqual([
			['zz-9.1-Avg', 'x_zz_9_1Avg', '1'],
			['zz-9.1-ValidNum', 'x_zz_9_1ValidNum', '1'],
		]);
		expect(told('2011', [dataTime, [['constructor-__proto__', '1']]]).readings).toHaveLength(1);
	});

	it('are ug/m3 at an air station and mg/m3 in a flue; metals are mg/L on surface water and ug/L in waste water', () => {
		expect(describe('22', '2011', 'a21026-Rtd').unit).toBe('ug/m3');
		expect(describe('31', '2011', 'a21026-Rtd').unit).toBe('mg/m3');
		expect(describe('21', '2061', 'w20120-Avg').unit).toBe('mg/L');
		expect([describe('32', '2061', 'w20120-Avg').unit, describe('32', '2061', '027-Avg').unit]).toEqual(['ug/L', 'mg/L']);
	});

	it.each([
		['N', []], ['F', ['stopped']], ['M', ['maintenance']], ['S', ['estimated']], ['D', ['fault']], ['C', ['calibration']],
		['T', ['fault']], ['B', ['fault']], ['P', ['stopped']], ['hd', ['maintenance']], ['0', ['calibration']],
	])('flagged %s are marked %j', (flag, marks) => {
		expect(told('2011', [dataTime, [['w01018-Rtd', '1'], ['w01018-Flag', flag]]]).readings[0]?.marks).toEqual(marks);
	}); // biome-ignore format: a table

	it('flagged with a letter that no edition has are stored, and the letter is noted', () => {
		const { readings, notes } = told('2011', [
			dataTime,
			[
				['w01018-Rtd', '1'],
				['w01018-Flag', 'toString'],
			],
		]);
		expect([readings[0]?.marks, notes.map((each) => each.text)]).toEqual([[], ['Flag=toString']]);
	});

	it('have their own SampleTime where they state one', () => {
		const { readings } = told('2011', [
			dataTime,
			[
				['w01018-SampleTime', '20260506080000'],
				['w01018-Rtd', '1'],
			],
			[['w01001-Rtd', '7']],
		]);
		expect(readings.map((each) => each.time)).toEqual(['2026-05-06T00:00:00.000Z', time]);
	});

	it('tell of each piece of equipment as a part of the station', () => {
		const { readings } = told('2021', [dataTime, [['SB1-RS', '1']], [['SB2-RS', '0']]]);
		expect(readings.map((each) => [each.property, each.part, each.value])).toEqual([['runningState', 'SB1', 1], ['runningState', 'SB2', 0]]);
	}); // biome-ignore format: pairs

	it('that are no numbers are noted and not dropped', () => {
		const { readings, notes } = told('2011', [
			dataTime,
			[
				['w01018-Rtd', '0x10'],
				['w01018-Info', '//flushing//'],
			],
			[['w01001-Rtd', 'NaN']],
		]);
		expect(readings).toEqual([]);
		expect(notes.map((each) => each.text)).toEqual(['w01018-Rtd=0x10', 'w01018-Info=//flushing//', 'w01001-Rtd=NaN']);
	});

	it('of an alarm event are above the limit', () => {
		const { readings } = told('2072', [[['AlarmTime', '20260506103000']], [['011-Ala', '312']], [['AlarmType', '1']]]);
		expect(readings[0]).toMatchObject({ property: 'codAla', value: 312, time, marks: ['over-limit'] });
	});

	it('of a restart are a note at the time of the restart', () => {
		const { notes } = told('2081', [dataTime, [['RestartTime', '20260506090000']]]);
		expect(notes).toEqual([{ kind: 'operation', time: '2026-05-06T01:00:00.000Z', part: '', text: 'RestartTime', data: null }]);
	});

	it('never show a password that a command sets', () => {
		expect(told('1072', [[['NewPW', 'secret']]]).notes[0]?.text).toBe('NewPW=***');
	});

	it('without a time, or with an impossible one, are refused by name', () => {
		expect(readFrame(frameOf('2011', [[['w01018-Rtd', '1']]]), heard)).toMatchObject({ ok: false, error: { field: 'DataTime' } });
		expect(readFrame(frameOf('2011', [[['DataTime', '20260231000000']]]), heard)).toMatchObject({
			error: { field: 'DataTime', value: '20260231000000' },
		});
		const sampled: Field[] = [
			['w01018-SampleTime', '99'],
			['w01018-Rtd', '1'],
		];
		expect(readFrame(frameOf('2011', [dataTime, sampled]), heard)).toMatchObject({ error: { field: 'w01018-SampleTime' } });
	});
});

about('The table of factors', () => {
	it('has 80 factors or more, each with a unit, a Chinese and an English name', () => {
		expect(knownCodes().length).toBeGreaterThan(200);
		for (const code of knownCodes()) {
			const { property, name, unit } = describe('32', '2011', `${code}-Rtd`);
			expect(PropertyKey.safeParse(property).success && Text.safeParse(name).success && name.en !== '' && unit !== '').toBe(true);
		}
	});

	it('gives no two codes of one edition the same property, with any ending', () => {
		for (const edition of [/^([wa]\d{5}|L\w+)$/, /^(\d+|[BS]\d\d)$/]) {
			const seen = new Map<string, string>();
			for (const code of knownCodes().filter((each) => edition.test(each))) {
				for (const sub of ['Rtd', 'Min', 'Avg', 'Max', 'Cou', 'ZsRtd', 'ZsAvg']) {
					for (const cn of ['2011', '2061', '2031']) {
						const { property } = describe('32', cn, `${code}-${sub}`);
						expect(seen.get(property) ?? `${cn} ${code}-${sub}`).toBe(`${cn} ${code}-${sub}`);
						seen.set(property, `${cn} ${code}-${sub}`);
					}
				}
			}
		}
	});
});
