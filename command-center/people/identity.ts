import { createHash, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Principal } from '@beilun/shared/protocol/people.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import type { Identity, SessionEnd } from '@beilun/shared/runtime/identity.ts';
import { findPrincipal } from './sessions.ts';
import { hashToken } from './tokens.ts';

export const sessionCookie = 'beilun_session';
const cacheSize = 1000;
/** Ends are told at once; this only bounds what another process's change could leave behind. */
const cacheMs = 10_000;

const servicePrincipal: Principal = {
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

export class SessionIdentity implements Identity {
	readonly ends: Identity['ends'] = new EventEmitter();
	readonly #database: Database;
	readonly #serviceTokenHash: Buffer | null;
	readonly #cache = new Map<string, { principal: Principal; until: number }>();
	/** Rises with every end: what was read before an end must not be cached after it. */
	#generation = 0;

	constructor(database: Database, serviceToken: string | undefined) {
		this.#database = database;
		this.#serviceTokenHash = serviceToken === undefined ? null : sha256(serviceToken);
		this.ends.setMaxListeners(0);
	}

	async resolve(headers: { cookie?: string | undefined; authorization?: string | undefined }): Promise<Principal | null> {
		if (headers.authorization !== undefined) return this.#service(headers.authorization);
		const token = sessionToken(headers.cookie);
		if (token === null) return null;
		const hash = hashToken(token);
		const now = Date.now();
		const cached = this.#cache.get(hash);
		if (cached !== undefined && cached.until > now && cached.principal.expiresAt > now) return cached.principal;
		this.#cache.delete(hash);
		const generation = this.#generation;
		const principal = await findPrincipal(this.#database, hash, new Date(now));
		if (principal === null || generation !== this.#generation) return principal;
		if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value as string);
		this.#cache.set(hash, { principal, until: now + cacheMs });
		return principal;
	}

	/** To be called once the database no longer knows the session. */
	end(sessionId: string, reason: SessionEnd): void {
		this.#generation += 1;
		for (const [hash, cached] of this.#cache) if (cached.principal.sessionId === sessionId) this.#cache.delete(hash);
		this.ends.emit('ended', sessionId, reason);
	}

	#service(authorization: string): Principal | null {
		const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/.exec(authorization)?.[1];
		if (token === undefined || this.#serviceTokenHash === null) return null;
		// Compared as hashes: of equal length, whatever was sent.
		return timingSafeEqual(sha256(token), this.#serviceTokenHash) ? servicePrincipal : null;
	}
}

function sessionToken(cookies: string | undefined): string | null {
	if (cookies === undefined) return null;
	for (const part of cookies.split(';')) {
		const [name, value] = part.trim().split('=', 2);
		if (name === sessionCookie && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
	}
	return null;
}

function sha256(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
