import type { UnitInput } from '@beilun/shared/protocol/people.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Point } from './geometry.ts';

/**
 * A unit of the district and what it does on an ordinary day: goes round `stops` by road, round `stops` in a straight line
 * (at sea), or stands at its only stop.
 */
export interface UnitModel {
	input: UnitInput;
	medium: 'road' | 'sea';
	stops: Point[];
	/** km/h on patrol. */
	speed: number;
}

interface Patrol {
	kind: string;
	stops: Point[];
	speed?: number;
	medium?: 'road' | 'sea';
}

function unit(agency: Agency, id: string, name: [string, string], patrol: Patrol): UnitModel {
	const input = { id, name: { zh: name[0], en: name[1] }, agency, kind: patrol.kind, demo: true };
	return { input, medium: patrol.medium ?? 'road', stops: patrol.stops, speed: patrol.speed ?? 38 };
}

export const units: UnitModel[] = [
	unit('police', 'police-101', ['北仑公安 101', 'Beilun Police 101'], {
		kind: 'patrol',
		stops: [
			[121.834, 29.908],
			[121.864, 29.901],
			[121.85, 29.888],
			[121.82, 29.896],
		],
	}),
	unit('police', 'police-102', ['北仑公安 102', 'Beilun Police 102'], {
		kind: 'patrol',
		stops: [
			[121.8, 29.874],
			[121.828, 29.88],
			[121.848, 29.88],
			[121.85, 29.868],
		],
	}),
	unit('police', 'police-103', ['北仑公安 103', 'Beilun Police 103'], {
		kind: 'patrol',
		stops: [
			[121.726, 29.912],
			[121.762, 29.954],
			[121.81, 29.944],
			[121.77, 29.908],
		],
		speed: 44,
	}),
	unit('police', 'police-104', ['北仑公安 104', 'Beilun Police 104'], {
		kind: 'patrol',
		stops: [
			[121.916, 29.858],
			[121.984, 29.867],
			[122.024, 29.864],
		],
		speed: 52,
	}),
	unit('fire', 'fire-201', ['霞浦消防 201', 'Xiapu Fire 201'], { kind: 'engine', stops: [[121.9118, 29.9005]] }),
	unit('fire', 'fire-202', ['霞浦消防 202', 'Xiapu Fire 202'], { kind: 'engine', stops: [[121.9116, 29.9003]] }),
	unit('fire', 'fire-301', ['新碶消防 301', 'Xinqi Fire 301'], { kind: 'engine', stops: [[121.8175, 29.914]] }),
	unit('work-safety', 'work-safety-01', ['安监检查 01', 'Safety inspection 01'], {
		kind: 'inspection',
		stops: [
			[121.79, 29.948],
			[121.82, 29.942],
			[121.88, 29.926],
		],
		speed: 35,
	}),
	unit('environment', 'environment-01', ['环境监测车 01', 'Environment van 01'], {
		kind: 'monitoring',
		stops: [
			[121.85, 29.894],
			[121.878, 29.886],
			[121.892, 29.874],
			[121.864, 29.901],
		],
		speed: 30,
	}),
	unit('water', 'water-boat-01', ['水利巡查艇 01', 'Water patrol boat 01'], {
		kind: 'boat',
		medium: 'sea',
		stops: [
			[121.79, 29.972],
			[121.83, 29.962],
			[121.875, 29.95],
			[121.908, 29.94],
			[121.895, 29.953],
			[121.83, 29.975],
		],
		speed: 26,
	}),
	unit('water', 'water-boat-02', ['水利巡查艇 02', 'Water patrol boat 02'], {
		kind: 'boat',
		medium: 'sea',
		stops: [
			[122.045, 29.834],
			[122.085, 29.845],
			[122.12, 29.86],
			[122.105, 29.835],
			[122.06, 29.822],
		],
		speed: 24,
	}),
	unit('water', 'water-flood-01', ['防汛抢险 01', 'Flood control 01'], {
		kind: 'team',
		stops: [
			[121.916, 29.858],
			[121.924, 29.834],
			[121.916, 29.786],
			[121.972, 29.827],
		],
		speed: 40,
	}),
	unit('urban-management', 'urban-301', ['城管执法 301', 'Urban management 301'], {
		kind: 'team',
		stops: [
			[121.816, 29.896],
			[121.834, 29.898],
			[121.839, 29.918],
			[121.818, 29.914],
		],
		speed: 22,
	}),
	unit('urban-management', 'urban-302', ['市政抢修 302', 'Municipal repair 302'], {
		kind: 'team',
		stops: [
			[121.904, 29.764],
			[121.878, 29.74],
			[121.85, 29.712],
		],
		speed: 34,
	}),
];
