import { createHash, randomBytes } from 'node:crypto';
import type { StreamToken, StreamTokenInput } from '@beilun/shared/protocol/media.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import { countOtherTokens, deleteToken, findToken, findTokenByHash, listTokens, noteTokenUse, saveToken } from './table.ts';

const maxDays = 400;
const maxTokens = 10_000;
/** Longer than any token of ours; what is longer is not even hashed. */
const maxTokenLength = 256;

export interface StreamTokensOptions {
	database: Database;
	/** The secret of this token is no longer good: what was opened with it is to end. */
	onRevoked: (tokenId: string) => void;
}

/** The tokens by which encoders and players without a session are let in (RFC 9725 §4.7). */
export class StreamTokens {
	readonly #options: StreamTokensOptions;

	constructor(options: StreamTokensOptions) {
		this.#options = options;
	}

	list(): Promise<StreamToken[]> {
		return listTokens(this.#options.database);
	}

	find(id: string): Promise<StreamToken | null> {
		return findToken(this.#options.database, id);
	}

	/** Makes the token, or replaces it; `token` is the secret, 256 random bits in base64url, told here and never again. */
	async put(input: StreamTokenInput, createdBy: string): Promise<StreamToken & { token: string }> {
		const { database, onRevoked } = this.#options;
		const left = Date.parse(input.expiresAt) - Date.now();
		if (!(left > 0 && left <= maxDays * 86_400_000)) {
			const message = `expected an instant from now on, at most ${maxDays} days ahead`;
			throw new RequestError(400, 'invalid', `expiresAt: ${input.expiresAt}: ${message}`, [{ field: 'expiresAt', message }]);
		}
		if ((await countOtherTokens(database, input.id)) >= maxTokens)
			throw new RequestError(409, 'limit', `expected at most ${maxTokens} stream tokens`);
		const token = randomBytes(32).toString('base64url');
		const stored = await saveToken(database, input, { hash: hashOf(token), createdBy });
		onRevoked(input.id);
		return { ...stored, token };
	}

	/** False when there was none. */
	async remove(id: string): Promise<boolean> {
		if (!(await deleteToken(this.#options.database, id))) return false;
		this.#options.onRevoked(id);
		return true;
	}

	/** The token of this secret; null for an unknown or an expired one. */
	async resolve(secret: string): Promise<StreamToken | null> {
		if (secret === '' || secret.length > maxTokenLength) return null;
		const { database } = this.#options;
		const token = await findTokenByHash(database, hashOf(secret));
		const now = new Date();
		if (token === null || Date.parse(token.expiresAt) <= now.getTime()) return null;
		await noteTokenUse(database, token.id, now);
		return token;
	}
}

function hashOf(secret: string): string {
	return createHash('sha256').update(secret).digest('hex');
}
