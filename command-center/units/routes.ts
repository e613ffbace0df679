import { type Position, type Principal, Unit, UnitInput, UnitStatus } from '@beilun/shared/protocol/people.ts';
import { PositionMessage } from '@beilun/shared/protocol/sensors.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import type { UnitRegistry } from './registry.ts';

export function unitRoutes(app: App, registry: UnitRegistry): void {
	const tags = ['units'];
	const params = z.object({ id: Slug });

	const visible = (principal: Principal, id: string): Unit => {
		const unit = registry.find(id);
		// Somebody else's unit is answered like one that does not exist.
		if (unit === undefined || !maySeeUnit(principal, unit)) throw new RequestError(404, 'not-found', `no unit ${id}`);
		return unit;
	};

	app.get(
		'/api/v1/units',
		{ config: { access: 'anyone-logged-in' }, schema: { tags, summary: 'All units', response: { 200: z.object({ items: z.array(Unit) }) } } },
		(request) => ({ items: registry.list().filter((unit) => maySeeUnit(principalOf(request), unit)) }),
	);

	app.get(
		'/api/v1/units/:id',
		{ config: { access: 'anyone-logged-in' }, schema: { tags, summary: 'One unit', params, response: { 200: Unit } } },
		(request) => visible(principalOf(request), request.params.id),
	);

	app.put(
		'/api/v1/units/:id',
		{ config: { access: ['admin'] }, schema: { tags, summary: 'Create or change a unit', params, body: UnitInput, response: { 200: Unit } } },
		async (request) => {
			const { id } = request.params;
			if (request.body.id !== id) throw new RequestError(400, 'invalid', `id: expected ${id} as in the address`);
			return registry.put(request.body);
		},
	);

	app.delete(
		'/api/v1/units/:id',
		{ config: { access: ['admin'] }, schema: { tags, summary: 'Remove a unit and its track', params, response: { 204: z.null() } } },
		async (request, reply) => {
			if (!(await registry.remove(request.params.id))) throw new RequestError(404, 'not-found', `no unit ${request.params.id}`);
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/v1/units/:id/position',
		{
			config: { access: ['field-unit'], audit: false },
			schema: {
				tags,
				summary: 'Where the unit is now; an older position than the known one changes nothing',
				params,
				body: PositionMessage,
				response: { 200: z.object({ taken: z.boolean() }) },
			},
		},
		async (request) => {
			const { id } = request.params;
			const principal = principalOf(request);
			if (principal.kind !== 'service' && principal.unitId !== id) throw new RequestError(403, 'forbidden', 'a unit reports its own position only');
			const taken = await registry.move(id, toPosition(request.body));
			if (taken === 'unknown') throw new RequestError(404, 'not-found', `no unit ${id}`);
			if (taken === 'ahead-of-time') {
				throw new RequestError(400, 'invalid', `time: ${request.body.time} lies in the future; expected the time of the position`);
			}
			return { taken: taken === 'moved' };
		},
	);

	app.post(
		'/api/v1/units/:id/status',
		{
			config: { access: ['field-unit', 'duty-officer', 'commander', 'admin'] },
			schema: { tags, summary: 'What the unit does now', params, body: z.object({ status: UnitStatus }), response: { 200: Unit } },
		},
		async (request) => {
			const { id } = visible(principalOf(request), request.params.id);
			const unit = await registry.setStatus(id, request.body.status);
			if (unit === null) throw new RequestError(404, 'not-found', `no unit ${id}`);
			return unit;
		},
	);
}

function maySeeUnit(principal: Principal, unit: Unit): boolean {
	return principal.role === 'field-unit' ? principal.unitId === unit.id : maySee(principal, unit.agency);
}

function toPosition(message: PositionMessage): Position {
	const { time, lon, lat, speed = null, heading = null, accuracy = null } = message;
	return { time, lon, lat, speed, heading, accuracy, source: 'phone' };
}
