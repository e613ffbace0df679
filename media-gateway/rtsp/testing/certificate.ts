import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface TestCertificate {
	/** PEM file with key and certificate. */
	file: string;
	/** SHA-256 of the DER, lower-case hexadecimal. */
	fingerprint: string;
	remove(): Promise<void>;
}

/** A certificate as cameras make them for themselves: signed by nobody else. */
export async function selfSigned(name = 'camera'): Promise<TestCertificate> {
	const directory = await mkdtemp(join(tmpdir(), 'camera-certificate-'));
	const [key, certificate, file] = ['key.pem', 'certificate.pem', 'camera.pem'].map((each) => join(directory, each)) as [string, string, string];
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
	await promisify(execFile)('openssl', [
		'req',
		'-x509',
		...curve,
		'-nodes',
		'-keyout',
		key,
		'-out',
		certificate,
		'-days',
		'2',
		'-subj',
		`/CN=${name}`,
	]);
	const pem = await readFile(certificate, 'utf8');
	await writeFile(file, pem + (await readFile(key, 'utf8')));
	const fingerprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
	return { file, fingerprint, remove: () => rm(directory, { recursive: true }) };
}
