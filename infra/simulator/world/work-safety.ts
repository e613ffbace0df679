import { airTemperature } from './environment.ts';
import { around } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

/** `strain` is the share of the scenario's pressure that this tank feels. */
function tank(site: Site, { pressure, fill, strain = 0 }: { pressure: number; fill: number; strain?: number }): SensorModel {
	const vapour = around(`${site.id} pressure`, pressure, 2.4, 600);
	const level = around(`${site.id} level`, fill, 1.5, 5400);
	return sensor('work-safety', { kind: 'tank', period: 2, site }, [
		{ property: 'pressure', zh: '罐内压力', en: 'Tank pressure', unit: 'kPa', decimals: 1, signal: (m) => vapour(m) + strain * m.drivers.pressure },
		{ property: 'level', zh: '液位', en: 'Level', unit: '%', decimals: 1, signal: level },
		{
			property: 'temperature',
			zh: '罐温',
			en: 'Tank temperature',
			unit: 'Cel',
			decimals: 1,
			// Heats a little as the pressure rises; steel and liquid follow the air only in part.
			signal: (m) => 15 + 0.4 * (airTemperature(m) - 15) + 0.12 * strain * m.drivers.pressure,
		},
	]);
}

function gasDetector(site: Site, share = 0): SensorModel {
	const base = around(site.id, 0.9, 0.7, 240);
	return sensor('work-safety', { kind: 'gas', period: 1, site }, [
		{
			property: 'combustibleGas',
			zh: '可燃气体',
			en: 'Combustible gas',
			unit: '%{LEL}',
			decimals: 1,
			signal: (m) => Math.max(0, base(m)) + share * m.drivers.gas,
		},
	]);
}

export const workSafetySensors: SensorModel[] = [
	tank(
		{ id: 'tank-xiapu-g-07', zh: '霞浦罐区 G-07', en: 'Xiapu tank farm G-07', lon: 121.9025, lat: 29.912, at: ['霞浦罐区', 'Xiapu tank farm'] },
		{ pressure: 62, fill: 71, strain: 1 },
	),
	tank(
		{ id: 'tank-xiapu-g-03', zh: '霞浦罐区 G-03', en: 'Xiapu tank farm G-03', lon: 121.9002, lat: 29.9135, at: ['霞浦罐区', 'Xiapu tank farm'] },
		{ pressure: 58, fill: 64, strain: 0.15 },
	),
	tank(
		{
			id: 'tank-qingzhi-q-05',
			zh: '青峙罐区 Q-05',
			en: 'Qingzhi tank farm Q-05',
			lon: 121.8035,
			lat: 29.9505,
			at: ['青峙罐区', 'Qingzhi tank farm'],
		},
		{ pressure: 46, fill: 52 },
	),
	tank(
		{ id: 'tank-qingzhi-q-12', zh: '青峙罐区 Q-12', en: 'Qingzhi tank farm Q-12', lon: 121.807, lat: 29.9512, at: ['青峙罐区', 'Qingzhi tank farm'] },
		{ pressure: 51, fill: 78 },
	),
	tank(
		{ id: 'tank-daxie-d-18', zh: '大榭罐区 D-18', en: 'Daxie tank farm D-18', lon: 121.953, lat: 29.941, at: ['大榭罐区', 'Daxie tank farm'] },
		{ pressure: 66, fill: 43 },
	),
	tank(
		{ id: 'tank-daxie-d-21', zh: '大榭罐区 D-21', en: 'Daxie tank farm D-21', lon: 121.957, lat: 29.9428, at: ['大榭罐区', 'Daxie tank farm'] },
		{ pressure: 60, fill: 68 },
	),
	gasDetector(
		{
			id: 'gas-xiapu-g-07-east',
			zh: '霞浦罐区 G-07 东侧',
			en: 'Xiapu G-07, east side',
			lon: 121.9034,
			lat: 29.9124,
			at: ['霞浦罐区', 'Xiapu tank farm'],
		},
		1,
	),
	gasDetector(
		{ id: 'gas-xiapu-pump-2', zh: '霞浦罐区 2 号泵房', en: 'Xiapu pump house 2', lon: 121.9012, lat: 29.911, at: ['霞浦罐区', 'Xiapu tank farm'] },
		0.5,
	),
	gasDetector({
		id: 'gas-qingzhi-1',
		zh: '青峙罐区 1 号探头',
		en: 'Qingzhi detector 1',
		lon: 121.8042,
		lat: 29.9502,
		at: ['青峙罐区', 'Qingzhi tank farm'],
	}),
	gasDetector({
		id: 'gas-qingzhi-2',
		zh: '青峙罐区 2 号探头',
		en: 'Qingzhi detector 2',
		lon: 121.8078,
		lat: 29.9506,
		at: ['青峙罐区', 'Qingzhi tank farm'],
	}),
	gasDetector({
		id: 'gas-daxie-1',
		zh: '大榭罐区 1 号探头',
		en: 'Daxie detector 1',
		lon: 121.9536,
		lat: 29.9418,
		at: ['大榭罐区', 'Daxie tank farm'],
	}),
	gasDetector({
		id: 'gas-daxie-2',
		zh: '大榭罐区 2 号探头',
		en: 'Daxie detector 2',
		lon: 121.9562,
		lat: 29.9419,
		at: ['大榭罐区', 'Daxie tank farm'],
	}),
	gasDetector({
		id: 'gas-suanshan-1',
		zh: '算山油库 1 号探头',
		en: 'Suanshan depot detector 1',
		lon: 121.826,
		lat: 29.9465,
		at: ['算山', 'Suanshan'],
	}),
];
