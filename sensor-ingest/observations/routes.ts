import { datastreamId, Observation, Series } from '@beilun/shared/protocol/sensors.ts';
import { Instant, PropertyKey, Slug } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import type { SensorRegistry } from '../sensors/registry.ts';
import { notFound } from '../sensors/routes.ts';
import { readAfter, readLatest, readSeries } from './table.ts';

const tags = ['observations'];
const day = 86_400_000;
const maxSpan = 366 * day;

export function observationRoutes(app: App, database: Database, registry: SensorRegistry): void {
	app.get(
		'/api/v1/readings',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'The latest observation of every datastream', response: { 200: z.object({ items: z.array(Observation) }) } },
		},
		async (request) => {
			const principal = principalOf(request);
			const latest = await readLatest(database);
			const items = latest.filter((reading) => {
				const sensor = registry.get(reading.sensorId);
				return sensor !== undefined && maySee(principal, sensor.agency) && registry.datastream(reading.sensorId, reading.property) !== undefined;
			});
			return { items };
		},
	);

	app.get(
		'/api/v1/sensors/:id/series',
		{
			config: { access: staffAndAgencies },
			schema: {
				tags,
				summary: 'A datastream over time, in at most `points` buckets with extremes and mean',
				params: z.object({ id: Slug }),
				querystring: z.object({
					property: PropertyKey,
					from: Instant.optional().meta({ description: 'a day before `to` where it is not given' }),
					to: Instant.optional().meta({ description: 'not included; now where it is not given' }),
					points: z.coerce.number().int().min(1).max(2000).default(500),
				}),
				response: { 200: Series },
			},
		},
		async (request) => {
			const { id } = request.params;
			const { property, points } = request.query;
			const sensor = registry.get(id);
			if (sensor === undefined || !maySee(principalOf(request), sensor.agency)) throw notFound(id);
			const datastream = registry.datastream(id, property);
			if (datastream === undefined) throw new RequestError(404, 'not-found', `the sensor ${id} has no property ${property}`);
			const to = request.query.to === undefined ? Date.now() : Date.parse(request.query.to);
			const from = request.query.from === undefined ? to - day : Date.parse(request.query.from);
			if (!(from < to && to - from <= maxSpan && from >= 0)) {
				const message = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}; expected a range of at most 366 days that does not end before it begins`;
				throw new RequestError(400, 'invalid', `from: ${message}`, [{ field: 'from', message }]);
			}
			const bucketSeconds = Math.max(1, Math.ceil((to - from) / 1000 / points));
			const buckets = await readSeries(database, { datastreamId: datastreamId(id, property), from: new Date(from), to: new Date(to), bucketSeconds });
			return {
				datastreamId: datastreamId(id, property),
				unit: datastream.unit,
				from: new Date(from).toISOString(),
				to: new Date(to).toISOString(),
				bucketSeconds,
				points: buckets,
			};
		},
	);

	app.get(
		'/api/v1/observations/after',
		{
			config: { access: 'service' },
			schema: {
				tags,
				summary: 'Committed observations after a sequence number, in its order: how a consumer catches up',
				querystring: z.object({ seq: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(10_000).default(1000) }),
				response: { 200: z.object({ items: z.array(Observation), head: z.int() }) },
			},
		},
		(request) => readAfter(database, request.query.seq, request.query.limit),
	);
}
