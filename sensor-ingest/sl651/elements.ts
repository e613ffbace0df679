import type { Text } from '@beilun/shared/protocol/words.ts';

/** What an element of SL 651-2014 (annex C) is stored as. */
export interface Element {
	/** Identifier as it stands in HEX frames: `0x39`, `0xff11` for one that the user defined. */
	id: number;
	/** The same in text, which is the reading's code: `39`, `FF11`. */
	code: string;
	/** Identifier in ASCII frames: `Z`. */
	symbol: string;
	property: string;
	name: Text;
	/** UCUM. */
	unit: string;
	/** Which limit and which instrument of the state word (element 45) speak of it. */
	of: 'level' | 'flow' | 'quality' | 'other';
}

/** `identifier|symbol|property|Chinese|English|UCUM|of`; a `#` stands for 1 to 8 from that identifier on. */
const lines = `
01|AC|sectionArea|断面面积|cross-section area|m2
02|AI|airTemperature|瞬时气温|air temperature|Cel
03|C|waterTemperature|瞬时水温|water temperature|Cel
05|DT|periodLength|时段长|length of period|min
06|ED|dailyEvaporation|日蒸发量|daily evaporation|mm
07|EJ|evaporation|当前蒸发|evaporation so far|mm
08|FL|airPressure|气压|air pressure|hPa
09|GH|gateOpening|闸门开启高度|gate opening|m
0A|GN|gateNumber|输水设备、闸门(组)编号|gate number|1
0B|GS|gateKind|输水设备类别|kind of gate|1
0C|GT|gatesOpen|闸门开启孔数|open gate bays|1
0D|GTP|groundTemperature|地温|ground temperature|Cel
0E|H|groundwaterDepth|地下水瞬时埋深|groundwater depth|m
0F|HW|waveHeight|波浪高度|wave height|m
10|M10|soilMoisture10cm|10 厘米处土壤含水量|soil moisture at 10 cm|%
11|M20|soilMoisture20cm|20 厘米处土壤含水量|soil moisture at 20 cm|%
12|M30|soilMoisture30cm|30 厘米处土壤含水量|soil moisture at 30 cm|%
13|M40|soilMoisture40cm|40 厘米处土壤含水量|soil moisture at 40 cm|%
14|M50|soilMoisture50cm|50 厘米处土壤含水量|soil moisture at 50 cm|%
15|M60|soilMoisture60cm|60 厘米处土壤含水量|soil moisture at 60 cm|%
16|M80|soilMoisture80cm|80 厘米处土壤含水量|soil moisture at 80 cm|%
17|M100|soilMoisture100cm|100 厘米处土壤含水量|soil moisture at 100 cm|%
18|MST|humidity|湿度|humidity|%
19|NS|machinesRunning|开机台数|machines running|1
1A|P1|rainfall1h|1 小时降水量|rainfall of 1 h|mm
1B|P2|rainfall2h|2 小时降水量|rainfall of 2 h|mm
1C|P3|rainfall3h|3 小时降水量|rainfall of 3 h|mm
1D|P6|rainfall6h|6 小时降水量|rainfall of 6 h|mm
1E|P12|rainfall12h|12 小时降水量|rainfall of 12 h|mm
1F|PD|dailyRainfall|日降水量|daily rainfall|mm
20|PJ|rainfall|当前降水量|rainfall so far|mm
21|PN01|rainfall1min|1 分钟降水量|rainfall of 1 min|mm
22|PN05|rainfall5min|5 分钟降水量|rainfall of 5 min|mm
23|PN10|rainfall10min|10 分钟降水量|rainfall of 10 min|mm
24|PN30|rainfall30min|30 分钟降水量|rainfall of 30 min|mm
25|PR|stormRainfall|暴雨量|rainfall of the storm|mm
26|PT|totalRainfall|降水量累计值|total rainfall|mm
27|Q|flow|瞬时流量、抽水流量|flow|m3/s|flow
28|Q#|intakeFlow#|取(排)水口流量 #|intake flow #|m3/s|flow
30|QA|totalOutflow|总出库流量、过闸总流量|total outflow|m3/s|flow
31|QZ|gateFlow|输水设备流量、过闸流量|gate flow|m3/s|flow
32|SW|sedimentLoad|输沙量|sediment load|10*4.t
33|UC|windDirectionCode|风向|wind direction code|1
34|UE|windForce|风力|wind force|{Beaufort}
35|US|windSpeed|风速|wind speed|m/s
36|VA|meanFlowVelocity|断面平均流速|mean flow velocity|m/s
37|VJ|flowVelocity|当前瞬时流速|flow velocity|m/s
38|VT|supplyVoltage|电源电压|supply voltage|V
39|Z|waterLevel|瞬时河道水位、潮位|water level|m|level
3A|ZB|waterLevelBelow|库(闸、站)下水位|water level below the dam|m|level
3B|ZU|waterLevelAbove|库(闸、站)上水位|water level above the dam|m|level
3C|Z#|intakeLevel#|取(排)水口水位 #|intake level #|m|level
44|SQ|sedimentConcentration|含沙量|sediment concentration|kg/m3
46|PH|ph|pH 值|pH|[pH]|quality
47|DO|dissolvedOxygen|溶解氧|dissolved oxygen|mg/L|quality
48|COND|conductivity|电导率|conductivity|uS/cm|quality
49|TURB|turbidity|浊度|turbidity|{NTU}|quality
4A|CODMN|permanganateIndex|高锰酸盐指数|permanganate index|mg/L|quality
4B|REDOX|redoxPotential|氧化还原电位|redox potential|mV|quality
4C|NH4N|ammoniaNitrogen|氨氮|ammonia nitrogen|mg/L|quality
4D|TP|totalPhosphorus|总磷|total phosphorus|mg/L|quality
4E|TN|totalNitrogen|总氮|total nitrogen|mg/L|quality
4F|TOC|totalOrganicCarbon|总有机碳|total organic carbon|mg/L|quality
50|CU|copper|铜|copper|mg/L|quality
51|ZN|zinc|锌|zinc|mg/L|quality
52|SE|selenium|硒|selenium|mg/L|quality
53|AS|arsenic|砷|arsenic|mg/L|quality
54|THG|totalMercury|总汞|total mercury|mg/L|quality
55|CD|cadmium|镉|cadmium|mg/L|quality
56|PB|lead|铅|lead|mg/L|quality
57|CHLA|chlorophyllA|叶绿素 a|chlorophyll a|mg/L|quality
58|WP#|waterPressure#|水压 #|water pressure #|kPa
60|SYL#|waterLeft#|水表 # 剩余水量|water left on meter #|m3
68|SBL#|hourlyWater#|水表 # 每小时水量|hourly water of meter #|m3/h|flow
70|VTA|phaseVoltageA|交流 A 相电压|voltage of phase A|V
71|VTB|phaseVoltageB|交流 B 相电压|voltage of phase B|V
72|VTC|phaseVoltageC|交流 C 相电压|voltage of phase C|V
73|VIA|phaseCurrentA|交流 A 相电流|current of phase A|A
74|VIB|phaseCurrentB|交流 B 相电流|current of phase B|A
75|VIC|phaseCurrentC|交流 C 相电流|current of phase C|A
F4|DRP|rainfall5min|1 小时内每 5 分钟时段雨量|rainfall of 5 min|mm
F5|DRZ#|relativeLevel#|1 小时内 5 分钟间隔相对水位 #|relative water level #|m|level`;

