import type { Rule } from '@beilun/shared/protocol/alerts.ts';
import type { Sensor } from '@beilun/shared/protocol/sensors.ts';
import { useMemo } from 'react';
import { useFetched } from '../fetched.ts';
import type { Limit } from './chart.tsx';

export function limitsOf(rule: Rule): Limit[] {
	return rule.condition.levels.map(({ severity, limit }) => ({ severity, limit, direction: rule.condition.direction }));
}

/** The limits that stand for one property of a sensor. */
export function useLimits(sensor: Sensor | undefined, property: string | undefined): readonly Limit[] {
	const { data } = useFetched<{ items: Rule[] }>(sensor === undefined ? null : '/api/v1/rules', sensor?.id);
	return useMemo(() => {
		if (sensor === undefined || property === undefined) return [];
		return (data?.items ?? [])
			.filter((rule) => rule.enabled && rule.property === property && rule.agency === sensor.agency)
			.filter((rule) => rule.sensorIds.length === 0 || rule.sensorIds.includes(sensor.id))
			.flatMap(limitsOf);
	}, [data, sensor, property]);
}
