import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls';
import { SourceError } from './failure.ts';

/** Some hundred certificates: read once. */
let secureContext: SecureContext | undefined;

/** A TLS connection to an address that has been checked already; `host` is who its certificate has to name. */
export function connectSecurely(ip: string, port: number, host: string): TLSSocket {
	secureContext ??= createSecureContext({ ca: [...getCACertificates('default'), ...getCACertificates('system')] });
	// `trust` decides, before a byte is sent: Node would not say which certificate it refused.
	return connect({ host: ip, port, secureContext, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/**
 * Passes for the certificate with this SHA-256 fingerprint; without one, for what the system's authorities vouch for.
 * Throws `SourceError` (`certificate`) that names the fingerprint presented, for a person to compare with the camera's own page.
 */
export function trust(socket: TLSSocket, pinned: string | null): void {
	const certificate = socket.getPeerX509Certificate();
	if (certificate === undefined) throw new SourceError('certificate', 'the camera has no certificate');
	const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
	if (pinned === null ? socket.authorized : fingerprint === pinned) return;
	const problem =
		pinned === null ? `is not trusted (${String(socket.authorizationError).slice(0, 80)})` : 'is not the one that was registered for it';
	throw new SourceError('certificate', `the camera's certificate ${problem}; its SHA-256 is ${fingerprint}`);
}
