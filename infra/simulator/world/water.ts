import { around, type Moment, noise } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

/** Constituents at the north shore: amplitude in m, period in hours, phase in hours after the epoch. */
const constituents = [
	{ name: 'M2', amplitude: 0.85, period: 12.4206, phase: 3.1 },
	{ name: 'S2', amplitude: 0.35, period: 12, phase: 5.2 },
	{ name: 'K1', amplitude: 0.3, period: 23.9345, phase: 9.4 },
	{ name: 'O1', amplitude: 0.2, period: 25.8193, phase: 2.6 },
];

/** Astronomical tide in m above the 1985 datum; between about -1.5 and 1.95. `lagHours` is how much later it comes at a place. */
export function tide({ time }: Moment, lagHours = 0): number {
	const hours = time / 3_600_000 - lagHours;
	return constituents.reduce((sum, { amplitude, period, phase }) => sum + amplitude * Math.cos((2 * Math.PI * (hours - phase)) / period), 0.25);
}

/** `storm` is the level in m that a full surge lifts the gauge to, whatever the tide is doing. */
function tideGauge(site: Site, { lag, storm }: { lag: number; storm: number }): SensorModel {
	const ripple = noise(site.id, 20);
	const signal = (moment: Moment) => {
		const level = tide(moment, lag);
		return level + moment.drivers.surge * (storm - level) + 0.015 * ripple(moment);
	};
	return sensor('water', { kind: 'tide-gauge', period: 5, site }, [
		{ property: 'tideLevel', zh: '潮位', en: 'Tide level', unit: 'm', decimals: 2, signal },
	]);
}

function riverGauge(site: Site, rise: number): SensorModel {
	const base = around(site.id, 1.38, 0.12, 1800);
	return sensor('water', { kind: 'water-level', period: 5, site }, [
		{ property: 'riverLevel', zh: '河道水位', en: 'River level', unit: 'm', decimals: 2, signal: (m) => base(m) + rise * m.drivers.river },
	]);
}

function rainGauge(site: Site, share: number): SensorModel {
	const gust = noise(site.id, 25);
	return sensor('water', { kind: 'rain', period: 5, site }, [
		{
			property: 'rainRate',
			zh: '雨强',
			en: 'Rain rate',
			unit: 'mm/h',
			decimals: 1,
			signal: (m) => Math.max(0, m.drivers.rain * share * (1 + 0.06 * gust(m))),
		},
	]);
}

function reservoir(site: Site, { level, rise }: { level: number; rise: number }): SensorModel {
	const base = around(site.id, level, 0.04, 7200);
	return sensor('water', { kind: 'reservoir', period: 10, site }, [
		{ property: 'reservoirLevel', zh: '库水位', en: 'Reservoir level', unit: 'm', decimals: 2, signal: (m) => base(m) + rise * m.drivers.river },
	]);
}

export const waterSensors: SensorModel[] = [
	tideGauge(
		{ id: 'tide-beilun-port', zh: '北仑港潮位站', en: 'Beilun Port tide gauge', lon: 121.8735, lat: 29.9392, at: ['北仑港', 'Beilun Port'] },
		{ lag: 0, storm: 2.95 },
	),
	tideGauge(
		{ id: 'tide-chuanshan', zh: '穿山潮位站', en: 'Chuanshan tide gauge', lon: 121.984, lat: 29.8908, at: ['穿山', 'Chuanshan'] },
		{ lag: -0.35, storm: 2.85 },
	),
	tideGauge(
		{ id: 'tide-meishan', zh: '梅山潮位站', en: 'Meishan tide gauge', lon: 122.0095, lat: 29.787, at: ['梅山港区', 'Meishan Port'] },
		{ lag: -0.6, storm: 2.78 },
	),
	tideGauge(
		{ id: 'tide-guoju', zh: '郭巨潮位站', en: 'Guoju tide gauge', lon: 122.0775, lat: 29.8532, at: ['郭巨', 'Guoju'] },
		{ lag: -0.5, storm: 2.6 },
	),
	riverGauge(
		{ id: 'river-xiaojia-sluice', zh: '小浃江浃水大闸', en: 'Xiaojia River, Jiashui sluice', lon: 121.752, lat: 29.95, at: ['戚家山', 'Qijiashan'] },
		0.75,
	),
	riverGauge({ id: 'river-tai-daqi', zh: '泰河大碶站', en: 'Tai River at Daqi', lon: 121.82, lat: 29.882, at: ['大碶', 'Daqi'] }, 0.55),
	riverGauge({ id: 'river-yan-xinqi', zh: '岩河新碶闸', en: 'Yan River, Xinqi sluice', lon: 121.8695, lat: 29.9125, at: ['新碶', 'Xinqi'] }, 0.4),
	riverGauge({ id: 'river-lu-chaiqiao', zh: '芦江柴桥站', en: 'Lu River at Chaiqiao', lon: 121.914, lat: 29.859, at: ['柴桥', 'Chaiqiao'] }, 1.08),
	riverGauge({ id: 'river-lu-sluice', zh: '芦江大闸', en: 'Lu River sluice', lon: 121.931, lat: 29.8825, at: ['柴桥', 'Chaiqiao'] }, 0.4),
	rainGauge({ id: 'rain-daqi', zh: '大碶雨量站', en: 'Daqi rain gauge', lon: 121.795, lat: 29.866, at: ['大碶', 'Daqi'] }, 0.75),
	rainGauge({ id: 'rain-chaiqiao', zh: '柴桥雨量站', en: 'Chaiqiao rain gauge', lon: 121.9125, lat: 29.849, at: ['柴桥', 'Chaiqiao'] }, 1.02),
	rainGauge({ id: 'rain-chunxiao', zh: '春晓雨量站', en: 'Chunxiao rain gauge', lon: 121.893, lat: 29.76, at: ['春晓', 'Chunxiao'] }, 0.5),
	rainGauge({ id: 'rain-guoju', zh: '郭巨雨量站', en: 'Guoju rain gauge', lon: 122.07, lat: 29.8625, at: ['郭巨', 'Guoju'] }, 0.65),
	rainGauge({ id: 'rain-baifeng', zh: '白峰雨量站', en: 'Baifeng rain gauge', lon: 122.0245, lat: 29.861, at: ['白峰', 'Baifeng'] }, 0.7),
	reservoir(
		{ id: 'reservoir-chengwan', zh: '城湾水库', en: 'Chengwan Reservoir', lon: 121.8005, lat: 29.836, at: ['大碶', 'Daqi'] },
		{ level: 61.2, rise: 0.5 },
	),
	reservoir(
		{ id: 'reservoir-xinluao', zh: '新路岙水库', en: 'Xinlu’ao Reservoir', lon: 121.852, lat: 29.83, at: ['霞浦', 'Xiapu'] },
		{ level: 38.4, rise: 0.3 },
	),
	reservoir(
		{ id: 'reservoir-qianmuao', zh: '千亩岙水库', en: 'Qianmu’ao Reservoir', lon: 121.979, lat: 29.848, at: ['白峰', 'Baifeng'] },
		{ level: 24.1, rise: 0.2 },
	),
];
