import { around } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

function smokeDetector(site: Site, share = 0): SensorModel {
	const base = around(site.id, 0.3, 0.2, 400);
	return sensor('fire', { kind: 'smoke', period: 3, site }, [
		{ property: 'smoke', zh: '烟雾浓度', en: 'Smoke', unit: '%/m', decimals: 1, signal: (m) => Math.max(0, base(m)) + share * m.drivers.smoke },
	]);
}

/** `draw` is how far (MPa) the pressure falls while the engines take water for the smoke. */
function hydrant(site: Site, draw = 0): SensorModel {
	const base = around(site.id, 0.31, 0.02, 1200);
	return sensor('fire', { kind: 'hydrant', period: 5, site }, [
		{
			property: 'hydrantPressure',
			zh: '消火栓压力',
			en: 'Hydrant pressure',
			unit: 'MPa',
			decimals: 3,
			signal: (m) => base(m) - (draw * m.drivers.smoke) / 8,
		},
	]);
}

function switchRoom(site: Site, { leak, strain = 0 }: { leak: number; strain?: number }): SensorModel {
	const residual = around(`${site.id} leakage`, leak, 18, 900);
	const cable = around(`${site.id} cable`, 38, 3, 1800);
	return sensor('fire', { kind: 'electrical', period: 5, site }, [
		{ property: 'leakage', zh: '剩余电流', en: 'Residual current', unit: 'mA', decimals: 0, signal: (m) => residual(m) + strain * m.drivers.power },
		{ property: 'cableTemperature', zh: '线缆温度', en: 'Cable temperature', unit: 'Cel', decimals: 1, signal: cable },
	]);
}

export const fireSensors: SensorModel[] = [
	smokeDetector(
		{ id: 'smoke-xiapu-store-3', zh: '霞浦物流园 3 号库', en: 'Xiapu logistics park, store 3', lon: 121.8955, lat: 29.9062, at: ['霞浦', 'Xiapu'] },
		1,
	),
	smokeDetector({
		id: 'smoke-daqi-mould-1',
		zh: '大碶模具园 1 号厂房',
		en: 'Daqi mould park, hall 1',
		lon: 121.802,
		lat: 29.871,
		at: ['大碶', 'Daqi'],
	}),
	smokeDetector({
		id: 'smoke-xinqi-centre',
		zh: '新碶商业中心 B1',
		en: 'Xinqi shopping centre B1',
		lon: 121.838,
		lat: 29.903,
		at: ['新碶', 'Xinqi'],
	}),
	smokeDetector({
		id: 'smoke-meishan-bonded',
		zh: '梅山保税仓 5 号',
		en: 'Meishan bonded store 5',
		lon: 121.988,
		lat: 29.789,
		at: ['梅山', 'Meishan'],
	}),
	hydrant({
		id: 'hydrant-mingzhou-12',
		zh: '明州路 12 号消火栓',
		en: 'Mingzhou Road hydrant 12',
		lon: 121.844,
		lat: 29.8882,
		at: ['明州路', 'Mingzhou Road'],
	}),
	hydrant({ id: 'hydrant-xiapu-4', zh: '霞浦 4 号消火栓', en: 'Xiapu hydrant 4', lon: 121.897, lat: 29.905, at: ['霞浦', 'Xiapu'] }, 0.15),
	hydrant({ id: 'hydrant-chaiqiao-7', zh: '柴桥 7 号消火栓', en: 'Chaiqiao hydrant 7', lon: 121.9155, lat: 29.8565, at: ['柴桥', 'Chaiqiao'] }),
	hydrant({
		id: 'hydrant-meishan-2',
		zh: '梅山大道 2 号消火栓',
		en: 'Meishan Avenue hydrant 2',
		lon: 121.978,
		lat: 29.7932,
		at: ['梅山', 'Meishan'],
	}),
	switchRoom(
		{ id: 'electric-daqi-park', zh: '大碶模具园配电房', en: 'Daqi mould park switch room', lon: 121.8005, lat: 29.8702, at: ['大碶', 'Daqi'] },
		{ leak: 120, strain: 240 },
	),
	switchRoom(
		{ id: 'electric-xinqi-market', zh: '新碶市场配电房', en: 'Xinqi market switch room', lon: 121.8265, lat: 29.913, at: ['新碶', 'Xinqi'] },
		{ leak: 150 },
	),
	switchRoom(
		{ id: 'electric-chunxiao', zh: '春晓 1 号配电房', en: 'Chunxiao switch room 1', lon: 121.906, lat: 29.7585, at: ['春晓', 'Chunxiao'] },
		{ leak: 95 },
	),
];
