import { around, dayCurve, noise, swell } from './moment.ts';
import { type SensorModel, type Site, sensor } from './sensor.ts';

function manhole(site: Site, deepest: number): SensorModel {
	const film = around(site.id, 0.03, 0.02, 600);
	return sensor('urban-management', { kind: 'manhole', period: 4, site }, [
		{
			property: 'waterDepth',
			zh: '井盖积水深度',
			en: 'Water over the cover',
			unit: 'm',
			decimals: 2,
			signal: (m) => film(m) + deepest * m.drivers.flood,
		},
	]);
}

/** `hammering`: a building site that is louder than its limit now and then. */
function noiseMeter(site: Site, { usual, hammering = false }: { usual: number; hammering?: boolean }): SensorModel {
	const hum = around(site.id, usual, 2.5, 120);
	const work = { at: 14, lasts: 80, every: 1260 };
	return sensor('urban-management', { kind: 'noise', period: 2, site }, [
		{
			property: 'noise',
			zh: '噪声',
			en: 'Noise',
			unit: 'dB',
			decimals: 1,
			signal: (m) => hum(m) + 2 * dayCurve(m) + 0.35 * m.drivers.wind + (hammering ? 17 * swell(m, work) : 0),
		},
	]);
}

/** `dip` is how far (V) the supply falls when the storm harms the lines. */
function lampCabinet(site: Site, dip = 0): SensorModel {
	const supply = around(site.id, 226, 2.5, 900);
	const load = around(`${site.id} load`, 17.5, 0.8, 900);
	return sensor('urban-management', { kind: 'street-lamps', period: 5, site }, [
		{ property: 'voltage', zh: '供电电压', en: 'Supply voltage', unit: 'V', decimals: 0, signal: (m) => supply(m) - dip * m.drivers.power },
		{
			property: 'lampCurrent',
			zh: '路灯电流',
			en: 'Lamp current',
			unit: 'A',
			decimals: 1,
			// Lit from dusk to dawn.
			signal: (m) => (dayCurve(m, 0) > -0.05 ? load(m) * (1 - (dip / 226) * m.drivers.power) : 0.2),
		},
	]);
}

function bridge(site: Site, sway: number): SensorModel {
	const breath = around(site.id, 3, 1.5, 1800);
	const swing = noise(`${site.id} swing`, 5);
	return sensor('urban-management', { kind: 'bridge', period: 2, site }, [
		{
			property: 'displacement',
			zh: '主跨位移',
			en: 'Main span displacement',
			unit: 'mm',
			decimals: 1,
			signal: (m) => breath(m) + sway * m.drivers.wind * (1 + 0.08 * swing(m)),
		},
	]);
}

export const urbanManagementSensors: SensorModel[] = [
	manhole({ id: 'manhole-xinqi-031', zh: '新碶 031 号井盖', en: 'Xinqi manhole 031', lon: 121.8355, lat: 29.9095, at: ['新碶', 'Xinqi'] }, 0.3),
	manhole({ id: 'manhole-daqi-114', zh: '大碶 114 号井盖', en: 'Daqi manhole 114', lon: 121.7955, lat: 29.8722, at: ['大碶', 'Daqi'] }, 0.16),
	manhole(
		{ id: 'manhole-chaiqiao-052', zh: '柴桥 052 号井盖', en: 'Chaiqiao manhole 052', lon: 121.9115, lat: 29.8545, at: ['柴桥', 'Chaiqiao'] },
		0.36,
	),
	manhole(
		{ id: 'manhole-xiaogang-008', zh: '小港 008 号井盖', en: 'Xiaogang manhole 008', lon: 121.731, lat: 29.9165, at: ['小港', 'Xiaogang'] },
		0.05,
	),
	noiseMeter(
		{ id: 'noise-xinqi-site', zh: '新碶 6 号工地', en: 'Xinqi building site 6', lon: 121.822, lat: 29.8975, at: ['新碶', 'Xinqi'] },
		{ usual: 58, hammering: true },
	),
	noiseMeter(
		{ id: 'noise-daqi-road', zh: '大碶 329 国道旁', en: 'Daqi, beside G329', lon: 121.7905, lat: 29.8755, at: ['大碶', 'Daqi'] },
		{ usual: 61 },
	),
	noiseMeter(
		{ id: 'noise-xinqi-square', zh: '北仑市民广场', en: 'Beilun civic square', lon: 121.8424, lat: 29.901, at: ['新碶', 'Xinqi'] },
		{ usual: 56 },
	),
	lampCabinet({
		id: 'lamps-taihe',
		zh: '太河路路灯箱 09',
		en: 'Taihe Road lamp cabinet 09',
		lon: 121.8375,
		lat: 29.9145,
		at: ['太河路', 'Taihe Road'],
	}),
	lampCabinet(
		{ id: 'lamps-chaiqiao', zh: '柴桥路灯箱 21', en: 'Chaiqiao lamp cabinet 21', lon: 121.9165, lat: 29.8572, at: ['柴桥', 'Chaiqiao'] },
		52,
	),
	lampCabinet(
		{ id: 'lamps-chunxiao', zh: '春晓大道路灯箱 04', en: 'Chunxiao Avenue lamp cabinet 04', lon: 121.909, lat: 29.762, at: ['春晓', 'Chunxiao'] },
		40,
	),
	bridge({ id: 'bridge-daxie', zh: '大榭大桥', en: 'Daxie Bridge', lon: 121.9305, lat: 29.8935, at: ['大榭大桥', 'Daxie Bridge'] }, 0.9),
	bridge({ id: 'bridge-meishan', zh: '梅山大桥', en: 'Meishan Bridge', lon: 121.937, lat: 29.7905, at: ['梅山大桥', 'Meishan Bridge'] }, 0.35),
];
