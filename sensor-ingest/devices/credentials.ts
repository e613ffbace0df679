import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { type DeviceInput, readDevice } from './table.ts';

/** 32 random bytes: a plain hash of it is as hard to turn round as the password is to guess. */
export function newPassword(): { password: string; sha256: string } {
	const password = randomBytes(32).toString('base64url');
	return { password, sha256: hash(password).toString('base64url') };
}

/** The device behind these credentials, or null. An unknown name takes as long as a wrong password. */
export async function authenticate(database: Database, username: string, password: Uint8Array): Promise<DeviceInput | null> {
	const { passwordSha256 = '', ...device } = (await readDevice(database, username)) ?? {};
	const expected = Buffer.from(passwordSha256, 'base64url');
	const same = timingSafeEqual(hash(password), expected.length === 32 ? expected : Buffer.alloc(32));
	return same && 'id' in device ? device : null;
}

function hash(password: string | Uint8Array): Buffer {
	return createHash('sha256').update(password).digest();
}
