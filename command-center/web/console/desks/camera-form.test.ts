import { expect, test } from 'vitest';
import { fingerprintIn } from './camera-form.tsx';

const digits = '0123456789abcdef'.repeat(4);

test('the fingerprint that a failure names is found, however it is written', () => {
	expect(fingerprintIn(`the certificate is not trusted: ${digits}`)).toBe(digits);
	expect(fingerprintIn(`SHA-256 ${digits.toUpperCase().match(/../g)?.join(':')}.`)).toBe(digits);
	expect(fingerprintIn('the certificate has expired')).toBeNull();
	expect(fingerprintIn(`${digits}00`)).toBeNull();
});
