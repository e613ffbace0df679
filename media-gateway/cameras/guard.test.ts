import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressGuard } from './guard.ts';

const guard = new AddressGuard([]);

test.each([
	'127.0.0.1',
	'127.8.8.8',
	'0.0.0.0',
	'169.254.169.254',
	'100.100.100.200',
	'224.0.0.1',
	'255.255.255.255',
	'::',
	'::1',
	'fe80::1',
	'fe80::1%eth0',
	'ff02::1',
	'fd00:ec2::254',
	'::ffff:127.0.0.1',
	'::ffff:7f00:1',
	'0:0:0:0:0:ffff:a9fe:a9fe',
	'::127.0.0.1',
	'64:ff9b::7f00:1',
	'2002:7f00:1::',
	'localhost.example',
	'',
])('%s is refused', (ip) => {
	expect(guard.isAllowed(ip)).toBe(false);
});

test.each(['10.1.2.3', '192.168.1.64', '172.16.0.9', '203.0.113.7', 'fd12::1', '2001:db8::1', '::ffff:10.1.2.3'])('%s is allowed', (ip) => {
	expect(guard.isAllowed(ip)).toBe(true);
});

test('networks that were set are allowed, in mapped form too, and no others', () => {
	const opened = new AddressGuard(['127.0.0.0/8', '::1/128']);
	for (const ip of ['127.0.0.1', '::ffff:127.0.0.1', '::1']) expect(opened.isAllowed(ip), ip).toBe(true);
	for (const ip of ['169.254.1.1', '::ffff:169.254.1.1', '::']) expect(opened.isAllowed(ip), ip).toBe(false);
	expect(() => new AddressGuard(['office'])).toThrow(/cameraNetworks = "office"/);
	expect(() => new AddressGuard(['10.0.0.0/40'])).toThrow(/cameraNetworks/);
});

test('a name is answered with the address that was checked, numbers in odd spellings too', async () => {
	await expect(guard.resolve('localhost')).rejects.toMatchObject({ reason: 'refused-address' });
	await expect(guard.resolve('2130706433')).rejects.toMatchObject({ reason: expect.stringMatching(/refused-address|unreachable/) });
	await expect(guard.resolve('no-such-host.invalid')).rejects.toMatchObject({ reason: 'unreachable' });
	expect(await guard.resolve('10.1.2.3')).toBe('10.1.2.3');
});

test('every IPv4 address is judged the same in its mapped form', () => {
	fc.assert(
		fc.property(fc.ipV4(), (ip) => {
			expect(guard.isAllowed(`::ffff:${ip}`)).toBe(guard.isAllowed(ip));
		}),
	);
});
