import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
	username: string;
	password: string;
}

/** One challenge of a `WWW-Authenticate` header; parameter names in lower case. */
export interface Challenge {
	scheme: string;
	parameters: Map<string, string>;
}

const parameter = /\s*,?\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/y;
const scheme = /\s*,?\s*([A-Za-z][A-Za-z0-9-]*)(?=\s|$|,)(?!\s*=)/y;

/** Takes several headers, and several challenges in one header (RFC 9110 §11.6.1). Never throws; what it cannot read it leaves out. */
export function parseChallenges(headers: readonly string[]): Challenge[] {
	const challenges: Challenge[] = [];
	for (const header of headers) {
		let at = 0;
		const take = (pattern: RegExp) => {
			pattern.lastIndex = at;
			const match = pattern.exec(header);
			if (match !== null) at = pattern.lastIndex;
			return match;
		};
		for (let name = take(scheme); name !== null; name = take(scheme)) {
			const parameters = new Map<string, string>();
			for (let pair = take(parameter); pair !== null; pair = take(parameter)) {
				parameters.set((pair[1] ?? '').toLowerCase(), pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3] ?? '');
			}
			challenges.push({ scheme: (name[1] ?? '').toLowerCase(), parameters });
		}
	}
	return challenges;
}

const hashes: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256' };

/** Answers a camera's challenge: Basic (RFC 7617) or Digest (RFC 7616 and, without qop, RFC 2069) with MD5 or SHA-256. */
export class Authenticator {
	readonly #challenge: Challenge;
	#count = 0;

	private constructor(challenge: Challenge) {
		this.#challenge = challenge;
	}

	/** The strongest challenge that can be answered, or null. */
	static choose(challenges: readonly Challenge[]): Authenticator | null {
		const best = challenges
			.map((challenge) => ({ challenge, strength: strengthOf(challenge) }))
			.filter(({ strength }) => strength > 0)
			.sort((a, b) => b.strength - a.strength)[0];
		return best === undefined ? null : new Authenticator(best.challenge);
	}

	/** Digest says so when only the nonce was too old: the password need not be doubted then. */
	get stale(): boolean {
		return this.#challenge.parameters.get('stale')?.toLowerCase() === 'true';
	}

	get nonce(): string | undefined {
		return this.#challenge.parameters.get('nonce');
	}

	/** The value of the `Authorization` header for one request. `cnonce` is only given by tests. */
	header(method: string, uri: string, { username, password }: Credentials, cnonce = randomBytes(8).toString('hex')): string {
		const { scheme: name, parameters } = this.#challenge;
		if (name === 'basic') return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
		const realm = parameters.get('realm') ?? '';
		const nonce = parameters.get('nonce') ?? '';
		const algorithm = parameters.get('algorithm');
		const hash = (text: string) =>
			createHash(hashes[(algorithm ?? 'md5').toLowerCase()] ?? 'md5')
				.update(text, 'utf8')
				.digest('hex');
		const secret = hash(`${username}:${realm}:${password}`);
		const request = hash(`${method}:${uri}`);
		const fields = [`username=${quote(username)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(uri)}`];
		if (parameters.has('qop')) {
			this.#count += 1;
			const count = this.#count.toString(16).padStart(8, '0');
			fields.push(`response="${hash(`${secret}:${nonce}:${count}:${cnonce}:auth:${request}`)}"`, 'qop=auth', `nc=${count}`, `cnonce="${cnonce}"`);
		} else {
			fields.push(`response="${hash(`${secret}:${nonce}:${request}`)}"`);
		}
		if (algorithm !== undefined) fields.push(`algorithm=${algorithm}`);
		const opaque = parameters.get('opaque');
		if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
		return `Digest ${fields.join(', ')}`;
	}
}

function strengthOf({ scheme: name, parameters }: Challenge): number {
	if (name === 'basic') return 1;
	if (name !== 'digest' || !parameters.has('nonce')) return 0;
	const qop = parameters.get('qop');
	if (qop !== undefined && !qop.split(',').some((each) => each.trim().toLowerCase() === 'auth')) return 0;
	const algorithm = (parameters.get('algorithm') ?? 'md5').toLowerCase();
	return algorithm === 'sha-256' ? 3 : algorithm === 'md5' ? 2 : 0;
}

/** A line break would end the header: none can be in a quoted string. */
function quote(text: string): string {
	return `"${text.replace(/[\r\n]/g, '').replace(/["\\]/g, '\\$&')}"`;
}