const byId: (Element | undefined)[] = [];
const bySymbol = new Map<string, Element>();

for (const line of lines.trim().split('\n')) {
	const first = Number.parseInt(line.slice(0, 2), 16);
	const count = line.includes('#') ? 8 : 1;
	for (let n = 1; n <= count; n += 1) {
		const [, symbol = '', property = '', zh = '', en = '', unit = '', of = 'other'] = line.replaceAll('#', String(n)).split('|');
		const id = first + n - 1;
		const element: Element = { id, code: codeOf(id), symbol, property, name: { zh, en }, unit, of: of as Element['of'] };
		byId[id] = element;
		bySymbol.set(symbol, element);
	}
}

/** `39`, `FF11`. */
export function codeOf(id: number): string {
	return id.toString(16).toUpperCase().padStart(2, '0');
}

/** By its identifier. One that the standard does not have (a maker's own, or FF and one byte) is `element…` without a unit. */
export function elementOf(id: number): Element {
	return byId[id] ?? unknown(id, codeOf(id));
}

/** By its symbol in an ASCII frame. Null for what cannot be one. */
export function elementOfSymbol(symbol: string): Element | null {
	const known = bySymbol.get(symbol);
	if (known !== undefined) return known;
	return /^[A-Za-z][A-Za-z0-9_]{0,11}$/.test(symbol) ? unknown(-1, symbol) : null;
}

function unknown(id: number, code: string): Element {
	return { id, code, symbol: code, property: `element${code}`, name: { zh: `要素 ${code}`, en: `element ${code}` }, unit: '1', of: 'other' };
}
