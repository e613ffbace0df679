import { around, dayCurve, type Moment, noise } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

/** How many people stay out in wind and rain: 1 when calm, a tenth in the storm. */
function shelter({ drivers }: Moment): number {
	return 1 - 0.9 * Math.min(1, drivers.rain / 60);
}

function crowdCounter(site: Site, usual: number): SensorModel {
	const mood = around(site.id, 1, 0.18, 1500);
	return sensor('police', { kind: 'crowd', period: 5, site }, [
		{
			property: 'people',
			zh: '人数',
			en: 'People',
			unit: '{#}',
			decimals: 0,
			signal: (m) => Math.max(0, usual * (0.55 + 0.45 * dayCurve(m, 18)) * mood(m) * shelter(m)),
		},
	]);
}

function trafficCounter(site: Site, usual: number): SensorModel {
	const flow = around(site.id, 1, 0.22, 420);
	const pace = around(`${site.id} pace`, 46, 6, 420);
	return sensor('police', { kind: 'traffic', period: 4, site }, [
		{
			property: 'flow',
			zh: '车流量',
			en: 'Traffic flow',
			unit: '{#}/min',
			decimals: 0,
			signal: (m) => Math.max(0, usual * (0.6 + 0.4 * dayCurve(m, 15)) * flow(m) * (0.4 + 0.6 * shelter(m))),
		},
		{ property: 'speed', zh: '平均车速', en: 'Mean speed', unit: 'km/h', decimals: 0, signal: (m) => pace(m) * (1 - 0.5 * m.drivers.flood) },
	]);
}

function underpass(site: Site, deepest: number): SensorModel {
	const film = noise(site.id, 40);
	return sensor('police', { kind: 'waterlogging', period: 3, site }, [
		{
			property: 'waterDepth',
			zh: '积水深度',
			en: 'Water depth',
			unit: 'm',
			decimals: 2,
			signal: (m) => Math.max(0, deepest * m.drivers.flood * (1 + 0.02 * film(m))),
		},
	]);
}

export const policeSensors: SensorModel[] = [
	crowdCounter({ id: 'crowd-xinqi-square', zh: '北仑市民广场', en: 'Beilun civic square', lon: 121.842, lat: 29.9015, at: ['新碶', 'Xinqi'] }, 480),
	crowdCounter({ id: 'crowd-yangshashan', zh: '洋沙山海滨', en: 'Yangshashan seaside', lon: 121.9215, lat: 29.7545, at: ['春晓', 'Chunxiao'] }, 320),
	crowdCounter(
		{ id: 'crowd-baifeng-ferry', zh: '白峰轮渡码头', en: 'Baifeng ferry terminal', lon: 122.047, lat: 29.8885, at: ['白峰', 'Baifeng'] },
		260,
	),
	trafficCounter(
		{ id: 'traffic-taihe-mingzhou', zh: '太河路—明州路口', en: 'Taihe Road / Mingzhou Road', lon: 121.8325, lat: 29.892, at: ['新碶', 'Xinqi'] },
		38,
	),
	trafficCounter(
		{
			id: 'traffic-taishan-changjiang',
			zh: '泰山路—长江路口',
			en: 'Taishan Road / Changjiang Road',
			lon: 121.8175,
			lat: 29.912,
			at: ['新碶', 'Xinqi'],
		},
		33,
	),
	trafficCounter(
		{ id: 'traffic-jingang', zh: '进港路卡口', en: 'Jingang Road checkpoint', lon: 121.8625, lat: 29.9265, at: ['北仑港', 'Beilun Port'] },
		27,
	),
	underpass({ id: 'underpass-taishan', zh: '泰山路下穿', en: 'Taishan Road underpass', lon: 121.848, lat: 29.9047, at: ['新碶', 'Xinqi'] }, 0.56),
	underpass({ id: 'underpass-huangshan', zh: '黄山路下穿', en: 'Huangshan Road underpass', lon: 121.8295, lat: 29.8843, at: ['大碶', 'Daqi'] }, 0.36),
	underpass(
		{ id: 'underpass-xiaogang', zh: '小港铁路下穿', en: 'Xiaogang railway underpass', lon: 121.727, lat: 29.9115, at: ['小港', 'Xiaogang'] },
		0.24,
	),
];
