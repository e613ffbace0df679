import type { Problem } from '@beilun/shared/protocol/problems.ts';
import { complaintText } from './complaints.ts';
import i18next from './i18n/index.ts';

/** A request that failed; `problem` is the server's own words, or says that no answer came. */
export class ApiError extends Error {
	readonly problem: Problem;

	constructor(problem: Problem) {
		super(problem.detail ?? problem.title);
		this.problem = problem;
	}

	get status(): number {
		return this.problem.status;
	}

	/** What the server says about this field (`place.lon`), or about anything inside it. */
	fieldMessage(field: string): string | undefined {
		const message = this.problem.errors?.find((error) => error.field === field || error.field.startsWith(`${field}.`))?.message;
		return message === undefined ? undefined : complaintText(message);
	}
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
	const timeout = AbortSignal.timeout(15_000);
	let response: Response;
	try {
		response = await fetch(path, {
			method,
			credentials: 'same-origin',
			signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
			...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
		});
	} catch (error) {
		if (signal?.aborted === true) throw error;
		const reason = timeout.aborted ? 'timeout' : 'network';
		throw new ApiError({ type: 'about:blank', title: i18next.t(`common:problem.${reason}`), status: 0, reason });
	}
	if (!response.ok) {
		const problem = await readProblem(response);
		if (response.status === 401 && !publicPaths.includes(path.split('?')[0] ?? '')) goToLogin();
		throw new ApiError(problem);
	}
	if (response.status === 204) return undefined as T;
	const text = await response.text();
	return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** These answer 401 as part of their business. */
const publicPaths = ['/api/v1/login', '/api/v1/setup', '/api/v1/me'];

async function readProblem(response: Response): Promise<Problem> {
	const fallback: Problem = { type: 'about:blank', title: response.statusText || String(response.status), status: response.status };
	try {
		const body = (await response.json()) as Partial<Problem>;
		return { ...fallback, ...body, status: response.status };
	} catch {
		return fallback;
	}
}

/** To the login page, which brings the person back to where they were. */
export function goToLogin(): void {
	if (window.location.pathname === '/login') return;
	const here = window.location.pathname + window.location.search;
	window.location.assign(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`);
}

export const api = {
	get: <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal),
	put: <T>(path: string, body: unknown) => request<T>('PUT', path, body),
	post: <T>(path: string, body: unknown = {}) => request<T>('POST', path, body),
	delete: <T>(path: string) => request<T>('DELETE', path),
};

/** What to tell the person about a failure. */
export function problemText(error: unknown): string {
	if (!(error instanceof ApiError)) return i18next.t('common:problem.unexpected', { detail: error instanceof Error ? error.message : String(error) });
	if (error.status === 0) return error.problem.title;
	if (error.status === 403) return i18next.t('common:problem.forbidden');
	return i18next.t('common:problem.unexpected', { detail: error.message });
}
