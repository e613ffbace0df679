import type { StreamFailure } from '@beilun/shared/protocol/media.ts';

/** Why a camera gives no picture. `message` is for people and never holds a password. */
export class SourceError extends Error {
	override name = 'SourceError';
	readonly reason: StreamFailure;
	/** Of the RTSP answer that said so; 461 also where a camera names a transport that was not asked for. */
	readonly status: number | undefined;

	constructor(reason: StreamFailure, detail: string, options?: ErrorOptions & { status?: number }) {
		super(detail, options);
		this.reason = reason;
		this.status = options?.status;
	}
}

const networkReasons: Record<string, string> = {
	ECONNREFUSED: 'nothing listens on this port',
	ETIMEDOUT: 'no answer to the connection',
	EHOSTUNREACH: 'no way to this host',
	ENETUNREACH: 'no way to this network',
	ENOTFOUND: 'the host name is not known',
	EAI_AGAIN: 'the host name could not be looked up',
};

/** A socket's or resolver's error in plain words. `connected` tells whether the camera had answered before. */
export function fromNetworkError(error: unknown, connected: boolean): SourceError {
	if (error instanceof SourceError) return error;
	const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
	if (/^ERR_SSL_|^EPROTO$/.test(code)) return new SourceError('protocol-error', `no TLS with the camera (${code})`, { cause: error });
	if (connected) return new SourceError('closed-by-peer', `the connection broke (${code || 'unknown error'})`, { cause: error });
	return new SourceError('unreachable', networkReasons[code] ?? `could not connect (${code || 'unknown error'})`, { cause: error });
}
