import { Sensor, SensorInput } from '@beilun/shared/protocol/sensors.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import { RegistryFull, type SensorRegistry } from './registry.ts';

const tags = ['sensors'];
const params = z.object({ id: Slug });

/** Uniqueness is checked here, not in the schema: the message must name the property. */
function checkDatastreams({ datastreams }: SensorInput): void {
	const seen = new Set<string>();
	for (const [index, { property }] of datastreams.entries()) {
		if (seen.has(property)) {
			const message = `${property} is there twice; expected each property once`;
			throw new RequestError(400, 'invalid', `datastreams.${index}.property: ${message}`, [{ field: `datastreams.${index}.property`, message }]);
		}
		seen.add(property);
	}
}

export function sensorRoutes(app: App, registry: SensorRegistry, removed: (sensorId: string) => void): void {
	app.get(
		'/api/v1/sensors',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'All sensors one may see', response: { 200: z.object({ items: z.array(Sensor) }) } },
		},
		(request) => {
			const principal = principalOf(request);
			return { items: registry.all().filter((sensor) => maySee(principal, sensor.agency)) };
		},
	);
	app.get(
		'/api/v1/sensors/:id',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'One sensor', params, response: { 200: Sensor } } },
		(request) => {
			const sensor = registry.get(request.params.id);
			if (sensor === undefined || !maySee(principalOf(request), sensor.agency)) throw notFound(request.params.id);
			return sensor;
		},
	);
	app.put(
		'/api/v1/sensors/:id',
		{
			config: { access: ['admin', 'duty-officer'] },
			schema: { tags, summary: 'Create or replace a sensor', params, body: SensorInput, response: { 200: Sensor } },
		},
		async (request) => {
			const { body, params: path } = request;
			if (body.id !== path.id) {
				throw new RequestError(400, 'invalid', `id: ${body.id}; expected ${path.id}, as in the path`, [
					{ field: 'id', message: `expected ${path.id}` },
				]);
			}
			checkDatastreams(body);
			try {
				return await registry.put(body);
			} catch (error) {
				if (error instanceof RegistryFull) throw new RequestError(409, 'limit', error.message);
				throw error;
			}
		},
	);
	app.delete(
		'/api/v1/sensors/:id',
		{
			config: { access: ['admin', 'duty-officer'] },
			schema: { tags, summary: 'Remove a sensor; its observations are kept', params, response: { 204: z.null() } },
		},
		async (request, reply) => {
			if (!(await registry.remove(request.params.id))) throw notFound(request.params.id);
			removed(request.params.id);
			return reply.code(204).send(null);
		},
	);
}

export function notFound(id: string): RequestError {
	return new RequestError(404, 'not-found', `there is no sensor ${id}`);
}
