import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits that a browser keeps; the database keeps only their SHA-256 (no salt needed: they cannot be guessed). */
export function newToken(): string {
	return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}
