import { Rule, RuleInput } from '@beilun/shared/protocol/alerts.ts';
import { Slug } from '@beilun/shared/protocol/words.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type App, principalOf, RequestError } from '@beilun/shared/runtime/http.ts';
import { maySee, staffAndAgencies } from '@beilun/shared/runtime/identity.ts';
import { z } from 'zod';
import { problemsOf } from './check.ts';
import { findRule, listRuleHistory, listRules } from './rules.ts';

/** Whoever evaluates rules takes their changes, so that none falls between two readings. */
export interface RuleBook {
	putRule(input: RuleInput): Promise<Rule>;
	removeRule(id: string): Promise<boolean>;
}

const mayChange = ['commander', 'admin'] as const;

export function ruleRoutes(app: App, database: Database, book: RuleBook): void {
	const tags = ['rules'];
	const params = z.object({ id: Slug });

	app.get(
		'/api/v1/rules',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'Alert rules', response: { 200: z.object({ items: z.array(Rule) }) } } },
		async (request) => {
			const principal = principalOf(request);
			return { items: (await listRules(database)).filter((rule) => maySee(principal, rule.agency)) };
		},
	);

	app.get(
		'/api/v1/rules/:id',
		{ config: { access: staffAndAgencies }, schema: { tags, summary: 'One alert rule', params, response: { 200: Rule } } },
		async (request) => {
			const rule = await findRule(database, request.params.id);
			if (rule === null || !maySee(principalOf(request), rule.agency)) throw notFound(request.params.id);
			return rule;
		},
	);

	app.get(
		'/api/v1/rules/:id/history',
		{
			config: { access: staffAndAgencies },
			schema: { tags, summary: 'Former versions, newest first', params, response: { 200: z.object({ items: z.array(Rule) }) } },
		},
		async (request) => {
			const principal = principalOf(request);
			return { items: (await listRuleHistory(database, request.params.id)).filter((rule) => maySee(principal, rule.agency)) };
		},
	);

	app.put(
		'/api/v1/rules/:id',
		{
			config: { access: mayChange },
			schema: { tags, summary: 'Create or replace a rule; the former version is kept', params, body: RuleInput, response: { 200: Rule } },
		},
		async (request) => {
			if (request.body.id !== request.params.id) throw new RequestError(400, 'invalid', `id: expected ${request.params.id} as in the address`);
			const problems = problemsOf(request.body);
			if (problems.length > 0) {
				throw new RequestError(400, 'invalid', problems.map((each) => `${each.field}: ${each.message}`).join('; '), problems);
			}
			return book.putRule(request.body);
		},
	);

	app.delete(
		'/api/v1/rules/:id',
		{ config: { access: mayChange }, schema: { tags, summary: 'Remove a rule; its alerts are cleared', params, response: { 204: z.null() } } },
		async (request, reply) => {
			if (!(await book.removeRule(request.params.id))) throw notFound(request.params.id);
			return reply.code(204).send(null);
		},
	);
}

function notFound(id: string): RequestError {
	return new RequestError(404, 'not-found', `no rule ${id}`);
}
