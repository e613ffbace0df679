import type { User, UserInput } from '@beilun/shared/protocol/people.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { SessionEnd } from '@beilun/shared/runtime/identity.ts';
import { newId } from '@beilun/shared/runtime/ids.ts';
import type { SessionIdentity } from './identity.ts';
import { allowedFailures, beginAttempt, forgetAttempts, lock, pruneAttempts } from './login-attempts.ts';
import type { Passwords } from './passwords.ts';
import { deleteExpiredSessions, deleteSession, deleteSessionsOf, insertSession } from './sessions.ts';
import { dropSetupToken, isSetupToken, putSetupToken } from './setup.ts';
import { hashToken, newToken } from './tokens.ts';
import { anyUser, countAdmins, deleteUser, findCredentials, findUser, insertUser, lockUsers, updateUser } from './users.ts';

export interface PeopleOptions {
	database: Database;
	identity: SessionIdentity;
	passwords: Passwords;
	sessionHours: number;
}

export interface NewSessionToken {
	token: string;
	expiresAt: Date;
}

/** What can be done with people and their sessions. Throws `RequestError` where it may not be. */
export class People {
	readonly #database: Database;
	readonly #identity: SessionIdentity;
	readonly #passwords: Passwords;
	readonly #sessionMs: number;

	constructor(options: PeopleOptions) {
		this.#database = options.database;
		this.#identity = options.identity;
		this.#passwords = options.passwords;
		this.#sessionMs = options.sessionHours * 3_600_000;
	}

	/** The one-time token that makes the first admin; null once anybody exists. */
	async createSetupToken(): Promise<string | null> {
		if (await anyUser(this.#database)) return null;
		const token = newToken();
		await putSetupToken(this.#database, hashToken(token));
		return token;
	}

	async isSetupOpen(token: string): Promise<boolean> {
		return !(await anyUser(this.#database)) && (await isSetupToken(this.#database, hashToken(token)));
	}

	async setUp(token: string, admin: { name: string; displayName: string; password: string }): Promise<User> {
		if (!(await this.isSetupOpen(token))) throw closed();
		const passwordHash = await this.#passwords.hash(admin.password);
		return this.#database.transaction().execute(async (transaction) => {
			await lockUsers(transaction);
			// Somebody else may have been first while the password was hashed.
			if ((await anyUser(transaction)) || !(await isSetupToken(transaction, hashToken(token)))) throw closed();
			await dropSetupToken(transaction);
			const { name, displayName } = admin;
			return insertUser(transaction, { id: newId(), name, displayName, role: 'admin', agency: null, unitId: null, passwordHash, disabled: false });
		});
	}

	async logIn(name: string, password: string, address: string): Promise<NewSessionToken> {
		const now = new Date();
		const attempt = await beginAttempt(this.#database, name, now);
		if (attempt.lockedUntil !== null) throw locked(attempt.lockedUntil, now);
		const credentials = await findCredentials(this.#database, name);
		const right = await this.#passwords.verify(password, credentials?.hash ?? null);
		if (!right || credentials === null || credentials.disabled) {
			if (attempt.failures >= allowedFailures) throw locked(await lock(this.#database, name, now), now);
			throw new RequestError(401, 'wrong-credentials', 'name or password is wrong');
		}
		await forgetAttempts(this.#database, name);
		const token = newToken();
		const expiresAt = new Date(now.getTime() + this.#sessionMs);
		await this.#database.transaction().execute(async (transaction) => {
			await lockUsers(transaction);
			// Disabled or given another password since it was checked: then this session must not begin.
			const current = await findCredentials(transaction, name);
			if (current === null || current.disabled || current.hash !== credentials.hash) {
				throw new RequestError(401, 'wrong-credentials', 'name or password is wrong');
			}
			await insertSession(transaction, { id: newId(), tokenHash: hashToken(token), personId: credentials.id, address, expiresAt });
		});
		return { token, expiresAt };
	}

	async logOut(sessionId: string): Promise<void> {
		await deleteSession(this.#database, sessionId);
		this.#identity.end(sessionId, 'logged-out');
	}

	/** Creates or replaces. Without `password` the old one stays; a new person needs one. */
	async putUser(input: UserInput & { password?: string | undefined; disabled?: boolean | undefined }): Promise<User> {
		const passwordHash = input.password === undefined ? null : await this.#passwords.hash(input.password);
		const ended: string[] = [];
		let reason: SessionEnd = 'disabled';
		const user = await this.#database.transaction().execute(async (transaction) => {
			await lockUsers(transaction);
			const before = await findUser(transaction, input.name);
			if (before === null) {
				if (passwordHash === null) {
					throw new RequestError(400, 'invalid', 'password: expected one for a new person', [
						{ field: 'password', message: 'expected one for a new person' },
					]);
				}
				await dropSetupToken(transaction);
				return insertUser(transaction, { ...input, id: newId(), passwordHash, disabled: input.disabled ?? false });
			}
			const after = await updateUser(transaction, { ...input, passwordHash, disabled: input.disabled ?? before.disabled });
			if (isActiveAdmin(before) && !isActiveAdmin(after)) await refuseToLoseLastAdmin(transaction);
			const rightsChanged = before.role !== after.role || before.agency !== after.agency || before.unitId !== after.unitId;
			if (after.disabled || rightsChanged || passwordHash !== null) ended.push(...(await deleteSessionsOf(transaction, after.id)));
			if (!after.disabled && !rightsChanged) reason = 'logged-out';
			return after;
		});
		for (const sessionId of ended) this.#identity.end(sessionId, reason);
		if (passwordHash !== null) await forgetAttempts(this.#database, user.name);
		return user;
	}

	async removeUser(name: string): Promise<void> {
		const ended = await this.#database.transaction().execute(async (transaction) => {
			await lockUsers(transaction);
			const user = await findUser(transaction, name);
			if (user === null) throw new RequestError(404, 'not-found', `no user ${name}`);
			const sessions = await deleteSessionsOf(transaction, user.id);
			await deleteUser(transaction, name);
			if (isActiveAdmin(user)) await refuseToLoseLastAdmin(transaction);
			return sessions;
		});
		for (const sessionId of ended) this.#identity.end(sessionId, 'disabled');
	}

	/** To be called every minute or so. */
	async prune(now: Date): Promise<void> {
		for (const sessionId of await deleteExpiredSessions(this.#database, now)) this.#identity.end(sessionId, 'expired');
		await pruneAttempts(this.#database, now);
	}
}

function isActiveAdmin(user: User): boolean {
	return user.role === 'admin' && !user.disabled;
}

/** Thrown inside the transaction, after the change, so that the change is undone. */
async function refuseToLoseLastAdmin(transaction: Database): Promise<void> {
	if ((await countAdmins(transaction)) === 0) throw new RequestError(409, 'last-admin', 'somebody must remain admin: make another admin first');
}

function closed(): RequestError {
	return new RequestError(403, 'setup-closed', 'this setup link is used up, replaced or wrong');
}

function locked(until: Date, now: Date): RequestError {
	const minutes = Math.ceil((until.getTime() - now.getTime()) / 60_000);
	return new RequestError(429, 'locked', `too many wrong passwords for this name; try again in ${minutes} minutes`);
}
