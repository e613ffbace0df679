import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { selfSigned, type TestCertificate } from './testing/certificate.ts';
import { answer, pcmaSdp } from './testing/scripted-camera.ts';
import { TrackedSession } from './testing/tracked-session.ts';

let vouchedFor: TestCertificate;
let unknown: TestCertificate;

beforeAll(async () => {
	vouchedFor = await selfSigned('localhost');
	unknown = await selfSigned('localhost');
	// As an operator adds an authority of their own to the system's.
	vi.stubEnv('SSL_CERT_FILE', vouchedFor.file);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await Promise.all([vouchedFor.remove(), unknown.remove()]);
});

/** Describes a camera that has this certificate, and answers what the camera was told meanwhile. */
async function describeWith(certificate: TestCertificate, host: string, pinned: string | null): Promise<{ codecs: string[] | Error; said: string }> {
	const pem = await readFile(certificate.file);
	let said = '';
	const server = createServer({ cert: pem, key: pem }, (socket) => {
		socket.on('error', () => undefined);
		socket.on('data', (chunk) => {
			said += String(chunk);
			socket.write(answer(String(chunk), '200 OK', {}, String(chunk).startsWith('DESCRIBE') ? pcmaSdp : ''));
		});
	});
	server.on('tlsClientError', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const made = new TrackedSession(`rtsps://u:secret@${host}:${port}/live`, { resolve: async () => '127.0.0.1', certificate: pinned });
	const codecs = await made.session.describe().then(
		(media) => media.map((each) => each.codec),
		(error: Error) => error,
	);
	made.close();
	server.close();
	await once(server, 'close');
	return { codecs, said };
}

test("a certificate that the system's authorities vouch for is trusted for the host it names", async () => {
	expect(await describeWith(vouchedFor, 'localhost', null)).toMatchObject({ codecs: ['PCMA'] });
});

test.each([
	['is for another host', () => vouchedFor, 'cam.example', null, 'ALTNAME'],
	['nobody vouches for', () => unknown, 'localhost', null, 'SELF_SIGNED'],
	['is vouched for, but not the registered one', () => vouchedFor, 'localhost', '0'.repeat(64), 'registered'],
] as const)('a certificate that %s is refused before a word is said', async (_what, certificate, host, pinned, problem) => {
	const { codecs, said } = await describeWith(certificate(), host, pinned);
	expect(codecs).toMatchObject({ reason: 'certificate', message: expect.stringContaining(problem) });
	expect(String(codecs)).toContain(certificate().fingerprint);
	expect(said).toBe('');
});

test('a registered certificate is trusted for any host', async () => {
	expect(await describeWith(unknown, 'cam.example', unknown.fingerprint)).toMatchObject({ codecs: ['PCMA'] });
});
