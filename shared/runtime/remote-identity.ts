import { createHash, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Principal } from '../protocol/people.ts';
import type { Bus } from './bus.ts';
import type { Identity } from './identity.ts';

/** How long an answer holds without asking again; an end that the bus tells of counts at once. */
const cacheMs = 5_000;
const cacheSize = 1_000;

export interface RemoteIdentityOptions {
	/** The command centre's base address. */
	commandCenterUrl: string;
	serviceToken: string;
}

/** Who is asking, where the command centre is another process: it is asked, and tells on the bus when a session ends. */
export class RemoteIdentity implements Identity {
	readonly ends: Identity['ends'] = new EventEmitter();
	readonly #options: RemoteIdentityOptions;
	readonly #cache = new Map<string, { principal: Principal; until: number }>();

	constructor(options: RemoteIdentityOptions) {
		this.#options = options;
		this.ends.setMaxListeners(0);
	}

	/** `group` is this process's own: each must hear every end. */
	async listen(bus: Bus, group: string): Promise<void> {
		await bus.subscribe('session.ended', group, ({ sessionId, reason }) => {
			for (const [cookie, { principal }] of this.#cache) if (principal.sessionId === sessionId) this.#cache.delete(cookie);
			this.ends.emit('ended', sessionId, reason);
		});
	}

	async resolve(headers: { cookie?: string | undefined; authorization?: string | undefined }): Promise<Principal | null> {
		if (headers.authorization !== undefined) return this.#service(headers.authorization);
		const { cookie } = headers;
		if (cookie === undefined || cookie.length > 8_192) return null;
		const now = Date.now();
		const cached = this.#cache.get(cookie);
		if (cached !== undefined && cached.until > now && cached.principal.expiresAt > now) return cached.principal;
		this.#cache.delete(cookie);
		const principal = await this.#ask(cookie);
		if (principal === null) return null;
		if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value ?? '');
		this.#cache.set(cookie, { principal, until: now + cacheMs });
		return principal;
	}

	async #ask(cookie: string): Promise<Principal | null> {
		const answer = await fetch(new URL('/api/v1/sessions/resolve', this.#options.commandCenterUrl), {
			method: 'POST',
			headers: { authorization: `Bearer ${this.#options.serviceToken}`, 'content-type': 'application/json' },
			body: JSON.stringify({ cookie }),
			signal: AbortSignal.timeout(5_000),
		});
		if (!answer.ok) throw new Error(`the command centre answered ${answer.status} to the question who is asking`);
		return ((await answer.json()) as { principal: Principal | null }).principal;
	}

	#service(authorization: string): Principal | null {
		const expected = sha256(`Bearer ${this.#options.serviceToken}`);
		if (!timingSafeEqual(sha256(authorization), expected)) return null;
		return {
			kind: 'service',
			id: 'service',
			name: 'service',
			displayName: 'service',
			role: 'admin',
			agency: null,
			unitId: null,
			sessionId: 'service',
			expiresAt: Number.MAX_SAFE_INTEGER,
		};
	}
}

function sha256(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
