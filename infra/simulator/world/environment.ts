import { around, dayCurve, type Moment, noise, swell } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

/** Air temperature in °C by season and hour; the storm cools it. */
export function airTemperature(moment: Moment): number {
	const dayOfYear = (moment.time / 86_400_000) % 365.2425;
	const season = 17.2 - 10.8 * Math.cos(((dayOfYear - 27) / 365.2425) * 2 * Math.PI);
	return season + 3.2 * dayCurve(moment) - 0.03 * moment.drivers.rain;
}

function airStation(site: Site, usual: number): SensorModel {
	const dust = around(`${site.id} dust`, usual, 9, 2400);
	const warmth = around(`${site.id} warmth`, 0, 0.6);
	return sensor('environment', { kind: 'air-quality', period: 10, site }, [
		// Rain washes the dust out.
		{ property: 'pm25', zh: 'PM2.5 浓度', en: 'PM2.5', unit: 'ug/m3', decimals: 0, signal: (m) => dust(m) / (1 + m.drivers.rain / 30) },
		{ property: 'airTemperature', zh: '气温', en: 'Air temperature', unit: 'Cel', decimals: 1, signal: (m) => airTemperature(m) + warmth(m) },
	]);
}

function fenceline(site: Site, leak: number): SensorModel {
	const base = around(site.id, 0.42, 0.18);
	return sensor('environment', { kind: 'voc', period: 5, site }, [
		{ property: 'voc', zh: 'VOCs 浓度', en: 'VOCs', unit: 'mg/m3', decimals: 2, signal: (m) => base(m) + leak * m.drivers.gas },
	]);
}

function windMast(site: Site, { usual, share }: { usual: number; share: number }): SensorModel {
	const slow = around(site.id, usual, 1.6, 600);
	const gust = noise(`${site.id} gust`, 6);
	const turn = around('wind direction', 62, 24, 3600);
	const sway = noise(`${site.id} sway`, 15);
	return sensor('environment', { kind: 'wind', period: 2, site }, [
		{
			property: 'windSpeed',
			zh: '风速',
			en: 'Wind speed',
			unit: 'm/s',
			decimals: 1,
			signal: (m) => Math.max(0, slow(m) + 0.5 * gust(m) + m.drivers.wind * share * (1 + 0.06 * gust(m))),
		},
		{ property: 'windDirection', zh: '风向', en: 'Wind direction', unit: 'deg', decimals: 0, signal: (m) => (turn(m) + 6 * sway(m) + 360) % 360 },
	]);
}

/** `restless`: the pH rises to just above its limit now and then, also on a calm day. */
function outfall(site: Site, { restless }: { restless: boolean }): SensorModel {
	const acidity = around(`${site.id} pH`, restless ? 8.1 : 7.4, 0.12, 300);
	const demand = around(`${site.id} COD`, 27, 6, 1200);
	const now = { at: 2, lasts: 105, every: 900 };
	return sensor('environment', { kind: 'waste-water', period: 3, site }, [
		{
			property: 'ph',
			zh: 'pH 值',
			en: 'pH',
			unit: '[pH]',
			decimals: 2,
			signal: (m) => acidity(m) + (restless ? 1.3 * swell(m, now) : 0),
		},
		{ property: 'cod', zh: '化学需氧量', en: 'COD', unit: 'mg/L', decimals: 1, signal: (m) => demand(m) + 8 * m.drivers.flood },
	]);
}

export const environmentSensors: SensorModel[] = [
	airStation({ id: 'air-xinqi', zh: '新碶空气站', en: 'Xinqi air station', lon: 121.832, lat: 29.905, at: ['新碶', 'Xinqi'] }, 34),
	airStation({ id: 'air-xiaogang', zh: '小港空气站', en: 'Xiaogang air station', lon: 121.722, lat: 29.905, at: ['小港', 'Xiaogang'] }, 36),
	airStation({ id: 'air-chaiqiao', zh: '柴桥空气站', en: 'Chaiqiao air station', lon: 121.91, lat: 29.854, at: ['柴桥', 'Chaiqiao'] }, 29),
	airStation({ id: 'air-chunxiao', zh: '春晓空气站', en: 'Chunxiao air station', lon: 121.897, lat: 29.757, at: ['春晓', 'Chunxiao'] }, 23),
	fenceline({ id: 'voc-qingzhi', zh: '青峙化工区厂界', en: 'Qingzhi chemical area fence line', lon: 121.8, lat: 29.952, at: ['青峙', 'Qingzhi'] }, 0),
	fenceline({ id: 'voc-xiapu', zh: '霞浦化工区厂界', en: 'Xiapu chemical area fence line', lon: 121.899, lat: 29.908, at: ['霞浦', 'Xiapu'] }, 0.085),
	fenceline({ id: 'voc-daxie', zh: '大榭化工区厂界', en: 'Daxie chemical area fence line', lon: 121.948, lat: 29.935, at: ['大榭', 'Daxie'] }, 0),
	windMast(
		{ id: 'wind-zhitou', zh: '峙头测风站', en: 'Zhitou wind mast', lon: 122.127, lat: 29.898, at: ['峙头', 'Zhitou'], elevation: 86 },
		{ usual: 5.6, share: 1.12 },
	),
	windMast(
		{ id: 'wind-beilun-port', zh: '北仑港测风站', en: 'Beilun Port wind mast', lon: 121.88, lat: 29.931, at: ['北仑港', 'Beilun Port'] },
		{ usual: 4.2, share: 0.78 },
	),
	windMast(
		{ id: 'wind-meishan', zh: '梅山测风站', en: 'Meishan wind mast', lon: 122.001, lat: 29.784, at: ['梅山港区', 'Meishan Port'] },
		{ usual: 4.6, share: 0.9 },
	),
	outfall(
		{ id: 'outfall-qingzhi', zh: '青峙 2 号排放口', en: 'Qingzhi outfall 2', lon: 121.788, lat: 29.9575, at: ['青峙', 'Qingzhi'] },
		{ restless: true },
	),
	outfall(
		{ id: 'outfall-yandong', zh: '岩东 1 号排放口', en: 'Yandong outfall 1', lon: 121.862, lat: 29.9285, at: ['新碶', 'Xinqi'] },
		{ restless: false },
	),
];
