import type { Text } from '@beilun/shared/protocol/words.ts';

/** Control characters of SL 651-2014 (table 10). */
export const control = {
	/** Start of a body; of a packet of many. */
	stx: 0x02,
	syn: 0x16,
	/** End: nothing follows; more follows. */
	etx: 0x03,
	etb: 0x17,
	/** End of a query or command. */
	enq: 0x05,
	/** End of a confirmation: the station may leave; may go on sending; is to send a packet again; is to stay on line. */
	eot: 0x04,
	ack: 0x06,
	nak: 0x15,
	esc: 0x1b,
} as const;

export function isEnd(byte: number): boolean {
	return byte === 0x03 || byte === 0x17 || byte === 0x04 || byte === 0x05 || byte === 0x06 || byte === 0x15 || byte === 0x1b;
}

/** Functions of annex B, in English for people who read raw frames. */
const functions: Record<number, string> = {
	47: 'link keep-alive',
	48: 'test report',
	49: 'uniform interval report',
	50: 'timed report',
	51: 'added report',
	52: 'hourly report',
	53: 'manual entry',
	54: 'picture',
	55: 'real-time values',
	56: 'values of a period',
	57: 'manual entry on request',
	58: 'values of named elements',
	64: 'basic settings changed',
	65: 'basic settings',
	66: 'running settings changed',
	67: 'running settings',
	68: 'pump and motor values',
	69: 'software version',
	70: 'state and alarms',
	71: 'stored data cleared',
	72: 'factory settings restored',
	73: 'password changed',
	74: 'clock set',
	75: 'IC card state set',
	76: 'pump switched',
	77: 'valve switched',
	78: 'gate switched',
	79: 'fixed quantity switched',
	80: 'event records',
	81: 'clock',
};

export function functionName(func: number): string | null {
	return functions[func] ?? null;
}

/** Functions by which a station reports of itself (annex B, 2F to 36). What comes with any other is its answer to a query. */
export function isReport(func: number): boolean {
	return func >= 0x2f && func <= 0x36;
}

/** Functions whose bodies are made of elements. */
export function hasElements(func: number): boolean {
	return (func >= 0x30 && func <= 0x3a) || func === 0x46;
}

const classes: Record<string, Text> = {
	P: { zh: '降水', en: 'rain' },
	H: { zh: '河道', en: 'river' },
	K: { zh: '水库(湖泊)', en: 'reservoir' },
	Z: { zh: '闸坝', en: 'sluice' },
	D: { zh: '泵站', en: 'pumping station' },
	T: { zh: '潮汐', en: 'tide' },
	M: { zh: '墒情', en: 'soil moisture' },
	G: { zh: '地下水', en: 'groundwater' },
	Q: { zh: '水质', en: 'water quality' },
	I: { zh: '取水口', en: 'intake' },
	O: { zh: '排水口', en: 'outfall' },
};

/** Class of station (annex A): its byte in HEX frames is its letter in ASCII ones. Null for none of these. */
export function stationClass(letter: string): Text | null {
	return Object.hasOwn(classes, letter) ? (classes[letter] ?? null) : null;
}

/** A bit of the state and alarm word (element 45): the property as which it is stored, and what it says when set. */
export interface StateBit {
	property: string;
	name: Text;
	/** What a set bit means in one line, Chinese first. */
	says: string;
	/** A set bit is no trouble. */
	quiet?: true;
}

export const stateBits: readonly StateBit[] = [
	{ property: 'mainsPowerLost', name: { zh: '交流电停电', en: 'mains power lost' }, says: '交流电停电 mains power lost' },
	{ property: 'batteryLow', name: { zh: '蓄电池电压低', en: 'battery low' }, says: '蓄电池电压低 battery low' },
	{ property: 'waterLevelOverLimit', name: { zh: '水位超限', en: 'water level over its limit' }, says: '水位超限 water level over its limit' },
	{ property: 'flowOverLimit', name: { zh: '流量超限', en: 'flow over its limit' }, says: '流量超限 flow over its limit' },
	{ property: 'waterQualityOverLimit', name: { zh: '水质超限', en: 'water quality over its limit' }, says: '水质超限 water quality over its limit' },
	{ property: 'flowMeterFault', name: { zh: '流量仪表故障', en: 'flow meter fault' }, says: '流量仪表故障 flow meter fault' },
	{ property: 'levelGaugeFault', name: { zh: '水位仪表故障', en: 'level gauge fault' }, says: '水位仪表故障 level gauge fault' },
	{ property: 'boxDoorClosed', name: { zh: '终端箱门关闭', en: 'box door closed' }, says: '终端箱门关闭 box door closed', quiet: true },
	{ property: 'memoryFault', name: { zh: '存储器异常', en: 'memory fault' }, says: '存储器异常 memory fault' },
	{ property: 'icCardValid', name: { zh: 'IC 卡有效', en: 'IC card valid' }, says: 'IC 卡有效 IC card valid', quiet: true },
	{ property: 'pumpStopped', name: { zh: '水泵停机', en: 'pump stopped' }, says: '水泵停机 pump stopped', quiet: true },
	{ property: 'waterLeftOverLimit', name: { zh: '剩余水量超限', en: 'water left over its limit' }, says: '剩余水量超限 water left over its limit' },
];

/** The first of the 32 counters of function 50; the others are kept for later use. */
export const eventNames: readonly string[] = [
	'历史数据初始化 stored data cleared',
	'参数变更 settings changed',
	'状态量变位 state changed',
	'仪表故障 instrument fault',
	'密码修改 password changed',
	'终端故障 terminal fault',
	'交流失电 mains power lost',
	'蓄电池电压低 battery low',
	'终端箱非法打开 box opened',
	'水泵故障 pump fault',
	'剩余水量越限 water left over its limit',
	'水位超限 water level over its limit',
	'水压超限 water pressure over its limit',
	'水质参数超限 water quality over its limit',
	'数据出错 wrong data',
	'发报文 reports sent',
	'收报文 messages received',
	'发报文出错 reports failed',
];
