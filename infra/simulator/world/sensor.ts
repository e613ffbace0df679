import type { SensorInput } from '@beilun/shared/protocol/sensors.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import type { Signal } from './moment.ts';

/** A sensor of the district: what is registered, and how each of its values comes about. */
export interface SensorModel {
	input: SensorInput;
	signals: Record<string, Signal>;
}

export interface Property {
	property: string;
	zh: string;
	en: string;
	/** UCUM. */
	unit: string;
	decimals: number;
	signal: Signal;
}

export interface Site {
	id: string;
	zh: string;
	en: string;
	lon: number;
	lat: number;
	/** Where that is, in words: `[zh, en]`. */
	at: [string, string];
	elevation?: number;
}

/** Registers one sensor of an agency. `period` in seconds. */
export function sensor(agency: Agency, { kind, period, site }: { kind: string; period: number; site: Site }, properties: Property[]): SensorModel {
	const { id, zh, en, lon, lat, at, elevation } = site;
	return {
		input: {
			id,
			name: { zh, en },
			agency,
			kind,
			place: { lon, lat, name: at[0], nameEn: at[1], ...(elevation === undefined ? {} : { elevation }) },
			period,
			datastreams: properties.map((property) => ({
				property: property.property,
				name: { zh: property.zh, en: property.en },
				unit: property.unit,
				decimals: property.decimals,
			})),
			demo: true,
		},
		signals: Object.fromEntries(properties.map(({ property, signal }) => [property, signal])),
	};
}
