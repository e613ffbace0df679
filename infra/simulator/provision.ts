import { setTimeout as wait } from 'node:timers/promises';

const atOnce = 8;
/** How long the server may take until it answers, in milliseconds. */
const patience = 30_000;

/** The server said no, and saying it again would not help. */
class RefusedError extends Error {
	override name = 'RefusedError';
}

/** The system's public HTTP API with the service token. A server that is not ready yet is asked again. */
export class Api {
	readonly #base: string;
	readonly #token: string;

	constructor(base: string, token: string) {
		this.#base = base;
		this.#token = token;
	}

	put(path: string, body: object): Promise<unknown> {
		return this.#send('PUT', path, body);
	}

	post(path: string, body: object): Promise<unknown> {
		return this.#send('POST', path, body);
	}

	async #send(method: string, path: string, body: object): Promise<unknown> {
		const until = Date.now() + patience;
		for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
			const trouble = await this.#try(method, path, body).then(
				(answer) => ({ answer }),
				(error: unknown) => ({ error }),
			);
			if ('answer' in trouble) return trouble.answer;
			if (trouble.error instanceof RefusedError || Date.now() + pause > until) throw trouble.error;
			await wait(pause);
		}
	}

	async #try(method: string, path: string, body: object): Promise<unknown> {
		const response = await fetch(new URL(path, this.#base), {
			method,
			headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(10_000),
		});
		const text = await response.text();
		if (response.ok) return text === '' ? null : JSON.parse(text);
		const message = `${method} ${path} was answered ${response.status}: ${text.slice(0, 500)}`;
		// 429 and 5xx pass; every other refusal stays.
		if (response.status >= 500 || response.status === 429) throw new Error(message);
		throw new RefusedError(message);
	}
}

/** Works through all items, some at once, in their order. The first failure ends it. */
export async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const item = items[next] as T;
			next += 1;
			await work(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
