import type { RuleInput } from '@beilun/shared/protocol/alerts.ts';
import type { Agency, Severity } from '@beilun/shared/protocol/words.ts';

interface Limits {
	levels: Partial<Record<Severity, number>>;
	hysteresis: number;
	/** Seconds. */
	duration: number;
	direction?: 'above' | 'below';
	sensorIds?: string[];
}

function rule(id: string, of: { zh: string; en: string; agency: Agency; property: string }, limits: Limits): RuleInput {
	return {
		id,
		name: { zh: of.zh, en: of.en },
		agency: of.agency,
		property: of.property,
		sensorIds: limits.sensorIds ?? [],
		condition: {
			type: 'threshold',
			direction: limits.direction ?? 'above',
			levels: Object.entries(limits.levels).map(([severity, limit]) => ({ severity: severity as Severity, limit })),
			hysteresis: limits.hysteresis,
			durationSeconds: limits.duration,
		},
		enabled: true,
		demo: true,
	};
}

/** The district's limits, in the units of the datastreams they watch. Examples of the kind: an operator sets their own. */
export const rules: RuleInput[] = [
	rule(
		'water-tide',
		{ zh: '风暴潮警戒潮位', en: 'Storm surge warning level', agency: 'water', property: 'tideLevel' },
		{ levels: { blue: 2.2, yellow: 2.45, orange: 2.7, red: 3.05 }, hysteresis: 0.08, duration: 10 },
	),
	rule(
		'water-river',
		{ zh: '河道水位超警戒', en: 'River above warning level', agency: 'water', property: 'riverLevel' },
		{ levels: { blue: 2.2, yellow: 2.5, orange: 3 }, hysteresis: 0.1, duration: 10 },
	),
	rule(
		'water-rain',
		{ zh: '短时强降雨', en: 'Heavy rain', agency: 'water', property: 'rainRate' },
		{ levels: { blue: 30, yellow: 45, orange: 60, red: 80 }, hysteresis: 5, duration: 10 },
	),
	rule(
		'water-chengwan',
		{ zh: '城湾水库超汛限水位', en: 'Chengwan Reservoir above flood limit', agency: 'water', property: 'reservoirLevel' },
		{ levels: { blue: 61.6, yellow: 62.4, orange: 63.2 }, hysteresis: 0.1, duration: 20, sensorIds: ['reservoir-chengwan'] },
	),
	rule(
		'environment-wind',
		{ zh: '大风预警', en: 'Gale warning', agency: 'environment', property: 'windSpeed' },
		{ levels: { blue: 10.8, yellow: 17.2, orange: 24.5, red: 32.7 }, hysteresis: 1.5, duration: 8 },
	),
	rule(
		'environment-pm25',
		{ zh: '细颗粒物污染', en: 'Fine dust pollution', agency: 'environment', property: 'pm25' },
		{ levels: { blue: 75, yellow: 115, orange: 150 }, hysteresis: 5, duration: 60 },
	),
	rule(
		'environment-voc',
		{ zh: '厂界挥发性有机物超标', en: 'VOCs above the limit at the fence line', agency: 'environment', property: 'voc' },
		{ levels: { yellow: 2, orange: 4 }, hysteresis: 0.3, duration: 10 },
	),
	rule(
		'environment-ph',
		{ zh: '排放口 pH 超限', en: 'Waste water pH above its limit', agency: 'environment', property: 'ph' },
		{ levels: { yellow: 9 }, hysteresis: 0.1, duration: 6 },
	),
	rule(
		'work-safety-pressure',
		{ zh: '储罐压力超限', en: 'Tank pressure above its limit', agency: 'work-safety', property: 'pressure' },
		{ levels: { yellow: 80, orange: 100, red: 120 }, hysteresis: 4, duration: 4 },
	),
	rule(
		'work-safety-level',
		{ zh: '储罐液位超限', en: 'Tank level above its limit', agency: 'work-safety', property: 'level' },
		{ levels: { yellow: 85, orange: 90, red: 95 }, hysteresis: 1, duration: 10 },
	),
	rule(
		'work-safety-gas',
		{ zh: '可燃气体浓度超限', en: 'Combustible gas above its limit', agency: 'work-safety', property: 'combustibleGas' },
		{ levels: { yellow: 5, orange: 10, red: 18 }, hysteresis: 1.5, duration: 2 },
	),
	rule(
		'fire-smoke',
		{ zh: '烟雾探测报警', en: 'Smoke detected', agency: 'fire', property: 'smoke' },
		{ levels: { yellow: 2.5, orange: 5, red: 12 }, hysteresis: 0.6, duration: 4 },
	),
	rule(
		'fire-hydrant',
		{ zh: '消火栓压力不足', en: 'Hydrant pressure too low', agency: 'fire', property: 'hydrantPressure' },
		{ levels: { blue: 0.2, yellow: 0.14, orange: 0.1 }, hysteresis: 0.02, duration: 10, direction: 'below' },
	),
	rule(
		'fire-leakage',
		{ zh: '电气火灾剩余电流报警', en: 'Residual current', agency: 'fire', property: 'leakage' },
		{ levels: { yellow: 300, orange: 500 }, hysteresis: 20, duration: 8 },
	),
	rule(
		'police-crowd',
		{ zh: '人员聚集预警', en: 'Crowd', agency: 'police', property: 'people' },
		{ levels: { blue: 800, yellow: 1200, orange: 1600, red: 2000 }, hysteresis: 50, duration: 30 },
	),
	rule(
		'police-underpass',
		{ zh: '下穿通道积水', en: 'Underpass flooded', agency: 'police', property: 'waterDepth' },
		{ levels: { blue: 0.1, yellow: 0.2, orange: 0.3, red: 0.5 }, hysteresis: 0.03, duration: 6 },
	),
	rule(
		'urban-manhole',
		{ zh: '路面积水', en: 'Street flooded', agency: 'urban-management', property: 'waterDepth' },
		{ levels: { blue: 0.15, yellow: 0.25, orange: 0.4 }, hysteresis: 0.03, duration: 8 },
	),
	rule(
		'urban-noise',
		{ zh: '施工噪声超标', en: 'Noise above its limit', agency: 'urban-management', property: 'noise' },
		{ levels: { blue: 70, yellow: 85 }, hysteresis: 2, duration: 6, sensorIds: ['noise-xinqi-site'] },
	),
	rule(
		'urban-lamps',
		{ zh: '路灯供电异常', en: 'Street lamp supply failing', agency: 'urban-management', property: 'voltage' },
		{ levels: { blue: 198, yellow: 180 }, hysteresis: 4, duration: 5, direction: 'below' },
	),
	rule(
		'urban-bridge',
		{ zh: '桥梁位移预警', en: 'Bridge displacement', agency: 'urban-management', property: 'displacement' },
		{ levels: { blue: 15, yellow: 25, orange: 40 }, hysteresis: 2, duration: 10 },
	),
];
