import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { RequestError } from '@beilun/shared/runtime/http.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;

/** Each hash takes 19 MiB and a core: two at a time, a short queue, and a clear refusal beyond it. */
const atATime = 2;
const longestQueue = 64;

/** Hashes and checks passwords. The text kept is PHC-like: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export class Passwords {
	#running = 0;
	readonly #waiting: (() => void)[] = [];
	#decoy: Promise<string> | undefined;

	async hash(password: string): Promise<string> {
		const salt = randomBytes(16);
		const tag = await this.#derive({ message: password, nonce: salt, tagLength, ...cost });
		return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${toText(salt)}$${toText(tag)}`;
	}

	/** With `stored` null it does the same work against a hash nobody knows the password of, and answers false. */
	async verify(password: string, stored: string | null): Promise<boolean> {
		this.#decoy ??= this.hash(randomBytes(16).toString('hex'));
		const parsed = parse(stored ?? (await this.#decoy));
		const tag = await this.#derive({ message: password, ...parsed.parameters, tagLength: parsed.tag.length });
		return timingSafeEqual(tag, parsed.tag) && stored !== null;
	}

	async #derive(parameters: Argon2Parameters): Promise<Buffer> {
		if (this.#running >= atATime) {
			if (this.#waiting.length >= longestQueue) throw new RequestError(503, 'busy', 'too many people are logging in at once; try again in a moment');
			await new Promise<void>((go) => this.#waiting.push(go));
		} else this.#running += 1;
		try {
			return await new Promise<Buffer>((resolve, reject) => {
				argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
			});
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#running -= 1;
			else next();
		}
	}
}

function toText(bytes: Buffer): string {
	return bytes.toString('base64').replace(/=+$/, '');
}

function parse(stored: string): { parameters: Omit<Argon2Parameters, 'message' | 'tagLength'>; tag: Buffer } {
	const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored);
	if (match === null) throw new Error('a stored password hash is not in a form this version knows');
	const [, memory, passes, parallelism, salt = '', tag = ''] = match;
	return {
		parameters: { nonce: Buffer.from(salt, 'base64'), memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
		tag: Buffer.from(tag, 'base64'),
	};
}
