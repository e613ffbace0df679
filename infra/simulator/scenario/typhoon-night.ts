import type { CameraFault } from '../rtsp/camera.ts';
import type { DriverName } from '../world/moment.ts';

/** `[second, value]`; between two the value moves evenly. */
export type Curve = [number, number][];

export type ScenarioEvent =
	| { at: number; do: 'fail-camera'; camera: string; fault: CameraFault }
	| { at: number; do: 'restore-camera'; camera: string }
	| { at: number; do: 'dispatch'; unit: string; to: [number, number] }
	| { at: number; do: 'release'; unit: string }
	| { at: number; do: 'say'; text: string };

export interface Scenario {
	name: string;
	/** Seconds from start to the end, when everything is calm again. */
	duration: number;
	drivers: Partial<Record<DriverName, Curve>>;
	events: ScenarioEvent[];
}

/** 台风夜: three minutes from the first rain to calm. From second 140 everything falls back. */
export const typhoonNight: Scenario = {
	name: 'typhoon-night',
	duration: 190,
	drivers: {
		rain: [
			[0, 0],
			[12, 22],
			[45, 55],
			[85, 84],
			[120, 80],
			[140, 55],
			[172, 0],
		],
		wind: [
			[0, 0],
			[15, 7],
			[55, 16],
			[95, 22],
			[138, 20],
			[174, 0],
		],
		surge: [
			[5, 0],
			[30, 0.6],
			[75, 0.93],
			[105, 1],
			[140, 0.96],
			[178, 0],
		],
		river: [
			[20, 0],
			[80, 1.2],
			[120, 1.75],
			[142, 1.65],
			[178, 0],
		],
		flood: [
			[30, 0],
			[70, 0.55],
			[100, 1],
			[140, 0.95],
			[176, 0],
		],
		power: [
			[60, 0],
			[63, 1],
			[122, 1],
			[126, 0],
		],
		pressure: [
			[40, 0],
			[70, 24],
			[105, 49],
			[132, 52],
			[150, 25],
			[172, 0],
		],
		gas: [
			[78, 0],
			[90, 12],
			[106, 30],
			[136, 27],
			[168, 0],
		],
		smoke: [
			[96, 0],
			[112, 8],
			[136, 7],
			[168, 0],
		],
	},
	events: [
		{ at: 0, do: 'say', text: 'typhoon night begins: rain and wind rise' },
		{ at: 48, do: 'fail-camera', camera: 'cam-seawall-01', fault: 'offline' },
		{ at: 58, do: 'dispatch', unit: 'police-101', to: [121.848, 29.9047] },
		{ at: 72, do: 'dispatch', unit: 'fire-201', to: [121.9027, 29.9118] },
		{ at: 84, do: 'dispatch', unit: 'fire-202', to: [121.8958, 29.9064] },
		{ at: 92, do: 'dispatch', unit: 'environment-01', to: [121.899, 29.908] },
		{ at: 140, do: 'say', text: 'the storm passes: everything falls back' },
		{ at: 148, do: 'restore-camera', camera: 'cam-seawall-01' },
		{ at: 172, do: 'release', unit: 'police-101' },
		{ at: 176, do: 'release', unit: 'environment-01' },
		{ at: 182, do: 'release', unit: 'fire-202' },
		{ at: 186, do: 'release', unit: 'fire-201' },
	],
};
