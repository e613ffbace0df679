import { Alert, AlertChange } from '@beilun/shared/protocol/alerts.ts';
import type { Principal } from '@beilun/shared/protocol/people.ts';
import { Agency, Severity } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staff, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import { findAlert, listAlerts, listChanges } from './alerts.ts';

export interface AlertDesk {
	/** Null where there is no such alert. */
	acknowledge(id: string, by: string): Promise<Alert | null>;
}

const Query = z.object({
	state: z.enum(['active', 'cleared']).optional(),
	acknowledged: z
		.enum(['true', 'false'])
		.transform((text) => text === 'true')
		.optional(),
	severity: Severity.optional(),
	agency: Agency.optional(),
	limit: z.coerce.number().int().min(1).max(500).default(100),
	before: z.uuid().optional().meta({ description: 'the id of the last alert of the page before' }),
});

export function alertRoutes(app: App, database: Database, desk: AlertDesk): void {
	const tags = ['alerts'];
	const params = z.object({ id: z.uuid() });

	const visible = async (principal: Principal, id: string): Promise<Alert> => {
		const alert = await findAlert(database, id);
		if (alert === null || !maySee(principal, alert.agency)) throw notFound(id);
		return alert;
	};

	app.get(
		'/api/v1/alerts',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'Alerts, newest first', querystring: Query, response: { 200: z.object({ items: z.array(Alert) }) } },
		},
		async (request) => {
			const principal = principalOf(request);
			const { agency } = request.query;
			if (principal.role !== 'agency-viewer') return { items: await listAlerts(database, request.query) };
			// A foreign agency's page is empty, as if nothing had ever happened there.
			if (principal.agency === null || (agency !== undefined && agency !== principal.agency)) return { items: [] };
			return { items: await listAlerts(database, { ...request.query, agency: principal.agency }) };
		},
	);

	app.get(
		'/api/v1/alerts/:id',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'One alert', params, response: { 200: Alert } } },
		(request) => visible(principalOf(request), request.params.id),
	);

	app.get(
		'/api/v1/alerts/:id/history',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'What became of an alert, oldest first', params, response: { 200: z.object({ items: z.array(AlertChange) }) } },
		},
		async (request) => {
			const alert = await visible(principalOf(request), request.params.id);
			return { items: await listChanges(database, alert.id) };
		},
	);

	app.post(
		'/api/v1/alerts/:id/acknowledge',
		{
			config: { access: staff },
			schema: { tags, summary: 'Say that somebody has seen it; a second time changes nothing', params, response: { 200: Alert } },
		},
		async (request) => {
			const alert = await desk.acknowledge(request.params.id, principalOf(request).displayName);
			if (alert === null) throw notFound(request.params.id);
			return alert;
		},
	);
}

function notFound(id: string): RequestError {
	return new RequestError(404, 'not-found', `no alert ${id}`);
}
