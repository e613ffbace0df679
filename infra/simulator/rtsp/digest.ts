import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const realm = 'Dynamic Beilun demo';

/**
 * Digest access authentication (RFC 2617, MD5). With `qop=auth` as RFC 2617 has it, and without, as clients of
 * RFC 2069 (GStreamer's among them) answer.
 */
export class DigestGuard {
	readonly #username: string;
	readonly #password: string;
	/** One nonce for each connection: an answer overheard elsewhere is worth nothing here. */
	readonly #nonce = randomBytes(16).toString('hex');

	constructor(username: string, password: string) {
		this.#username = username;
		this.#password = password;
	}

	/** The value of `WWW-Authenticate`. */
	challenge(): string {
		return `Digest realm="${realm}", nonce="${this.#nonce}", qop="auth", algorithm=MD5`;
	}

	accepts(method: string, authorization: string | undefined): boolean {
		const fields = authorization === undefined ? undefined : parseDigest(authorization);
		if (fields?.get('username') !== this.#username || fields.get('nonce') !== this.#nonce || fields.get('realm') !== realm) return false;
		const secret = md5(`${this.#username}:${realm}:${this.#password}`);
		const action = md5(`${method}:${fields.get('uri') ?? ''}`);
		const qop = fields.get('qop');
		if (qop !== undefined && qop !== 'auth') return false;
		const expected =
			qop === undefined
				? md5(`${secret}:${this.#nonce}:${action}`)
				: md5(`${secret}:${this.#nonce}:${fields.get('nc') ?? ''}:${fields.get('cnonce') ?? ''}:${qop}:${action}`);
		const given = Buffer.from(fields.get('response') ?? '');
		return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
	}
}

/** The fields of an `Authorization: Digest …` header; undefined when it is something else. */
export function parseDigest(header: string): Map<string, string> | undefined {
	if (!/^digest\s/i.test(header)) return undefined;
	const fields = new Map<string, string>();
	for (const match of header.slice(6).matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi)) {
		if (match[1]) fields.set(match[1].toLowerCase(), match[2] ?? match[3] ?? '');
	}
	return fields;
}

function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}
