import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Encrypts what must be kept readable (a camera's password) with a key of the installation: AES-256-GCM, `v1.iv.tag.data` in base64url. */
export class SecretBox {
	readonly #key: Buffer;

	constructor(key: Buffer) {
		this.#key = key;
	}

	/** The key is made at first use, readable by its owner only. */
	static async open(dataDir: string): Promise<SecretBox> {
		const path = join(dataDir, 'secret.key');
		await mkdir(dataDir, { recursive: true });
		try {
			await writeFile(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
		if (key.length !== 32) throw new Error(`${path}: expected 32 bytes in base64`);
		return new SecretBox(key);
	}

	seal(text: string): string {
		const iv = randomBytes(12);
		const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
		const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
		return ['v1', iv.toString('base64url'), cipher.getAuthTag().toString('base64url'), data.toString('base64url')].join('.');
	}

	/** Throws when the text was not sealed with this key. */
	open(sealed: string): string {
		const [version, iv, tag, data] = sealed.split('.');
		if (version !== 'v1' || iv === undefined || tag === undefined || data === undefined) throw new Error('not a sealed secret');
		const decipher = createDecipheriv('aes-256-gcm', this.#key, Buffer.from(iv, 'base64url'));
		decipher.setAuthTag(Buffer.from(tag, 'base64url'));
		return decipher.update(data, 'base64url', 'utf8') + decipher.final('utf8');
	}
}
