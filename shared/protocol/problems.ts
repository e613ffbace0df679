import { z } from 'zod';

/** RFC 9457 problem details, as every failed request answers. `errors` names field, problem and what was expected. */
export const Problem = z.object({
	type: z.string().default('about:blank'),
	title: z.string(),
	status: z.int(),
	detail: z.string().optional(),
	reason: z.string().optional().meta({ description: 'stable word for programs' }),
	errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
