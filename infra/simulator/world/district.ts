import type { ObservationMessage, SensorInput } from '@beilun/shared/protocol/sensors.ts';
import { environmentSensors } from './environment.ts';
import { fireSensors } from './fire.ts';
import type { Moment } from './moment.ts';
import { policeSensors } from './police.ts';
import type { SensorModel } from './sensor.ts';
import { urbanManagementSensors } from './urban-management.ts';
import { waterSensors } from './water.ts';
import { workSafetySensors } from './work-safety.ts';

/** All sensors of the demo district. */
export const sensors: SensorModel[] = [
	...waterSensors,
	...environmentSensors,
	...workSafetySensors,
	...fireSensors,
	...policeSensors,
	...urbanManagementSensors,
];

/** What a sensor reports at a moment, rounded as its datastreams say. */
export function observe({ input, signals }: SensorModel, moment: Moment): ObservationMessage {
	const values: Record<string, number> = {};
	for (const { property, decimals } of input.datastreams) {
		const value = signals[property]?.(moment);
		if (value !== undefined) values[property] = Number(value.toFixed(decimals));
	}
	return { time: new Date(moment.time).toISOString(), values };
}

/** Where a sensor stands in its period, so that all sensors do not report at once. Seconds. */
export function offset(input: SensorInput, index: number): number {
	return (input.period * ((index * 0.618_034) % 1)) % input.period;
}
