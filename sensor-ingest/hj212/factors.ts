import type { Text } from '@beilun/shared/protocol/words.ts';
import { airFactors } from './air-factors.ts';
import { waterFactors } from './water-factors.ts';

/** What one field of one command is stored as. */
export interface Described {
	property: string;
	name: Text;
	/** UCUM. */
	unit: string;
	/** The piece of equipment (`SB1`), or empty. */
	part: string;
}

interface Factor {
	property: string;
	zh: string;
	en: string;
	unit: string;
	total: string;
	/** At stations of system 22; empty where it is the same. */
	airStationUnit: string;
	isOf2005: boolean;
}

/** Both editions' codes. */
const factors = new Map<string, Factor>();
for (const line of `${waterFactors}${airFactors}`.split('\n')) {
	const [code = '', code2005 = '', property = '', zh = '', en = '', unit = '', total = '', airStationUnit = ''] = line.split('|');
	if (property === '') continue;
	const factor = { property, zh, en, unit, total, airStationUnit };
	if (code !== '') factors.set(code, { ...factor, isOf2005: false });
	if (code2005 !== '') factors.set(code2005, { ...factor, isOf2005: true });
}

/** Every code that is known, for pickers and tests. */
export function knownCodes(): string[] {
	return [...factors.keys()];
}

interface Kind {
	suffix: string;
	zh: string;
	en: string;
	/** Where the unit is not the factor's own. */
	unit?: 'total' | '1';
}

const kinds = new Map<string, Kind>([
	['Rtd', { suffix: '', zh: '', en: '' }],
	['Min', { suffix: 'Min', zh: '最小值', en: 'minimum' }],
	['Avg', { suffix: 'Avg', zh: '平均值', en: 'mean' }],
	['Max', { suffix: 'Max', zh: '最大值', en: 'maximum' }],
	['Cou', { suffix: 'Cou', zh: '累计值', en: 'total', unit: 'total' }],
	['ZsRtd', { suffix: 'Zs', zh: '折算值', en: 'converted' }],
	['ZsMin', { suffix: 'ZsMin', zh: '折算最小值', en: 'converted minimum' }],
	['ZsAvg', { suffix: 'ZsAvg', zh: '折算平均值', en: 'converted mean' }],
	['ZsMax', { suffix: 'ZsMax', zh: '折算最大值', en: 'converted maximum' }],
	['ZsCou', { suffix: 'ZsCou', zh: '折算累计值', en: 'converted total', unit: 'total' }],
	['Data', { suffix: 'Data', zh: '数据', en: 'value' }],
	['DayData', { suffix: 'DayData', zh: '昼间数据', en: 'daytime value' }],
	['NightData', { suffix: 'NightData', zh: '夜间数据', en: 'night value' }],
	['Ala', { suffix: 'Ala', zh: '报警值', en: 'value at the alarm' }],
	['UpValue', { suffix: 'UpperLimit', zh: '报警上限', en: 'upper alarm limit' }],
	['LowValue', { suffix: 'LowerLimit', zh: '报警下限', en: 'lower alarm limit' }],
]);

/**
 * Hour (2061) and day (2031) values have names of their own: one station sends all of them with the same DataTime at each full hour, and
 * the hour's mean is no correction of the minute's.
 */
const periods: Record<string, { suffix: string; zh: string; en: string }> = {
	'2061': { suffix: 'Hour', zh: '小时', en: 'hourly' },
	'2031': { suffix: 'Day', zh: '日', en: 'daily' },
};
const noPeriod = { suffix: '', zh: '', en: '' };

/** Field names come from outside: beyond this many nothing more is kept, only computed. */
const maxCached = 20_000;
let cached = 0;
const caches = new Map<string, Map<string, Described>>();

/** What field `name` (`w01018-Avg`) of command `cn` from a station of system `st` is stored as. */
export function describe(st: string, cn: string, name: string): Described {
	const system = st === '21' || st === '22' ? st : '';
	const period = cn in periods ? cn : '';
	const key = system + period;
	let cache = caches.get(key);
	if (cache === undefined) {
		cache = new Map();
		caches.set(key, cache);
	}
	const known = cache.get(name);
	if (known !== undefined) return known;
	const described = compute(system, period, name);
	if (cached < maxCached) {
		cached += 1;
		cache.set(name, described);
	}
	return described;
}

function compute(system: string, cn: string, name: string): Described {
	const dash = name.lastIndexOf('-');
	const code = name.slice(0, dash);
	const sub = name.slice(dash + 1);
	if (sub === 'RS') return { property: 'runningState', name: { zh: '运行状态', en: 'running state' }, unit: '1', part: key(code) };
	if (sub === 'RT') return { property: 'runningTime', name: { zh: '运行时间', en: 'running time' }, unit: 'h', part: key(code) };
	const period = periods[cn] ?? noPeriod;
	const kind = kinds.get(sub) ?? { suffix: capital(key(sub)), zh: key(sub), en: key(sub), unit: '1' };
	const factor = factors.get(code) ?? factors.get(code.toLowerCase());
	const ending = `${period.suffix}${kind.suffix}`;
	const text = {
		zh: [factor?.zh ?? key(code), `${period.zh}${kind.zh}`].filter((each) => each !== '').join(' '),
		en: [factor?.en ?? key(code), [period.en, kind.en].filter((each) => each !== '').join(' ')].filter((each) => each !== '').join(', '),
	};
	const unit = factor === undefined || kind.unit === '1' ? '1' : unitOf(factor, system, kind.unit === 'total');
	const property = factor === undefined ? `x_${key(code).slice(0, 40)}${ending}` : `${factor.property}${ending}`;
	return { property: property.slice(0, 64), name: text, unit, part: '' };
}

function unitOf(factor: Factor, system: string, isTotal: boolean): string {
	const isTraceInWater = factor.unit === 'ug/L' || factor.unit === 'ng/L';
	const isMilligram = isTraceInWater && (factor.isOf2005 || system === '21');
	if (isTotal) return isMilligram ? 'kg' : factor.total || '1';
	if (isMilligram) return 'mg/L';
	return system === '22' && factor.airStationUnit !== '' ? factor.airStationUnit : factor.unit;
}

/** Letters, digits and underscores only, as property keys have them. */
function key(text: string): string {
	return text.replace(/[^A-Za-z0-9]/g, '_') || '_';
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
