import { EventEmitter } from 'node:events';
import type { Principal } from '../protocol/people.ts';
import type { Agency, Role } from '../protocol/words.ts';

/** Why a session is no longer good. */
export type SessionEnd = 'expired' | 'logged-out' | 'disabled';

/**
 * Answers who is asking. The command centre owns people and sessions and provides it; the other services only ask.
 * Emits `ended` with a session's id, so that sockets and media of that session are closed at once.
 */
export interface Identity {
	/** Null for no, expired or revoked credentials. Takes the raw `Cookie` and `Authorization` headers. */
	resolve(headers: { cookie?: string | undefined; authorization?: string | undefined }): Promise<Principal | null>;
	readonly ends: EventEmitter<{ ended: [sessionId: string, reason: SessionEnd] }>;
}

/** What a route or a socket asks for. `public` must be said: a route that says nothing is refused to everyone. */
export type Access = 'public' | 'anyone-logged-in' | 'service' | readonly Role[];

export const staff = ['duty-officer', 'commander', 'admin'] as const satisfies readonly Role[];
export const staffAndAgencies = [...staff, 'agency-viewer'] as const satisfies readonly Role[];

export function isAllowed(principal: Principal, access: Access): boolean {
	if (principal.kind === 'service') return true;
	if (access === 'public' || access === 'anyone-logged-in') return true;
	if (access === 'service') return false;
	return access.includes(principal.role);
}

/** Whether this person may see something of this agency: an agency viewer sees their own, a field unit nothing of others. */
export function maySee(principal: Principal, agency: Agency): boolean {
	if (principal.role === 'agency-viewer') return principal.agency === agency;
	return principal.role !== 'field-unit';
}

/** Before the command centre has taken its place nobody is known. */
export class IdentitySlot implements Identity {
	readonly ends: Identity['ends'] = new EventEmitter();
	#identity: Identity | undefined;

	fill(identity: Identity): void {
		this.#identity = identity;
		identity.ends.on('ended', (sessionId, reason) => this.ends.emit('ended', sessionId, reason));
	}

	async resolve(headers: { cookie?: string | undefined; authorization?: string | undefined }): Promise<Principal | null> {
		return (await this.#identity?.resolve(headers)) ?? null;
	}
}
